//! What a report is, and the pure decisions about it.

mod begun;
mod category;
mod check;
mod program;
mod region;
mod responsibility;
mod snapshot;
mod wanted;
mod zone;

use base::{CaseId, Time};
use cases::State;
use place::Point;

pub(crate) use begun::{Begun, PHOTOS, Station};
pub(crate) use category::{Category, Choice, Datatype, Question, Visibility};
pub(crate) use check::{ADDRESS, Draft, LONGEST, Valid, Whereabouts, check, clean};
pub(crate) use program::{Key, News, Scope, Webhook};
pub(crate) use region::{Sought, Whose, ago};
pub(crate) use responsibility::{Body, Decision, Rule, Spot, What, Where, Worker, responsible};
pub(crate) use snapshot::{Heard, Regional, Snapshot, detailed_status};
pub(crate) use wanted::{Known, Wanted, bbox, date};
pub(crate) use zone::Zone;

/// A report as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) case_id: CaseId,
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) state: State,
    pub(crate) office: String,
    pub(crate) category: String,
    pub(crate) visibility: Visibility,
    pub(crate) text: String,
    pub(crate) place: Option<Point>,
    pub(crate) address: String,
    pub(crate) opened: Time,
    pub(crate) updated: Time,
    /// When the office promised to be done.
    pub(crate) due: Option<Time>,
    pub(crate) closed: Option<Time>,
    /// The hash of the first photo.
    pub(crate) photo: Option<Vec<u8>>,
    /// The office's last answer.
    pub(crate) answer: Option<String>,
    /// The number of the report it is followed up with.
    pub(crate) merged: Option<String>,
    /// Who outside is responsible, when the office is not.
    pub(crate) body: Option<String>,
}

impl Report {
    /// Whether everybody may see it.
    pub(crate) fn is_public(&self) -> bool {
        self.visibility == Visibility::Public
    }
}

/// What a report is called in lists: its category and the first words, without anything personal that comes later.
pub(crate) fn title(category: &str, address: &str) -> String {
    let place: String = address.chars().take(60).collect();
    if place.is_empty() { category.to_owned() } else { format!("{category}, {place}") }
}
