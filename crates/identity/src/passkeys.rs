use base::{Entropy, PersonId, Problem, Result, Time};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::de::DeserializeOwned;
use serde::{Deserialize as _, Serialize};
use serde_json::{Value, json};
use store::{Row, Tx, params, statements};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey as Key, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder, WebauthnError,
};

use crate::Account;
use crate::ceremonies::{self, Ceremony};

const ENROL: &str = "passkey.enrol";
const SIGN_IN: &str = "passkey.sign_in";

/// Passkeys one person may have; more than anybody has devices.
const MOST: usize = 20;

/// Characters of a passkey's name, at most.
const LONGEST: usize = 60;

/// What is stored about a passkey, without the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// The id the device knows it by.
    pub id: Vec<u8>,
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub created: Time,
    /// When somebody last signed in with it.
    pub used: Option<Time>,
}

impl Passkey {
    /// The id as it stands in forms.
    #[must_use]
    pub fn handle(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.id)
    }
}

/// What a browser is asked: the secret its answer is known by, and the options of `navigator.credentials`.
#[derive(Clone, Debug, Serialize)]
pub struct Challenge {
    /// The secret.
    pub id: String,
    /// The options, in the JSON of WebAuthn Level 3 § 5.1.8 and § 5.1.9.
    pub options: Value,
}

statements! {
    ADD = "passkey.add":
        "insert into passkey (id, person_id, name, key, created) values (?1, ?2, ?3, ?4, ?5)
         on conflict (id) do nothing";
    OF = "passkey.of": "select id, name, created, used from passkey where person_id = ?1 order by created, id";
    KEY = "passkey.key": "select person_id, key from passkey where id = ?1";
    USED = "passkey.used": "update passkey set key = ?2, used = ?3 where id = ?1";
    DELETE = "passkey.delete": "delete from passkey where person_id = ?1 and id = ?2";
    DELETE_ALL = "passkey.delete_all": "delete from passkey where person_id = ?1";
}

/// The ceremonies of one site (WebAuthn Level 3 § 7). Every one demands that the device verifies its user, by PIN or
/// body, so that a passkey is two factors by itself.
#[derive(Debug)]
pub struct Passkeys(Webauthn);

impl Passkeys {
    /// For the site with this address. Passkeys are bound to its host name: at another they are worth nothing.
    ///
    /// # Errors
    /// When the address has no host name.
    pub fn new(url: &str, name: &str) -> Result<Self> {
        let wrong = |why: String| {
            Problem::internal("passkey-site", "passkeys cannot be bound to the member's address").because(why)
        };
        let origin = Url::parse(url).map_err(|error| wrong(error.to_string()))?;
        let host = origin.domain().ok_or_else(|| wrong("no host name".into()))?;
        let site = WebauthnBuilder::new(host, &origin).map(|builder| builder.rp_name(name).build());
        Ok(Self(site.flatten().map_err(|error| wrong(error.to_string()))?))
    }

    /// Asks for a new passkey that names its owner by itself, so that nobody needs to type an address to sign in.
    ///
    /// # Errors
    /// `passkeys-full` when there are too many already, or what the database says.
    pub fn start_enrolment(
        &self,
        tx: &mut Tx<'_>,
        at: (&Entropy, Time),
        account: &Account,
    ) -> Result<Challenge> {
        let others = passkeys(tx, account.id)?;
        if others.len() >= MOST {
            return Err(Problem::conflict("passkeys-full", format!("nobody has more than {MOST} passkeys")));
        }
        let others = others.into_iter().map(|passkey| passkey.id).collect();
        let (id, email) = (Uuid::from_bytes(*account.id.as_bytes()), account.email.as_deref());
        let email = email.unwrap_or_default();
        let name = if account.name.is_empty() { email } else { &account.name };
        let (options, state) =
            self.0.start_passkey_registration(id, email, name, Some(others)).map_err(unable)?;
        let mut options = to_json(&options)?;
        // The library's own wish is a passkey that must be asked for by name.
        if let Some(wishes) = options.pointer_mut("/publicKey/authenticatorSelection") {
            *wishes = json!({
                "residentKey": "required", "requireResidentKey": true, "userVerification": "required"
            });
        }
        begin(tx, at, ENROL, Some(account.id), &state, options)
    }

    /// Keeps the passkey the browser made. `false` when the answer fits no question of ours or is not to be trusted;
    /// the question is used up in any case.
    ///
    /// # Errors
    /// When the answer is none, or what the database says.
    pub fn finish_enrolment(
        &self,
        tx: &mut Tx<'_>,
        (person, now): (PersonId, Time),
        (id, credential): (&str, &Value),
        name: &str,
    ) -> Result<bool> {
        let Some(ceremony) = ceremonies::take(tx, ENROL, id, now)? else { return Ok(false) };
        let Ok(credential) = RegisterPublicKeyCredential::deserialize(credential) else { return Ok(false) };
        let state: PasskeyRegistration = from_json(&ceremony.state)?;
        if ceremony.person != Some(person) {
            return Ok(false);
        }
        let Ok(key) = self.0.finish_passkey_registration(&credential, &state) else { return Ok(false) };
        let name: String = name.trim().chars().take(LONGEST).collect();
        let (id, key) = (key.cred_id().to_vec(), to_json(&key)?.to_string());
        Ok(tx.exec(&ADD, params![&id, &person, &name, &key, now])? == 1)
    }

    /// Asks whoever is there for a passkey of this site.
    ///
    /// # Errors
    /// What the database says.
    pub fn start_sign_in(&self, tx: &mut Tx<'_>, at: (&Entropy, Time)) -> Result<Challenge> {
        let (options, state) = self.0.start_discoverable_authentication().map_err(unable)?;
        let options = json!({ "publicKey": to_json(&options.public_key)? });
        begin(tx, at, SIGN_IN, None, &state, options)
    }

    /// The person the browser's answer proves. `None` when it fits no question of ours, the passkey is not known, or
    /// its counter has not moved on, as with a copy of it; the question is used up in any case.
    ///
    /// # Errors
    /// What the database says.
    pub fn finish_sign_in(
        &self,
        tx: &mut Tx<'_>,
        now: Time,
        (id, credential): (&str, &Value),
    ) -> Result<Option<PersonId>> {
        let Some(ceremony) = ceremonies::take(tx, SIGN_IN, id, now)? else { return Ok(None) };
        let Ok(credential) = PublicKeyCredential::deserialize(credential) else { return Ok(None) };
        let Ok((user, id)) = self.0.identify_discoverable_authentication(&credential) else {
            return Ok(None);
        };
        let row = |row: &Row<'_>| Ok((row.get::<PersonId>(0)?, row.get::<String>(1)?));
        let Some((person, key)) = tx.one(&KEY, params![id], row)? else { return Ok(None) };
        if user.as_bytes() != person.as_bytes() {
            return Ok(None);
        }
        let (state, mut key): (DiscoverableAuthentication, Key) =
            (from_json(&ceremony.state)?, from_json(&key)?);
        let Ok(result) = self.0.finish_discoverable_authentication_v2(&credential, state, &key) else {
            return Ok(None);
        };
        key.update_credential(&result);
        let key = to_json(&key)?.to_string();
        tx.exec(&USED, params![id, &key, now])?;
        Ok(Some(person))
    }
}

/// A person's passkeys, the oldest first.
///
/// # Errors
/// What the database says.
pub fn passkeys(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Passkey>> {
    let rows = tx.all(&OF, params![&person], |row| {
        Ok(Passkey { id: row.get(0)?, name: row.get(1)?, created: row.get(2)?, used: row.get(3)? })
    })?;
    Ok(rows)
}

/// Deletes one of a person's passkeys; `false` when there is none with this handle.
///
/// # Errors
/// What the database says.
pub fn delete_passkey(tx: &mut Tx<'_>, person: PersonId, handle: &str) -> Result<bool> {
    let Ok(id) = URL_SAFE_NO_PAD.decode(handle) else { return Ok(false) };
    Ok(tx.exec(&DELETE, params![&person, &id])? == 1)
}

/// Deletes all of a person's passkeys.
pub(crate) fn delete_all(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.exec(&DELETE_ALL, params![&person])?;
    Ok(())
}

fn begin(
    tx: &mut Tx<'_>,
    at: (&Entropy, Time),
    kind: &str,
    person: Option<PersonId>,
    state: &impl Serialize,
    options: Value,
) -> Result<Challenge> {
    let state = to_json(state)?.to_string();
    let secret = ceremonies::begin(tx, at, kind, &Ceremony { person, state })?;
    Ok(Challenge { id: secret.reveal().to_owned(), options })
}

fn to_json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value)
        .map_err(|error| Problem::internal("passkey", "a passkey cannot be written down").because(error))
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| Problem::internal("passkey", "a stored passkey cannot be read").because(error))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape map_err wants")]
fn unable(error: WebauthnError) -> Problem {
    Problem::internal("passkey", "no question for a passkey").because(error.to_string())
}
