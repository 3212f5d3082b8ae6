use std::sync::Arc;

use base::{Ars, Fault, Result, Time};
use federation::State;
use place::{Atlas, Bounds};
use web::pages::whole;
use web::{Ctx, Form};

use crate::model::{Category, Known, Sought};
use crate::store as db;
use crate::store::region::Us;

/// Seconds after which what was last heard of a member is called old, though nothing is known to be wrong.
const OLD: i64 = 10 * 60;

/// How what we have of a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// It is our own.
    Own,
    /// It was heard of a moment ago.
    Fresh,
    /// It does not answer at present, or not in time.
    Stale,
    /// It went back on what it had signed, and somebody has to look into it.
    Paused,
    /// Nothing was ever heard of it.
    Never,
}

impl Freshness {
    fn of(state: Option<&State>, now: Time) -> Self {
        let Some((state, at)) = state.and_then(|state| Some((state, state.checked_at?))) else {
            return Self::Never;
        };
        match (state.paused, &state.trouble) {
            (Some(_), _) => Self::Paused,
            (None, None) if at.plus_seconds(OLD) > now => Self::Fresh,
            _ => Self::Stale,
        }
    }

    /// The word in message keys.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Fresh => "fresh",
            Self::Stale => "stale",
            Self::Paused => "paused",
            Self::Never => "never",
        }
    }

    /// The colour of its badge.
    pub(crate) fn colour(self) -> &'static str {
        match self {
            Self::Own | Self::Fresh => "success",
            Self::Stale | Self::Never => "warning",
            Self::Paused => "danger",
        }
    }

    /// Whether what is shown may have changed meanwhile.
    pub(crate) fn is_old(self) -> bool {
        matches!(self, Self::Stale | Self::Paused)
    }
}

/// A member of the region and its part of what is shown.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) host: String,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) ars: Ars,
    pub(crate) freshness: Freshness,
    /// How it was at this moment; now, for our own.
    pub(crate) at: Option<Time>,
}

/// A question about the region, read, with what is needed to answer it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) sought: Sought,
    /// Ours first, the others by name.
    pub(crate) parts: Vec<Part>,
    /// Codes and names of all categories there are.
    pub(crate) choices: Vec<(String, String)>,
    pub(crate) now: Time,
    pub(crate) categories: Vec<Category>,
    url: String,
    atlas: Arc<Atlas>,
    region: Ars,
}

impl Asked {
    /// Reads a question. Faults do not stop it: what is wrong is not asked for.
    pub(crate) async fn read(ctx: &Ctx, form: &Form) -> Result<(Self, Vec<Fault>)> {
        let (member, now) = (ctx.member(), ctx.member().clock.now());
        let loaded = member.db.read("report.region_asked", |tx| {
            Ok((db::categories(tx)?, db::peers::categories(tx)?, web::feeds::sources(tx)?))
        });
        let (categories, theirs, sources) = loaded.await?;
        let settings = &member.settings;
        let own = Part {
            host: host_of(&settings.url),
            name: settings.name.clone(),
            url: settings.url.clone(),
            ars: settings.ars.clone(),
            freshness: Freshness::Own,
            at: Some(now),
        };
        let mut others: Vec<_> = sources
            .into_iter()
            .map(|(source, state)| Part {
                host: source.name.peer,
                name: source.peer.identity.name,
                url: source.peer.url,
                ars: source.peer.identity.ars,
                freshness: Freshness::of(state.as_ref(), now),
                at: state.and_then(|state| state.checked_at),
            })
            .collect();
        others.sort_by(|a, b| a.name.cmp(&b.name));
        let mut choices: Vec<_> = categories
            .iter()
            .map(|category| (category.code.clone(), category.name(ctx.lang()).to_owned()))
            .collect();
        let new = theirs.into_iter().filter(|(code, ..)| !categories.iter().any(|own| own.code == *code));
        choices.extend(new.map(|(code, name, _)| (code, name)));
        choices.sort_by(|a, b| a.1.cmp(&b.1));
        let hosts: Vec<_> = others.iter().map(|part| part.host.clone()).collect();
        let codes: Vec<_> = choices.iter().map(|(code, _)| code.clone()).collect();
        let (sought, faults) = Sought::read(form, &own.host, &hosts, &codes);
        let parts = std::iter::once(own).chain(others).collect();
        let (url, atlas, region) = (settings.url.clone(), member.atlas(), settings.ars.clone());
        Ok((Self { sought, parts, choices, now, categories, url, atlas, region }, faults))
    }

    /// As [`Asked::read`], where nothing can be shown beside faults.
    pub(crate) async fn read_whole(ctx: &Ctx, form: &Form) -> Result<Arc<Self>> {
        let (asked, faults) = Self::read(ctx, form).await?;
        if faults.is_empty() { Ok(Arc::new(asked)) } else { Err(base::Problem::faults(faults)) }
    }

    /// Who we are.
    pub(crate) fn us(&self) -> Us<'_> {
        let known = Known { categories: &self.categories, atlas: &self.atlas, region: &self.region };
        Us { host: self.host(), url: &self.url, known }
    }

    /// Our host.
    pub(crate) fn host(&self) -> &str {
        self.parts.first().map_or("", |part| part.host.as_str())
    }

    /// The member at a host.
    pub(crate) fn part(&self, host: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.host == host)
    }

    /// The same question elsewhere.
    pub(crate) fn address(&self, path: &str, more: &[(&'static str, String)]) -> String {
        self.sought.address(path, self.host(), more)
    }

    /// The box the question is about: its own, that of the member it is about, or the whole region's.
    pub(crate) fn bounds(&self, ctx: &Ctx) -> Bounds {
        let is_box = |bounds: &Bounds| bounds.min.lat < bounds.max.lat && bounds.min.lon < bounds.max.lon;
        let asked = self.parts.iter().filter(|part| match &self.sought.whose {
            None => true,
            Some(crate::model::Whose::Own) => part.freshness == Freshness::Own,
            Some(crate::model::Whose::Peer(host)) => part.host == *host,
        });
        let areas = asked.filter_map(|part| self.atlas.bounds(&part.ars));
        let region = Bounds::of(areas.flat_map(|bounds| [bounds.min, bounds.max]));
        let chosen = self.sought.bounds.filter(is_box).or(region);
        chosen.unwrap_or_else(|| whole(ctx.member(), &[]))
    }
}

/// The host of an address, with its port, as others know us by it.
fn host_of(url: &str) -> String {
    federation::Did::of_url(url).map_or_else(|_| url.to_owned(), |did| did.host())
}

#[cfg(test)]
mod tests {
    use federation::{FeedName, Lie, Trouble};

    use super::*;

    #[test]
    fn what_is_old_is_told_from_what_is_wrong() {
        let now = Time(0).plus_seconds(1_000_000);
        let state = |ago: i64| State {
            name: FeedName { peer: "bonn.example".into(), feed: "public".into() },
            size: 1,
            frontier: Default::default(),
            checkpoint: String::new(),
            checked_at: Some(now.plus_seconds(-ago)),
            trouble: None,
            paused: None,
            retry_at: None,
            failures: 0,
        };
        let trouble = Some(Trouble { since: now, last_error: String::new() });
        assert_eq!(Freshness::of(None, now), Freshness::Never);
        assert_eq!(Freshness::of(Some(&State { checked_at: None, ..state(0) }), now), Freshness::Never);
        assert_eq!(Freshness::of(Some(&state(30)), now), Freshness::Fresh);
        assert_eq!(Freshness::of(Some(&state(OLD)), now), Freshness::Stale);
        assert_eq!(Freshness::of(Some(&State { trouble, ..state(30) }), now), Freshness::Stale);
        let lied = State { paused: Some(Lie::Forked), ..state(30) };
        assert_eq!(Freshness::of(Some(&lied), now), Freshness::Paused);
    }
}
