use sfv::{FieldType as _, InnerList, Item, ListSerializer};

use crate::{Message, Refusal, Start};

/// A part of a message that the profile signs (RFC 9421 § 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Component {
    Method,
    TargetUri,
    Status,
    RequestSignature,
    ContentDigest,
    ContentType,
}

impl Component {
    const ALL: [Self; 6] = [
        Self::Method,
        Self::TargetUri,
        Self::Status,
        Self::RequestSignature,
        Self::ContentDigest,
        Self::ContentType,
    ];

    /// What a message must have signed, in the order in which we do it.
    pub(crate) fn required(message: &Message<'_>) -> Vec<Self> {
        let mut needed = match message.start {
            Start::Request { .. } => vec![Self::Method, Self::TargetUri],
            Start::Response { .. } => vec![Self::Status, Self::RequestSignature],
        };
        if !message.body.is_empty() {
            needed.extend([Self::ContentDigest, Self::ContentType]);
        }
        needed
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Method => "@method",
            Self::TargetUri => "@target-uri",
            Self::Status => "@status",
            Self::RequestSignature => "signature",
            Self::ContentDigest => "content-digest",
            Self::ContentType => "content-type",
        }
    }

    /// The component's identifier (RFC 9421 § 2).
    pub(crate) fn item(self) -> Item {
        let (name, is_request) = match self {
            Self::Method => (sfv::string_ref("@method"), false),
            Self::TargetUri => (sfv::string_ref("@target-uri"), false),
            Self::Status => (sfv::string_ref("@status"), false),
            Self::RequestSignature => (sfv::string_ref("signature"), true),
            Self::ContentDigest => (sfv::string_ref("content-digest"), false),
            Self::ContentType => (sfv::string_ref("content-type"), false),
        };
        let mut item = Item::new(name.to_owned());
        if is_request {
            item.params.insert(sfv::key_ref("req").to_owned(), true.into());
        }
        item
    }

    /// The component that an identifier means, name and parameters alike.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        Self::ALL.into_iter().find(|component| component.item() == *item)
    }

    /// The component's value in a message (RFC 9421 § 2.1, 2.2 and 2.4).
    pub(crate) fn value(self, message: &Message<'_>) -> Result<String, Refusal> {
        match (self, message.start) {
            (Self::Method, Start::Request { method, .. }) => Ok(method.as_str().to_owned()),
            (Self::TargetUri, Start::Request { target, .. }) => {
                let is_whole = target.scheme().is_some() && target.authority().is_some();
                is_whole.then(|| target.to_string()).ok_or(Refusal::Malformed("@target-uri"))
            }
            (Self::Status, Start::Response { status, .. }) => Ok(status.as_str().to_owned()),
            (Self::RequestSignature, Start::Response { to, .. }) => field(to, "signature").map(str::to_owned),
            (Self::ContentDigest | Self::ContentType, _) => {
                field(message.headers, self.name()).map(str::to_owned)
            }
            _ => Err(Refusal::Component(self.name().to_owned())),
        }
    }
}

/// The value of a field that stands exactly once in a message.
pub(crate) fn field<'a>(headers: &'a http::HeaderMap, name: &'static str) -> Result<&'a str, Refusal> {
    let mut lines = headers.get_all(name).iter();
    let line = lines.next().ok_or(Refusal::Missing(name))?;
    match (line.to_str(), lines.next()) {
        (Ok(value), None) => Ok(value.trim_matches([' ', '\t'])),
        _ => Err(Refusal::Malformed(name)),
    }
}

/// The text that is signed (RFC 9421 § 2.5).
pub(crate) fn signature_base(
    covered: &InnerList,
    value: impl Fn(&Item) -> Result<String, Refusal>,
) -> Result<String, Refusal> {
    let mut base = String::new();
    for item in &covered.items {
        let (name, value) = (item.serialize(), value(item)?);
        if !value.bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte)) {
            return Err(Refusal::Malformed("a signed component"));
        }
        base.push_str(&format!("{name}: {value}\n"));
    }
    base.push_str(&format!("\"@signature-params\": {}", parameters(covered)));
    Ok(base)
}

/// The covered components with the signature's parameters, as in `Signature-Input` (RFC 9421 § 2.3).
pub(crate) fn parameters(covered: &InnerList) -> String {
    let mut list = ListSerializer::new();
    let mut inner = list.inner_list();
    inner.items(&covered.items);
    inner.finish().parameters(&covered.params);
    list.finish().unwrap_or_default()
}
