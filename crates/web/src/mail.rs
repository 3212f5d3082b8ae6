//! Mail leaves as durable work: it is written down in the transaction that makes it necessary and sent afterwards.

use std::path::PathBuf;

use base::{Clock, Entropy, Problem, Result};
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::{AsyncFileTransport, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};
use store::{Tx, jobs};

/// The kind of job that sends one mail.
pub const JOB: &str = "mail";

/// A mail.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// What about.
    pub subject: String,
    /// In plain text.
    pub body: String,
}

/// How mail leaves.
#[derive(Clone, Debug)]
pub enum Mailer {
    /// Into a folder, one file each: for demonstrations and tests.
    Folder(PathBuf),
    /// Through a server, such as `smtps://user:password@mail.example`.
    Smtp(String),
}

/// Writes a mail down to be sent.
///
/// # Errors
/// What the database says.
pub fn send(tx: &mut Tx<'_>, (clock, entropy): (&Clock, &Entropy), mail: &Mail) -> Result<()> {
    enqueue(tx, (clock, entropy), &Letter { mail: mail.clone(), unsubscribe: None })
}

/// As [`send`], for a mail that went to many and can be ended: `unsubscribe` is an address where a POST does so with one
/// click (RFC 8058).
///
/// # Errors
/// What the database says.
pub fn send_list(
    tx: &mut Tx<'_>,
    (clock, entropy): (&Clock, &Entropy),
    mail: &Mail,
    unsubscribe: &str,
) -> Result<()> {
    enqueue(tx, (clock, entropy), &Letter { mail: mail.clone(), unsubscribe: Some(unsubscribe.to_owned()) })
}

fn enqueue(tx: &mut Tx<'_>, (clock, entropy): (&Clock, &Entropy), letter: &Letter) -> Result<()> {
    let payload = serde_json::to_string(letter)
        .map_err(|error| Problem::internal("mail", "the mail cannot be written").because(error))?;
    let about = letter.mail.to.to_lowercase();
    jobs::enqueue_about(tx, (clock, entropy), (JOB, &about), &payload, clock.now())?;
    Ok(())
}

/// A mail as it waits.
#[derive(Serialize, Deserialize)]
struct Letter {
    #[serde(flatten)]
    mail: Mail,
    #[serde(default)]
    unsubscribe: Option<String>,
}

/// Where the mail can be ended (RFC 2369 § 3.2).
#[derive(Clone)]
struct ListUnsubscribe(String);

/// How: with one POST (RFC 8058 § 3.1).
#[derive(Clone)]
struct ListUnsubscribePost(String);

macro_rules! headers {
    ($($header:ident, $name:literal;)*) => {$(
        impl Header for $header {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }

            fn parse(text: &str) -> std::result::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self(text.to_owned()))
            }

            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    )*};
}

headers! {
    ListUnsubscribe, "List-Unsubscribe";
    ListUnsubscribePost, "List-Unsubscribe-Post";
}

impl Mailer {
    /// Sends a mail now.
    ///
    /// # Errors
    /// When it is none or the server does not take it.
    pub(crate) async fn deliver(&self, from: &str, payload: &str) -> Result<()> {
        let Letter { mail, unsubscribe } = serde_json::from_str(payload)
            .map_err(|error| Problem::internal("mail", "the job holds no mail").because(error))?;
        let address = |text: &str| {
            let address =
                text.parse().map_err(|error| Problem::input("email", "not an address").because(error));
            address.map(|address| Mailbox::new(None, address))
        };
        let mut message =
            Message::builder().from(address(from)?).to(address(&mail.to)?).subject(mail.subject);
        if let Some(url) = unsubscribe {
            message = message
                .header(ListUnsubscribe(format!("<{url}>")))
                .header(ListUnsubscribePost("List-Unsubscribe=One-Click".into()));
        }
        let message = message
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body)
            .map_err(|error| Problem::internal("mail", "the mail cannot be built").because(error))?;
        match self {
            Self::Folder(folder) => {
                tokio::fs::create_dir_all(folder).await.map_err(|error| failed(&error))?;
                let sent = AsyncFileTransport::<Tokio1Executor>::new(folder).send(message).await;
                sent.map(drop).map_err(|error| failed(&error))
            }
            Self::Smtp(url) => {
                let server =
                    AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|error| failed(&error))?;
                server.build().send(message).await.map(drop).map_err(|error| failed(&error))
            }
        }
    }
}

fn failed(error: &dyn std::error::Error) -> Problem {
    Problem::peer("mail", "the mail was not taken").because(error.to_string())
}
