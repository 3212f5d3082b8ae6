//! What is new about reports, and who hears of it.

use ledger::Actor;

use super::*;
use crate::model::{Valid, Whereabouts};
use crate::store::{categories, follow};

#[tokio::test(flavor = "multi_thread")]
async fn each_news_is_told_once_whatever_happens_in_between() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        town.report("laterne", (50.05, 7.05), "vor allen").await;
        town.round().await;
        town.follow("a@x.example", "kategorie=laterne", false, true).await;
        town.follow("b@x.example", "gebiet=053820060060", true, true).await;
        town.follow("c@x.example", "", false, false).await;
        let lamp = town.report("laterne", (50.05, 7.05), "dunkel").await;
        let hole = town.report("schlagloch", (50.05, 7.15), "tief").await;
        town.round().await;
        town.round().await;
        let mails = town.mails().await;
        let to: Vec<_> = mails.iter().map(|(to, _)| to.as_str()).collect();
        assert_eq!(to, ["a@x.example", "b@x.example"], "each hears once of what they asked for");
        assert!(mails[0].1.contains("/anliegen/2-2026") && !mails[0].1.contains("/anliegen/3-2026"));
        assert!(mails[0].1.contains("\"unsubscribe\":\"https://stadt.example/anliegen/abbestellen/secret"));
        assert!(mails[1].1.contains("/anliegen/3-2026") && !mails[1].1.contains("/anliegen/1-2026"));

        // A note is not for the public; an answer is, for whoever wants changes.
        for id in [lamp, hole] {
            town.step(id, Step::Note("intern".into())).await;
        }
        town.member.clock.advance(HOUR);
        town.round().await;
        assert_eq!(town.mails().await, []);
        for id in [lamp, hole] {
            town.step(id, Step::Answer("Erledigt.".into(), Some(State::Done))).await;
        }
        town.round().await;
        let mails = town.mails().await;
        assert_eq!(mails.len(), 1);
        assert!(mails[0].0 == "b@x.example" && mails[0].1.contains("jetzt: erledigt"), "{mails:?}");
        assert!(!mails[0].1.contains("intern"));
    }
}

/// One change, three ways to hear of it: the webhook's message, the mail to whoever follows, and the update programs
/// ask for. Each has it once; a report that is followed up with another hears what happens there.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_of_the_office_is_heard_once_on_every_way() {
    use News::{Answer, Merged, Opened};
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        town.follow("a@x.example", "", true, true).await;
        town.hook(&News::ALL).await;
        let main = town.report("laterne", (50.05, 7.05), "dunkel").await;
        let twin = town.report("laterne", (50.05, 7.05), "auch dunkel").await;
        let one = |number: &str, news: &[News]| {
            news.iter().map(|news| (number.to_owned(), *news)).collect::<Vec<_>>()
        };
        assert_eq!(town.messages().await, [one("1-2026", &[Opened]), one("2-2026", &[Opened])].concat());
        town.merge(twin, main).await;
        assert_eq!(town.messages().await, one("2-2026", &[Merged]));
        town.step(main, Step::Note("intern".into())).await;
        assert_eq!(town.messages().await, [], "a note is told nobody");
        town.step(main, Step::Answer("Wieder hell.".into(), Some(State::Done))).await;
        let done = [one("1-2026", &[Answer, News::State]), one("2-2026", &[Answer, News::State])].concat();
        assert_eq!(town.messages().await, done);
        for number in ["1-2026", "2-2026"] {
            assert_eq!(town.updates(number).await, [(State::Done, "Wieder hell.".to_owned())]);
        }
        town.round().await;
        town.round().await;
        let mails = town.mails().await;
        assert_eq!(mails.len(), 1);
        assert!(mails[0].1.contains("/anliegen/1-2026"));
        assert!(!mails[0].1.contains("/anliegen/2-2026"), "what several reported is told once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_the_office_is_told_when_it_is_released() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        town.follow("a@x.example", "", false, true).await;
        town.hook(&News::ALL).await;
        let (own, at) = (town.member.clone(), town.now().plus_seconds(1));
        town.member.clock.advance(60);
        let filed = town.db().write("waiting", move |tx| {
            let mut category =
                categories(tx)?.into_iter().find(|category| category.code == "graffiti").unwrap();
            category.visibility = Visibility::Waiting;
            let place = Point::from_degrees(50.05, 7.05).unwrap();
            let report = Valid {
                category,
                text: "etwas".into(),
                whereabouts: Whereabouts::Point(place, String::new()),
                name: None,
                email: None,
                answers: vec![],
                client_id: None,
            };
            crate::file::insert(tx, &own, &report, &[], (None, Actor::Anonymous), at).map(|(id, _)| id)
        });
        let id = filed.await.unwrap();
        town.db().sequence().await.unwrap();
        let ledger = town.member.ledger.clone();
        let public =
            town.db().read("public", move |tx| ledger.disclose(tx, ledger::PUBLIC, 0)).await.unwrap();
        assert_eq!(public, ledger::Disclosure::Nothing, "that there is one is known, what it is is not");
        town.round().await;
        assert_eq!(town.messages().await, []);
        let released = town.db().write("release", move |tx| {
            crate::store::set_visibility(tx, id, Visibility::Public)?;
            crate::store::tell(tx, id)
        });
        released.await.unwrap();
        assert_eq!(town.messages().await, [("1-2026".to_owned(), News::Opened)]);
        town.round().await;
        let mails = town.mails().await;
        assert!(mails.len() == 1 && mails[0].1.contains("neu gemeldet"), "{mails:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_news_are_one_mail_and_wait_a_quarter_of_an_hour() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        town.round().await;
        town.follow("a@x.example", "", false, true).await;
        for number in 0..45 {
            town.report("laterne", (50.05, 7.05), &format!("Nummer {number}")).await;
        }
        town.round().await;
        let mails = town.mails().await;
        assert_eq!(mails.len(), 1);
        assert!(mails[0].1.contains("Und 5 weitere"));
        town.report("laterne", (50.05, 7.05), "noch eine").await;
        town.round().await;
        assert_eq!(town.mails().await, [], "the next waits");
        town.member.clock.advance(15 * 60);
        town.round().await;
        assert_eq!(town.mails().await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_forgotten_hears_nothing_and_leaves_nothing() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        town.round().await;
        town.follow("a@x.example", "", false, true).await;
        town.follow("b@x.example", "", false, false).await;
        town.report("laterne", (50.05, 7.05), "dunkel").await;
        town.round().await;
        town.db().write("forget", |tx| follow::forget(tx, "A@x.example")).await.unwrap();
        assert_eq!(town.mails().await, [], "not even the mail that waited");
        // Nobody confirmed the other one.
        town.member.clock.advance(4 * 24 * HOUR);
        town.report("laterne", (50.05, 7.05), "noch eine").await;
        town.round().await;
        for email in ["a@x.example", "b@x.example"] {
            let left = town.db().read("left", move |tx| follow::of_email(tx, email)).await.unwrap();
            assert_eq!(left, []);
        }
        assert_eq!(town.mails().await, []);
    }
}
