use std::str::FromStr;

use base::{Lang, OfficeId, Problem};

/// A kind of report: what Open311 calls a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Category {
    pub(crate) code: String,
    pub(crate) group: String,
    pub(crate) name: String,
    pub(crate) name_en: String,
    pub(crate) description: String,
    /// Words it is found by, with commas between them.
    pub(crate) keywords: String,
    /// The office that works on it where nobody else is named for the place.
    pub(crate) office: OfficeId,
    /// Who may see a report of this kind when it comes in.
    pub(crate) visibility: Visibility,
    /// How far apart two reports may be and still mean the same thing, in metres.
    pub(crate) near_metres: u32,
    /// Hours of service within which the member promises to be done.
    pub(crate) promise_hours: Option<u32>,
    /// Whether it can be chosen; old reports keep a category that no longer can.
    pub(crate) active: bool,
    /// What is asked beside place and description, in order.
    pub(crate) questions: Vec<Question>,
}

impl Category {
    /// The name in a language.
    pub(crate) fn name(&self, lang: Lang) -> &str {
        if lang == Lang::En { &self.name_en } else { &self.name }
    }
}

/// Who may see a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Visibility {
    /// Everybody.
    Public,
    /// Everybody as soon as somebody of the office has looked at it; whoever sent it until then.
    Waiting,
    /// The office and whoever sent it.
    Private,
}

impl Visibility {
    pub(crate) const ALL: [Self; 3] = [Self::Public, Self::Waiting, Self::Private];

    /// The name as stored and in message keys.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Waiting => "waiting",
            Self::Private => "private",
        }
    }
}

impl FromStr for Visibility {
    type Err = Problem;

    fn from_str(name: &str) -> Result<Self, Problem> {
        let unknown = || Problem::input("visibility", format!("there is no visibility '{name}'"));
        Self::ALL.into_iter().find(|each| each.name() == name).ok_or_else(unknown)
    }
}

/// A question of a category: what Open311 calls an attribute of a service definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) code: String,
    pub(crate) datatype: Datatype,
    pub(crate) required: bool,
    /// Whether an answer is wanted; otherwise the text is only shown (Open311's `variable`).
    pub(crate) asked: bool,
    pub(crate) text: String,
    pub(crate) text_en: String,
    /// How to answer.
    pub(crate) hint: String,
    /// What can be chosen, for lists.
    pub(crate) choices: Vec<Choice>,
}

impl Question {
    /// The question in a language.
    pub(crate) fn text(&self, lang: Lang) -> &str {
        if lang == Lang::En { &self.text_en } else { &self.text }
    }

    /// The name of its field in forms: `attribute[CODE]` (Open311 GeoReport v2, POST Service Request).
    pub(crate) fn field(&self) -> String {
        format!("attribute[{}]", self.code)
    }
}

/// An answer that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) name_en: String,
}

impl Choice {
    /// The name in a language.
    pub(crate) fn name(&self, lang: Lang) -> &str {
        if lang == Lang::En { &self.name_en } else { &self.name }
    }
}

/// What an answer may be (Open311 GeoReport v2, GET Service Definition).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Datatype {
    /// A line.
    String,
    /// A number.
    Number,
    /// A date and time.
    Datetime,
    /// Several lines.
    Text,
    /// One of several.
    Single,
    /// Any of several.
    Multi,
}

impl Datatype {
    pub(crate) const ALL: [Self; 6] =
        [Self::String, Self::Number, Self::Datetime, Self::Text, Self::Single, Self::Multi];

    /// The name in Open311 and as stored.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Datetime => "datetime",
            Self::Text => "text",
            Self::Single => "singlevaluelist",
            Self::Multi => "multivaluelist",
        }
    }

    /// Whether the answer is chosen from a list.
    pub(crate) fn is_list(self) -> bool {
        matches!(self, Self::Single | Self::Multi)
    }
}

impl FromStr for Datatype {
    type Err = Problem;

    fn from_str(name: &str) -> Result<Self, Problem> {
        let unknown = || Problem::input("datatype", format!("there is no datatype '{name}'"));
        Self::ALL.into_iter().find(|each| each.name() == name).ok_or_else(unknown)
    }
}
