//! What ends by itself and what is measured, told on both engines.

use base::{CaseId, Lang, Time};
use bytes::Bytes;
use cases::{State, Step};
use ledger::Actor;
use place::Point;
use store::{FileHash, params};
use testkit::Fresh;

use super::followers::followed_by;
use super::town::Town;
use super::{
    Follower, Photo, add_draft_photo, add_follower, categories, confirm_follower, contact, draft, drop_draft,
    keep_draft, paces, reporter,
};
use crate::file::{self, Sender};
use crate::model::{Begun, Draft, Valid, Whereabouts};
use crate::sweep::sweep;

::store::statements! {
    MAILS = "test.mails": "select count(*) from job where kind = 'mail' and subject = ?1";
    FILES = "test.files": "select count(*) from file";
    DRAFTS = "test.drafts": "select count(*) from report_draft";
    OPENED = "test.opened": "update report set opened = ?2 where case_id = ?1";
}

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Keeps a draft, with a photo when one is given.
async fn begin(town: &Town, secret: u8, photo: Option<Photo>) {
    let now = town.now();
    let kept = town.db().write("draft", move |tx| {
        let begun =
            Begun { draft: Draft { text: "angefangen".into(), ..Draft::default() }, ..Begun::default() };
        keep_draft(tx, &[secret; 32], None, &begun, now)?;
        photo.iter().try_for_each(|photo| add_draft_photo(tx, &[secret; 32], photo, now))
    });
    kept.await.unwrap();
}

async fn keep_file(town: &Town, content: &'static [u8]) -> Photo {
    let kept = town.member.files.put(Bytes::from_static(content)).await.unwrap();
    Photo { hash: kept.hash, size: 1, width: 1, height: 1 }
}

async fn count(town: &Town, statement: &'static store::Sql) -> i64 {
    town.db().read("count", move |tx| Ok(tx.get::<i64>(statement, &[])?.unwrap())).await.unwrap()
}

async fn is_kept(town: &Town, file: FileHash) -> bool {
    town.member.files.get(file).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_nobody_touched_for_thirty_days_go_with_the_photos_nobody_else_needs() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        let (own, shared) = (keep_file(&town, b"own").await, keep_file(&town, b"shared").await);
        begin(&town, 1, Some(own)).await;
        begin(&town, 2, Some(shared)).await;
        // More than go in one transaction.
        for secret in 10..=250 {
            begin(&town, secret, None).await;
        }
        town.member.clock.advance(2 * DAY);
        begin(&town, 3, Some(shared)).await;
        town.member.clock.advance(28 * DAY - 1);
        sweep(&town.member).await.unwrap();
        assert_eq!(count(&town, &DRAFTS).await, 244, "a second is left");
        town.member.clock.advance(1);
        sweep(&town.member).await.unwrap();
        assert_eq!((count(&town, &DRAFTS).await, count(&town, &FILES).await), (1, 1));
        assert!(!is_kept(&town, own.hash).await && is_kept(&town, shared.hash).await);
        let left = town.db().read("draft", |tx| draft(tx, &[3; 32])).await.unwrap().unwrap();
        assert_eq!((left.begun.draft.text.as_str(), left.photos.len()), ("angefangen", 1));
        let freed = town.db().write("draft", |tx| drop_draft(tx, &[3; 32])).await.unwrap();
        assert_eq!(freed, [shared.hash], "now nobody needs it");
    }
}

/// Somebody reports something and leaves an address.
async fn report_by(town: &Town, email: &str) -> CaseId {
    let categories = town.db().read("categories", categories).await.unwrap();
    let report = Valid {
        category: categories.into_iter().next().unwrap(),
        text: "dunkel".into(),
        whereabouts: Whereabouts::Point(Point::from_degrees(50.05, 7.05).unwrap(), String::new()),
        name: None,
        email: Some(email.into()),
        answers: vec![],
        client_id: None,
    };
    let sender = Sender {
        person: None,
        actor: Actor::Anonymous,
        form: None,
        draft: None,
        address: None,
        lang: Lang::De,
    };
    let number = file::file(&town.member, report, vec![], sender).await.unwrap().number;
    town.db().read("case", move |tx| Ok(cases::by_number(tx, &number)?.unwrap().id)).await.unwrap()
}

/// The hash of the link a follower gets.
fn link(town: &Town, id: CaseId, email: &str) -> [u8; 32] {
    identity::hash(&crate::secret::follow(&town.member, id, email))
}

/// Whether the address stands in the report, how many reports it follows, and how many mails wait for it.
async fn known(town: &Town, id: CaseId, email: &'static str) -> (bool, usize, i64) {
    let known = town.db().read("known", move |tx| {
        let waiting = tx.get::<i64>(&MAILS, params![email])?.unwrap();
        Ok((contact(tx, id)?.1.is_some(), followed_by(tx, email)?.len(), waiting))
    });
    known.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_nobody_confirms_in_seven_days_is_forgotten_in_the_report_and_in_mail_that_waits() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        let (silent, agreed) = ("silent@example.org", "agreed@example.org");
        let (first, second) = (report_by(&town, silent).await, report_by(&town, agreed).await);
        let (now, confirmed, joined) = (town.now(), link(&town, second, agreed), link(&town, second, silent));
        let done = town.db().write("confirm", move |tx| {
            let follower = Follower {
                case_id: second,
                email: silent.into(),
                reporter: false,
                lang: Lang::En,
                confirmed: false,
            };
            add_follower(tx, &joined, &follower, now.plus_seconds(1))?;
            confirm_follower(tx, &confirmed, now)
        });
        done.await.unwrap();
        town.member.clock.advance(7 * DAY - 1);
        sweep(&town.member).await.unwrap();
        assert_eq!(known(&town, first, silent).await, (true, 2, 1), "a second is left");
        town.member.clock.advance(1);
        sweep(&town.member).await.unwrap();
        // Mail may still be on its way to an address that is asked about another report.
        assert_eq!(known(&town, first, silent).await, (false, 1, 1));
        town.member.clock.advance(1);
        sweep(&town.member).await.unwrap();
        assert_eq!(known(&town, first, silent).await, (false, 0, 0));
        assert_eq!(known(&town, second, agreed).await, (true, 1, 1), "who agreed stays");
        let kept = town.db().read("reporter", move |tx| reporter(tx, second)).await.unwrap().unwrap();
        assert!(kept.confirmed && kept.reporter);
    }
}

/// A report of a category that ended after so many hours.
async fn ended(town: &Town, code: &str, hours: i64) -> CaseId {
    let id = town.report(code, (50.05, 7.05), "dunkel").await;
    town.step(id, Step::State(State::Done)).await;
    opened(town, id, town.now().plus_seconds(-hours * HOUR)).await;
    id
}

async fn opened(town: &Town, id: CaseId, at: Time) {
    let set = town.db().write("opened", move |tx| Ok(tx.exec(&OPENED, params![&id, at]).map(drop)?));
    set.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pace_of_a_category_is_the_median_of_what_was_reported_in_twelve_months_and_has_ended() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        let codes = town.db().read("categories", categories).await.unwrap();
        let [slow, quick] = [0, 1].map(|index: usize| codes[index].code.clone());
        for hours in [90, 1, 30, 200, 50] {
            ended(&town, &slow, hours).await;
        }
        ended(&town, &quick, 2).await;
        ended(&town, &quick, 4).await;
        // Too long ago, and not ended: neither counts.
        let old = ended(&town, &quick, 1).await;
        opened(&town, old, town.now().plus_seconds(-366 * DAY)).await;
        town.report(&quick, (50.05, 7.05), "noch offen").await;
        sweep(&town.member).await.unwrap();
        let mut found = town.db().read("paces", paces).await.unwrap();
        found.sort_by_key(|pace| pace.closed);
        let told: Vec<_> =
            found.iter().map(|pace| (pace.category.as_str(), pace.closed, pace.median_seconds)).collect();
        assert_eq!(told, [(quick.as_str(), 2, 4 * HOUR), (slow.as_str(), 5, 50 * HOUR)]);
        // Measured again, what was measured before is replaced.
        for hours in [300, 300] {
            ended(&town, &slow, hours).await;
        }
        sweep(&town.member).await.unwrap();
        let found = town.db().read("paces", paces).await.unwrap();
        let pace = found.iter().find(|pace| pace.category == slow).unwrap();
        assert_eq!((pace.closed, pace.median_seconds), (7, 90 * HOUR));
    }
}
