//! A day of every member: what it appends, whom it asks, and what each question and answer takes. What is asked is what the
//! program asks; [`super::sample`] and a test hold one against the other.

use tlog::{TILE_WIDTH, Tile};

use super::graph::{Dice, Graph};
use super::real::{Sizes, told};

/// Seconds from one question for a checkpoint to the next.
const PULL_EVERY: u64 = web::feeds::SECONDS.unsigned_abs();
/// Seconds from one question to a witness, for each feed, to the next ([`web::feeds::compare`]).
const COMPARE_EVERY: u64 = 120;
/// Seconds from one meeting of two members that hand cases over to the next, while there is nothing new.
const MEET_EVERY: u64 = 600;
/// Seconds of a day.
const DAY: u64 = 24 * 3600;
/// Entries of the public feed for each report: opened, in progress, done; each tells all there is to tell.
pub(crate) const REPORT: u64 = 3;
/// Reports for each inhabitant and year: Köln's 34,321 of 2025 for 1.09 million.
const REPORTS: f64 = 34_321.0 / 1_090_000.0;
/// Years a log has grown before the day.
const YEARS: f64 = 3.0;

/// The path of a public log.
const LOG: &str = "/log/public/";

/// Whether an entry opens a report; the others take the place of the one before.
pub(crate) fn is_opened(seq: u64) -> bool {
    seq.is_multiple_of(REPORT)
}

/// Whether the content of an entry is still there, in a log of this size.
fn is_newest(seq: u64, size: u64) -> bool {
    is_opened(seq + 1) || seq + 1 == size
}

/// A question of a round of pulling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Checkpoint,
    Entries(Tile),
    Payload(u64),
}

impl Asked {
    /// The entries that a bundle of this number holds in a log of this size.
    pub(crate) fn entries(index: u64, size: u64) -> Self {
        Self::Entries(Tile::widest(0, index, size))
    }

    /// The path below the log.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Checkpoint => "checkpoint".into(),
            Self::Entries(tile) => format!("tile/{}", tile.entries_path()),
            Self::Payload(seq) => format!("payload/{seq}"),
        }
    }
}

/// What one round asks, by somebody who has `known` entries of a log of `size` and wants the content of every report. What a
/// later entry of the same round says is gone is not asked for.
pub(crate) fn round(known: u64, size: u64) -> impl Iterator<Item = Asked> {
    let bundles = if size > known { known / TILE_WIDTH..size.div_ceil(TILE_WIDTH) } else { 0..0 };
    let contents = (known..size).filter(move |seq| is_newest(*seq, size)).map(Asked::Payload);
    let bundles = bundles.map(move |index| Asked::entries(index, size));
    [Asked::Checkpoint].into_iter().chain(bundles).chain(contents)
}

/// What a member sends, gets and keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Requests it makes.
    pub(crate) asked: u64,
    /// Requests it answers.
    pub(crate) answered: u64,
    /// Bytes it sends, as questions and answers.
    pub(crate) sent: u64,
    /// Bytes it gets.
    pub(crate) got: u64,
    /// Bytes of entries, contents and cosigned checkpoints it keeps of others.
    pub(crate) kept: u64,
    /// Bytes of the agreements it is party to, all of which are read when something is decided.
    pub(crate) papers: u64,
}

/// A log in a time.
pub(crate) struct Log {
    /// Entries before it.
    pub(crate) before: u64,
    /// The seconds of it at which entries were added.
    pub(crate) times: Vec<u64>,
}

/// What every member's day takes.
pub(crate) fn simulate(graph: &Graph, sizes: &Sizes, seed: u64) -> Vec<Cost> {
    let dice = Dice::new(seed);
    let logs: Vec<_> = graph.people.iter().map(|people| Log::of(*people, &dice)).collect();
    costs_of(graph, &logs, sizes, DAY, || dice.below(PULL_EVERY))
}

/// What so many seconds take, in which everybody asks everybody it works with once who it is. `phase` says when the first
/// question for a checkpoint comes.
pub(crate) fn costs_of(
    graph: &Graph,
    logs: &[Log],
    sizes: &Sizes,
    seconds: u64,
    phase: impl Fn() -> u64,
) -> Vec<Cost> {
    let mut costs = vec![Cost::default(); logs.len()];
    let mut known = Agreements::default();
    for (one, partners) in graph.partners.iter().enumerate() {
        for other in partners {
            let mut asked = logs[*other].pulled(phase(), seconds, sizes);
            asked = asked.plus(ask_again(graph, (one, *other), sizes, &mut known));
            asked = asked.plus(meetings(sizes, seconds));
            charge(&mut costs, one, *other, &asked);
            compare(graph, &mut costs, (one, *other), seconds, sizes);
        }
        let of_group = graph.groups.get(graph.group[one]).map_or(0, |group| known.size(group.len()));
        costs[one].papers = partners.len() as u64 * known.size(2) + of_group;
    }
    costs
}

/// What one member does with another on a day.
#[derive(Clone, Copy, Default)]
struct Exchange {
    requests: u64,
    up: u64,
    down: u64,
    kept: u64,
}

impl Exchange {
    fn times(self, often: u64) -> Self {
        let Self { requests, up, down, kept } = self;
        Self { requests: requests * often, up: up * often, down: down * often, kept: kept * often }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            up: self.up + other.up,
            down: self.down + other.down,
            kept: self.kept + other.kept,
        }
    }
}

fn charge(costs: &mut [Cost], one: usize, other: usize, done: &Exchange) {
    let asks = &mut costs[one];
    asks.asked += done.requests;
    asks.sent += done.up;
    asks.got += done.down;
    asks.kept += done.kept;
    let answers = &mut costs[other];
    answers.answered += done.requests;
    answers.sent += done.down;
    answers.got += done.up;
}

/// In turn every other partner is asked what it saw of this one's log; whoever does not mirror it says so.
fn compare(graph: &Graph, costs: &mut [Cost], (one, other): (usize, usize), seconds: u64, sizes: &Sizes) {
    let (turns, others) = (seconds / COMPARE_EVERY, graph.partners[one].len() as u64 - 1);
    let witnesses = graph.partners[one].iter().filter(|witness| **witness != other);
    for (witness, turn) in witnesses.zip(0..) {
        let each = turns / others + u64::from(turn < turns % others);
        let down = match graph.partners[*witness].contains(&other) {
            true => sizes.heads[0] + sizes.cosigned,
            false => sizes.unseen,
        };
        let up = sizes.get + "/witness//checkpoint".len() as u64 + 64;
        let one_question = Exchange { requests: 1, up, down, kept: 0 };
        charge(costs, one, *witness, &one_question.times(each));
    }
}

impl Log {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and small")]
    fn of(people: f64, dice: &Dice) -> Self {
        let entries = people * REPORTS * 3.0;
        let before = (entries * YEARS) as u64;
        let mut times: Vec<_> = (0..dice.poisson(entries / 365.0)).map(|_| dice.below(DAY)).collect();
        times.sort_unstable();
        Self { before, times }
    }

    /// So many seconds of somebody who pulls it.
    fn pulled(&self, phase: u64, seconds: u64, sizes: &Sizes) -> Exchange {
        let rounds = seconds / PULL_EVERY;
        // The round that finds what was added at a moment.
        let found = |time: &u64| time.saturating_sub(phase).div_ceil(PULL_EVERY);
        let (mut done, mut known, mut next) = (Exchange::default(), self.before, 0);
        for added in self.times.chunk_by(|one, other| found(one) == found(other)) {
            let at = added.first().map_or(rounds, found);
            if at >= rounds {
                break;
            }
            let size = known + added.len() as u64;
            done = done.plus(asking(known, known, sizes).times(at - next)).plus(asking(known, size, sizes));
            (known, next) = (size, at + 1);
        }
        done.plus(asking(known, known, sizes).times(rounds - next))
    }
}

/// One round of pulling, by somebody who has `known` entries of a log of `size`.
fn asking(known: u64, size: u64, sizes: &Sizes) -> Exchange {
    let mut done = Exchange::default();
    for asked in round(known, size) {
        let (head, content) = sizes.answer(&asked, size);
        done.requests += 1;
        done.up += sizes.get + LOG.len() as u64 + asked.path().len() as u64;
        done.down += head + content;
    }
    if size > known {
        let contents = (known..size).filter(|seq| is_newest(*seq, size)).count() as u64;
        done.kept = entries(sizes, known, size) + contents * sizes.payload[1] + sizes.cosigned;
    }
    done
}

/// Bytes of the entries of a range.
fn entries(sizes: &Sizes, from: u64, to: u64) -> u64 {
    (from..to).map(|seq| sizes.entry[usize::from(!is_opened(seq))]).sum()
}

impl Sizes {
    /// Head and content of an answer.
    fn answer(&self, asked: &Asked, size: u64) -> (u64, u64) {
        match asked {
            Asked::Checkpoint => (self.heads[0], self.checkpoint + u64::from(size.max(1).ilog10() + 1)),
            Asked::Entries(tile) => {
                let first = tile.index * TILE_WIDTH;
                (self.heads[1], entries(self, first, first + tile.width) + 2 * tile.width)
            }
            Asked::Payload(_) => (self.heads[2], self.payload[0]),
        }
    }
}

/// What agreements of so many parties take, made once for each number.
#[derive(Default)]
struct Agreements(std::collections::BTreeMap<usize, [u64; 2]>);

impl Agreements {
    fn told(&mut self, parties: usize) -> [u64; 2] {
        // Nobody agrees with itself alone.
        *self.0.entry(parties.clamp(2, 256)).or_insert_with_key(|parties| told(*parties))
    }

    fn size(&mut self, parties: usize) -> u64 {
        self.told(parties)[0]
    }
}

/// Two that hand cases over tell each other what they have, while there is nothing new.
fn meetings(sizes: &Sizes, seconds: u64) -> Exchange {
    let one = Exchange { requests: 1, up: sizes.meeting[0], down: sizes.meeting[1], kept: 0 };
    one.times(seconds / MEET_EVERY)
}

/// Once in a day a member asks each it knows who it is, and tells it of everything both are party to.
fn ask_again(graph: &Graph, (one, other): (usize, usize), sizes: &Sizes, known: &mut Agreements) -> Exchange {
    let mut done = Exchange {
        requests: 1,
        up: sizes.get + "/.well-known/did.json".len() as u64,
        down: sizes.heads[3] + sizes.identity,
        kept: 0,
    };
    for parties in [Some(2), graph.together(one, other)].into_iter().flatten() {
        let [sent, answered] = known.told(parties);
        done.requests += 1;
        done.up += sizes.post + "/verbund/annahme".len() as u64 + sent;
        done.down += sizes.heads[3] + answered;
    }
    done
}
