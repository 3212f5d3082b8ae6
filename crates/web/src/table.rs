use base::{Problem, Result};

/// One record of a CSV file with the line end RFC 4180 wants.
///
/// # Errors
/// Never for fields of text; the form is the writer's.
pub fn csv_line(fields: &[String], quotes: csv::QuoteStyle) -> Result<Vec<u8>> {
    let wrong = |error: &dyn std::fmt::Display| Problem::internal("csv", error.to_string());
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .quote_style(quotes)
        .from_writer(Vec::new());
    writer.write_record(fields).map_err(|error| wrong(&error))?;
    writer.into_inner().map_err(|error| wrong(&error))
}

/// A text that no spreadsheet takes for a formula: an apostrophe stands before what begins like one (OWASP, CSV
/// Injection).
#[must_use]
pub fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
