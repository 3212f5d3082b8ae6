use std::borrow::Cow;

use base::{Problem, Result};

/// One record of a CSV file with the line end RFC 4180 wants. No field of it is a formula to a spreadsheet.
///
/// # Errors
/// Never for fields of text; the form is the writer's.
pub fn csv_line(fields: &[impl AsRef<str>]) -> Result<Vec<u8>> {
    let wrong = |error: &dyn std::fmt::Display| Problem::internal("csv", error.to_string());
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for field in fields {
        writer.write_field(plain(field.as_ref()).as_bytes()).map_err(|error| wrong(&error))?;
    }
    writer.write_record(None::<&[u8]>).map_err(|error| wrong(&error))?;
    writer.into_inner().map_err(|error| wrong(&error))
}

/// A text that no spreadsheet takes for a formula: an apostrophe stands before what begins like one and is no number
/// (OWASP, CSV Injection).
fn plain(text: &str) -> Cow<'_, str> {
    let begins = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let is_number = || text.parse::<f64>().is_ok_and(f64::is_finite);
    if begins && !is_number() { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_survives_quotes_and_lines_and_is_never_a_formula() {
        let fields = [
            "=HYPERLINK(\"x\")",
            "+1-1",
            "-2+3",
            "@SUM(A1)",
            "\tx",
            "\n=1",
            "-inf",
            "a \"b\"\r\nc, d",
            "-12.5",
            "schlicht",
        ];
        let fields = fields.map(str::to_owned);
        let line = csv_line(&fields).unwrap();
        assert!(line.ends_with(b"\r\n"));
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_slice());
        let record = reader.records().next().unwrap().unwrap();
        for (index, (read, field)) in record.iter().zip(&fields).enumerate() {
            let mark = if index < 7 { "'" } else { "" };
            assert_eq!(read, format!("{mark}{field}"));
        }
    }
}
