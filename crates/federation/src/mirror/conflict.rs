use base::{Problem, Result, Time};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use tlog::{Contradiction, Hash};

/// How a log went back on what it had signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// It shows fewer entries than before. Old checkpoints can be shown again by anybody, and a member restored from a
    /// backup shows them too, so that this ends as soon as the log shows again all it once had.
    Shrunk,
    /// It signed two roots for one size.
    Forked,
    /// What it had signed is no beginning of what it signs now.
    Rewritten,
    /// It showed us another history than somebody else.
    Split,
}

impl Lie {
    /// Every lie there is.
    pub const ALL: [Self; 4] = [Self::Shrunk, Self::Forked, Self::Rewritten, Self::Split];

    /// The name as stored and in message keys.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Shrunk => "shrunk",
            Self::Forked => "forked",
            Self::Rewritten => "rewritten",
            Self::Split => "split",
        }
    }

    /// Whether two signed checkpoints prove it to anybody.
    #[must_use]
    pub fn is_proven(self) -> bool {
        self != Self::Shrunk
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lie| lie.name() == name)
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Shrunk => "the log shows fewer entries than it had",
            Self::Forked => "the log signed two roots for one size",
            Self::Rewritten => "the log rewrote entries it had signed",
            Self::Split => "the log showed others another history",
        }
    }

    /// The problem a pull ends with.
    pub(crate) fn problem(self) -> Problem {
        Problem::peer("feed-lie", self.sentence())
            .hint("the feed is paused; both signed checkpoints are kept as evidence")
    }

    /// The problem of every pull while the feed is paused.
    pub(crate) fn pause(self) -> Problem {
        Problem::conflict("feed-paused", format!("the feed is paused: {}", self.sentence()))
    }
}

/// Two signed checkpoints of a log that do not go together, as they are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// What it is.
    pub lie: Lie,
    /// When it was found.
    pub found_at: Time,
    /// The two checkpoints; with a proof unless the log only [shrank](Lie::Shrunk).
    pub evidence: Contradiction,
}

impl Conflict {
    /// The evidence to hand on: with the public key of the log anybody can check it offline.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let Contradiction { older, newer, prefix, path } = &self.evidence;
        let hashes = |hashes: &[Hash]| hashes.iter().map(|hash| STANDARD.encode(hash)).collect::<Vec<_>>();
        serde_json::json!({
            "lie": self.lie.name(), "found_at": self.found_at.rfc3339(), "older": older, "newer": newer,
            "prefix": STANDARD.encode(prefix), "path": hashes(path),
        })
    }

    /// Reads what [`Conflict::to_json`] wrote; whether it proves anything says [`Contradiction::verify`].
    ///
    /// # Errors
    /// When it has another form.
    pub fn from_json(value: &serde_json::Value) -> Result<Self> {
        let read = || {
            let text = |name: &str| value.get(name)?.as_str();
            let hash = |text: &str| Hash::try_from(STANDARD.decode(text).ok()?).ok();
            let path = value.get("path")?.as_array()?.iter().map(|line| hash(line.as_str()?));
            let evidence = Contradiction {
                older: text("older")?.to_owned(),
                newer: text("newer")?.to_owned(),
                prefix: hash(text("prefix")?)?,
                path: path.collect::<Option<_>>()?,
            };
            let found_at = Time::parse_rfc3339(text("found_at")?)?;
            Some(Self { lie: Lie::from_name(text("lie")?)?, found_at, evidence })
        };
        read().ok_or_else(|| Problem::input("conflict", "not the evidence of a conflict"))
    }
}
