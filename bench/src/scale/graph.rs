//! Who works with whom: members scattered over a plane without an edge, each with those near it, and with its county.

use std::collections::BTreeSet;

use base::Entropy;

/// Municipalities of a county: about 10,750 in about 400 counties.
const COUNTY: f64 = 27.0;

/// Members and who works with whom.
pub(crate) struct Graph {
    /// Of each member, the others.
    pub(crate) partners: Vec<BTreeSet<usize>>,
    /// Members that signed one agreement together: those of a county.
    pub(crate) groups: Vec<Vec<usize>>,
    /// The group of each member.
    pub(crate) group: Vec<usize>,
    /// The inhabitants of each.
    pub(crate) people: Vec<f64>,
}

/// What a graph is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// Members.
    pub(crate) members: usize,
    /// Neighbours, in the mean.
    pub(crate) degree: f64,
    /// Whether those of a county agree on a topic together, and with their county.
    pub(crate) counties: bool,
}

/// Numbers from 0 to 1 out of the repeatable stream.
pub(crate) struct Dice(Entropy);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Entropy::seeded(seed))
    }

    pub(crate) fn unit(&self) -> f64 {
        f64::from(u32::from_be_bytes(self.0.bytes())) / f64::from(u32::MAX)
    }

    /// A number below `end`.
    pub(crate) fn below(&self, end: u64) -> u64 {
        u64::from_be_bytes(self.0.bytes()) % end.max(1)
    }

    /// From the normal distribution (Box and Muller).
    fn normal(&self) -> f64 {
        let (one, other) = (self.unit().max(1e-9), self.unit());
        (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * other).cos()
    }

    /// How often something happens that happens so often in the mean (Knuth; in parts, where the mean is large).
    pub(crate) fn poisson(&self, mut mean: f64) -> u64 {
        let mut count = 0;
        while mean > 0.0 {
            let end = (-mean.min(30.0)).exp();
            mean -= 30.0;
            let mut product = self.unit();
            while product > end {
                count += 1;
                product *= self.unit();
            }
        }
        count
    }
}

impl Graph {
    /// The same graph for the same seed. One member lies on each unit of area in the mean, so that as many are within a
    /// radius however large the plane is.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "small numbers"
    )]
    pub(crate) fn new(wanted: Wanted, seed: u64) -> Self {
        let dice = Dice::new(seed);
        let side = (wanted.members as f64).sqrt();
        let places: Vec<_> = (0..wanted.members).map(|_| (dice.unit() * side, dice.unit() * side)).collect();
        let radius = (wanted.degree / std::f64::consts::PI).sqrt();
        let cells = ((side / radius) as usize).max(1);
        let cell = |(x, y): (f64, f64)| {
            let of = |at: f64| ((at / side * cells as f64) as usize).min(cells - 1);
            (of(x), of(y))
        };
        let mut filled = vec![Vec::new(); cells * cells];
        for (member, place) in places.iter().enumerate() {
            let (x, y) = cell(*place);
            filled[y * cells + x].push(member);
        }
        let mut partners = vec![BTreeSet::new(); wanted.members];
        for (member, place) in places.iter().enumerate() {
            let (x, y) = cell(*place);
            for near in around(x, y, cells).into_iter().flat_map(|cell| &filled[cell]) {
                if *near != member && distance(*place, places[*near], side) <= radius {
                    partners[member].insert(*near);
                }
            }
        }
        // Half of the municipalities have fewer than 1,700 inhabitants, and the mean is 7,700.
        let spread = (2.0 * (7_700.0_f64 / 1_700.0).ln()).sqrt();
        let people = (0..wanted.members).map(|_| 1_700.0 * (spread * dice.normal()).exp()).collect();
        let mut graph = Self { partners, groups: Vec::new(), group: vec![0; wanted.members], people };
        if wanted.counties {
            graph.add_counties(&places, side);
        }
        graph
    }

    /// Squares with as many members as a county has; the most populous of each acts for the county.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "small numbers"
    )]
    fn add_counties(&mut self, places: &[(f64, f64)], side: f64) {
        let squares = ((side / COUNTY.sqrt()).round() as usize).max(1);
        let of = |at: f64| ((at / side * squares as f64) as usize).min(squares - 1);
        self.groups = vec![Vec::new(); squares * squares];
        for (member, (x, y)) in places.iter().enumerate() {
            self.group[member] = of(*y) * squares + of(*x);
            self.groups[self.group[member]].push(member);
        }
        for group in &self.groups {
            let seat = group.iter().copied().max_by(|a, b| self.people[*a].total_cmp(&self.people[*b]));
            for member in group {
                if let Some(seat) = seat.filter(|seat| seat != member) {
                    self.partners[seat].insert(*member);
                    self.partners[*member].insert(seat);
                }
            }
        }
    }

    /// How many signed the group's agreement, when both are in it.
    pub(crate) fn together(&self, one: usize, other: usize) -> Option<usize> {
        let is_same = !self.groups.is_empty() && self.group[one] == self.group[other];
        is_same.then(|| self.groups[self.group[one]].len())
    }
}

/// A cell and those around it, each once, over the edge too.
fn around(x: usize, y: usize, cells: usize) -> BTreeSet<usize> {
    let near = |at: usize| [at + cells - 1, at, at + 1].map(|at| at % cells);
    near(y).into_iter().flat_map(|y| near(x).map(|x| y * cells + x)).collect()
}

fn distance(one: (f64, f64), other: (f64, f64), side: f64) -> f64 {
    let over = |a: f64, b: f64| (a - b).abs().min(side - (a - b).abs());
    over(one.0, other.0).hypot(over(one.1, other.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    fn a_member_has_as_many_neighbours_in_a_small_whole_as_in_a_large_one() {
        for (members, degree) in [(400, 2.0), (400, 6.0), (11_000, 6.0), (3_000, 64.0)] {
            let graph = Graph::new(Wanted { members, degree, counties: false }, 7);
            let mean = graph.partners.iter().map(BTreeSet::len).sum::<usize>() as f64 / members as f64;
            assert!((mean / degree - 1.0).abs() < 0.12, "{members} {degree} {mean}");
            let is_mutual = |(one, other): (usize, &usize)| graph.partners[*other].contains(&one);
            assert!(
                graph
                    .partners
                    .iter()
                    .enumerate()
                    .flat_map(|(one, all)| all.iter().map(move |other| (one, other)))
                    .all(is_mutual)
            );
        }
    }
}
