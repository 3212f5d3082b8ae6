//! Amounts in cents, as people type and read them.

use base::Lang;

/// An amount as people type it (`1.200,50`, `1200`, `1200.50`), in cents.
#[must_use]
pub fn cents(text: &str) -> Option<i64> {
    let text: String = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '€').collect();
    let (whole, rest) = match (text.rsplit_once(','), text.rsplit_once('.')) {
        (Some((whole, rest)), _) => (whole.replace('.', ""), rest),
        // A point before two digits is one of another language, before three it groups.
        (None, Some((whole, rest))) if rest.len() <= 2 => (whole.to_owned(), rest),
        _ => (text.replace('.', ""), ""),
    };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(&whole) || !is_number(rest) || rest.len() > 2 {
        return None;
    }
    let euros: i64 = whole.parse().ok()?;
    let rest: i64 = format!("{rest:0<2}").parse().ok()?;
    euros.checked_mul(100)?.checked_add(rest)
}

/// An amount in cents as people read it.
#[must_use]
pub fn euros(cents: i128, lang: Lang) -> String {
    let (group, point) = if lang == Lang::De { ('.', ',') } else { (',', '.') };
    let digits = (cents.unsigned_abs() / 100).to_string();
    let mut whole = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            whole.push(group);
        }
        whole.push(digit);
    }
    let (sign, rest) = (if cents < 0 { "−" } else { "" }, cents.unsigned_abs() % 100);
    match lang {
        Lang::De => format!("{sign}{whole}{point}{rest:02} €"),
        Lang::En => format!("{sign}€{whole}{point}{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for (text, wanted) in [
            ("1200", 120_000),
            ("1.200", 120_000),
            ("1.200,5", 120_050),
            ("1.200,50 €", 120_050),
            ("1200.50", 120_050),
            ("0,01", 1),
            ("1 000 000", 100_000_000),
        ] {
            assert_eq!(cents(text), Some(wanted), "{text}");
        }
        for text in ["", "€", "zwölf", "1,234", "-5", "1,2,3", "99999999999999999999", ",5"] {
            assert_eq!(cents(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_are_written_in_both_languages() {
        assert_eq!(euros(123_456_705, Lang::De), "1.234.567,05 €");
        assert_eq!(euros(99, Lang::En), "€0.99");
    }
}
