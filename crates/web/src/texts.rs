use std::collections::HashMap;
use std::fmt::Write as _;

use base::{Lang, Problem, Result};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_syntax::ast::{Entry, Pattern, PatternElement};
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
        self.find(lang, key, args).unwrap_or_else(|| key.to_owned())
    }

    /// The message with this key, if there is one.
    #[must_use]
    pub fn find(&self, lang: Lang, key: &str, args: &[(&str, &str)]) -> Option<String> {
        let language = self.0.iter().find(|own| own.lang == lang)?;
        language.plain.get(key).cloned().or_else(|| language.format(key, args))
    }
}

impl Language {
    fn new(lang: Lang) -> Self {
        let id: LanguageIdentifier = lang.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        bundle.set_use_isolating(false);
        Self { lang, bundle, plain: HashMap::new() }
    }

    fn add(&mut self, resource: FluentResource) -> Result<(), String> {
        let fixed = resource.entries().filter_map(|entry| match entry {
            Entry::Message(message) => {
                message.value.as_ref().filter(|value| is_fixed(value)).map(|_| message.id.name)
            }
            _ => None,
        });
        let fixed: Vec<String> = fixed.map(str::to_owned).collect();
        self.bundle.add_resource(resource).map_err(|errors| format!("{errors:?}"))?;
        for key in fixed {
            if let Some(text) = self.format(&key, &[]) {
                self.plain.insert(key, text);
            }
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

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Texts({} languages)", self.0.len())
    }
}
