use base::{Ars, FormId, OfficeId, Time};
use serde::{Deserialize, Serialize};

use super::category::Category;

/// Who works on something: an office of ours, or somebody else we tell people about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Worker {
    Office(OfficeId),
    Body(Body),
}

/// Somebody who is responsible and no office of ours, such as Straßen.NRW for a Landesstraße (§ 43 StrWG NRW).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Body {
    pub(crate) name: String,
    pub(crate) contact: String,
    pub(crate) url: String,
}

/// Where a rule holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Where {
    Everywhere,
    /// In an area of the atlas, and in those inside it.
    Area(Ars),
    /// In a district.
    District(String),
}

/// What a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Everything,
    Group(String),
    Category(String),
}

/// Who is responsible for what, where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) id: FormId,
    pub(crate) created: Time,
    pub(crate) place: Where,
    pub(crate) what: What,
    pub(crate) worker: Worker,
}

/// Where something was reported, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) area: Option<Ars>,
    pub(crate) district: Option<String>,
}

/// Who is responsible, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    /// The office that works on it, or passes it on.
    pub(crate) office: OfficeId,
    /// Who is responsible outside, if the rule says so.
    pub(crate) body: Option<Body>,
    /// The rule; without one the category's own office is responsible.
    pub(crate) rule: Option<Rule>,
    /// Every other rule that fits, in the order it would come into force.
    pub(crate) others: Vec<Rule>,
}

impl Rule {
    fn fits(&self, category: &Category, spot: &Spot) -> bool {
        let here = match &self.place {
            Where::Everywhere => true,
            Where::Area(ars) => spot.area.as_ref().is_some_and(|area| ars.contains(area)),
            Where::District(key) => spot.district.as_ref() == Some(key),
        };
        here && match &self.what {
            What::Everything => true,
            What::Group(group) => *group == category.group,
            What::Category(code) => *code == category.code,
        }
    }

    /// How closely the rule names what it is about, and then where it holds: the larger goes first.
    fn rank(&self) -> (usize, usize) {
        let what = match &self.what {
            What::Everything => 0,
            What::Group(_) => 1,
            What::Category(_) => 2,
        };
        let place = match &self.place {
            Where::Everywhere => 0,
            Where::Area(ars) => ars.as_str().len(),
            // No area's key has so many digits.
            Where::District(_) => 100,
        };
        (what, place)
    }
}

/// Who is responsible for a category at a place: the rule that names the category most closely, among those the one
/// that names the place most closely, among those the oldest. Without a rule it is the category's own office. What
/// somebody outside is responsible for goes to that office too, so that nothing is lost and the answer comes from us.
pub(crate) fn responsible(rules: &[Rule], category: &Category, spot: &Spot) -> Decision {
    let mut fitting: Vec<Rule> = rules.iter().filter(|rule| rule.fits(category, spot)).cloned().collect();
    fitting.sort_by_key(|rule| (std::cmp::Reverse(rule.rank()), rule.created, rule.id));
    let mut fitting = fitting.into_iter();
    let rule = fitting.next();
    let (office, body) = match rule.as_ref().map(|rule| &rule.worker) {
        Some(Worker::Office(office)) => (*office, None),
        Some(Worker::Body(body)) => (category.office, Some(body.clone())),
        None => (category.office, None),
    };
    Decision { office, body, rule, others: fitting.collect() }
}

#[cfg(test)]
mod tests {
    use base::{Clock, Entropy};

    use super::*;
    use crate::model::Visibility;

    fn office(number: u64) -> OfficeId {
        OfficeId::new(&Clock::fixed(Time(0)), &Entropy::seeded(number))
    }

    fn lamp() -> Category {
        Category {
            code: "laterne".into(),
            group: "Straßen".into(),
            name: "Laterne".into(),
            name_en: "Lamp".into(),
            description: String::new(),
            keywords: String::new(),
            office: office(0),
            visibility: Visibility::Public,
            near_metres: 20,
            promise_hours: None,
            active: true,
            questions: vec![],
        }
    }

    fn rule(created: i64, place: Where, what: What) -> Rule {
        let number = u64::try_from(created).unwrap();
        let id = FormId::new(&Clock::fixed(Time(created)), &Entropy::seeded(number));
        Rule { id, created: Time(created), place, what, worker: Worker::Office(office(number)) }
    }

    fn spot() -> Spot {
        Spot { area: Some("053150000000".parse().unwrap()), district: Some("9".into()) }
    }

    fn chosen(rules: &[Rule]) -> Option<i64> {
        responsible(rules, &lamp(), &spot()).rule.map(|rule| rule.created.0)
    }

    #[test]
    fn the_closest_rule_wins_whatever_the_order() {
        let area = || Where::Area("05315".parse().unwrap());
        let rules = [
            rule(1, Where::Everywhere, What::Everything),
            rule(2, Where::District("9".into()), What::Everything),
            rule(3, area(), What::Group("Straßen".into())),
            rule(4, Where::Everywhere, What::Category("laterne".into())),
            rule(5, area(), What::Category("laterne".into())),
            rule(6, Where::District("9".into()), What::Category("laterne".into())),
            rule(7, Where::District("8".into()), What::Category("laterne".into())),
            rule(8, Where::Everywhere, What::Category("ampel".into())),
        ];
        for (count, winner) in [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (8, 6)] {
            assert_eq!(chosen(&rules[..count]), Some(winner));
            let mut turned = rules[..count].to_vec();
            turned.reverse();
            assert_eq!(chosen(&turned), Some(winner));
        }
        assert_eq!(responsible(&rules, &lamp(), &spot()).others.len(), 5);
    }

    #[test]
    fn between_equals_the_oldest_wins_and_without_a_rule_the_category_decides() {
        let equal =
            [rule(2, Where::Everywhere, What::Everything), rule(1, Where::Everywhere, What::Everything)];
        assert_eq!(chosen(&equal), Some(1));
        let none = responsible(&[], &lamp(), &spot());
        assert_eq!((none.office, none.body, none.rule), (office(0), None, None));
        let elsewhere = rule(1, Where::District("9".into()), What::Everything);
        assert_eq!(responsible(&[elsewhere], &lamp(), &Spot::default()).rule, None);
    }

    #[test]
    fn what_somebody_else_is_responsible_for_stays_with_the_office_of_the_category() {
        let body = Body { name: "Straßen.NRW".into(), ..Body::default() };
        let outside =
            Rule { worker: Worker::Body(body.clone()), ..rule(1, Where::Everywhere, What::Everything) };
        let decision = responsible(&[outside], &lamp(), &spot());
        assert_eq!((decision.office, decision.body), (office(0), Some(body)));
    }
}
