//! Those in a box, by way of the index on places, are those a look through all reports finds, in the same order.

use base::{CaseId, Time};
use cases::{State, Step};
use place::{Bounds, Point};
use testkit::Fresh;

use super::super::find::{self, Filter};
use super::super::town::Town;

::store::statements! {
    // Several at one moment.
    AT_ONCE = "test.at_once": "update report set opened = opened / 300000000 * 300000000 where opened > ?1";
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_is_read_page_by_page_like_everything() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        for number in 0..40_u32 {
            let place = (50.001 + f64::from(number) * 0.0024, 7.002 + f64::from(number * 37 % 40) * 0.0048);
            let id = town.report(if number % 3 == 0 { "laterne" } else { "muell" }, place, "dort").await;
            if number % 4 == 0 {
                town.step(id, Step::Answer("Erledigt.".into(), Some(State::Done))).await;
            }
        }
        let point = |lat, lon| Point::from_degrees(lat, lon).unwrap();
        let bounds = Bounds { min: point(50.02, 7.03), max: point(50.08, 7.17) };
        let all = Filter { bounds: Some(bounds), ..Filter::default() };
        let filters = [
            all.clone(),
            Filter { closed: Some(false), ..all.clone() },
            Filter { closed: Some(true), closed_from: Some(Time(0)), ..all.clone() },
            Filter { codes: vec!["laterne".into()], ..all.clone() },
            Filter { office: Some("Amt".into()), ..all.clone() },
            Filter { office: Some("ein anderes".into()), ..all.clone() },
            Filter { with_photo: true, ..all },
        ];
        let compared = town.db().write("compare", move |tx| {
            tx.exec(&AT_ONCE, ::store::params![0_i64])?;
            let mut sizes = Vec::new();
            for filter in &filters {
                let whole = find::newest_from(tx, filter, None, 0, 1000)?;
                sizes.push(whole.len());
                let middle = whole.get(whole.len() / 2).map(|report| (report.opened, report.case_id));
                for before in [None, middle] {
                    for (offset, limit) in [(0, 1), (0, 7), (3, 5), (0, 1000), (1000, 5)] {
                        let ids = |reports: Vec<crate::model::Report>| -> Vec<CaseId> {
                            reports.into_iter().map(|report| report.case_id).collect()
                        };
                        let (o, l) = (i64::try_from(offset).unwrap(), i64::try_from(limit).unwrap());
                        let expected = find::newest_from(tx, filter, before.as_ref(), o, l)?;
                        let found = find::newest_within(tx, &bounds, filter, before.as_ref(), offset, limit)?;
                        assert_eq!(ids(found), ids(expected), "{filter:?} {before:?} {offset} {limit}");
                    }
                }
            }
            Ok(sizes)
        });
        let sizes = compared.await.unwrap();
        assert!(sizes[0] > 10 && sizes[1] > 0 && sizes[2] > 0 && sizes[3] > 0, "{sizes:?}");
        assert_eq!((sizes[4], sizes[5], sizes[6]), (sizes[0], 0, 0), "{sizes:?}");
    }
}
