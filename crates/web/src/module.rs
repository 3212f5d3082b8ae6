use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use access::Action;
use axum::Router;
use base::{CaseId, OfficeId, PersonId, Result};
use cases::{Case, Change};
use federation::{Batch, FeedName};
use ledger::Header;
use place::Point;
use store::{FileHash, Migration, Sql, Tx};

use crate::context::Ctx;
use crate::form::Form;
use crate::handover::Sharing;
use crate::indicator::Indicator;
use crate::member::{Member, Settings};
use crate::texts::Source;

/// A system of the platform as a value. What the platform does for all of them alike is a field here, so that none can
/// be forgotten.
pub struct Module {
    /// A single noun; stands in tables, addresses of message keys and logs.
    pub name: &'static str,
    /// Its tables.
    pub migrations: &'static [Migration],
    /// Its statements, for the test that prepares each on both engines.
    pub statements: &'static [&'static [Sql]],
    /// Its messages.
    pub texts: &'static [Source],
    /// Its pages for people.
    pub pages: fn() -> Router,
    /// Addresses of pages that work without a network; the same for everybody. The first stands in for all others.
    pub offline: &'static [&'static str],
    /// Its interfaces for programs.
    pub apis: &'static [Api],
    /// Its entries in the main navigation.
    pub nav: &'static [Nav],
    /// Its entries at the desk, each for whoever may do this.
    pub desk: &'static [(Action, Nav)],
    /// What a new member needs before anybody can use the module; the office works on everything at first.
    pub set_up: fn(&mut Tx<'_>, OfficeId) -> Result<()>,
    /// The few figures the home page shows.
    pub figures: fn(&mut Tx<'_>) -> Result<Vec<Figure>>,
    /// What can be measured of the work done in it.
    pub indicators: &'static [Indicator],
    /// What staff see of a case beside its timeline.
    pub panel: fn(&mut Tx<'_>, CaseId) -> Result<Panel>,
    /// What its cases can go through beside what every case can.
    pub steps: &'static [ModuleStep],
    /// What lists, maps and exports of the desk need of a case.
    pub facts: fn(&mut Tx<'_>, CaseId) -> Result<Facts>,
    /// Brings back what one of its steps changed; gets what that step left in [`Done::before`].
    pub restore: fn(&mut Tx<'_>, CaseId, &str) -> Result<()>,
    /// Its durable work, by kind.
    pub jobs: &'static [(&'static str, JobHandler)],
    /// What it looks after from the start on, again and again as long as a process runs.
    pub rounds: &'static [Round],
    /// Makes a case findable, or changes what it is found by. The index is derived: it may be lost and made anew.
    pub index: fn(&mut Tx<'_>, CaseId) -> Result<()>,
    /// What follows from a change of a case, in the same transaction: news for whoever wants to know.
    pub changed: fn(&mut Tx<'_>, &Member, CaseId, &Change) -> Result<()>,
    /// What it says of its cases to other members; without it they stay where they are.
    pub handover: Option<Sharing>,
    /// What the public record says of a case as it is now: nothing personal, and nothing at all of what not everybody
    /// may see. Whenever it has become something else it takes the place of what was said before.
    pub published: Published,
    /// What it takes from the feeds of other members.
    pub understands: Understands,
    /// Everything it keeps about a person, in the module's own words.
    pub export: fn(&mut Tx<'_>, PersonId) -> Result<serde_json::Value>,
    /// Erases everything personal it keeps about a person and gives the files nobody needs any more.
    pub erase: fn(&mut Tx<'_>, PersonId) -> Result<Vec<FileHash>>,
    /// What it has in a form that other programs read; a member that leaves takes it along beside all tables.
    pub open: &'static [OpenFile],
    /// Fills a member with believable data.
    pub demo: Demo,
}

impl std::fmt::Debug for Module {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Module({})", self.name)
    }
}

/// What everybody may know of a case; nothing when not everybody may see it.
pub type Published = fn(&mut Tx<'_>, &Member, CaseId) -> Result<Option<Vec<u8>>>;

/// What a module takes from the feeds of other members. What it makes of them is derived from the mirror: it can be
/// forgotten and made anew.
pub struct Understands {
    /// Whether it wants the content of such an entry.
    pub wants: fn(&Header) -> bool,
    /// What it does with what arrived, in the transaction that moves the cursor. Nothing in a content is trusted, and
    /// what cannot be read is no error: it would stop the feed for everybody.
    pub apply: fn(&mut Tx<'_>, &Batch<'_>) -> Result<()>,
    /// Forgets all it made of a feed.
    pub forget: fn(&mut Tx<'_>, &FeedName) -> Result<()>,
}

impl Understands {
    /// For modules that need nothing from others.
    pub const NOTHING: Self = Self { wants: |_| false, apply: |_, _| Ok(()), forget: |_, _| Ok(()) };
}

/// A standard interface for programs.
pub struct Api {
    /// The beginning of its addresses. No cookie counts there, and no form protection is needed.
    pub prefix: &'static str,
    /// Its routes, with the prefix.
    pub routes: fn() -> Router,
}

/// An entry of the main navigation.
pub struct Nav {
    /// Where it leads.
    pub href: &'static str,
    /// The message key of its name.
    pub key: &'static str,
}

/// A figure for the home page.
pub struct Figure {
    /// The message key of its name.
    pub key: &'static str,
    /// How many.
    pub value: i64,
}

/// A file in a form that other programs read.
pub struct OpenFile {
    /// Its name, with the end its form has.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Writes it from one state of the database, holding no more than a part of it in memory.
    pub write: fn(&mut Tx<'_>, &Settings, &mut dyn std::io::Write) -> Result<()>,
}

/// What stands before a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Label {
    /// The message with this key.
    Key(&'static str),
    /// Words from the data.
    Text(String),
}

/// What staff see of a case beside its timeline.
#[derive(Default)]
pub struct Panel {
    /// What is known, line by line.
    pub rows: Vec<(Label, String)>,
    /// What was written at the beginning.
    pub text: String,
    /// Where it is.
    pub place: Option<Point>,
    /// Pictures, with width and height.
    pub pictures: Vec<(FileHash, i64, i64)>,
    /// The public page about it.
    pub public_url: String,
}

/// What lists, maps and exports of the desk need of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Where it is.
    pub place: Option<Point>,
    /// The same in words.
    pub address: String,
    /// What kind of case it is, in the module's own words.
    pub category: String,
}

/// A step only the cases of one module can go through. The desk asks for the permit, writes timeline, audit, index and
/// public record, and can take it back.
pub struct ModuleStep {
    /// Its name in forms and, when it has a page, the last part of that page's address below the case's.
    pub name: &'static str,
    /// The message key of what it is called.
    pub key: &'static str,
    /// What one must be allowed to do.
    pub action: Action,
    /// Whether it needs more than a button: the module has a page for it.
    pub has_page: bool,
    /// Whether it can be taken with many cases at once.
    pub in_bulk: bool,
    /// Whether it can be taken with a case as it is.
    pub offered: fn(&mut Tx<'_>, &Case) -> Result<bool>,
    /// Takes it. What it refuses it must refuse before it writes.
    pub run: fn(&mut Tx<'_>, &Doing<'_>) -> Result<Done>,
}

/// What a step of a module needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Doing<'a> {
    /// Who takes it, and of which member.
    pub ctx: &'a Ctx,
    /// The case before it.
    pub case: &'a Case,
    /// The form it was sent with.
    pub form: &'a Form,
}

/// What a step of a module did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// What it makes of the case.
    pub change: Change,
    /// What the module needs to bring back what was before; empty when it changed nothing of its own or cannot.
    pub before: String,
}

/// What a handler of jobs gives back.
pub type Working<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// Does one kind of durable work; gets the job's payload.
pub type JobHandler = for<'a> fn(&'a Arc<Member>, &'a str) -> Working<'a>;

/// Work that is begun again and again. Where it has come stands in the database, so that it may end at any moment and
/// several processes may do it at once.
pub struct Round {
    /// Its name, for the log.
    pub name: &'static str,
    /// Seconds from one time to the next.
    pub seconds: u64,
    /// Does what has become necessary since the last time.
    pub work: for<'a> fn(&'a Arc<Member>) -> Working<'a>,
}

/// Fills a member with believable data: so many cases, from this seed, telling how many are done.
pub type Demo = for<'a> fn(&'a Arc<Member>, u32, u64, &'a (dyn Fn(u32) + Send + Sync)) -> Working<'a>;
