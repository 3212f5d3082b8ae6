use std::fmt::Write as _;

use base::{Lang, Problem, Result};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

/// The messages of one crate or module in one language, in Fluent's form.
pub type Source = (Lang, &'static str);

/// All messages of the user interface.
pub struct Texts(Vec<(Lang, FluentBundle<FluentResource>)>);

impl Texts {
    /// Reads the messages.
    ///
    /// # Errors
    /// When a file is not Fluent, or two define the same message.
    pub fn new<'a>(sources: impl IntoIterator<Item = &'a Source>) -> Result<Self> {
        let mut bundles: Vec<_> = Lang::ALL.into_iter().map(|lang| (lang, bundle(lang))).collect();
        for (lang, source) in sources {
            let wrong =
                |why: String| Problem::internal("texts", format!("messages in {}: {why}", lang.tag()));
            let resource = FluentResource::try_new((*source).to_owned())
                .map_err(|(_, errors)| wrong(format!("{errors:?}")))?;
            if let Some((_, bundle)) = bundles.iter_mut().find(|(own, _)| own == lang) {
                bundle.add_resource(resource).map_err(|errors| wrong(format!("{errors:?}")))?;
            }
        }
        Ok(Self(bundles))
    }

    /// The message with this key; the key itself when there is none, which a test forbids.
    #[must_use]
    pub fn get(&self, lang: Lang, key: &str, args: &[(&str, &str)]) -> String {
        self.find(lang, key, args).unwrap_or_else(|| key.to_owned())
    }

    /// The message with this key, if there is one.
    #[must_use]
    pub fn find(&self, lang: Lang, key: &str, args: &[(&str, &str)]) -> Option<String> {
        let (_, bundle) = self.0.iter().find(|(own, _)| *own == lang)?;
        let pattern = bundle.get_message(key)?.value()?;
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
        let _ = write!(text, "{}", bundle.format_pattern(pattern, Some(&values), &mut errors));
        Some(text)
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Texts({} languages)", self.0.len())
    }
}

fn bundle(lang: Lang) -> FluentBundle<FluentResource> {
    let id: LanguageIdentifier = lang.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    bundle.set_use_isolating(false);
    bundle
}
