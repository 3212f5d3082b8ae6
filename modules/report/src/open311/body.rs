use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use base::{Fault, Kind, Problem, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use web::{Form, read_upload};

use super::call::{refused, sound};

/// Photos of a report, at most.
const PHOTOS: usize = 3;
/// Bytes of a photo as it is sent, at most.
const PHOTO_LIMIT: usize = 12 << 20;
/// Bytes of a request: the photos, and text around them.
pub(super) const LIMIT: usize = PHOTOS * PHOTO_LIMIT + (1 << 20);
/// Fields of a request, at most.
const FIELDS: usize = 1000;

/// What was sent: fields, and pictures in whatever way they came.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) form: Form,
    pub(super) photos: Vec<Bytes>,
}

/// Reads a request in the standard's form (`application/x-www-form-urlencoded`) or in that of clients that send files
/// (`multipart/form-data`).
pub(super) async fn read(request: Request) -> Result<Body> {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let (form, photos) = match media_type.unwrap_or_default() {
        kind if kind.starts_with("application/x-www-form-urlencoded") => (urlencoded(request).await?, vec![]),
        kind if kind.starts_with("multipart/form-data") => multipart(request).await?,
        _ => return Err(refused(Kind::Input, "Content-Type", "open311-body-type")),
    };
    if form.fields().len() > FIELDS {
        return Err(refused(Kind::Input, "attribute", "open311-fields"));
    }
    let mut body = Body { form, photos };
    body.take_media()?;
    Ok(body)
}

async fn urlencoded(request: Request) -> Result<Form> {
    let body = Bytes::from_request(request, &()).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Kind::TooLarge, "too-large", "the body is too large"),
        _ => Problem::input("body", "the body cannot be read"),
    })?;
    let fields = serde_urlencoded::from_bytes(&body)
        .map_err(|_| refused(Kind::Input, "Content-Type", "open311-body-type"))?;
    Ok(Form::new(fields))
}

async fn multipart(request: Request) -> Result<(Form, Vec<Bytes>)> {
    let multipart = Multipart::from_request(request, &()).await;
    let multipart = multipart.map_err(|_| refused(Kind::Input, "Content-Type", "open311-body-type"))?;
    let read = read_upload(multipart, PHOTOS, PHOTO_LIMIT).await;
    let (form, uploads) = read.map_err(|problem| match problem.code {
        "too-many-files" => refused(Kind::Input, "media", "open311-media-many"),
        _ => problem,
    })?;
    Ok((form, uploads.into_iter().map(|upload| upload.content).collect()))
}

impl Body {
    /// Takes the pictures out of the fields that hold some: `data:` addresses (RFC 2397) in `media_url`, as FixMyStreet
    /// sends them, and base64 in `media`, as Klarschiff does. An address elsewhere is refused: to fetch what a stranger
    /// names would let them look into the member's own network through this server, and what they show there may
    /// change after somebody looked at it.
    fn take_media(&mut self) -> Result<()> {
        let is_media = |name: &str| matches!(name.trim_end_matches("[]"), "media_url" | "media");
        let fields = std::mem::take(&mut self.form).fields().to_vec();
        let (media, rest): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(name, _)| is_media(name));
        self.form = Form::new(rest);
        let mut faults = Vec::new();
        for (name, value) in media.iter().filter(|(_, value)| !value.trim().is_empty()) {
            let inline = name.trim_end_matches("[]") == "media";
            let base64 = match value.trim().strip_prefix("data:").and_then(|data| data.split_once(";base64,"))
            {
                Some((_, data)) => Some(data),
                None => Some(value.trim()).filter(|_| inline),
            };
            match base64.map(|data| STANDARD.decode(data)) {
                Some(Ok(content)) if content.len() <= PHOTO_LIMIT => self.photos.push(content.into()),
                Some(Ok(_)) => faults.push(Fault::new("media", "picture-too-large")),
                Some(Err(_)) => faults.push(Fault::new("media", "picture-unreadable")),
                None => faults.push(Fault::new("media_url", "open311-media-remote")),
            }
        }
        if self.photos.len() > PHOTOS {
            faults.push(Fault::new("media", "open311-media-many"));
        }
        if faults.is_empty() { Ok(()) } else { Err(Problem::faults(faults)) }
    }

    /// The fields without line ends in them, as names and codes are; texts may have some.
    pub(super) fn check(&self) -> Result<()> {
        let is_text =
            |name: &str| matches!(name, "description" | "address_string") || name.starts_with("attribute");
        let fields = self.form.fields().iter();
        let plain = fields.map(|(name, value)| match is_text(name) {
            // Control characters fall away where a text is kept; what is not UTF-8 is a fault all the same.
            true => (name.clone(), value.chars().filter(|c| !c.is_control()).collect()),
            false => (name.clone(), value.clone()),
        });
        sound(&Form::new(plain.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(fields: &[(&str, &str)]) -> Body {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Body { form: Form::new(fields), photos: vec![] }
    }

    fn refusal(fields: &[(&str, &str)]) -> Option<&'static str> {
        body(fields).take_media().err().and_then(|problem| problem.faults.first().map(|fault| fault.code))
    }

    #[test]
    fn pictures_come_as_data_and_never_from_elsewhere() {
        let mut good = body(&[("media_url", "data:image/png;base64,AAEC"), ("media", "AwQ="), ("email", "")]);
        good.take_media().unwrap();
        assert_eq!(good.photos, [Bytes::from_static(&[0, 1, 2]), Bytes::from_static(&[3, 4])]);
        assert_eq!(good.form.fields().len(), 1);
        for url in ["http://169.254.169.254/latest", "https://example.org/a.jpg", "file:///etc/passwd"] {
            assert_eq!(refusal(&[("media_url", url)]), Some("open311-media-remote"));
        }
        assert_eq!(refusal(&[("media_url", "data:image/png;base64,?")]), Some("picture-unreadable"));
        assert_eq!(refusal(&[("media", "AAAA"); 4]), Some("open311-media-many"));
    }
}
