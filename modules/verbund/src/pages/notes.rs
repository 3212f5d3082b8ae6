//! The signed texts as they are, for whoever wants to check them without us.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::{Problem, Result};
use federation::Hash;
use federation::agreement::{Act, Document};
use store::Tx;
use web::Handled;

use federation::papers;

/// The name of the proposal's text among the texts of an agreement.
pub(super) const PROPOSAL: &str = "vorschlag.txt";

/// A document and the acts upon it that may be seen.
pub(super) type Signed = (Document, Vec<Act>);

/// The document with everything that was done about it.
pub(super) fn load(tx: &mut Tx<'_>, hash: Hash) -> Result<Signed> {
    let paper = papers::document(tx, hash)?;
    let paper = paper.ok_or_else(|| Problem::not_found("agreement", "there is no such agreement"))?;
    Ok((paper.document, papers::acts_of(tx, hash)?))
}

/// One text: the proposal, or an act by its hash.
pub(super) fn one((document, acts): &Signed, name: &str) -> Handled {
    let act = acts.iter().find(|act| name == format!("{}.txt", act.hash())).map(Act::note);
    let note = if name == PROPOSAL { Some(document.note()) } else { act };
    let note = note.ok_or_else(|| Problem::not_found("signed-text", "there is no such text"))?;
    let file = format!("attachment; filename=\"{name}\"");
    let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, file)];
    Ok((headers, note.to_string()).into_response())
}

/// All of them in one file.
pub(super) fn all((document, acts): &Signed) -> Handled {
    let acts: Vec<_> = acts.iter().map(|act| act.note().to_string()).collect();
    let bundle = serde_json::json!({ "document": document.note().to_string(), "acts": acts });
    let file = format!("attachment; filename=\"vereinbarung-{}.json\"", document.hash());
    let headers = [(CONTENT_TYPE, "application/json".to_owned()), (CONTENT_DISPOSITION, file)];
    Ok((headers, bundle.to_string()).into_response())
}
