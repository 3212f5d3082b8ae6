//! Staff sign in with a provider of OpenID Connect (Core 1.0 § 3.1: the authorization code flow, with PKCE after
//! RFC 7636, state and nonce). Its answers are verified by the library; who is meant is decided in
//! [`crate::staff_by_claims`].

use std::pin::Pin;
use std::time::{Duration, SystemTime};

use base::{Entropy, Problem, Result, Time};
use bytes::Bytes;
use fetch::Fetch;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreJwsSigningAlgorithm as Algorithm, CoreProviderMetadata,
    CoreUserInfoClaims,
};
use openidconnect::url::Url;
use openidconnect::{
    AsyncHttpClient, AuthenticationContextClass, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use store::Tx;

use crate::ceremonies::{self, Ceremony};
use crate::{Secret, hash};

const KIND: &str = "oidc";

/// Bytes of an answer of the provider, at most.
const ANSWER: usize = 1 << 20;

/// Signatures of an ID token we take: those that only the provider can make.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

/// The provider a member's staff sign in with; the table `[oidc]` of its settings.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What people call it; stands on the button.
    pub name: String,
    /// Its issuer identifier, such as `https://sso.example/realms/stadt`, exactly as it gives it itself.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// Our secret with it.
    pub client_secret: String,
    /// Values of the claim `acr` that stand for two factors. The provider is asked for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acr: Vec<String>,
    /// Values of the claim `amr` (RFC 8176) of which each stands for two factors, such as `mfa`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Oidc({} at {})", self.client_id, self.issuer)
    }
}

/// What a provider says of somebody, verified.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    /// The provider's own name for them, which it never gives to anybody else.
    pub subject: String,
    /// Their e-mail address, when the provider has verified it.
    pub verified_email: Option<String>,
    /// Whether they proved themselves with two factors.
    pub strong: bool,
}

impl std::fmt::Debug for Claims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Claims(strong: {})", self.strong)
    }
}

/// Somebody on the way to the provider.
#[derive(Debug)]
pub struct Departure {
    /// Where the browser goes.
    pub url: String,
    /// What it must bring back in a cookie, so that nobody can be signed in by a link of somebody else's.
    pub browser: Secret,
}

/// What we keep while somebody is at the provider.
#[derive(Serialize, Deserialize)]
pub struct Login {
    nonce: String,
    verifier: String,
    browser: [u8; 32],
    /// The page they wanted.
    pub next: String,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Login(…)")
    }
}

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider that answered just now. It is asked anew for each sign-in, because it may change its keys at any time.
#[derive(Debug)]
pub struct Provider {
    settings: Settings,
    http: Http,
    client: Client,
}

impl Provider {
    /// Asks the provider where its endpoints and its keys are (OpenID Connect Discovery 1.0 § 4). `redirect` is where
    /// it is to send people back.
    ///
    /// # Errors
    /// `oidc-settings` when the addresses are none, `oidc-unreachable` when it does not answer as it should.
    pub async fn discover(settings: &Settings, fetch: &Fetch, redirect: String) -> Result<Self> {
        let wrong =
            |why: String| Problem::internal("oidc-settings", "the table [oidc] is wrong").because(why);
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|error| wrong(error.to_string()))?;
        if !is_secret(issuer.url()) {
            return Err(wrong("the issuer is not reached by https".into()));
        }
        let redirect = RedirectUrl::new(redirect).map_err(|error| wrong(error.to_string()))?;
        let http = Http(fetch.clone());
        let metadata = CoreProviderMetadata::discover_async(issuer, &http).await;
        let metadata = metadata.map_err(|error| unreachable(&error))?;
        let (id, secret) = (settings.client_id.clone(), settings.client_secret.clone());
        let client =
            CoreClient::from_provider_metadata(metadata, ClientId::new(id), Some(ClientSecret::new(secret)))
                .set_redirect_uri(redirect);
        Ok(Self { settings: settings.clone(), http, client })
    }

    /// Sends somebody to the provider, who then wants to see the page `next`.
    ///
    /// # Errors
    /// What the database says.
    pub fn depart(&self, tx: &mut Tx<'_>, at: (&Entropy, Time), next: &str) -> Result<Departure> {
        let [nonce, verifier, browser] = std::array::from_fn(|_| Secret::new(at.0));
        let login = Login {
            nonce: nonce.reveal().into(),
            verifier: verifier.reveal().into(),
            browser: browser.hash(),
            next: next.into(),
        };
        let state = serde_json::to_string(&login)
            .map_err(|error| Problem::internal("oidc", "a sign-in cannot be written down").because(error))?;
        let state = ceremonies::begin(tx, at, KIND, &Ceremony { person: None, state })?.reveal().to_owned();
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(login.verifier));
        let mut request = self
            .client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(state),
                || Nonce::new(login.nonce),
            )
            .add_scope(Scope::new("email".into()))
            .set_pkce_challenge(challenge);
        for acr in &self.settings.acr {
            request = request.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
        }
        let (url, ..) = request.url();
        Ok(Departure { url: url.into(), browser })
    }

    /// Learns from the provider who came back with this code. Signature, issuer, audience, nonce and expiry of its ID
    /// token are verified (§ 3.1.3.7).
    ///
    /// # Errors
    /// `oidc-code` when the provider does not take the code, `oidc-unreachable` when it does not answer as it should.
    pub async fn claims(&self, login: Login, code: &str, now: Time) -> Result<Claims> {
        let exchange = self.client.exchange_code(AuthorizationCode::new(code.into()));
        let exchange = exchange.map_err(|error| unreachable(&error))?;
        let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(login.verifier));
        let tokens = exchange.request_async(&self.http).await.map_err(|error| match error {
            RequestTokenError::ServerResponse(error) => {
                Problem::denied("oidc-code", "the provider does not take the code").because(error.to_string())
            }
            other => unreachable(&other),
        })?;
        let token = tokens.id_token().ok_or_else(|| unverified("there is no ID token"))?;
        let seconds = Duration::from_secs(u64::try_from(now.seconds()).unwrap_or(0));
        let verifier = self
            .client
            .id_token_verifier()
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || (SystemTime::UNIX_EPOCH + seconds).into());
        let claims = token.claims(&verifier, &Nonce::new(login.nonce));
        let claims = claims.map_err(|error| unverified(&error.to_string()))?;
        let subject = claims.subject().clone();
        let mut email = (claims.email().cloned(), claims.email_verified());
        // Many a provider tells the address only here (§ 5.4).
        if email.0.is_none() && self.client.user_info_url().is_some() {
            let request = self.client.user_info(tokens.access_token().clone(), Some(subject.clone()));
            let request = request.map_err(|error| unreachable(&error))?;
            let info: CoreUserInfoClaims =
                request.request_async(&self.http).await.map_err(|error| unreachable(&error))?;
            email = (info.email().cloned(), info.email_verified());
        }
        let acr = claims.auth_context_ref().is_some_and(|acr| self.settings.acr.contains(&**acr));
        let amr = claims
            .auth_method_refs()
            .is_some_and(|all| all.iter().any(|amr| self.settings.amr.contains(&**amr)));
        let (email, verified) = email;
        Ok(Claims {
            subject: subject.to_string(),
            verified_email: email.filter(|_| verified == Some(true)).map(|email| email.to_string()),
            strong: acr || amr,
        })
    }
}

/// The sign-in with this state; `None` when it was never begun, took too long, was ended before or was begun in
/// another browser. It is used up in any case.
///
/// # Errors
/// What the database says.
pub fn arrive(tx: &mut Tx<'_>, now: Time, state: &str, browser: &str) -> Result<Option<Login>> {
    let Some(ceremony) = ceremonies::take(tx, KIND, state, now)? else { return Ok(None) };
    let login: Login = serde_json::from_str(&ceremony.state)
        .map_err(|error| Problem::internal("oidc", "a sign-in cannot be read").because(error))?;
    Ok(Some(login).filter(|login| login.browser == hash(browser)))
}

/// Secrets travel over TLS, or stay on this machine.
fn is_secret(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    url.scheme() == "https" || matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

/// The one client of this program, as the library wants it.
#[derive(Debug)]
struct Http(Fetch);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async { Ok(self.0.send(request.map(Bytes::from), ANSWER).await?.map(Vec::from)) })
    }
}

/// The library's sentence, and what the connection said. Other causes may quote what was said of a person.
fn unreachable(error: &dyn std::error::Error) -> Problem {
    let below = error.source().and_then(|source| source.downcast_ref::<Problem>());
    let why = below.map_or_else(|| error.to_string(), |below| format!("{error}: {below}"));
    Problem::peer("oidc-unreachable", "the provider of sign-ins does not answer as it should").because(why)
}

fn unverified(why: &str) -> Problem {
    Problem::peer("oidc-unreachable", "the provider's ID token cannot be trusted").because(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_travel_over_tls_or_not_at_all_and_stand_in_no_log() {
        let is_secret = |url: &str| super::is_secret(&Url::parse(url).unwrap());
        assert!(is_secret("https://sso.example/realms/stadt") && is_secret("http://localhost:8080"));
        assert!(!is_secret("http://sso.example") && !is_secret("http://localhost.sso.example"));
        let settings = serde_json::json!({
            "name": "x", "issuer": "https://sso.example", "client_id": "raum", "client_secret": "verborgen"
        });
        let settings: Settings = serde_json::from_value(settings).unwrap();
        assert_eq!(format!("{settings:?}"), "Oidc(raum at https://sso.example)");
    }
}
