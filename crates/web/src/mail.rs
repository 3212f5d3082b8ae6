//! Mail leaves as durable work: it is written down in the transaction that makes it necessary and sent afterwards.

use std::path::PathBuf;

use base::{Clock, Entropy, Problem, Result};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
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
    let payload = serde_json::to_string(mail)
        .map_err(|error| Problem::internal("mail", "the mail cannot be written").because(error))?;
    let about = mail.to.to_lowercase();
    jobs::enqueue_about(tx, (clock, entropy), (JOB, &about), &payload, clock.now())?;
    Ok(())
}

impl Mailer {
    /// Sends a mail now.
    ///
    /// # Errors
    /// When it is none or the server does not take it.
    pub(crate) async fn deliver(&self, from: &str, payload: &str) -> Result<()> {
        let mail: Mail = serde_json::from_str(payload)
            .map_err(|error| Problem::internal("mail", "the job holds no mail").because(error))?;
        let address = |text: &str| {
            let address =
                text.parse().map_err(|error| Problem::input("email", "not an address").because(error));
            address.map(|address| Mailbox::new(None, address))
        };
        let message = Message::builder()
            .from(address(from)?)
            .to(address(&mail.to)?)
            .subject(mail.subject)
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
