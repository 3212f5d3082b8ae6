use base::Time;
use federation::Day;
use web::money::euros;
use web::plot::{Bar, Bars};
use web::{Better, Ctx, Indicator, Unit};

use crate::model::{Measure, Plan, Span, State};
use crate::seen::{Part, Seen, Source};

/// A drawing needs whole numbers: thousandths.
const PARTS: f64 = 1000.0;

/// A trial as people read it.
pub(super) struct Shown {
    pub(super) title: String,
    pub(super) state: State,
    pub(super) leader: String,
    pub(super) question: String,
    pub(super) tried: String,
    pub(super) baseline: String,
    pub(super) period: String,
    pub(super) participants: usize,
    pub(super) parts: Vec<ShownPart>,
    /// One picture for each indicator.
    pub(super) plots: Vec<Bars>,
    /// What it cost all who said so.
    pub(super) total: Option<String>,
}

impl Shown {
    /// Whether nobody said anything beside figures.
    pub(super) fn is_silent(&self) -> bool {
        !self.parts.iter().any(ShownPart::has_words)
    }
}

/// What one member said.
pub(super) struct ShownPart {
    pub(super) name: String,
    pub(super) is_leader: bool,
    pub(super) since: Option<Time>,
    pub(super) until: Option<Time>,
    pub(super) state: Option<State>,
    pub(super) measured: Option<Time>,
    /// When its feed was last read; nothing for this member itself.
    pub(super) read: Option<Time>,
    pub(super) is_doubted: bool,
    pub(super) costs: Vec<(String, String)>,
    pub(super) sum: String,
    pub(super) results: String,
    pub(super) lessons: String,
    pub(super) reason: String,
}

impl ShownPart {
    /// Whether it said anything beside figures.
    pub(super) fn has_words(&self) -> bool {
        [&self.results, &self.lessons, &self.reason].iter().any(|text| !text.is_empty())
            || !self.costs.is_empty()
    }
}

/// A trial in a list.
pub(super) struct Row {
    pub(super) href: String,
    pub(super) title: String,
    pub(super) question: String,
    pub(super) leader: String,
    pub(super) participants: usize,
    pub(super) period: String,
    pub(super) state: State,
}

/// What makes sentences and pictures of it.
pub(super) struct Words<'a>(pub(super) &'a Ctx);

impl Words<'_> {
    /// A trial in a list.
    pub(super) fn row(&self, seen: &Seen) -> Row {
        // Only for those of others it must be said whose is meant: an id is nobody's property.
        let query = if seen.is_ours { String::new() } else { format!("?mitglied={}", seen.leader.host()) };
        Row {
            href: format!("/erprobungen/{}{query}", seen.id),
            title: seen.plan.title.clone(),
            question: seen.plan.question.clone(),
            leader: seen.leader_name.clone(),
            participants: seen.parts.len(),
            period: self.span(&seen.plan.period),
            state: seen.state,
        }
    }

    pub(super) fn shown(&self, seen: &Seen) -> Shown {
        let plots = seen.plan.indicators.iter().enumerate();
        let sums = seen.parts.iter().filter_map(|part| Some(sum(part.said.as_ref()?.costs.iter())));
        let is_costed = seen.parts.iter().flat_map(|part| &part.said).any(|said| !said.costs.is_empty());
        Shown {
            title: seen.plan.title.clone(),
            state: seen.state,
            leader: seen.leader_name.clone(),
            question: seen.plan.question.clone(),
            tried: seen.plan.tried.clone(),
            baseline: self.span(&seen.plan.baseline),
            period: self.span(&seen.plan.period),
            participants: seen.parts.len(),
            parts: seen.parts.iter().map(|part| self.part(part)).collect(),
            plots: plots.map(|(place, measure)| self.plot(place, measure, &seen.parts)).collect(),
            total: is_costed.then(|| euros(sums.sum::<i64>().into(), self.0.lang())),
        }
    }

    fn part(&self, part: &Part) -> ShownPart {
        let said = part.said.as_ref();
        let text =
            |pick: fn(&crate::model::Published) -> &String| said.map(pick).cloned().unwrap_or_default();
        let costs = said.map_or(&[][..], |said| &said.costs);
        let euros = |cents: i64| euros(cents.into(), self.0.lang());
        ShownPart {
            name: part.name.clone(),
            is_leader: part.is_leader,
            since: part.since.map(Day::begins),
            until: part.until.map(Day::begins),
            state: said.map(|said| said.state),
            measured: said.and_then(crate::model::Published::measured),
            read: if let Source::Mirror(read) = part.source { read } else { None },
            is_doubted: part.source == Source::Doubted,
            costs: costs.iter().map(|cost| (cost.subject.clone(), euros(cost.cents))).collect(),
            sum: euros(sum(costs.iter())),
            results: text(|said| &said.results),
            lessons: text(|said| &said.lessons),
            reason: text(|said| &said.reason),
        }
    }

    /// Before and during the trial, member by member.
    fn plot(&self, place: usize, measure: &Measure, parts: &[Part]) -> Bars {
        let bar = |part: &Part| {
            let (baseline, period) =
                part.said.as_ref().map_or((None, None), |said| said.figure(&measure.key));
            Bar {
                name: part.name.clone(),
                href: String::new(),
                numbers: vec![baseline.map(thousandths), period.map(thousandths)],
                texts: vec![self.value(measure.unit, baseline), self.value(measure.unit, period)],
                mark: None,
            }
        };
        Bars {
            id: format!("kennzahl-{place}"),
            title: self.indicator(&measure.key),
            text: format!("{} {}", self.meaning(&measure.key), self.hope(measure.better)).trim().to_owned(),
            group: self.0.t("trial-member"),
            series: ["trial-before", "trial-during"].map(|key| self.0.t(key)).to_vec(),
            bars: parts.iter().map(bar).collect(),
        }
    }

    /// A number people understand; where there was nothing to tell it from, that is said and never nought.
    pub(super) fn value(&self, unit: Unit, value: Option<f64>) -> String {
        let Some(value) = value else { return self.0.t("trial-no-data") };
        let number = unit.number(value, self.0.lang());
        match unit {
            Unit::Count => number,
            Unit::Percent => format!("{number} %"),
            Unit::Days => self.0.t1("trial-days", "number", number),
        }
    }

    /// What an indicator is called; its own key when no module here knows it.
    pub(super) fn indicator(&self, key: &str) -> String {
        self.text(&Indicator::message(key)).unwrap_or_else(|| key.to_owned())
    }

    /// What exactly it counts.
    pub(super) fn meaning(&self, key: &str) -> String {
        self.text(&format!("{}-text", Indicator::message(key))).unwrap_or_default()
    }

    fn text(&self, key: &str) -> Option<String> {
        let ctx = self.0;
        ctx.member().texts.find(ctx.lang(), key, &[]).map(std::borrow::Cow::into_owned)
    }

    fn hope(&self, better: Better) -> String {
        match better {
            Better::More => self.0.t("trial-more"),
            Better::Less => self.0.t("trial-less"),
            Better::Neither => String::new(),
        }
    }

    pub(super) fn span(&self, span: &Span) -> String {
        let page = self.0.page("trial-desk");
        let [first, last] = [span.first, span.last].map(|day| page.day(&day.begins()));
        format!("{first} – {last}")
    }

    /// Names of what a plan measures.
    pub(super) fn indicators(&self, plan: &Plan) -> Vec<String> {
        plan.indicators.iter().map(|measure| self.indicator(&measure.key)).collect()
    }
}

/// Rows of the file with all figures, in the form of RFC 4180: names in their column, what is not known empty.
pub(super) fn rows(seen: &Seen) -> Vec<Vec<String>> {
    let head = [
        "erprobung",
        "mitglied",
        "name",
        "kennzahl",
        "einheit",
        "vorher_von",
        "vorher_bis",
        "vorher",
        "erprobung_von",
        "erprobung_bis",
        "waehrend",
        "gemessen",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let Plan { baseline, period, indicators, .. } = &seen.plan;
    for part in &seen.parts {
        for measure in indicators {
            let figure = part.said.as_ref().map_or((None, None), |said| said.figure(&measure.key));
            let [before, during] = [figure.0, figure.1].map(|value| value.map(|value| value.to_string()));
            let measured = part.said.as_ref().and_then(crate::model::Published::measured);
            rows.push(vec![
                seen.id.to_string(),
                part.member.to_string(),
                part.name.clone(),
                measure.key.clone(),
                measure.unit.name().to_owned(),
                baseline.first.to_string(),
                baseline.last.to_string(),
                before.unwrap_or_default(),
                period.first.to_string(),
                period.last.to_string(),
                during.unwrap_or_default(),
                measured.map(Time::rfc3339).unwrap_or_default(),
            ]);
        }
    }
    rows
}

fn sum<'a>(costs: impl Iterator<Item = &'a crate::model::Cost>) -> i64 {
    costs.map(|cost| cost.cents).sum()
}

#[expect(clippy::cast_possible_truncation, reason = "what is published is at most 1e12 (model::Published)")]
fn thousandths(value: f64) -> i64 {
    (value * PARTS).round() as i64
}
