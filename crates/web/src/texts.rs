use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;

use base::{Lang, Problem, Result};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};
use unic_langid::LanguageIdentifier;

/// The messages of one crate or module in one language, in Fluent's form.
pub type Source = (Lang, &'static str);

/// All messages of the user interface.
pub struct Texts(Vec<Language>);

struct Language {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
    /// The messages that say the same whatever is asked, ready to be handed out: most of them, on every page.
    plain: HashMap<String, String>,
    /// The messages that are a choice among words, by message and word: the states in every row of a table.
    choices: HashMap<String, Choice>,
}

/// A message `{ $name -> [word] text … }` whose texts have nothing to fill in.
struct Choice {
    name: String,
    /// Few enough that looking through them is quicker than hashing the word.
    texts: Vec<(String, String)>,
}

impl Choice {
    fn text(&self, word: &str) -> Option<&str> {
        self.texts.iter().find(|(own, _)| own == word).map(|(_, text)| text.as_str())
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
        let language = self.language(lang)?;
        let plain = language.plain.get(key).map(|text| Cow::Borrowed(text.as_str()));
        plain.or_else(|| language.format(key, args).map(Cow::Owned))
    }

    /// What a message of the form `{ $name -> [word] text … }` says for a word.
    #[must_use]
    pub fn word(&self, lang: Lang, key: &str, name: &str, word: &str) -> Cow<'_, str> {
        let choice = self.language(lang).and_then(|language| language.choices.get(key));
        let ready = choice.filter(|choice| choice.name == name).and_then(|choice| choice.text(word));
        ready.map_or_else(|| self.text(lang, key, &[(name, word)]), Cow::Borrowed)
    }

    fn language(&self, lang: Lang) -> Option<&Language> {
        self.0.iter().find(|own| own.lang == lang)
    }
}

impl Language {
    fn new(lang: Lang) -> Self {
        let id: LanguageIdentifier = lang.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        bundle.set_use_isolating(false);
        Self { lang, bundle, plain: HashMap::new(), choices: HashMap::new() }
    }

    fn add(&mut self, resource: FluentResource) -> Result<(), String> {
        let mut fixed = Vec::new();
        let mut choices = Vec::new();
        for entry in resource.entries() {
            let Entry::Message(message) = entry else { continue };
            let Some(value) = &message.value else { continue };
            if is_fixed(value) {
                fixed.push(message.id.name.to_owned());
            } else if let Some((name, words)) = choice(value) {
                choices.push((message.id.name.to_owned(), name, words));
            }
        }
        self.bundle.add_resource(resource).map_err(|errors| format!("{errors:?}"))?;
        for key in fixed {
            if let Some(text) = self.format(&key, &[]) {
                self.plain.insert(key, text);
            }
        }
        for (key, name, words) in choices {
            let text = |word: String| self.format(&key, &[(&name, &word)]).map(|text| (word, text));
            let texts = words.into_iter().filter_map(text).collect();
            self.choices.insert(key, Choice { name, texts });
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

/// The variable and the words of a message that chooses one of several fixed texts by a word.
fn choice(pattern: &Pattern<&str>) -> Option<(String, Vec<String>)> {
    let [PatternElement::Placeable { expression }] = pattern.elements.as_slice() else { return None };
    let Expression::Select { selector: InlineExpression::VariableReference { id }, variants } = expression
    else {
        return None;
    };
    let words = variants.iter().map(|variant| match &variant.key {
        VariantKey::Identifier { name } if is_fixed(&variant.value) => Some((*name).to_owned()),
        _ => None,
    });
    Some((id.name.to_owned(), words.collect::<Option<_>>()?))
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
        for (word, text) in [("open", "offen"), ("done", "erledigt"), ("nonsense", "unbekannt")] {
            assert_eq!(get("state", "name", word), text);
            assert_eq!(texts.word(Lang::De, "state", "name", word), text);
        }
        assert_eq!(get("many", "count", "1"), "ein Anliegen");
        assert_eq!(get("many", "count", "7"), "7 Anliegen");
        let ready: Vec<_> = texts.language(Lang::De).unwrap().choices.keys().collect();
        assert_eq!(ready, ["state"]);
    }
}
