//! What can be measured of reports, from the tables themselves: each for the reports that came in within a time, as
//! things stood at its end. What was found to be another's twin counts where it is followed up.

use ::store::{Error, Tx, params, statements};
use base::{Result, Time};
use web::{Better, Indicator, Unit};

/// Microseconds of a day.
const DAY: f64 = 24.0 * 3600.0 * 1e6;

statements! {
    COUNT_OPENED = "report.indicator.opened":
        "select count(*) from report r join case_file c on c.id = r.case_id
         where r.opened >= ?1 and r.opened < ?2 and c.merged_into is null";
    // The promise is that of the case as it is now; a first answer is the first line everybody reads as one.
    PROMISED = "report.indicator.promised":
        "select count(*), sum(case when (select min(e.at) from case_event e where e.case_id = r.case_id
                                        and e.kind = 'answer') <= c.due then 1 else 0 end)
         from report r join case_file c on c.id = r.case_id
         where r.opened >= ?1 and r.opened < ?2 and c.merged_into is null and c.due < ?2";
    WAITED = "report.indicator.waited":
        "select min(e.at) - r.opened from report r join case_file c on c.id = r.case_id
         join case_event e on e.case_id = r.case_id
         where r.opened >= ?1 and r.opened < ?2 and c.merged_into is null and e.kind = 'answer' and e.at < ?2
         group by r.case_id, r.opened order by 1";
    TOOK = "report.indicator.took":
        "select c.closed - r.opened from report r join case_file c on c.id = r.case_id
         where r.opened >= ?1 and r.opened < ?2 and c.merged_into is null and c.closed < ?2 order by 1";
    REOPENED = "report.indicator.reopened":
        "select count(*), sum(case when exists (select 1 from case_event e where e.case_id = r.case_id
                                                and e.kind = 'reopened' and e.at < ?2) then 1 else 0 end)
         from report r join case_file c on c.id = r.case_id
         where r.opened >= ?1 and r.opened < ?2 and c.merged_into is null
         and exists (select 1 from case_event e where e.case_id = r.case_id and e.kind = 'state'
                     and e.text in ('done', 'declined') and e.at < ?2)";
    PICTURED = "report.indicator.pictured":
        "select count(*), sum(case when exists (select 1 from file_use f where f.case_id = r.case_id)
                                   then 1 else 0 end)
         from report r join case_file c on c.id = r.case_id
         where r.opened >= ?1 and r.opened < ?2 and c.merged_into is null";
}

/// All of them.
pub(crate) const INDICATORS: &[Indicator] = &[
    Indicator { key: "report.opened", unit: Unit::Count, better: Better::Neither, compute: opened },
    Indicator { key: "report.answered-in-time", unit: Unit::Percent, better: Better::More, compute: in_time },
    Indicator { key: "report.first-answer", unit: Unit::Days, better: Better::Less, compute: waited },
    Indicator { key: "report.done", unit: Unit::Days, better: Better::Less, compute: took },
    Indicator { key: "report.reopened", unit: Unit::Percent, better: Better::Less, compute: reopened },
    Indicator { key: "report.photo", unit: Unit::Percent, better: Better::More, compute: pictured },
];

/// A time without a single report is one before anybody could send any, and no success.
fn opened(tx: &mut Tx<'_>, from: Time, to: Time) -> Result<Option<f64>> {
    Ok(tx.get::<i64>(&COUNT_OPENED, params![from, to])?.filter(|count| *count > 0).map(float))
}

fn in_time(tx: &mut Tx<'_>, from: Time, to: Time) -> Result<Option<f64>> {
    percent(tx, &PROMISED, from, to)
}

fn reopened(tx: &mut Tx<'_>, from: Time, to: Time) -> Result<Option<f64>> {
    percent(tx, &REOPENED, from, to)
}

fn pictured(tx: &mut Tx<'_>, from: Time, to: Time) -> Result<Option<f64>> {
    percent(tx, &PICTURED, from, to)
}

fn waited(tx: &mut Tx<'_>, from: Time, to: Time) -> Result<Option<f64>> {
    median_days(tx, &WAITED, from, to)
}

fn took(tx: &mut Tx<'_>, from: Time, to: Time) -> Result<Option<f64>> {
    median_days(tx, &TOOK, from, to)
}

/// So many of a hundred of those there were.
fn percent(tx: &mut Tx<'_>, sql: &::store::Sql, from: Time, to: Time) -> Result<Option<f64>> {
    let counted =
        tx.one(sql, params![from, to], |row| Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?)))?;
    let (all, some) = counted.unwrap_or_default();
    Ok((all > 0).then(|| float(some.unwrap_or(0)) * 100.0 / float(all)))
}

/// The time in the middle, of an even number the mean of both; the statement gives them in order.
fn median_days(tx: &mut Tx<'_>, sql: &::store::Sql, from: Time, to: Time) -> Result<Option<f64>> {
    let mut times: Vec<i64> = Vec::new();
    tx.each(sql, params![from, to], |row| {
        times.push(row.get::<i64>(0)?.max(0));
        Ok::<_, Error>(())
    })?;
    let middle = [times.len().saturating_sub(1) / 2, times.len() / 2].map(|place| times.get(place).copied());
    Ok(middle[0].zip(middle[1]).map(|(low, high)| (float(low) + float(high)) / 2.0 / DAY))
}

#[expect(clippy::cast_precision_loss, reason = "counts and microseconds of years are far below 2^53")]
fn float(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use cases::{State, Step};
    use testkit::Fresh;

    use super::super::town::Town;
    use super::*;

    const HOUR: i64 = 3600;

    async fn all(town: &Town, from: Time, to: Time) -> Vec<Option<f64>> {
        let compute = move |tx: &mut Tx<'_>| {
            INDICATORS.iter().map(|indicator| (indicator.compute)(tx, from, to)).collect::<Result<_>>()
        };
        town.db().read("indicators", compute).await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn indicators_count_what_happened_within_their_time_and_of_nothing_say_nothing() {
        for fresh in Fresh::everywhere() {
            let town = Town::on(fresh).await;
            let start = town.now();
            let place = (50.05, 7.05);
            let mut ids = Vec::new();
            for _ in 0..4 {
                ids.push(town.report("laterne", place, "dunkel").await);
            }
            // The first is answered after a day, the second after three and then ended, the others never.
            town.member.clock.advance(24 * HOUR);
            town.step(ids[0], Step::Answer("Wir sehen nach.".into(), None)).await;
            town.member.clock.advance(48 * HOUR);
            town.step(ids[1], Step::Answer("Erledigt.".into(), Some(State::Done))).await;
            town.member.clock.advance(90 * 24 * HOUR);
            let end = town.now();
            let found = all(&town, start, end).await;
            assert_eq!(found[0], Some(4.0));
            // Both answers came within what is promised for lamps, or not; the two without one did not.
            let in_time = found[1].unwrap();
            assert!(in_time == 50.0 || in_time == 25.0, "{in_time}");
            let waited = found[2].unwrap();
            assert!((waited - 2.0).abs() < 0.01, "{waited}");
            let took = found[3].unwrap();
            assert!((took - 3.0).abs() < 0.01, "{took}");
            assert_eq!((found[4], found[5]), (Some(0.0), Some(0.0)));

            let before = all(&town, start.plus_seconds(-HOUR), start).await;
            assert_eq!(before, [None; 6], "of nothing there is no number, no share and no middle");
            let early = all(&town, start, start.plus_seconds(12 * HOUR)).await;
            assert_eq!(early[0], Some(4.0));
            assert_eq!(&early[1..5], [None; 4], "what came later is not known within the time");
        }
    }
}
