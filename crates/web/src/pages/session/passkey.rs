use axum::Json;
use axum::response::IntoResponse as _;
use base::{Problem, Result};
use identity::{Account, Passkeys};
use serde::Deserialize;

use super::{PER_ADDRESS, PER_CEREMONY, account, put_cookie, start};
use crate::context::Ctx;
use crate::failure::Handled;
use crate::form::FromJson;
use crate::pages::home::own_path;

/// What a browser sends back when a device has answered.
#[derive(Deserialize)]
pub(crate) struct Answer {
    /// Of which question.
    pub(crate) id: String,
    /// The credential, in the JSON of WebAuthn Level 3 § 5.1.
    pub(crate) credential: serde_json::Value,
    /// What a new passkey is to be called.
    #[serde(default)]
    pub(crate) name: String,
    /// Where to go on.
    #[serde(default)]
    pub(crate) next: String,
}

/// The member's passkeys.
pub(crate) fn passkeys(ctx: &Ctx) -> Result<Passkeys> {
    Passkeys::new(&ctx.member().settings.url, &ctx.member().settings.name)
}

/// Whatever was wrong with a passkey, the one who holds it can only try again.
pub(crate) fn refused() -> Problem {
    Problem::denied("passkey-refused", "the passkey was not accepted")
}

/// Asks for a passkey of this site, whoever's it is.
pub(crate) async fn ask(ctx: Ctx) -> Handled {
    let (passkeys, member, address) = (passkeys(&ctx)?, ctx.member().clone(), ctx.address().to_owned());
    let challenge = ctx.member().db.write("login.passkey_ask", move |tx| {
        let now = member.clock.now();
        identity::peek(tx, PER_ADDRESS, &address, now)?;
        identity::hit(tx, PER_CEREMONY, &address, now)?;
        passkeys.start_sign_in(tx, (&member.entropy, now))
    });
    Ok(Json(challenge.await?).into_response())
}

/// Signs in whoever the passkey proves. The device has verified its user, so that both factors are there.
pub(crate) async fn sign_in(ctx: Ctx, FromJson(answer): FromJson<Answer>) -> Handled {
    let (passkeys, now, address) = (passkeys(&ctx)?, ctx.member().clock.now(), ctx.address().to_owned());
    let next = own_path(&answer.next).to_owned();
    let found = ctx.member().db.write("login.passkey", move |tx| {
        identity::peek(tx, PER_ADDRESS, &address, now)?;
        let person = passkeys.finish_sign_in(tx, now, (&answer.id, &answer.credential))?;
        if person.is_none() {
            drop(identity::hit(tx, PER_ADDRESS, &address, now));
        }
        person.map(|id| account(tx, id)).transpose()
    });
    let account = found.await?.ok_or_else(refused)?;
    enter_by_script(&ctx, &account, &next).await
}

/// Starts a session with both factors, and tells the script where to go.
pub(crate) async fn enter_by_script(ctx: &Ctx, account: &Account, next: &str) -> Handled {
    let (secret, next) = start(ctx, account, true, next).await?;
    let mut response = Json(serde_json::json!({ "location": next })).into_response();
    put_cookie(ctx, &mut response, Some(secret.reveal()));
    Ok(response)
}
