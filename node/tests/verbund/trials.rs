//! Trials: started by one member, joined by another, measured in each one's own tables, read from verified mirrors.

use access::Role;
use axum::http::StatusCode;
use base::{Clock, Time};
use serde_json::Value;
use store::{Sql, params};

use crate::town::{Town, engines};
use crate::{DAY, clock, two};

const HERE: &str = "/arbeitsplatz/erprobungen";

/// Reports by the day they came in, and after how many days they were answered.
async fn reports(town: &Town, days: &[(&str, Option<i64>)]) {
    const CATEGORY: Sql = Sql {
        name: "test.category",
        text: "insert into report_category (code, grouping, name, name_en, description, keywords, office_id, visibility,
                                            near_metres, active, place)
               values ('laterne', 'Straße', 'Laterne', 'Lamp', '', '', ?1, 'public', 50, 1, 1)
               on conflict (code) do nothing",
    };
    const CASE: Sql = Sql {
        name: "test.case",
        text: "insert into case_file (id, module, number, title, state, office_id, opened, updated, due)
               values (?1, 'report', ?2, 'Laterne', 'open', ?1, ?3, ?3, ?4)",
    };
    const REPORT: Sql = Sql {
        name: "test.report",
        text: "insert into report (case_id, category, visibility, text, address, opened)
               values (?1, 'laterne', 'public', 'dunkel', 'Lange Straße 5', ?2)",
    };
    const ANSWER: Sql = Sql {
        name: "test.answer",
        text: "insert into case_event (case_id, at, place, kind, public, text) values (?1, ?2, 2, 'answer', 1, 'ja')",
    };
    let rows: Vec<_> = days
        .iter()
        .map(|(day, answered)| (Time::parse_civil(&format!("{day}T10:00")).unwrap(), *answered))
        .collect();
    let own = town.member.clone();
    let write = move |tx: &mut store::Tx<'_>| {
        for (number, (at, answered)) in rows.iter().enumerate() {
            let id = base::CaseId::new(&Clock::fixed(*at), &own.entropy);
            tx.exec(&CATEGORY, params![&id])?;
            let (number, due) = (format!("{number}-{}", at.0), at.plus_seconds(2 * DAY));
            tx.exec(&CASE, params![&id, number.as_str(), *at, due])?;
            tx.exec(&REPORT, params![&id, *at])?;
            if let Some(days) = answered {
                tx.exec(&ANSWER, params![&id, at.plus_seconds(days * DAY)])?;
            }
        }
        Ok(())
    };
    town.member.db.write("test.reports", write).await.unwrap();
}

const PLAN: [(&str, &str); 11] = [
    ("titel", "Abends antworten"),
    ("frage", "Wird schneller geantwortet?"),
    ("vorgehen", "Zwei Stunden länger besetzt."),
    ("kennzahl[]", "report.opened"),
    ("kennzahl[]", "report.answered-in-time"),
    ("kennzahl[]", "report.first-answer"),
    ("kennzahl[]", "report.photo"),
    ("vorher_ab", "2026-09-01"),
    ("vorher_bis", "2026-09-30"),
    ("ab", "2026-11-01"),
    ("bis", "2026-11-30"),
];

/// Prepares a trial and begins it; gives its address at the desk.
async fn begin(town: &Town) -> String {
    let sent = town.post_as(Role::Lead, &format!("{HERE}/neu"), &PLAN).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let begun = town.post_as(Role::Lead, &sent.location, &[("schritt", "beginnen")]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    sent.location
}

fn public(desk: &str) -> String {
    desk.replace("/arbeitsplatz", "")
}

/// What a member published of its part last.
async fn published(town: &Town) -> Value {
    const LAST: Sql = Sql {
        name: "test.published",
        text: "select id from ledger_entry where feed = 'public' and case_id is not null and salt is not null
               order by at desc limit 1",
    };
    let own = town.member.clone();
    let read = move |tx: &mut store::Tx<'_>| {
        let id = tx.get(&LAST, &[])?.unwrap();
        own.ledger.payload(tx, id)
    };
    let content = town.member.db.read("test.published", read).await.unwrap();
    serde_json::from_slice(&content.unwrap()).unwrap()
}

async fn exchange(towns: [&Town; 2]) {
    for _ in 0..2 {
        for town in towns {
            town.member.db.sequence().await.unwrap();
            town.work().await;
            town.member.clock.advance(60);
            web::feeds::pull(&town.member).await.unwrap();
        }
    }
}

async fn invite(koeln: &Town, bonn: &Town, at: &str) {
    let did = bonn.did().to_string();
    let invited = koeln.post(at, &[("schritt", "einladen"), ("partei[]", &did)]).await;
    assert_eq!(invited.status, StatusCode::SEE_OTHER, "{}", invited.body);
    exchange([koeln, bonn]).await;
}

/// The agreement a form on the page would accept.
fn asked(page: &str) -> String {
    let rest = page.split("name=\"vereinbarung\" value=\"").nth(1);
    assert!(rest.is_some(), "{page}");
    rest.unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_members_try_something_out_and_everybody_reads_what_came_of_it() {
    for fresh in engines() {
        let clock = clock();
        let [koeln, bonn] = two(fresh, &clock).await;
        reports(&koeln, &[("2026-09-05", Some(3)), ("2026-09-06", Some(5)), ("2026-11-03", Some(1))]).await;
        reports(&bonn, &[("2026-11-04", Some(2)), ("2026-11-05", None)]).await;

        let at = begin(&koeln).await;
        let page = koeln.public(&public(&at)).await;
        assert_eq!(page.status, StatusCode::OK);
        let said = published(&koeln).await;
        assert_eq!((&said["state"], &said["member"]), (&"running".into(), &koeln.did().to_string().into()));
        assert_eq!(
            said["figures"][0],
            serde_json::json!({ "key": "report.opened", "baseline": 2.0, "period": 1.0 })
        );
        assert_eq!(said["figures"][2]["baseline"], 4.0);

        invite(&koeln, &bonn, &at).await;
        let desk = bonn.page(HERE).await;
        let hash = asked(&desk);
        let joined = bonn.post(&at, &[("schritt", "annehmen"), ("vereinbarung", &hash)]).await;
        assert_eq!(joined.status, StatusCode::SEE_OTHER, "{}", joined.body);
        exchange([&bonn, &koeln]).await;
        let said = published(&bonn).await;
        assert_eq!(said["leader"], koeln.did().to_string());
        // Of a time without anything there is nothing to tell, and that is not nought.
        assert_eq!(said["figures"][0], serde_json::json!({ "key": "report.opened", "period": 2.0 }));
        for town in [&koeln, &bonn] {
            let page = town.page(&public(&at)).await;
            assert!(page.contains("Stadt koeln") && page.contains("Stadt bonn"), "{page}");
            assert!(page.contains("keine Daten") && page.contains("4,0 Tage"), "{page}");
        }
        let csv = koeln.public(&format!("{}/daten.csv", public(&at))).await.body;
        let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!(rows.len(), 1 + 2 * 4, "{csv}");
        let of_bonn: Vec<_> = rows.iter().filter(|row| row[2] == "Stadt bonn").collect();
        assert_eq!((of_bonn[0][3], of_bonn[0][7], of_bonn[0][10]), ("report.opened", "", "2"), "{csv}");

        // Not before its last day has passed, and not without words.
        let early = koeln.post(&at, &[("schritt", "abschliessen")]).await;
        assert_eq!(early.status, StatusCode::CONFLICT);
        clock.advance(10 * DAY);
        let mut towns = [koeln, bonn];
        for town in &mut towns {
            town.sign_in().await;
        }
        let [koeln, bonn] = towns;
        let silent = koeln.post(&at, &[("schritt", "abschliessen")]).await;
        assert_eq!(silent.status, StatusCode::CONFLICT);
        let outcome = [
            ("ergebnis", "Ja, um zwei Tage."),
            ("erkenntnisse", "Früher anfangen."),
            ("posten-0", "Personal"),
            ("betrag-0", "1.200,50"),
        ];
        let written = koeln.post_as(Role::Lead, &format!("{at}/ergebnis"), &outcome).await;
        assert_eq!(written.status, StatusCode::SEE_OTHER, "{}", written.body);
        assert!(
            !koeln.public(&public(&at)).await.body.contains("Ja, um zwei Tage"),
            "not before it is finished"
        );
        assert!(published(&koeln).await.get("results").is_none());
        let done = koeln.post_as(Role::Lead, &at, &[("schritt", "abschliessen")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        exchange([&koeln, &bonn]).await;
        for town in [&koeln, &bonn] {
            let page = town.page(&public(&at)).await;
            for words in ["Ja, um zwei Tage.", "Früher anfangen.", "Personal: 1.200,50"] {
                assert!(page.contains(words), "{words}: {page}");
            }
        }
        let list = koeln.page("/erprobungen").await;
        assert!(list.contains("Abends antworten"), "{list}");
        let desk = koeln.page(&at).await;
        assert!(
            desk.contains("/arbeitsplatz/verbund/vorschlagen?art=offer&#38;titel=")
                || desk.contains("vorschlagen?art=offer"),
            "{desk}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_is_let_in_and_leaves_by_its_own_act() {
    for fresh in engines() {
        let clock = clock();
        let [koeln, bonn] = two(fresh, &clock).await;
        let at = begin(&koeln).await;
        exchange([&koeln, &bonn]).await;
        let id = at.rsplit('/').next().unwrap();
        let page = bonn.page(HERE).await;
        assert!(page.contains("Abends antworten") && page.contains("Teilnahme anfragen"), "{page}");
        // What others lead is read here, too, with its age.
        let read = bonn.public(&format!("/erprobungen/{id}?mitglied={}", koeln.did().host())).await;
        assert_eq!(read.status, StatusCode::OK, "{}", read.body);
        let fields = [("erprobung", id), ("leitung", &koeln.did().to_string())];
        let join = bonn.post(&format!("{HERE}/beitreten"), &fields).await;
        assert_eq!(join.status, StatusCode::SEE_OTHER, "{}", join.body);
        let again = bonn.post(&format!("{HERE}/beitreten"), &fields).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "nobody asks twice");
        exchange([&bonn, &koeln]).await;
        assert_eq!(bonn.public(&public(&at)).await.status, StatusCode::OK);
        assert_eq!(bonn.count("select count(*) from trial").await, 0, "who only asked takes no part");

        let hash = asked(&koeln.page(&at).await);
        let lead = koeln.post_as(Role::Lead, &at, &[("schritt", "annehmen"), ("vereinbarung", &hash)]).await;
        assert_eq!(lead.status, StatusCode::FORBIDDEN, "to let somebody in is to sign");
        let accepted = koeln.post(&at, &[("schritt", "annehmen"), ("vereinbarung", &hash)]).await;
        assert_eq!(accepted.status, StatusCode::SEE_OTHER, "{}", accepted.body);
        exchange([&koeln, &bonn]).await;
        look(&bonn).await;
        assert_eq!(published(&bonn).await["state"], "running");
        exchange([&bonn, &koeln]).await;
        look(&koeln).await;
        assert_eq!(published(&koeln).await["participants"][0]["member"], bonn.did().to_string());

        let silent = bonn.post(&at, &[("schritt", "ausscheiden"), ("grund", "")]).await;
        assert!(silent.body.contains("Bitte nennen Sie den Grund"), "{}", silent.body);
        let wrong = bonn.post(&at, &[("schritt", "abbrechen"), ("grund", "x")]).await;
        assert_eq!(wrong.status, StatusCode::CONFLICT, "only who leads it gives it up");
        let left = bonn.post(&at, &[("schritt", "ausscheiden"), ("grund", "Kein Personal.")]).await;
        assert_eq!(left.status, StatusCode::SEE_OTHER, "{}", left.body);
        exchange([&bonn, &koeln]).await;
        look(&koeln).await;
        assert!(published(&koeln).await["participants"][0]["until"].is_string());
        let page = koeln.page(&public(&at)).await;
        assert!(page.contains("Kein Personal."), "{page}");

        assert!(bonn.page(HERE).await.contains("Teilnahme anfragen"), "who left may come back");
        let join = bonn.post(&format!("{HERE}/beitreten"), &fields).await;
        assert_eq!(join.status, StatusCode::SEE_OTHER, "{}", join.body);
        exchange([&bonn, &koeln]).await;
        look(&bonn).await;
        assert_eq!(published(&bonn).await["state"], "abandoned", "to ask is not to take part");
        let hash = asked(&koeln.page(&at).await);
        koeln.post(&at, &[("schritt", "annehmen"), ("vereinbarung", &hash)]).await;
        exchange([&koeln, &bonn]).await;
        look(&bonn).await;
        let said = published(&bonn).await;
        assert_eq!((&said["state"], said.get("reason")), (&"running".into(), None));
        exchange([&bonn, &koeln]).await;
        look(&koeln).await;
        let participants = published(&koeln).await["participants"].clone();
        assert_eq!((participants.as_array().unwrap().len(), participants[0].get("until")), (1, None));
    }
}

/// The round of a minute later.
async fn look(town: &Town) {
    let rounds = town.member.modules.iter().flat_map(|module| module.rounds);
    let round = rounds.into_iter().find(|round| round.name == "trial.look").unwrap();
    (round.work)(&town.member).await.unwrap();
    town.member.db.sequence().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_nobodys_business_and_each_step_is_for_whom_the_table_says() {
    for fresh in engines() {
        let clock = clock();
        let koeln = Town::new(fresh(), "koeln", 1, &clock).await;
        assert_eq!(
            koeln.post_as(Role::Clerk, &format!("{HERE}/neu"), &PLAN).await.status,
            StatusCode::FORBIDDEN
        );
        assert_eq!(koeln.page_as(Role::Clerk, HERE).await.status, StatusCode::FORBIDDEN);
        let empty =
            koeln.post_as(Role::Lead, &format!("{HERE}/neu"), &[("titel", "x"), ("ab", "gestern")]).await;
        for why in ["Bitte wählen Sie mindestens eine Kennzahl", "Bitte geben Sie einen Tag an"] {
            assert!(empty.body.contains(why), "{why}: {}", empty.body);
        }
        let sent = koeln.post_as(Role::Lead, &format!("{HERE}/neu"), &PLAN).await;
        let at = sent.location;
        assert_eq!(koeln.public(&public(&at)).await.status, StatusCode::NOT_FOUND);
        assert!(!koeln.public("/erprobungen").await.body.contains("Abends antworten"));
        assert_eq!(koeln.count("select count(*) from ledger_entry where feed = 'public'").await, 0);
        let changed = PLAN.iter().map(|(name, value)| match *name {
            "titel" => (*name, "Morgens antworten"),
            _ => (*name, *value),
        });
        let changed = koeln.post_as(Role::Lead, &format!("{at}/plan"), &changed.collect::<Vec<_>>()).await;
        assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.body);
        let begun = koeln.post_as(Role::Lead, &at, &[("schritt", "beginnen")]).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
        assert!(koeln.page("/erprobungen").await.contains("Morgens antworten"));
        // What has begun is fixed, and what was told to everybody is not thrown away.
        let fixed = koeln.post_as(Role::Lead, &format!("{at}/plan"), &PLAN).await;
        assert_eq!(fixed.status, StatusCode::CONFLICT);
        assert_eq!(
            koeln.post_as(Role::Lead, &at, &[("schritt", "verwerfen")]).await.status,
            StatusCode::CONFLICT
        );
        let given_up = [("schritt", "abbrechen"), ("grund", "Die Software fehlt.")];
        assert_eq!(koeln.post_as(Role::Lead, &at, &given_up).await.status, StatusCode::SEE_OTHER);
        assert!(koeln.page(&public(&at)).await.contains("Die Software fehlt."));
        // Each of it stands in the audit: planned twice, begun, given up.
        let audited = koeln.count("select count(*) from ledger_entry where feed = 'audit'").await;
        assert_eq!(audited, 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_right_takes_the_place_of_what_was_told_and_the_old_words_are_gone() {
    for fresh in engines() {
        let clock = clock();
        let koeln = Town::new(fresh(), "koeln", 1, &clock).await;
        let at = begin(&koeln).await;
        clock.advance(10 * DAY);
        let mut towns = [koeln];
        towns[0].sign_in().await;
        let [koeln] = towns;
        let outcome = |results: &'static str| [("ergebnis", results), ("erkenntnisse", "Mehr messen.")];
        let address = format!("{at}/ergebnis");
        koeln.post_as(Role::Lead, &address, &outcome("Frau Beispiel hat Recht.")).await;
        let done = koeln.post_as(Role::Lead, &at, &[("schritt", "abschliessen")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        koeln.member.db.sequence().await.unwrap();
        let before = koeln.count("select count(*) from ledger_entry where feed = 'public'").await;
        let seq = before - 1;
        assert_eq!(koeln.public(&format!("/log/public/payload/{seq}")).await.status, StatusCode::OK);
        koeln.post_as(Role::Lead, &address, &outcome("Es stimmt.")).await;
        koeln.member.db.sequence().await.unwrap();
        assert_eq!(koeln.public(&format!("/log/public/payload/{seq}")).await.status, StatusCode::GONE);
        let page = koeln.page(&public(&at)).await;
        assert!(page.contains("Es stimmt.") && !page.contains("Frau Beispiel"), "{page}");
    }
}
