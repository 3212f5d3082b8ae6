use super::Finding;

/// Characters of a name, at most.
const LONGEST: usize = 200;

/// What is wrong with a text of a file, if something is: bytes that were read in the wrong encoding leave traces.
pub(super) fn fault(text: &str) -> Option<Finding> {
    if text.chars().count() > LONGEST {
        return Some(Finding::file("import-text-long").with("most", LONGEST));
    }
    let mut letters = text.chars().peekable();
    let mut broken = false;
    while let Some(letter) = letters.next() {
        // UTF-8 read as Latin-1: the first byte of an umlaut is Ã, the second lies in U+0080 to U+00BF, or is one of
        // the signs Windows-1252 has in their place.
        let next = letters.peek().copied().unwrap_or(' ');
        let second = matches!(next, '\u{80}'..='\u{bf}' | '\u{152}'..='\u{192}' | '\u{2010}'..='\u{2122}');
        broken |=
            letter == '\u{fffd}' || letter.is_control() || (matches!(letter, 'Ã' | 'Â' | 'Å') && second);
    }
    broken.then(|| Finding::file("import-encoding").with("text", shown(text)))
}

/// The text as it can be shown.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_encoding_leaves_traces() {
        for good in ["Köln", "Bad Münstereifel", "Straße", "Ãland", "L'Isle-d'Abeau", "Šumava"] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in ["KÃ¶ln", "StraÃŸe", "K\u{fffd}ln", "K\u{94}ln"] {
            assert_eq!(fault(bad).unwrap().code, "import-encoding", "{bad}");
        }
        assert_eq!(fault(&"ä".repeat(201)).unwrap().code, "import-text-long");
    }
}
