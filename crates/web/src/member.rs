use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::http::Extensions;
use base::{Ars, Clock, Entropy, Problem, Result};
use fetch::Fetch;
use identity::Passwords;
use ledger::Ledger;
use place::{Atlas, Point};
use serde::{Deserialize, Serialize};
use store::{Db, Files};
use tokio::sync::Notify;

use crate::mail::Mailer;
use crate::module::Module;
use crate::texts::Texts;

/// What a member says of itself; from its settings file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The name people know, such as `Stadt Köln`.
    pub name: String,
    /// The official key of the whole area: a Kreis or a kreisfreie Stadt.
    pub ars: Ars,
    /// The host name it answers at, such as `koeln.localhost`.
    pub host: String,
    /// The address people use, with scheme and port and without a slash at the end.
    pub url: String,
    /// Postal address for the Impressum, line by line.
    #[serde(default)]
    pub address: Vec<String>,
    /// Where people can write to.
    pub email: String,
    /// Where people can call.
    #[serde(default)]
    pub telephone: String,
    /// A PostgreSQL URL, when the member's data is not in a SQLite file in its folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// A bucket for files, when they are not in the member's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<store::S3>,
    /// Tiles for the map that can be moved.
    #[serde(default)]
    pub map: Map,
    /// The provider staff sign in with, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oidc: Option<identity::oidc::Settings>,
    /// Whether this is a demonstration: pages say so and help with the second factor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
    /// Members whose areas are near; reports from there are offered to them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub neighbours: Vec<Neighbour>,
    /// What holds for programs that ask or are told.
    #[serde(default)]
    pub programs: Programs,
    /// What holds for cases on the border.
    #[serde(default)]
    pub handover: Handover,
}

impl Settings {
    /// A member of this name, with its official key, the host name and address it answers at and where people can
    /// write to. Everything else is as in a settings file that does not name it.
    #[must_use]
    pub fn new(name: &str, ars: Ars, (host, url): (&str, &str), email: &str) -> Self {
        Self {
            name: name.to_owned(),
            ars,
            host: host.to_owned(),
            url: url.trim_end_matches('/').to_owned(),
            address: Vec::new(),
            email: email.to_owned(),
            telephone: String::new(),
            database: None,
            files: None,
            map: Map::default(),
            oidc: None,
            demo: false,
            neighbours: Vec::new(),
            programs: Programs::default(),
            handover: Handover::default(),
        }
    }
}

/// What holds for cases that may be somebody else's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Handover {
    /// Within how many metres of the border of a member both are asked; never with 0.
    pub border_metres: u32,
}

impl Default for Handover {
    fn default() -> Self {
        Self { border_metres: 30 }
    }
}

/// What holds for other programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Programs {
    /// Names programs know the member by beside its host name, such as `koeln.de` (`jurisdiction_id` of Open311).
    pub names: Vec<String>,
    /// Requests without a key that one network address may send in a minute.
    pub requests_per_minute: u32,
    /// Whether webhooks may lead to addresses inside the member's own network.
    pub private_webhooks: bool,
}

impl Default for Programs {
    fn default() -> Self {
        Self { names: Vec::new(), requests_per_minute: 600, private_webhooks: false }
    }
}

/// Where the map's picture comes from. Without tiles the outlines the server draws are the map.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// Address with `{z}`, `{x}` and `{y}`; fetched by this server, so that nobody's address leaves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiles: Option<String>,
    /// Who must be named for the tiles.
    #[serde(default)]
    pub tiles_attribution: String,
    /// Who must be named for the boundaries.
    #[serde(default)]
    pub boundary_attribution: String,
}

/// A member nearby.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neighbour {
    /// Its name.
    pub name: String,
    /// The key of its area.
    pub ars: Ars,
    /// Its address, without a slash at the end.
    pub url: String,
}

/// A member of the region as this process hosts it: its data, its keys and its settings, shared with nobody.
#[derive(Debug)]
pub struct Member {
    /// The short name of its folder.
    pub slug: String,
    /// What it says of itself.
    pub settings: Settings,
    /// Its database.
    pub db: Db,
    /// Its files.
    pub files: Files,
    /// Its ledger.
    pub ledger: Ledger,
    /// Where it learns the time.
    pub clock: Clock,
    /// Where it takes random bytes from.
    pub entropy: Entropy,
    /// Where passwords are stretched; shared by the process.
    pub passwords: Passwords,
    /// How others are asked; shared by the process.
    pub fetch: Fetch,
    /// All messages; shared by the process.
    pub texts: Arc<Texts>,
    /// The modules; shared by the process.
    pub modules: &'static [Module],
    /// How mail leaves.
    pub mailer: Mailer,
    /// Wakes the worker when there is a new job.
    pub new_job: Notify,
    atlas: RwLock<Arc<Atlas>>,
    memory: RwLock<Extensions>,
}

/// What a member is made of, to be opened.
pub struct Parts {
    /// The short name.
    pub slug: String,
    /// What it says of itself.
    pub settings: Settings,
    /// Its database.
    pub db: Db,
    /// Its files.
    pub files: Files,
    /// Its ledger.
    pub ledger: Ledger,
    /// How mail leaves.
    pub mailer: Mailer,
    /// Where it learns the time.
    pub clock: Clock,
    /// Where it takes random bytes from.
    pub entropy: Entropy,
}

impl Member {
    /// Opens a member: loads its boundaries and gives entries their places that a stop left waiting.
    ///
    /// # Errors
    /// What the database says.
    pub async fn open(
        parts: Parts,
        texts: Arc<Texts>,
        modules: &'static [Module],
        passwords: Passwords,
        fetch: Fetch,
    ) -> Result<Arc<Self>> {
        parts.db.sequence().await?;
        let atlas = parts.db.read("area.load", |tx| Ok(place::load(tx)?)).await?;
        let Parts { slug, settings, db, files, ledger, mailer, clock, entropy } = parts;
        Ok(Arc::new(Self {
            slug,
            settings,
            db,
            files,
            ledger,
            clock,
            entropy,
            passwords,
            fetch,
            texts,
            modules,
            mailer,
            new_job: Notify::new(),
            atlas: RwLock::new(Arc::new(atlas)),
            memory: RwLock::default(),
        }))
    }

    /// The areas it knows.
    #[must_use]
    pub fn atlas(&self) -> Arc<Atlas> {
        Arc::clone(&self.atlas.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes sure that what was deleted cannot be read from the database's files any more. Where readers keep it from
    /// that just now, the next sweep does it.
    pub async fn scrub(&self) {
        if let Err(problem) = self.db.scrub().await {
            tracing::warn!(member = self.slug, %problem, "the database was not scrubbed");
        }
    }

    pub(crate) fn use_atlas(&self, atlas: Atlas) {
        *self.atlas.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(atlas);
    }

    /// What a module keeps in memory for this member, one value of each type: what is derived or only counted, because a
    /// restart forgets it.
    #[must_use]
    pub fn memory<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        if let Some(kept) = self.memory.read().unwrap_or_else(PoisonError::into_inner).get::<Arc<T>>() {
            return Arc::clone(kept);
        }
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(memory.get_or_insert_default::<Arc<T>>())
    }

    /// Whether a place is this member's; everything is where no boundaries are known.
    #[must_use]
    pub fn owns(&self, point: Point) -> bool {
        let atlas = self.atlas();
        atlas.areas().is_empty() || atlas.at(point).is_some_and(|area| self.settings.ars.contains(&area.ars))
    }

    /// The neighbour a place belongs to.
    #[must_use]
    pub fn neighbour_at(&self, point: Point) -> Option<&Neighbour> {
        let atlas = self.atlas();
        let area = atlas.at(point)?;
        self.settings.neighbours.iter().find(|neighbour| neighbour.ars.contains(&area.ars))
    }

    /// The module with this name.
    ///
    /// # Errors
    /// `not-found` when there is none.
    pub fn module(&self, name: &str) -> Result<&'static Module> {
        let found = self.modules.iter().find(|module| module.name == name);
        found.ok_or_else(|| Problem::not_found("module", format!("there is no module '{name}'")))
    }
}

/// The members one process hosts, by host name.
#[derive(Clone, Debug, Default)]
pub struct Members(Arc<BTreeMap<String, Arc<Member>>>);

impl Members {
    /// These members.
    #[must_use]
    pub fn new(members: impl IntoIterator<Item = Arc<Member>>) -> Self {
        let by_host = members.into_iter().map(|member| (member.settings.host.to_lowercase(), member));
        Self(Arc::new(by_host.collect()))
    }

    /// The member that answers at a host name; the port does not matter.
    #[must_use]
    pub fn at(&self, host: &str) -> Option<&Arc<Member>> {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        self.0.get(&name.to_lowercase())
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Member>> {
        self.0.values()
    }
}
