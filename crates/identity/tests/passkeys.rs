//! What people can rely on when they sign in with a passkey, told on both engines with a device made of software.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use base::{Clock, Entropy, PersonId, Result, Time};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use identity::{Challenge, NewPerson, Passkeys};
use serde_json::{Value, json};
use store::{Db, Tx};
use testkit::Fresh;
use webauthn_authenticator_rs::AuthenticatorBackend as _;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;
use webauthn_rs::prelude::{CreationChallengeResponse, RequestChallengeResponse, Url};

const START: Time = Time(1_700_000_000_000_000);
const SITE: &str = "https://koeln.example:8443";

fn site() -> Passkeys {
    Passkeys::new(SITE, "Stadt Köln").unwrap()
}

/// Somebody's device and the one passkey on it.
struct Device {
    soft: SoftPasskey,
    owner: PersonId,
    origin: Url,
    key: String,
}

impl Device {
    fn new(owner: PersonId) -> Self {
        // The device says that it has verified its user.
        Self { soft: SoftPasskey::new(true), owner, origin: Url::parse(SITE).unwrap(), key: String::new() }
    }

    /// The software refuses to keep passkeys that can be discovered, so it is not asked to.
    fn create(&mut self, challenge: &Challenge) -> Value {
        let mut options = challenge.options.clone();
        options["publicKey"]["authenticatorSelection"]["requireResidentKey"] = json!(false);
        let options: CreationChallengeResponse = serde_json::from_value(options).unwrap();
        let made = self.soft.perform_register(self.origin.clone(), options.public_key, 60_000).unwrap();
        self.key = made.id.clone();
        serde_json::to_value(made).unwrap()
    }

    /// A discoverable passkey answers without being named, and names its owner; the software needs help with both.
    fn answer(&mut self, challenge: &Challenge) -> Value {
        let mut options = challenge.options.clone();
        options["publicKey"]["allowCredentials"] = json!([{ "type": "public-key", "id": self.key }]);
        let options: RequestChallengeResponse = serde_json::from_value(options).unwrap();
        let answer = self.soft.perform_auth(self.origin.clone(), options.public_key, 60_000).unwrap();
        let mut answer = serde_json::to_value(answer).unwrap();
        answer["response"]["userHandle"] = json!(URL_SAFE_NO_PAD.encode(self.owner.as_bytes()));
        answer
    }
}

/// A member's database, with Anna in it.
struct Member {
    db: Db,
    anna: PersonId,
    _fresh: Fresh,
}

impl Member {
    async fn everywhere() -> Vec<Self> {
        let mut members = Vec::new();
        for fresh in Fresh::everywhere() {
            let db = fresh.open(&[store::MIGRATIONS, identity::MIGRATIONS].concat(), None).unwrap();
            let anna = person(&db, "anna@example.org").await;
            members.push(Self { db, anna, _fresh: fresh });
        }
        members
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.db.write("test", work).await
    }

    async fn ask_to_enrol(&self, at: Time) -> Challenge {
        let id = self.anna;
        let ask = move |tx: &mut Tx<'_>| {
            let account = identity::by_id(tx, id)?.unwrap();
            site().start_enrolment(tx, (&Entropy::system(), at), &account)
        };
        self.write(ask).await.unwrap()
    }

    async fn enrol(&self, person: PersonId, challenge: &Challenge, credential: Value, at: Time) -> bool {
        let id = challenge.id.clone();
        let keep =
            move |tx: &mut Tx<'_>| site().finish_enrolment(tx, (person, at), (&id, &credential), "Handy");
        self.write(keep).await.unwrap()
    }

    async fn ask(&self, at: Time) -> Challenge {
        self.write(move |tx| site().start_sign_in(tx, (&Entropy::system(), at))).await.unwrap()
    }

    async fn sign_in(&self, challenge: &Challenge, credential: Value, at: Time) -> Option<PersonId> {
        let id = challenge.id.clone();
        self.write(move |tx| site().finish_sign_in(tx, at, (&id, &credential))).await.unwrap()
    }

    async fn with_passkey(&self) -> Device {
        let mut device = Device::new(self.anna);
        let challenge = self.ask_to_enrol(START).await;
        let made = device.create(&challenge);
        assert!(self.enrol(self.anna, &challenge, made, START).await);
        device
    }

    async fn passkeys(&self) -> Vec<identity::Passkey> {
        let id = self.anna;
        self.write(move |tx| identity::passkeys(tx, id)).await.unwrap()
    }
}

async fn person(db: &Db, email: &'static str) -> PersonId {
    let (clock, entropy) = (Clock::fixed(START), Entropy::system());
    db.write("test", move |tx| {
        let new = NewPerson { email, name: "", password: None, totp: None };
        identity::add_person(tx, (&clock, &entropy), &new)
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_signs_its_owner_in_without_a_name_and_each_answer_works_once() {
    for member in Member::everywhere().await {
        let mut device = member.with_passkey().await;
        let later = START.plus_seconds(3600);
        let challenge = member.ask(later).await;
        assert!(challenge.options.pointer("/publicKey/allowCredentials/0").is_none(), "nobody is named");
        assert_eq!(challenge.options["publicKey"]["userVerification"], "required");
        let answer = device.answer(&challenge);
        assert_eq!(member.sign_in(&challenge, answer.clone(), later).await, Some(member.anna));
        assert_eq!(member.sign_in(&challenge, answer, later).await, None, "used twice");
        let [passkey] = member.passkeys().await.try_into().unwrap();
        assert_eq!((passkey.name.as_str(), passkey.created, passkey.used), ("Handy", START, Some(later)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_is_asked_for_a_discoverable_passkey_and_belongs_to_one_person_once() {
    for member in Member::everywhere().await {
        let challenge = member.ask_to_enrol(START).await;
        let wishes = &challenge.options["publicKey"]["authenticatorSelection"];
        assert_eq!(
            (wishes["residentKey"].as_str(), wishes["userVerification"].as_str()),
            (Some("required"), Some("required"))
        );
        let emil = person(&member.db, "emil@example.org").await;
        let made = Device::new(member.anna).create(&challenge);
        assert!(!member.enrol(emil, &challenge, made.clone(), START).await, "Anna was asked");
        assert!(!member.enrol(member.anna, &challenge, made, START).await, "the question is used up");

        let challenge = member.ask_to_enrol(START).await;
        let made = Device::new(member.anna).create(&challenge);
        assert!(!member.enrol(member.anna, &challenge, made, START.plus_seconds(601)).await, "too late");
        assert!(member.passkeys().await.is_empty());

        member.with_passkey().await;
        let excluded = member.ask_to_enrol(START).await.options["publicKey"]["excludeCredentials"].clone();
        assert_eq!(excluded.as_array().unwrap().len(), 1, "a device is asked for one passkey only");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_answer_uses_the_question_up_and_an_old_question_is_none() {
    for member in Member::everywhere().await {
        let mut device = member.with_passkey().await;
        let (challenge, other) = (member.ask(START).await, member.ask(START).await);
        let answer = device.answer(&other);
        assert_eq!(member.sign_in(&challenge, answer, START).await, None, "the answer to another question");
        let answer = device.answer(&challenge);
        assert_eq!(member.sign_in(&challenge, answer, START).await, None, "the question was used up");
        let answer = device.answer(&other);
        assert_eq!(member.sign_in(&other, answer, START.plus_seconds(601)).await, None, "too late");

        let challenge = member.ask(START).await;
        assert_eq!(member.sign_in(&challenge, json!({ "id": "nonsense" }), START).await, None);
        member.write(|tx| identity::sweep(tx, START.plus_seconds(601))).await.unwrap();
        let left = member.write(|tx| Ok(tx.get::<i64>(&LEFT, &[])?)).await.unwrap();
        assert_eq!(left, Some(0), "nothing half done is kept");
    }
}

store::statements! {
    LEFT = "test.left": "select count(*) from ceremony";
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_that_does_not_move_on_is_refused() {
    for member in Member::everywhere().await {
        let mut device = member.with_passkey().await;
        let (first, second) = (member.ask(START).await, member.ask(START).await);
        // A copy of the device would answer with a count the original has passed.
        let (old, new) = (device.answer(&first), device.answer(&second));
        assert_eq!(member.sign_in(&second, new, START).await, Some(member.anna));
        assert_eq!(member.sign_in(&first, old, START).await, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_from_another_site_or_in_another_name_is_refused() {
    for member in Member::everywhere().await {
        let mut device = member.with_passkey().await;
        for origin in ["https://koeln.example", "https://bonn.example:8443", "http://koeln.example:8443"] {
            device.origin = Url::parse(origin).unwrap();
            let challenge = member.ask(START).await;
            let answer = device.answer(&challenge);
            assert_eq!(member.sign_in(&challenge, answer, START).await, None, "{origin}");
        }
        device.origin = Url::parse(SITE).unwrap();
        device.owner = person(&member.db, "emil@example.org").await;
        let challenge = member.ask(START).await;
        let answer = device.answer(&challenge);
        assert_eq!(member.sign_in(&challenge, answer, START).await, None, "Anna's passkey in Emil's name");
        assert!(Passkeys::new("https://127.0.0.1", "x").is_err(), "an address is no host name");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_passkey_and_an_erased_person_leave_nothing_to_sign_in_with() {
    for member in Member::everywhere().await {
        let mut device = member.with_passkey().await;
        let emil = person(&member.db, "emil@example.org").await;
        let handle = member.passkeys().await[0].handle();
        let theirs = handle.clone();
        assert!(!member.write(move |tx| identity::delete_passkey(tx, emil, &theirs)).await.unwrap());
        let anna = member.anna;
        assert!(member.write(move |tx| identity::delete_passkey(tx, anna, &handle)).await.unwrap());
        let challenge = member.ask(START).await;
        let answer = device.answer(&challenge);
        assert_eq!(member.sign_in(&challenge, answer, START).await, None);

        let mut device = member.with_passkey().await;
        let (half_done, challenge) = (member.ask_to_enrol(START).await, member.ask(START).await);
        member.write(move |tx| identity::erase(tx, anna, START)).await.unwrap();
        let answer = device.answer(&challenge);
        assert_eq!(member.sign_in(&challenge, answer, START).await, None);
        assert!(member.passkeys().await.is_empty());
        let made = Device::new(anna).create(&half_done);
        assert!(!member.enrol(anna, &half_done, made, START).await);
    }
}
