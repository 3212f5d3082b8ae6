use base::Lang;
use web::Texts;

use crate::model::{Known, Wanted, date};

/// A question in words, part by part; nothing for everything.
pub(crate) fn words(texts: &Texts, lang: Lang, wanted: &Wanted, known: &Known<'_>) -> Vec<String> {
    let with = |key: &str, name: &str, value: String| texts.get(lang, key, &[(name, &value)]);
    let mut parts = Vec::new();
    parts.extend(wanted.number.clone().map(|number| with("report-said-number", "what", number)));
    let named = |code: &String| known.categories.iter().find(|category| category.code == *code);
    let names: Vec<_> = wanted.codes.iter().filter_map(named).map(|category| category.name(lang)).collect();
    if !names.is_empty() {
        parts.push(with("report-said-category", "what", names.join(", ")));
    }
    parts.extend(wanted.group.clone().map(|group| with("report-said-group", "what", group)));
    parts.extend(
        wanted
            .ended
            .map(|ended| texts.get(lang, if ended { "report-said-closed" } else { "report-said-open" }, &[])),
    );
    if wanted.photo {
        parts.push(texts.get(lang, "report-with-photo", &[]));
    }
    parts.extend(wanted.from.map(|from| with("report-said-from", "what", date(from))));
    parts.extend(wanted.to.map(|to| with("report-said-to", "what", date(to))));
    if !wanted.words.is_empty() {
        parts.push(with("report-said-words", "what", wanted.words.clone()));
    }
    let area = wanted.area.as_ref().and_then(|zone| zone.name(known.atlas));
    parts.extend(area.map(|name| with("report-said-area", "what", name)));
    parts.extend(wanted.around.map(|(point, metres)| {
        let (point, metres) = (point.to_string(), metres.to_string());
        texts.get(lang, "report-said-around", &[("what", point.as_str()), ("far", metres.as_str())])
    }));
    if wanted.bounds.is_some() {
        parts.push(texts.get(lang, "report-said-box", &[]));
    }
    parts
}
