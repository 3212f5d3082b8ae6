//! Secrets of links. They are computed from the member's key, so that a link can be written into a later mail although
//! only its hash is stored, and a copy of the database alone opens none.

use base::CaseId;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use web::Member;

/// The secret in the link under which a report is followed by whoever sent it.
pub(crate) fn tracking(member: &Member, case: CaseId) -> String {
    made(member, &format!("report/tracking/{case}"))
}

/// The secret in the link under which an address agrees to mail about a report, and ends it.
pub(crate) fn follow(member: &Member, case: CaseId, email: &str) -> String {
    made(member, &format!("report/follow/{case}/{email}"))
}

/// What stands for somebody whom a report concerns too: the same for one report, another for every other, and nobody
/// can tell from it who it is.
pub(crate) fn supporter(member: &Member, case: CaseId, who: &str) -> [u8; 32] {
    *member.ledger.keys().derive(&format!("report/support/{case}/{who}"))
}

fn made(member: &Member, purpose: &str) -> String {
    URL_SAFE_NO_PAD.encode(member.ledger.keys().derive(purpose).as_slice())
}
