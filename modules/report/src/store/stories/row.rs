//! The row that lists read says what the case, its answers and its photos say, whatever happened to them.

use ::store::{FileHash, Migration, params};
use base::CaseId;
use cases::{State, Step};
use testkit::Fresh;

use super::super::town::Town;
use super::super::{Photo, add_photo, by_id, choose_photo, erase_case, set_visibility, swap_photo};
use crate::model::{Report, Visibility};

::store::statements! {
    STALE = "test.stale":
        "select count(*) from report r join case_file c on c.id = r.case_id
         where r.number <> c.number or r.title <> c.title or r.state <> c.state or r.updated <> c.updated
         or r.office_id is distinct from c.office_id or r.due is distinct from c.due
         or r.closed is distinct from c.closed
         or r.merged is distinct from (select m.number from case_file m where m.id = c.merged_into)
         or r.photo is distinct from (select f.hash from file_use f where f.case_id = c.id and f.public = 1
                                      order by f.place limit 1)
         or r.answer is distinct from (select e.text from case_event e where e.case_id = c.id and e.kind = 'answer'
                                       order by e.place desc limit 1)";
}

/// What a member had before there were such rows.
mod before {
    ::store::statements! {
        OFFICE = "test.old_office": "insert into office (id, name, email) values (?1, 'Amt', '')";
        CATEGORY = "test.old_category":
            "insert into report_category (code, grouping, name, name_en, description, keywords, office_id, visibility,
                                          near_metres, place)
             values ('muell', '', 'Müll', '', '', '', ?1, 'public', 50, 1)";
        CASE = "test.old_case":
            "insert into case_file (id, module, number, title, state, office_id, opened, updated, due, closed)
             values (?1, 'report', '1-2025', 'Müll', 'done', ?1, 1, 4, 9, 4)";
        REPORT = "test.old_report":
            "insert into report (case_id, category, visibility, text, address, opened)
             values (?1, 'muell', 'public', 'Glas', 'am Weg', 1)";
        EVENT = "test.old_event":
            "insert into case_event (case_id, at, place, kind, public, text) values (?1, 4, 1, 'answer', 1, 'Weg.')";
        FILE = "test.old_file":
            "insert into file (hash, kind, size, created) values (?1, 'image/jpeg', 1, 1)";
        USE = "test.old_use": "insert into file_use (hash, case_id, place, public) values (?1, ?1, 1, 1)";
    }
}

fn photo(byte: u8) -> Photo {
    Photo { hash: FileHash([byte; 32]), size: 1, width: 8, height: 8 }
}

impl Town {
    /// The report as lists show it, once no row of the town is other than it should be.
    async fn row(&self, id: CaseId) -> Report {
        let read = self.db().read("row", move |tx| Ok((tx.get::<i64>(&STALE, &[])?, by_id(tx, id)?)));
        let (stale, report) = read.await.unwrap();
        assert_eq!(stale, Some(0));
        report.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_to_a_case_stands_in_its_row_at_once() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        let main = town.report("laterne", (50.05, 7.05), "dunkel").await;
        let twin = town.report("laterne", (50.05, 7.05), "auch dunkel").await;
        town.step(main, Step::State(State::InProgress)).await;
        assert_eq!(town.row(main).await.state, State::InProgress);
        town.step(main, Step::Answer("Bald.".into(), None)).await;
        town.merge(twin, main).await;
        assert_eq!(town.row(twin).await.merged, Some("1-2026".into()));
        town.step(main, Step::Answer("Erledigt.".into(), Some(State::Done))).await;
        let row = town.row(main).await;
        assert_eq!((row.answer.as_deref(), row.closed), (Some("Erledigt."), Some(town.now())));
        assert!(town.row(twin).await.closed.is_some(), "what is followed up with it ended too");
        town.step(main, Step::Due(Some(town.now().plus_seconds(60)), "versprochen".into())).await;
        assert!(town.row(main).await.due.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_photo_of_a_row_is_the_first_that_everybody_may_see_and_goes_with_what_is_erased() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        let id = town.report("laterne", (50.05, 7.05), "bei Herrn Geheim").await;
        let (now, first) = (town.now(), async || town.row(id).await.photo.map(|hash| hash[0]));
        town.db()
            .write("photos", move |tx| {
                add_photo(tx, id, &photo(1), true, now)?;
                add_photo(tx, id, &photo(2), true, now).map(drop)
            })
            .await
            .unwrap();
        assert_eq!(first().await, Some(1));
        town.db().write("choose", move |tx| choose_photo(tx, id, 1, Some(false))).await.unwrap();
        assert_eq!(first().await, Some(2));
        town.db()
            .write("swap", move |tx| swap_photo(tx, (id, 2), photo(2).hash, &photo(3), now))
            .await
            .unwrap();
        assert_eq!(first().await, Some(3));
        for (visibility, shown) in [(Visibility::Private, None), (Visibility::Public, Some(3))] {
            town.db().write("show", move |tx| set_visibility(tx, id, visibility)).await.unwrap();
            assert_eq!(first().await, shown);
        }
        town.db().write("erase", move |tx| erase_case(tx, id, true)).await.unwrap();
        let row = town.row(id).await;
        assert_eq!((row.photo, row.text.as_str(), row.address.as_str()), (None, "", ""));
        assert!(!row.title.contains("Lange Straße"), "{}", row.title);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_from_before_gets_its_rows_with_the_migration() {
    for fresh in Fresh::everywhere() {
        let kernel = [::store::MIGRATIONS, identity::MIGRATIONS, cases::MIGRATIONS].concat();
        let with = |own: &[Migration]| fresh.open(&[kernel.as_slice(), own].concat(), None).unwrap();
        let id = CaseId::from_bytes(&[7; 16]).unwrap();
        let db = with(crate::MODULE.migrations.split_at(7).0);
        let filled = db.write("before", move |tx| {
            Ok(before::ALL.iter().try_for_each(|sql| tx.exec(sql, params![&id]).map(drop))?)
        });
        filled.await.unwrap();
        drop(db);
        let db = with(crate::MODULE.migrations);
        let read = db.read("row", move |tx| Ok((tx.get::<i64>(&STALE, &[])?, by_id(tx, id)?)));
        let (stale, report) = read.await.unwrap();
        let report = report.unwrap();
        assert_eq!((stale, report.number.as_str(), report.office.as_str()), (Some(0), "1-2025", "Amt"));
        assert_eq!((report.answer.as_deref(), report.photo.map(|hash| hash[0])), (Some("Weg."), Some(7)));
    }
}
