use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use base::{Kind, Problem};
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::writer::Writer;
use serde_json::{Map, Value};

/// The form of an answer, told by the end of the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Xml,
    Json,
}

/// An answer before it has a form: both forms are made from the same tree, so they say the same.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Null,
    Text(String),
    Number(f64),
    Bool(bool),
    Object(Vec<(&'static str, Node)>),
    /// The name of each element in XML, and the elements.
    List(&'static str, Vec<Node>),
}

impl Node {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Null } else { Self::Text(text) }
    }

    fn json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => text.clone().into(),
            Self::Number(number) => (*number).into(),
            Self::Bool(value) => (*value).into(),
            Self::Object(fields) => {
                let fields = fields.iter().map(|(name, node)| ((*name).to_owned(), node.json()));
                Value::Object(fields.collect::<Map<_, _>>())
            }
            Self::List(_, nodes) => nodes.iter().map(Self::json).collect(),
        }
    }

    fn xml(&self, name: &str, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
        if *self == Self::Null {
            return writer.write_event(Event::Empty(BytesStart::new(name)));
        }
        writer.write_event(Event::Start(BytesStart::new(name)))?;
        match self {
            Self::Null => {}
            Self::Text(text) => writer.write_event(Event::Text(BytesText::new(&printable(text))))?,
            Self::Number(number) => writer.write_event(Event::Text(BytesText::new(&number.to_string())))?,
            Self::Bool(value) => writer.write_event(Event::Text(BytesText::new(&value.to_string())))?,
            Self::Object(fields) => {
                for (name, node) in fields {
                    node.xml(name, writer)?;
                }
            }
            Self::List(item, nodes) => {
                for node in nodes {
                    node.xml(item, writer)?;
                }
            }
        }
        writer.write_event(Event::End(BytesEnd::new(name)))
    }
}

/// XML 1.0 has no place for most control characters, not even escaped (§ 2.2).
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

impl Format {
    /// Splits `requests.json` into name and form.
    pub(crate) fn split(file: &str) -> Option<(&str, Self)> {
        let (name, end) = file.rsplit_once('.')?;
        match end {
            "xml" => Some((name, Self::Xml)),
            "json" => Some((name, Self::Json)),
            _ => None,
        }
    }

    /// An answer with this root.
    pub(crate) fn answer(self, status: StatusCode, root: &str, node: &Node) -> Response {
        match self {
            Self::Json => {
                let headers = [(CONTENT_TYPE, "application/json; charset=utf-8")];
                (status, headers, node.json().to_string()).into_response()
            }
            Self::Xml => match xml(root, node) {
                Ok(body) => (status, [(CONTENT_TYPE, "text/xml; charset=utf-8")], body).into_response(),
                Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            },
        }
    }

    /// A problem in the standard's form: one error for every fault (GeoReport v2 § Errors).
    pub(crate) fn problem(self, problem: &Problem) -> Response {
        if problem.kind == Kind::Internal {
            tracing::error!(code = problem.code, %problem, "fault");
        }
        let status = status(problem.kind);
        let code = status.as_u16().to_string();
        let error = |description: String| {
            Node::Object(vec![("code", Node::text(code.clone())), ("description", Node::text(description))])
        };
        let errors = match problem.faults.as_slice() {
            [] => vec![error(problem.detail.clone())],
            faults => faults.iter().map(|fault| error(format!("{}: {}", fault.field, fault.code))).collect(),
        };
        let mut response = self.answer(status, "errors", &Node::List("error", errors));
        if let Some(seconds) = problem.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// 404 for what does not exist, 403 for the key, 400 for everything else that is the asker's fault.
fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Denied | Kind::Unauthenticated => StatusCode::FORBIDDEN,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Busy | Kind::Peer => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

fn xml(root: &str, node: &Node) -> std::io::Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::new());
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    match node {
        // An empty list is an empty element, not an absent one.
        Node::List(_, nodes) if nodes.is_empty() => {
            writer.write_event(Event::Empty(BytesStart::new(root)))?;
        }
        _ => node.xml(root, &mut writer)?,
    }
    Ok(writer.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_none_one_and_two_have_both_forms() {
        let item = || {
            Node::Object(vec![
                ("id", Node::text("1-2026")),
                ("note", Node::Null),
                ("lat", Node::Number(50.5)),
            ])
        };
        for count in 0..3 {
            let list = Node::List("request", (0..count).map(|_| item()).collect());
            assert_eq!(list.json().as_array().map(Vec::len), Some(count));
            let xml = String::from_utf8(xml("service_requests", &list).unwrap()).unwrap();
            assert_eq!(xml.matches("<request>").count(), count);
            assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?><service_requests"));
        }
    }

    #[test]
    fn text_is_escaped_and_stays_well_formed() {
        let node = Node::Object(vec![("description", Node::text("<b>&\"\u{0}\u{b}</b>"))]);
        let xml = String::from_utf8(xml("request", &node).unwrap()).unwrap();
        assert!(xml.contains("&lt;b&gt;&amp;") && !xml.contains('\u{b}'), "{xml}");
    }
}
