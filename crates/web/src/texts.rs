use std::borrow::Cow;
use std::fmt::Write as _;

use base::{Lang, Problem, Result};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};
use rustc_hash::FxHashMap;
use unic_langid::LanguageIdentifier;

/// The messages of one crate or module in one language, in Fluent's form.
pub type Source = (Lang, &'static str);

/// All messages of the user interface.
pub struct Texts(Vec<Language>);

struct Language {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
    /// The messages that have nothing to fill in, ready to be handed out: most of them, on every page. The keys are ours.
    ready: FxHashMap<String, Ready>,
}

enum Ready {
    /// Says the same whatever is asked.
    Plain(String),
    /// `{ $name -> [word] text … }`, such as the states in every row of a table: the variable, and the text of each
    /// word. They are few enough that looking through them is quicker than hashing the word.
    Choice(String, Vec<(String, String)>),
}

impl Ready {
    fn text(&self, args: &[(&str, &str)]) -> Option<&str> {
        match self {
            Self::Plain(text) => Some(text),
            Self::Choice(name, texts) => {
                let (_, word) = args.iter().find(|(own, _)| own == name)?;
                texts.iter().find(|(own, _)| own == word).map(|(_, text)| text.as_str())
            }
        }
    }
}

impl Texts {
    /// Reads the messages.
    ///
    /// # Errors
    /// When a file is not Fluent, or two define the same message.
    pub fn new<'a>(sources: impl IntoIterator<Item = &'a Source>) -> Result<Self> {
        let mut languages: Vec<_> = Lang::ALL.into_iter().map(Language::new).collect();
        for (lang, source) in sources {
            let wrong =
                |why: String| Problem::internal("texts", format!("messages in {}: {why}", lang.tag()));
            let resource = FluentResource::try_new((*source).to_owned())
                .map_err(|(_, errors)| wrong(format!("{errors:?}")))?;
            if let Some(language) = languages.iter_mut().find(|own| own.lang == *lang) {
                language.add(resource).map_err(wrong)?;
            }
        }
        Ok(Self(languages))
    }

    /// The message with this key; the key itself when there is none, which a test forbids.
    #[must_use]
    pub fn get(&self, lang: Lang, key: &str, args: &[(&str, &str)]) -> String {
        self.text(lang, key, args).into_owned()
    }

    /// As [`Texts::get`], without a copy where the message stands ready.
    #[must_use]
    pub fn text(&self, lang: Lang, key: &str, args: &[(&str, &str)]) -> Cow<'_, str> {
        self.find(lang, key, args).unwrap_or_else(|| Cow::Owned(key.to_owned()))
    }

    /// The message with this key, if there is one.
    #[must_use]
    pub fn find(&self, lang: Lang, key: &str, args: &[(&str, &str)]) -> Option<Cow<'_, str>> {
        let language = self.0.iter().find(|own| own.lang == lang)?;
        let ready = language.ready.get(key).and_then(|ready| ready.text(args));
        ready.map(Cow::Borrowed).or_else(|| language.format(key, args).map(Cow::Owned))
    }
}

impl Language {
    fn new(lang: Lang) -> Self {
        let id: LanguageIdentifier = lang.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        bundle.set_use_isolating(false);
        Self { lang, bundle, ready: FxHashMap::default() }
    }

    fn add(&mut self, resource: FluentResource) -> Result<(), String> {
        let forms = resource.entries().filter_map(|entry| match entry {
            Entry::Message(message) => Some((message.id.name.to_owned(), form(message.value.as_ref()?)?)),
            _ => None,
        });
        let forms: Vec<_> = forms.collect();
        self.bundle.add_resource(resource).map_err(|errors| format!("{errors:?}"))?;
        for (key, form) in forms {
            let ready = match form {
                Form::Plain => self.format(&key, &[]).map(Ready::Plain),
                Form::Choice(name, words) => {
                    let text = |word: String| self.format(&key, &[(&name, &word)]).map(|text| (word, text));
                    let texts = words.into_iter().filter_map(text).collect();
                    Some(Ready::Choice(name, texts))
                }
            };
            self.ready.extend(ready.map(|ready| (key, ready)));
        }
        Ok(())
    }

    fn format(&self, key: &str, args: &[(&str, &str)]) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut values = FluentArgs::new();
        for (name, value) in args {
            // Numbers choose the plural form, so they must arrive as numbers.
            match value.parse::<i64>() {
                Ok(number) => values.set(*name, number),
                Err(_) => values.set(*name, *value),
            }
        }
        let mut errors = Vec::new();
        let mut text = String::new();
        let _ = write!(text, "{}", self.bundle.format_pattern(pattern, Some(&values), &mut errors));
        Some(text)
    }
}

/// Whether a message has nothing to fill in.
fn is_fixed(pattern: &Pattern<&str>) -> bool {
    pattern.elements.iter().all(|element| matches!(element, PatternElement::TextElement { .. }))
}

/// What can be made ready of a message.
enum Form {
    Plain,
    /// The variable and the words.
    Choice(String, Vec<String>),
}

/// The form of a message that can be made ready.
fn form(pattern: &Pattern<&str>) -> Option<Form> {
    if is_fixed(pattern) {
        return Some(Form::Plain);
    }
    let [PatternElement::Placeable { expression }] = pattern.elements.as_slice() else { return None };
    let Expression::Select { selector: InlineExpression::VariableReference { id }, variants } = expression
    else {
        return None;
    };
    let words = variants.iter().map(|variant| match &variant.key {
        VariantKey::Identifier { name } if is_fixed(&variant.value) => Some((*name).to_owned()),
        _ => None,
    });
    Some(Form::Choice(id.name.to_owned(), words.collect::<Option<_>>()?))
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Texts({} languages)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_ready_says_the_same_as_what_is_put_together() {
        let source = "plain = Ja\nstate = { $name ->\n    [open] offen\n    [done] erledigt\n   *[other] unbekannt\n}\n\
            many = { $count ->\n    [one] ein Anliegen\n   *[other] { $count } Anliegen\n}\n";
        let texts = Texts::new(&[(Lang::De, source)]).unwrap();
        let get = |key, name, value| texts.get(Lang::De, key, &[(name, value)]);
        assert_eq!(get("plain", "name", "x"), "Ja");
        for (word, text, is_ready) in
            [("open", "offen", true), ("done", "erledigt", true), ("nonsense", "unbekannt", false)]
        {
            let said = texts.text(Lang::De, "state", &[("name", word)]);
            assert_eq!((said.as_ref(), matches!(said, Cow::Borrowed(_))), (text, is_ready));
        }
        assert_eq!(get("many", "count", "1"), "ein Anliegen");
        assert_eq!(get("many", "count", "7"), "7 Anliegen");
        assert!(matches!(texts.text(Lang::De, "many", &[("count", "7")]), Cow::Owned(_)));
    }
}
