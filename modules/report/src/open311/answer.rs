use std::borrow::Cow;

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use quick_xml::escape::escape;

/// The form of an answer, told by the end of the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Xml,
    Json,
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

    /// The media type without its parameter.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Xml => "text/xml",
            Self::Json => "application/json",
        }
    }
}

/// An answer while it is written. The same calls make both forms, so they say the same; JSON leaves the outermost name
/// and the names in lists away (Open311, JSON and XML Conversion).
#[derive(Debug)]
pub(crate) struct Answer {
    format: Format,
    body: Vec<u8>,
    /// In JSON: whether something stands before the next value on its level.
    follows: bool,
    /// In JSON: whether the values on this level have no names.
    in_list: bool,
}

impl Answer {
    /// An answer that is one thing with parts.
    pub(crate) fn object(format: Format, root: &str, parts: impl FnOnce(&mut Self)) -> Self {
        let mut answer = Self::empty(format);
        answer.object_in(root, parts);
        answer
    }

    /// An answer that is a list.
    pub(crate) fn list(format: Format, root: &str, parts: impl FnOnce(&mut Self)) -> Self {
        let mut answer = Self::empty(format);
        answer.list_in(root, parts);
        answer
    }

    fn empty(format: Format) -> Self {
        let mut body = Vec::with_capacity(1024);
        if format == Format::Xml {
            body.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"utf-8\"?>");
        }
        // The outermost value has no name in JSON, as if it stood in a list.
        Self { format, body, follows: false, in_list: true }
    }

    /// Makes room for so many things that follow, so that what is written is not moved again and again.
    pub(crate) fn reserve(&mut self, things: usize) {
        self.body.reserve(things * 768);
    }

    /// A thing with parts.
    pub(crate) fn object_in(&mut self, name: &str, parts: impl FnOnce(&mut Self)) {
        self.nested(name, (b'{', b'}'), false, parts);
    }

    /// A list; what is written in it has in JSON no names.
    pub(crate) fn list_in(&mut self, name: &str, parts: impl FnOnce(&mut Self)) {
        self.nested(name, (b'[', b']'), true, parts);
    }

    fn nested(&mut self, name: &str, (open, close): (u8, u8), list: bool, parts: impl FnOnce(&mut Self)) {
        if self.format == Format::Xml {
            let before = self.body.len();
            self.tag("<", name, ">");
            let start = self.body.len();
            parts(self);
            if self.body.len() == start {
                self.body.truncate(before);
                return self.tag("<", name, "/>");
            }
            return self.tag("</", name, ">");
        }
        self.name(name);
        self.body.push(open);
        let outside = std::mem::replace(&mut self.in_list, list);
        self.follows = false;
        parts(self);
        self.body.push(close);
        (self.in_list, self.follows) = (outside, true);
    }

    /// A text; nothing when it is empty, which both forms say alike.
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        let text = printable(text);
        if text.is_empty() {
            return self.null(name);
        }
        match self.format {
            Format::Xml => self.element(name, escape(&*text).as_bytes()),
            Format::Json => {
                self.name(name);
                // Writing a text into memory cannot fail.
                drop(serde_json::to_writer(&mut self.body, &*text));
            }
        }
    }

    /// Nothing.
    pub(crate) fn null(&mut self, name: &str) {
        match self.format {
            Format::Xml => self.tag("<", name, "/>"),
            Format::Json => self.bare(name, b"null"),
        }
    }

    /// A number with a fraction, such as degrees; nothing when there is none.
    pub(crate) fn number(&mut self, name: &str, number: Option<f64>) {
        match number.filter(|number| number.is_finite()) {
            Some(number) => self.bare(name, number.to_string().as_bytes()),
            None => self.null(name),
        }
    }

    /// A whole number.
    pub(crate) fn int(&mut self, name: &str, number: i64) {
        self.bare(name, number.to_string().as_bytes());
    }

    /// A truth value.
    pub(crate) fn flag(&mut self, name: &str, value: bool) {
        self.bare(name, if value { b"true" } else { b"false" });
    }

    /// A value that needs no quotes in either form.
    fn bare(&mut self, name: &str, value: &[u8]) {
        match self.format {
            Format::Xml => self.element(name, value),
            Format::Json => {
                self.name(name);
                self.body.extend_from_slice(value);
            }
        }
    }

    fn element(&mut self, name: &str, value: &[u8]) {
        self.tag("<", name, ">");
        self.body.extend_from_slice(value);
        self.tag("</", name, ">");
    }

    fn tag(&mut self, open: &str, name: &str, close: &str) {
        for part in [open, name, close] {
            self.body.extend_from_slice(part.as_bytes());
        }
    }

    /// What stands before a value in JSON. Names are ours and need no escapes.
    fn name(&mut self, name: &str) {
        if std::mem::replace(&mut self.follows, true) {
            self.body.push(b',');
        }
        if !self.in_list {
            self.tag("\"", name, "\":");
        }
    }

    /// The answer with this status.
    pub(crate) fn respond(self, status: StatusCode) -> Response {
        let media_type = match self.format {
            Format::Xml => "text/xml; charset=utf-8",
            Format::Json => "application/json; charset=utf-8",
        };
        (status, [(CONTENT_TYPE, media_type)], self.body).into_response()
    }

    /// The bytes of its body.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.body
    }

    #[cfg(test)]
    fn into_text(self) -> String {
        String::from_utf8(self.body).unwrap()
    }
}

/// XML 1.0 has no place for most control characters, not even escaped, nor for two that are no characters (§ 2.2); a
/// carriage return would come out as a line feed (§ 2.11). JSON leaves out the same, so that both say the same.
fn printable(text: &str) -> Cow<'_, str> {
    // Whatever is left out is one of these bytes, or begins with one of the last two in UTF-8.
    let doubtful =
        |byte: u8| byte < b' ' && !matches!(byte, b'\n' | b'\t') || matches!(byte, 0x7f | 0xc2 | 0xef);
    if !text.bytes().any(doubtful) {
        return text.into();
    }
    let fine =
        |c: char| !(c.is_control() && !matches!(c, '\n' | '\t') || matches!(c, '\u{fffe}' | '\u{ffff}'));
    if text.chars().all(fine) {
        text.into()
    } else {
        text.chars().filter(|c| fine(*c)).collect::<String>().into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::Reader;
    use quick_xml::events::Event;
    use serde_json::{Map, Value, json};

    use super::*;

    /// Something an answer can hold.
    #[derive(Clone, Debug)]
    enum Tree {
        Text(String),
        Number(f64),
        Flag(bool),
        Null,
        Object(Vec<Tree>),
        List(Vec<Tree>),
    }

    // In the order of the alphabet, because the JSON that is read back is sorted.
    const NAMES: [&str; 6] = ["address", "description", "lat", "status_notes", "title", "zipcode"];

    fn write(answer: &mut Answer, name: &str, tree: &Tree) {
        match tree {
            Tree::Text(text) => answer.text(name, text),
            Tree::Number(number) => answer.number(name, Some(*number)),
            Tree::Flag(value) => answer.flag(name, *value),
            Tree::Null => answer.null(name),
            Tree::Object(parts) => answer.object_in(name, |answer| {
                parts.iter().zip(NAMES).for_each(|(part, name)| write(answer, name, part));
            }),
            Tree::List(parts) => {
                answer.list_in(name, |answer| parts.iter().for_each(|part| write(answer, "item", part)));
            }
        }
    }

    fn answer(format: Format, trees: &[Tree]) -> String {
        Answer::list(format, "root", |answer| trees.iter().for_each(|tree| write(answer, "item", tree)))
            .into_text()
    }

    /// JSON as the conversion rule makes it of XML that has lost the difference between kinds of leaves.
    fn plain(value: &Value) -> Value {
        match value {
            Value::Null => Value::Null,
            Value::String(text) => text.clone().into(),
            Value::Object(fields) if fields.is_empty() => Value::Null,
            Value::Object(fields) => {
                json!(fields.iter().map(|(name, value)| json!([name, plain(value)])).collect::<Vec<_>>())
            }
            Value::Array(items) if items.is_empty() => Value::Null,
            Value::Array(items) => {
                json!(items.iter().map(|value| json!(["item", plain(value)])).collect::<Vec<_>>())
            }
            // The text of a number in JSON is its text in XML.
            other => other.to_string().into(),
        }
    }

    /// XML as lists of name and content.
    fn read(reader: &mut Reader<&[u8]>) -> Value {
        let (mut children, mut text) = (Vec::new(), String::new());
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => {
                    let name = start.name().as_ref().to_owned();
                    let content = read(reader);
                    children.push(json!([name, content]));
                }
                Event::Empty(empty) => {
                    let name = empty.name().as_ref().to_owned();
                    children.push(json!([name, null]));
                }
                Event::Text(part) => text.push_str(&part),
                Event::GeneralRef(part) => {
                    let entity = format!("&{};", &*part);
                    text.push_str(&quick_xml::escape::unescape(&entity).unwrap());
                }
                Event::End(_) | Event::Eof => break,
                _ => {}
            }
        }
        if children.is_empty() { text.into() } else { children.into() }
    }

    fn trees() -> impl Strategy<Value = Vec<Tree>> {
        let nasty = prop_oneof![
            any::<String>(),
            "[<>&\"'\\]\\[\u{0}-\u{1f}\u{7f}-\u{9f}\u{fffe}\u{ffff}\u{2028}\u{1f600}äß ]{0,12}",
            Just("]]><!--<?x?>&#0;&amp;".to_owned()),
        ];
        let leaf = prop_oneof![
            nasty.prop_map(Tree::Text),
            (-180_000_000_i32..180_000_000).prop_map(|micro| Tree::Number(f64::from(micro) / 1e6)),
            any::<bool>().prop_map(Tree::Flag),
            Just(Tree::Null),
        ];
        let tree = leaf.prop_recursive(3, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Tree::Object),
                prop::collection::vec(inner, 0..5).prop_map(Tree::List),
            ]
        });
        prop::collection::vec(tree, 0..4)
    }

    proptest! {
        #[test]
        fn xml_and_json_carry_the_same(trees in trees()) {
            let json: Value = serde_json::from_str(&answer(Format::Json, &trees)).unwrap();
            let text = answer(Format::Xml, &trees);
            let mut reader = Reader::from_str(&text);
            let xml = read(&mut reader);
            prop_assert_eq!(json!([["root", plain(&json)]]), xml);
        }
    }

    #[test]
    fn lists_of_none_one_and_two_have_both_forms() {
        let item = Tree::Object(vec![Tree::Text("dunkel".into()), Tree::Number(50.5)]);
        for count in 0..3 {
            let trees = vec![item.clone(); count];
            let json: Vec<Map<String, Value>> = serde_json::from_str(&answer(Format::Json, &trees)).unwrap();
            assert_eq!(json.len(), count);
            let xml = answer(Format::Xml, &trees);
            assert_eq!(xml.matches("<item>").count(), count);
            assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?><root"));
        }
    }
}
