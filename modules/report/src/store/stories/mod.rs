//! What list, map, statistics and following promise, told on both engines.

use std::collections::BTreeSet;

use base::CaseId;
use cases::{State, Step};
use place::Point;
use store::params;
use testkit::Fresh;
use web::imports::nothing_besides;

use super::figures;
use super::list::{self, Order};
use super::map::{self, Layer};
use super::statistics::{self, Span};
use super::town::{Town, with_known};
use crate::model::{News, Report, Visibility, Wanted};

mod news;
mod published;
mod row;
mod within;

::store::statements! {
    SET_DUE = "test.set_due": "update case_file set due = ?2 where id = ?1";
    HIDE = "test.hide": "update report set visibility = 'waiting' where case_id = ?1";
    TOUCH = "test.touch": "update case_file set updated = ?2 where id = ?1";
    FIGURES = "test.figures":
        "select case_id, category, area, hours, month from report_figure order by case_id";
}

const HOUR: i64 = 3600;

fn ids(reports: &[Report]) -> BTreeSet<CaseId> {
    reports.iter().map(|report| report.case_id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_of_asking_finds_what_a_look_at_each_report_finds() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        let codes = ["laterne", "schlagloch", "muell"];
        for number in 0..40_u32 {
            let place = (50.001 + f64::from(number) * 0.0024, 7.002 + f64::from(number * 37 % 40) * 0.0048);
            let code = codes[number as usize % 3];
            let id = town.report(code, place, if number % 4 == 0 { "Glas am Weg" } else { "anderes" }).await;
            if number % 5 == 0 {
                town.step(id, Step::Answer("Erledigt.".into(), Some(State::Done))).await;
            }
            if number == 11 {
                town.db().write("hide", move |tx| Ok(tx.exec(&HIDE, params![&id]).map(drop)?)).await.unwrap();
            }
        }
        town.refresh().await;
        let everything = town.pages("", Order::Newest, 7).await;
        assert_eq!(everything.len(), 39, "what waits is in no list");
        let middle = Point::from_degrees(50.05, 7.1).unwrap();
        for query in [
            "",
            "kategorie=laterne",
            "kategorie=laterne&kategorie=muell",
            "status=offen",
            "status=beendet&kategorie=muell",
            "gebiet=053820060060",
            "gebiet=053820060060&status=offen",
            "lat=50.05&long=7.1&umkreis=3000",
            "bbox=7.05,50.02,7.12,50.06",
            "bbox=7.05,50.02,7.12,50.06&kategorie=schlagloch",
            "q=glas",
            "q=glas&status=offen",
            "von=2026-06-01&bis=2026-06-01",
            "von=2026-06-02",
            "anliegen=5-2026",
            "gruppe=Stadtbild",
            "foto=1",
        ] {
            let own = town.member.clone();
            let expected = town.db().read("each", move |tx| {
                with_known(tx, &own, query, |tx, wanted, known| {
                    let mut held = Vec::new();
                    for report in
                        list::page(tx, &Wanted::default(), known, Order::Newest, None, 1000)?.reports
                    {
                        if wanted.holds(&report, known, true) {
                            held.push(report);
                        }
                    }
                    Ok(held)
                })
            });
            let expected = ids(&expected.await.unwrap());
            for order in [Order::Newest, Order::Changed, Order::Nearest(middle)] {
                let pages = town.pages(query, order, 7).await;
                assert_eq!(pages.len(), expected.len(), "{query} {order:?}: each once");
                assert_eq!(ids(&pages), expected, "{query} {order:?}");
                let sorted = |a: &Report, b: &Report| match order {
                    Order::Newest => a.opened >= b.opened,
                    Order::Changed => a.updated >= b.updated,
                    Order::Nearest(point) => {
                        let far = |report: &Report| report.place.unwrap().metres_to(point);
                        far(a) <= far(b) + 0.001
                    }
                };
                assert!(pages.windows(2).all(|pair| sorted(&pair[0], &pair[1])), "{query} {order:?}");
            }
            let counted = town.map(query).await;
            assert_eq!(counted, (expected.len(), expected.len() as i64), "{query}");
        }
    }
}

impl Town {
    /// How many points a map of the whole town shows, and how many reports its clusters count.
    async fn map(&self, query: &'static str) -> (usize, i64) {
        let own = self.member.clone();
        let shown = self.db().read("map", move |tx| {
            with_known(tx, &own, query, |tx, wanted, known| {
                let bounds = wanted.frame(known).unwrap_or_else(|| known.atlas.bounds(known.region).unwrap());
                let Layer::Points(points) = map::layer(tx, wanted, known, &bounds, 100)? else {
                    panic!("points")
                };
                // Words and numbers are looked at one by one and have no clusters.
                if !wanted.words.is_empty() || wanted.number.is_some() {
                    let count = points.len() as i64;
                    return Ok((points.len(), count));
                }
                let clusters = map::clusters(tx, wanted, known, &bounds, 100)?;
                Ok((points.len(), clusters.iter().map(|cluster| cluster.count).sum()))
            })
        });
        shown.await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_on_the_map_at_once_and_gone_when_it_is_hidden() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        town.refresh().await;
        let id = town.report("laterne", (50.05, 7.05), "dunkel").await;
        assert_eq!(town.map("").await.0, 1, "before it was copied");
        town.refresh().await;
        assert_eq!(town.map("").await, (1, 1));
        town.member.clock.advance(60);
        let now = town.now();
        let hidden = town.db().write("hide", move |tx| {
            tx.exec(&HIDE, params![&id])?;
            tx.exec(&TOUCH, params![&id, now])?;
            Ok(())
        });
        hidden.await.unwrap();
        assert_eq!(town.map("").await.0, 0);
        town.refresh().await;
        assert_eq!(town.map("").await, (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statistics_count_what_is_there_and_the_copy_can_be_made_anew() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        let promised = town.now().plus_seconds(50 * HOUR);
        for (number, hours) in [1_i64, 2, 3, 10, 100].into_iter().enumerate() {
            let id = town.report("laterne", (50.05, if number < 2 { 7.05 } else { 7.15 }), "dunkel").await;
            town.db()
                .write("due", move |tx| Ok(tx.exec(&SET_DUE, params![&id, promised]).map(drop)?))
                .await
                .unwrap();
            town.member.clock.advance(hours * HOUR);
            town.step(id, Step::Answer("Erledigt.".into(), Some(State::Done))).await;
        }
        town.report("muell", (50.05, 7.05), "liegt da").await;
        town.refresh().await;
        let june = 2026 * 12 + 5;
        let now = town.now();
        let count = |code: Option<&str>| {
            let span = Span { first: june, last: june, code: code.map(str::to_owned) };
            town.db().read("statistics", move |tx| statistics::statistics(tx, &span, now))
        };
        let all = count(None).await.unwrap();
        assert_eq!(all.months, [(june, 6, 5)]);
        assert_eq!(all.categories, [("laterne".into(), 5, 0), ("muell".into(), 1, 1)]);
        assert_eq!(all.areas, [("053820012012".into(), 3, 1), ("053820060060".into(), 3, 0)]);
        assert_eq!((all.took.count, all.took.median, all.took.ninety), (5, Some(3), Some(100)));
        assert_eq!((all.took.promised, all.took.kept), (5, 4));
        assert_eq!(all.ages, [1, 0, 0, 0, 0]);
        assert_eq!(count(Some("muell")).await.unwrap().months, [(june, 1, 0)]);

        let rows = || {
            town.db().read("rows", |tx| {
                Ok(tx.all(&FIGURES, &[], |row| {
                    let (area, hours): (String, Option<i64>) = (row.get(2)?, row.get(3)?);
                    Ok((row.get::<CaseId>(0)?, row.get::<String>(1)?, area, hours, row.get::<i64>(4)?))
                })?)
            })
        };
        let before = rows().await.unwrap();
        town.db().write("forget", figures::forget).await.unwrap();
        assert_eq!(rows().await.unwrap(), []);
        town.refresh().await;
        assert_eq!(rows().await.unwrap(), before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_found_by_an_address_that_a_report_has() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        town.report("laterne", (50.05, 7.05), "Am Markt 9 ist es auch dunkel").await;
        let find = |address: &'static str| town.db().read("locate", move |tx| list::locate(tx, address));
        let there = Point::from_degrees(50.05, 7.05).unwrap();
        assert_eq!(find("lange strasse 5").await.unwrap(), [(there, "lange strasse 5".to_owned())]);
        assert_eq!(find("Markt 9").await.unwrap(), [], "a text is no address");
        // Once there is a list of streets, it knows better.
        let file = "town;street;number;zip;lat;lon\nA;Lange Straße;5;50001;50.01;7.01\n\
                    B;Lange Straße;5;50002;50.02;7.12\nB;Am Hof;1;50002;50.03;7.13\n";
        let addresses = place::import::addresses(file.as_bytes(), &town.member.atlas());
        assert_eq!(addresses.faults, []);
        town.member.import_addresses(addresses.items, true, nothing_besides()).await.unwrap();
        let labels =
            |found: Vec<list::Located>| found.into_iter().map(|(_, label)| label).collect::<Vec<_>>();
        let both = ["Lange Straße 5, 50001 A", "Lange Straße 5, 50002 B"];
        assert_eq!(labels(find("lange strasse 5").await.unwrap()), both);
        assert_eq!(labels(find("lange str. 5, B").await.unwrap()), both[1..]);
        assert_eq!(labels(find("am hof 7").await.unwrap()), ["Am Hof 1, 50002 B"], "the nearest house");
    }
}
