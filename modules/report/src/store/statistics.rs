//! What the public statistics say: sums over the narrow copy in `report_figure`, each read through one of its indexes.

use std::collections::BTreeMap;

use ::store::{Error, Row, Tx, Value, statements};
use base::{Result, Time};

/// Microseconds.
const HOUR: i64 = 3_600 * 1_000_000;
const DAY: i64 = 24 * HOUR;

/// Which months and categories are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// The first month, counted as [`super::figures::month`] does.
    pub(crate) first: i64,
    /// The last month.
    pub(crate) last: i64,
    /// Only this category.
    pub(crate) code: Option<String>,
}

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Statistics {
    /// Month, opened and closed in it.
    pub(crate) months: Vec<(i64, i64, i64)>,
    /// Category, opened and not yet ended.
    pub(crate) categories: Vec<(String, i64, i64)>,
    /// Area, opened and not yet ended.
    pub(crate) areas: Vec<(String, i64, i64)>,
    /// By category: how long those took that ended in the months.
    pub(crate) times: Vec<(String, Took)>,
    /// All categories together.
    pub(crate) took: Took,
    /// Not ended now: up to a week, a month, three months and a year old, and older.
    pub(crate) ages: [i64; 5],
}

/// How long reports took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Took {
    /// How many ended.
    pub(crate) count: i64,
    /// Half of them took at most so many hours.
    pub(crate) median: Option<i64>,
    /// Nine of ten took at most so many hours.
    pub(crate) ninety: Option<i64>,
    /// How many had a promised time, and how many of those kept it.
    pub(crate) promised: i64,
    pub(crate) kept: i64,
    /// Hours all promises together gave, nights and days off included, as the others are counted.
    promised_hours: i64,
}

impl Took {
    /// How long a promise gave on average, in hours by the clock: promises are made in hours of service, and how long
    /// something took is no service.
    pub(crate) fn promise(&self) -> Option<i64> {
        self.promised_hours.checked_div(self.promised)
    }
}

statements! {
    OPENED = "report.opened":
        "select month, category, area, count(*), sum(case when closed is null then 1 else 0 end)
         from report_figure where month between ?1 and ?2 and category = coalesce(cast(?3 as text), category)
         group by month, category, area";
    CLOSED = "report.closed_by_month":
        "select closed_month, count(*) from report_figure
         where closed is not null and closed_month between ?1 and ?2
         and category = coalesce(cast(?3 as text), category) group by closed_month order by closed_month";
    // No engine-specific percentile: hours with their counts are few, and the rest is addition.
    HOURS = "report.hours":
        "select category, hours, count(*), count(due), sum(case when closed <= due then 1 else 0 end),
                cast(coalesce(sum(due - closed), 0) as bigint)
         from report_figure where closed is not null and closed_month between ?1 and ?2
         and category = coalesce(cast(?3 as text), category) group by category, hours order by category, hours";
    AGES = "report.ages":
        "select sum(case when opened > ?2 then 1 else 0 end),
                sum(case when opened <= ?2 and opened > ?3 then 1 else 0 end),
                sum(case when opened <= ?3 and opened > ?4 then 1 else 0 end),
                sum(case when opened <= ?4 and opened > ?5 then 1 else 0 end),
                sum(case when opened <= ?5 then 1 else 0 end)
         from report_figure where closed is null and category = coalesce(cast(?1 as text), category)";
}

/// Counts everything.
pub(crate) fn statistics(tx: &mut Tx<'_>, span: &Span, now: Time) -> Result<Statistics> {
    let code: Value<'_> = span.code.as_deref().into();
    let params = [span.first.into(), span.last.into(), code];
    let pair = |row: &Row<'_>| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?));
    let mut opened = BTreeMap::<i64, i64>::new();
    let (mut categories, mut areas) = (Counts::new(), Counts::new());
    // One pass in the order of the index serves months, categories and areas.
    tx.each(&OPENED, &params, |row| {
        let (count, open): (i64, i64) = (row.get(3)?, row.get(4)?);
        *opened.entry(row.get(0)?).or_default() += count;
        for (counts, column) in [(&mut categories, 1), (&mut areas, 2)] {
            let (all, unended) = counts.entry(row.get(column)?).or_default();
            *all += count;
            *unended += open;
        }
        Ok(())
    })?;
    let closed: BTreeMap<i64, i64> = tx.all(&CLOSED, &params, pair)?.into_iter().collect();
    let of = |months: &BTreeMap<i64, i64>, month| months.get(&month).copied().unwrap_or(0);
    let months = (span.first..=span.last).map(|month| (month, of(&opened, month), of(&closed, month)));
    let months = months.collect();
    let (categories, areas) = (most_first(categories), most_first(areas));
    let (times, took) = times(tx, &params)?;
    let ages = ages(tx, code, now)?;
    Ok(Statistics { months, categories, areas, times, took, ages })
}

/// Opened and not yet ended, by name.
type Counts = BTreeMap<String, (i64, i64)>;

fn most_first(counts: Counts) -> Vec<(String, i64, i64)> {
    let mut list: Vec<_> = counts.into_iter().map(|(name, (all, open))| (name, all, open)).collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    list
}

/// Every category's hours with their counts, and what follows from them.
fn times(tx: &mut Tx<'_>, params: &[Value<'_>]) -> Result<(Vec<(String, Took)>, Took)> {
    let mut each = BTreeMap::<String, (Vec<(i64, i64)>, Took)>::new();
    let mut whole = (BTreeMap::<i64, i64>::new(), Took::default());
    tx.each(&HOURS, params, |row| {
        let (hours, count): (i64, i64) = (row.get(1)?, row.get(2)?);
        let (promised, kept): (i64, i64) = (row.get(3)?, row.get(4)?);
        // From the beginning to the end, and from there to the promise.
        let promised_hours = hours * promised + row.get::<i64>(5)? / HOUR;
        let (list, took) = each.entry(row.get(0)?).or_default();
        list.push((hours, count));
        *whole.0.entry(hours).or_default() += count;
        for took in [took, &mut whole.1] {
            took.count += count;
            took.promised += promised;
            took.kept += kept;
            took.promised_hours += promised_hours;
        }
        Ok::<_, Error>(())
    })?;
    let done =
        |list: &[(i64, i64)], took: Took| Took { median: share(list, 50), ninety: share(list, 90), ..took };
    let mut times: Vec<_> = each.into_iter().map(|(code, (list, took))| (code, done(&list, took))).collect();
    times.sort_by(|a, b| b.1.count.cmp(&a.1.count).then_with(|| a.0.cmp(&b.0)));
    let list: Vec<_> = whole.0.into_iter().collect();
    Ok((times, done(&list, whole.1)))
}

/// The least number that at least so many of a hundred do not exceed; numbers in order, with how often each is there.
pub(super) fn share(numbers: &[(i64, i64)], hundredths: i64) -> Option<i64> {
    let total: i64 = numbers.iter().map(|(_, count)| count).sum();
    let mut seen = 0;
    let reached = numbers.iter().find(|(_, count)| {
        seen += count;
        seen * 100 >= total * hundredths
    });
    reached.map(|(number, _)| *number)
}

fn ages(tx: &mut Tx<'_>, code: Value<'_>, now: Time) -> Result<[i64; 5]> {
    let ago = |days: i64| Value::Int(now.0 - days * DAY);
    let params = [code, ago(7), ago(30), ago(90), ago(365)];
    let ages = tx.one(&AGES, &params, |row| {
        let mut ages = [0; 5];
        for (index, age) in ages.iter_mut().enumerate() {
            *age = row.get::<Option<i64>>(index)?.unwrap_or(0);
        }
        Ok(ages)
    })?;
    Ok(ages.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_share_is_the_one_in_the_sorted_list(mut numbers in proptest::collection::vec(0_i64..50, 1..200), hundredths in 1_i64..=100) {
            numbers.sort_unstable();
            let mut counted = BTreeMap::<i64, i64>::new();
            for number in &numbers {
                *counted.entry(*number).or_default() += 1;
            }
            let counted: Vec<_> = counted.into_iter().collect();
            let place = (numbers.len() * usize::try_from(hundredths).unwrap()).div_ceil(100);
            prop_assert_eq!(share(&counted, hundredths), numbers.get(place - 1).copied());
        }
    }

    #[test]
    fn of_nothing_there_is_no_median() {
        assert_eq!(share(&[], 50), None);
    }
}
