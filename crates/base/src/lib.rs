//! The words every other crate uses: typed ids, the clock, randomness, region keys, problems and languages.
//!
//! What lives here knows nothing of databases, networks or files. Time and randomness enter the program only
//! through [`Clock`] and [`Entropy`], so that a test can hold both still.

mod clock;
mod entropy;
mod id;
mod lang;
mod problem;
mod region;

pub use clock::{Clock, Time};
pub use entropy::Entropy;
pub use id::{
    AgreementId, CaseId, EntryId, FormId, HandoverId, JobId, OfficeId, PersonId, TrialId, WebhookId,
};
pub use lang::Lang;
pub use problem::{Fault, Kind, Problem, Result};
pub use region::{Ags, Ars, RegionError};
