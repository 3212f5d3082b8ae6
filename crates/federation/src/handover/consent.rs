use base::{Problem, Time};

use crate::agreement::{Book, Source};
use crate::did::Did;

/// The service whose flow lets cases go from one member to another. What is answered to a case goes back under it too.
pub const SERVICE: &str = "handover";

/// Whether one member may hand cases over to another at a moment: the one place where that is decided. Only an
/// agreement in force lets it, with a flow from the one to the other of the service [`SERVICE`].
///
/// # Errors
/// `handover-no-agreement`, saying who may not hand over to whom.
pub fn may_hand_over(book: &Book<'_>, from: &Did, to: &Did, at: Time) -> Result<(), Problem> {
    let source = Source::Service(SERVICE.into());
    if book.flow(from, to, &source, at).is_some() {
        return Ok(());
    }
    let why = format!("no agreement in force lets {from} hand cases over to {to}");
    Err(Problem::denied("handover-no-agreement", why)
        .hint(format!("both sign an agreement with a flow of the service '{SERVICE}'")))
}
