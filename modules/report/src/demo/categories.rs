use base::OfficeId;

use crate::model::{Category, Choice, Datatype, Question, Visibility};

/// Kinds whose words and pictures may insult or name people, so that somebody looks first.
const WAITING: &[&str] = &["graffiti"];

/// A category every member begins with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Template {
    pub(crate) code: &'static str,
    pub(crate) group: &'static str,
    pub(crate) name: &'static str,
    pub(crate) name_en: &'static str,
    pub(crate) description: &'static str,
    pub(crate) keywords: &'static str,
    /// Hours of service within which most are done.
    pub(crate) promise_hours: u32,
    pub(crate) near_metres: u32,
}

impl Template {
    /// The category, worked on by an office.
    pub(crate) fn category(&self, office: OfficeId, questions: Vec<Question>) -> Category {
        Category {
            code: self.code.into(),
            group: self.group.into(),
            name: self.name.into(),
            name_en: self.name_en.into(),
            description: self.description.into(),
            keywords: self.keywords.into(),
            office,
            visibility: if WAITING.contains(&self.code) { Visibility::Waiting } else { Visibility::Public },
            near_metres: self.near_metres,
            promise_hours: Some(self.promise_hours),
            active: true,
            questions,
        }
    }
}

/// A question every member begins with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QuestionTemplate {
    pub(crate) category: &'static str,
    code: &'static str,
    datatype: Datatype,
    required: bool,
    text: &'static str,
    text_en: &'static str,
    hint: &'static str,
    /// Key, German and English name.
    choices: &'static [(&'static str, &'static str, &'static str)],
}

impl QuestionTemplate {
    /// The question.
    pub(crate) fn question(&self) -> Question {
        let choice = |(key, name, name_en): &(&str, &str, &str)| Choice {
            key: (*key).into(),
            name: (*name).into(),
            name_en: (*name_en).into(),
        };
        Question {
            code: self.code.into(),
            datatype: self.datatype,
            required: self.required,
            asked: true,
            text: self.text.into(),
            text_en: self.text_en.into(),
            hint: self.hint.into(),
            choices: self.choices.iter().map(choice).collect(),
        }
    }
}

/// What some of the usual categories ask.
pub(crate) const QUESTIONS: &[QuestionTemplate] = &[
    QuestionTemplate {
        category: "laterne",
        code: "nummer",
        datatype: Datatype::String,
        required: false,
        text: "Nummer am Mast",
        text_en: "Number on the pole",
        hint: "Steht auf einem kleinen Schild in Augenhöhe.",
        choices: &[],
    },
    QuestionTemplate {
        category: "laterne",
        code: "fehler",
        datatype: Datatype::Single,
        required: false,
        text: "Was tut die Laterne?",
        text_en: "What does the lamp do?",
        hint: "",
        choices: &[
            ("dunkel", "bleibt dunkel", "stays dark"),
            ("flackert", "flackert", "flickers"),
            ("tag", "brennt am Tag", "is on by day"),
            ("mast", "Mast beschädigt", "pole damaged"),
        ],
    },
    QuestionTemplate {
        category: "schlagloch",
        code: "tiefe",
        datatype: Datatype::Number,
        required: false,
        text: "Wie tief ist es ungefähr (in Zentimetern)?",
        text_en: "Roughly how deep is it (in centimetres)?",
        hint: "",
        choices: &[],
    },
    QuestionTemplate {
        category: "muell",
        code: "stoffe",
        datatype: Datatype::Multi,
        required: false,
        text: "Was liegt dort?",
        text_en: "What is lying there?",
        hint: "",
        choices: &[
            ("hausrat", "Hausrat", "household goods"),
            ("bauschutt", "Bauschutt", "rubble"),
            ("elektro", "Elektrogeräte", "appliances"),
            ("gefahr", "Öl, Farbe, Chemikalien", "oil, paint, chemicals"),
        ],
    },
    QuestionTemplate {
        category: "schrottauto",
        code: "seit",
        datatype: Datatype::Datetime,
        required: true,
        text: "Seit wann steht es dort?",
        text_en: "Since when has it been there?",
        hint: "Ein ungefährer Tag genügt.",
        choices: &[],
    },
];

macro_rules! categories {
    ($($group:literal { $($code:literal $name:literal $name_en:literal $hours:literal h $metres:literal m
        $description:literal $keywords:literal;)* })*) => {
        /// The usual categories of a town.
        pub(crate) const CATEGORIES: &[Template] = &[$($(Template {
            code: $code, group: $group, name: $name, name_en: $name_en, description: $description,
            keywords: $keywords, promise_hours: $hours, near_metres: $metres,
        }),*),*];
    };
}

categories! {
    "Stadtbild" {
        "muell" "Wilder Müll" "Dumped rubbish" 40 h 60 m
            "Säcke, Bauschutt oder Hausrat, die jemand abgelegt hat." "abfall,müll,illegal";
        "sperrmuell" "Sperrmüll liegt herum" "Bulky waste left lying" 40 h 60 m
            "Sperrmüll, der nicht abgeholt wurde." "sperrmüll,möbel";
        "papierkorb" "Papierkorb voll oder kaputt" "Litter bin full or broken" 24 h 30 m
            "Öffentliche Papierkörbe." "mülleimer,abfalleimer";
        "graffiti" "Graffiti" "Graffiti" 80 h 40 m
            "Schmierereien an öffentlichen Flächen." "schmiererei,sprühen";
        "schrottrad" "Schrottfahrrad" "Abandoned bicycle" 160 h 20 m
            "Fahrräder, die niemand mehr benutzt." "fahrrad,rad";
        "schrottauto" "Schrottfahrzeug" "Abandoned vehicle" 160 h 30 m
            "Autos ohne Kennzeichen auf öffentlichem Grund." "auto,wrack";
    }
    "Straßen und Verkehrsanlagen" {
        "laterne" "Straßenlaterne defekt" "Street lamp broken" 56 h 25 m
            "Laternen, die dunkel sind, flackern oder am Tag brennen." "licht,lampe,beleuchtung";
        "schlagloch" "Schlagloch" "Pothole" 80 h 30 m
            "Löcher und Risse in der Fahrbahn." "loch,fahrbahn,asphalt";
        "gehweg" "Geh- oder Radweg beschädigt" "Footpath or cycle path damaged" 120 h 40 m
            "Lose Platten, Wurzeln, Kanten." "radweg,bürgersteig,platten";
        "ampel" "Ampel gestört" "Traffic light out of order" 8 h 60 m
            "Ampeln, die ausgefallen oder falsch geschaltet sind." "lichtsignal,ampelanlage";
        "schild" "Verkehrszeichen beschädigt" "Traffic sign damaged" 56 h 25 m
            "Verdrehte, verdeckte oder fehlende Zeichen." "verkehrsschild,zeichen";
        "gully" "Gully verstopft" "Drain blocked" 40 h 20 m
            "Abläufe, in denen das Wasser steht." "abfluss,wasser,kanal";
    }
    "Spielplätze und Grünanlagen" {
        "spielplatz" "Spielplatz beschädigt" "Playground damaged" 24 h 80 m
            "Geräte, Zäune und Fallschutz auf Spielplätzen." "schaukel,rutsche,sandkasten";
        "baum" "Baum gefährdet oder gefährlich" "Tree in danger or dangerous" 24 h 30 m
            "Abgebrochene Äste, kranke Bäume." "ast,zweig,baum";
        "gruen" "Grünfläche ungepflegt" "Green area neglected" 160 h 80 m
            "Hecken, Wiesen und Beete." "hecke,wiese,beet,park";
    }
}
