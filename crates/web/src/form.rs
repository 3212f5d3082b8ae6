use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use base::{FormId, Kind, Problem, Result};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// Bytes of a form without files, at most.
pub(crate) const FORM_LIMIT: usize = 64 << 10;

/// The hidden field with the form's id.
const FORM_ID: &str = "_form";

/// The fields of a form, in the order they were sent. Names may repeat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// A form with these fields.
    #[must_use]
    pub fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// The field with this name, without blanks around it; empty when it was not sent.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// The field with this name, unless it is empty.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// All fields.
    #[must_use]
    pub fn fields(&self) -> &[(String, String)] {
        &self.0
    }

    /// The form with this field, in place of those of the same name.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let others = self.0.iter().filter(|(key, _)| key != name).cloned();
        Self(others.chain([(name.to_owned(), value.to_owned())]).collect())
    }

    /// The id of the rendering this form was sent from.
    ///
    /// # Errors
    /// When it is missing or none.
    pub fn id(&self) -> Result<FormId> {
        let wrong = |_| Problem::input("form-id", "the form has no valid id").hint("load the page again");
        self.get(FORM_ID).parse().map_err(wrong)
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> std::result::Result<Self, Failure> {
        Ok(read_form(request, state).await?)
    }
}

/// What a script of ours sends as JSON.
pub(crate) struct FromJson<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for FromJson<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> std::result::Result<Self, Failure> {
        let body = read_body(request, state, "application/json").await?;
        Ok(Self(serde_json::from_slice(&body).map_err(|error| broken(error.to_string()))?))
    }
}

/// Reads the body of a form without files.
///
/// # Errors
/// When it is too large, of another type, or not UTF-8.
pub async fn read_form<S: Send + Sync>(request: Request, state: &S) -> Result<Form> {
    parse_form(&read_body(request, state, "application/x-www-form-urlencoded").await?)
}

async fn read_body<S: Send + Sync>(request: Request, state: &S, wanted: &str) -> Result<Bytes> {
    let media_type =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !media_type.starts_with(wanted) {
        let detail = format!("this is sent as {wanted}");
        return Err(Problem::new(Kind::Unsupported, "media-type", detail));
    }
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => broken(rejection.body_text()),
    })
}

/// Reads `application/x-www-form-urlencoded` bytes.
///
/// # Errors
/// When they are too many or not UTF-8.
pub fn parse_form(body: &[u8]) -> Result<Form> {
    if body.len() > FORM_LIMIT {
        return Err(too_large());
    }
    let fields: Vec<(String, String)> =
        serde_urlencoded::from_bytes(body).map_err(|error| broken(error.to_string()))?;
    // Undecodable bytes arrive as the replacement character; a person never types it.
    if fields.iter().any(|(key, value)| key.contains('\u{fffd}') || value.contains('\u{fffd}')) {
        return Err(Problem::input("encoding", "the form is not UTF-8"));
    }
    Ok(Form(fields))
}

fn too_large() -> Problem {
    Problem::new(Kind::TooLarge, "too-large", "the body is too large")
}

fn broken(why: String) -> Problem {
    Problem::input("body", "the body cannot be read").because(why)
}

/// A file of a form, in memory.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The field it was sent in.
    pub field: String,
    /// Its content.
    pub content: Bytes,
}

/// Reads a form with files. `files` is how many are taken, `limit` how large each may be.
///
/// # Errors
/// When it is broken, too large, or holds more files.
pub async fn read_upload(
    mut multipart: Multipart,
    files: usize,
    limit: usize,
) -> Result<(Form, Vec<Upload>)> {
    let (mut fields, mut uploads, mut text) = (Vec::new(), Vec::new(), 0);
    while let Some(field) = multipart.next_field().await.map_err(wrong)? {
        let name = field.name().unwrap_or_default().to_owned();
        if field.file_name().is_some() || field.content_type().is_some() {
            let content = read_part(field, limit).await?;
            // A browser sends an empty part for a file nobody chose.
            if content.is_empty() {
                continue;
            }
            if uploads.len() == files {
                return Err(Problem::new(Kind::TooLarge, "too-many-files", format!("at most {files} files")));
            }
            uploads.push(Upload { field: name, content });
        } else {
            let content = read_part(field, FORM_LIMIT - text).await?;
            text += content.len();
            let value = String::from_utf8(content.into())
                .map_err(|_| Problem::input("encoding", "the form is not UTF-8"))?;
            fields.push((name, value));
        }
        if fields.len() > 1000 {
            return Err(too_large());
        }
    }
    Ok((Form(fields), uploads))
}

/// Reads one part of a form with files, when it has at most `limit` bytes; for those who take files one by one.
///
/// # Errors
/// `too-large`, or when the form breaks off.
pub async fn read_part(mut field: Field<'_>, limit: usize) -> Result<Bytes> {
    let mut content = bytes::BytesMut::new();
    while let Some(chunk) = field.chunk().await.map_err(wrong)? {
        if content.len() + chunk.len() > limit {
            return Err(too_large());
        }
        content.extend_from_slice(&chunk);
    }
    Ok(content.freeze())
}

#[expect(clippy::needless_pass_by_value, reason = "the shape map_err wants")]
fn wrong(error: MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => broken(error.body_text()),
    }
}

/// The query of an address, read like a form.
impl<'de> Deserialize<'de> for Form {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_and_nonsense_is_named() {
        let form = parse_form("text=%C3%BCber+uns&empty=&_form=x".as_bytes()).unwrap();
        assert_eq!((form.get("text"), form.find("empty"), form.find("none")), ("über uns", None, None));
        assert_eq!(form.id().unwrap_err().code, "form-id");
        assert_eq!(parse_form(b"text=%FF%FE").unwrap_err().code, "encoding");
        assert_eq!(parse_form(&vec![b'a'; FORM_LIMIT + 1]).unwrap_err().kind, Kind::TooLarge);
    }
}
