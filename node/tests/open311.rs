//! The interface for programs, asked through the program's own router on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use base::{Clock, Entropy, Time};
use fetch::Fetch;
use identity::Passwords;
use ledger::{Keys, Ledger};
use serde_json::Value;
use store::{Files, Sql, params};
use testkit::Fresh;
use tower::ServiceExt as _;
use web::mail::Mailer;
use web::{Member, Members, Parts, Programs, Settings, Texts};

const KEY: &str = "a-key-for-tests";

/// A member with one office, the usual categories and a program that may do everything.
struct Town {
    member: Arc<Member>,
    router: Router,
    _fresh: Fresh,
}

/// What came back.
struct Answer {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Town {
    async fn new(fresh: Fresh, clock: Clock, programs: Programs) -> Self {
        let entropy = Entropy::system();
        let keys = Keys::new("town.localhost", [3; 32]);
        let ledger = Ledger::new(keys, clock.clone(), entropy.clone());
        let db = fresh.open(&node::migrations(), Some(ledger.sequencer())).unwrap();
        let (ars, at) = ("05315".parse().unwrap(), ("town.localhost", "http://town.localhost"));
        let settings = Settings { programs, ..Settings::new("Stadt Test", ars, at, "amt@town.example") };
        let files = Files::in_folder(&fresh.folder.path().join("files")).unwrap();
        let mailer = Mailer::Folder(fresh.folder.path().join("mail"));
        let parts = Parts { slug: "town".into(), settings, db, files, ledger, mailer, clock, entropy };
        let texts = Arc::new(Texts::new(node::texts()).unwrap());
        let fetch = Fetch::new(Duration::from_secs(2)).unwrap();
        let member = Member::open(parts, texts, node::MODULES, Passwords::new(1), fetch).await.unwrap();
        let own = member.clone();
        let set_up = member.db.write("test.set_up", move |tx| {
            let at = (&own.clock, &own.entropy);
            let office = identity::add_office(tx, at, "Bürgeramt", "amt@town.example")?;
            (own.modules[0].set_up)(tx, office)?;
            report::add_api_key(tx, at, KEY, "Test")
        });
        set_up.await.unwrap();
        let router =
            web::app::router(Members::new([member.clone()]), node::MODULES, web::app::Options::default());
        Self { member, router, _fresh: fresh }
    }

    async fn sqlite() -> Self {
        Self::new(Fresh::sqlite(), Clock::system(), Programs::default()).await
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = to_bytes(body, 16 << 20).await.unwrap();
        Answer { status: head.status, headers: head.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).header("host", "town.localhost").body(Body::empty()).unwrap()).await
    }

    /// Sends a form; when the database has no time just now, sends it again, as a client does.
    async fn post(&self, path: &str, body: &str) -> Answer {
        loop {
            let answer = self.post_once(path, body).await;
            if answer.status != StatusCode::SERVICE_UNAVAILABLE {
                return answer;
            }
            assert!(answer.header("retry-after").is_some());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn post_once(&self, path: &str, body: &str) -> Answer {
        let request = Request::post(path).header("host", "town.localhost");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Sends a report and gives its number.
    async fn report(&self, more: &str) -> String {
        let body = format!("api_key={KEY}&service_code=laterne&lat=50.94&long=6.96&description=dunkel{more}");
        let answer = self.post("/open311/v2/requests.json", &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()[0]["service_request_id"].as_str().unwrap().to_owned()
    }

    async fn update(&self, number: &str, id: &str, status: &str, text: &str) -> Answer {
        let now = self.member.clock.now().rfc3339();
        let body = format!(
            "api_key={KEY}&service_request_id={number}&update_id={id}&updated_datetime={now}&status={status}&description={text}"
        );
        self.post("/open311/v2/servicerequestupdates.json", &body).await
    }

    async fn run(&self, text: &'static str) {
        let sql = Sql { name: text, text };
        self.member.db.write("test.run", move |tx| Ok(tx.exec(&sql, &[])?)).await.unwrap();
    }

    /// The mail that was written last.
    async fn last_mail(&self) -> Value {
        let last = "select payload from job where kind = 'mail' order by run_at desc, id desc limit 1";
        serde_json::from_str(&self.text(last).await.unwrap()).unwrap()
    }

    /// The path of a link in it.
    async fn link_in_mail(&self, start: &str) -> String {
        let mail = self.last_mail().await;
        let line =
            mail["body"].as_str().unwrap().lines().find(|line| line.contains(start)).unwrap().to_owned();
        line.trim_start_matches("http://town.localhost").to_owned()
    }

    /// The first column of the first row.
    async fn text(&self, text: &'static str) -> Option<String> {
        let sql = Sql { name: text, text };
        self.member
            .db
            .read("test.text", move |tx| Ok(tx.get::<Option<String>>(&sql, &[])?.flatten()))
            .await
            .unwrap()
    }
}

/// Follows the pages from an address and gives every row's id, in order.
async fn pages(town: &Town, first: &str) -> Vec<Value> {
    let (mut rows, mut next) = (Vec::new(), Some(first.to_owned()));
    while let Some(path) = next {
        let answer = town.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        rows.extend(answer.json().as_array().unwrap().clone());
        next = answer.header("x-next-page-url").map(|url| url.replace("http://town.localhost", ""));
    }
    rows
}

fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| row["service_request_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn paging_while_a_hundred_writers_write_meets_every_report_once() {
    for fresh in Fresh::everywhere() {
        let programs = Programs { requests_per_minute: u32::MAX, ..Programs::default() };
        let town = Arc::new(Town::new(fresh, Clock::system(), programs).await);
        let mut there = BTreeSet::new();
        for _ in 0..120 {
            there.insert(town.report("").await);
        }
        let began = town.member.clock.now().plus_seconds(-60).rfc3339();
        let old: Vec<String> = there.iter().cloned().collect();
        let writers: Vec<_> = (0..100)
            .map(|writer: usize| {
                let (town, old) = (town.clone(), old.clone());
                tokio::spawn(async move {
                    for round in 0..2 {
                        town.report("").await;
                        let number = &old[(writer * 7 + round) % old.len()];
                        let answer =
                            town.update(number, &format!("{writer}-{round}"), "unchanged", "gesehen").await;
                        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
                    }
                })
            })
            .collect();
        for size in [7, 50] {
            let met = ids(&pages(&town, &format!("/open311/v2/requests.json?page_size={size}")).await);
            let old: Vec<_> = met.iter().filter(|id| there.contains(*id)).collect();
            assert_eq!(old.len(), there.len(), "each once and none missing");
            assert_eq!(met.iter().collect::<BTreeSet<_>>().len(), met.len(), "none twice");
        }
        let changes =
            pages(&town, &format!("/open311/v2/requests.json?updated_after={began}&page_size=9")).await;
        for writer in writers {
            writer.await.unwrap();
        }
        if town.member.db.is_postgres() {
            tokio::time::sleep(Duration::from_secs(6)).await;
        }
        // Whoever goes on from the last change they saw has seen everything in the end.
        let last =
            changes.last().map_or(began.clone(), |row| row["updated_datetime"].as_str().unwrap().to_owned());
        let rest =
            pages(&town, &format!("/open311/v2/requests.json?updated_after={last}&page_size=50")).await;
        let seen: BTreeSet<_> = ids(&changes).into_iter().chain(ids(&rest)).collect();
        assert_eq!(seen.len(), 120 + 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_of_the_document_is_there() {
    let town = Town::sqlite().await;
    let number = town.report("").await;
    let document = town.get("/open311/openapi.json").await.json();
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 7);
    for prefix in ["/open311", "/open311/test"] {
        for (path, operations) in
            paths.iter().filter(|(path, _)| prefix == "/open311" || path.starts_with("/v2"))
        {
            for format in ["xml", "json"] {
                let path = path.replace("{format}", format).replace("{service_code}", "laterne");
                let path = path.replace("{service_request_id}", &number).replace("{token}", "0");
                for method in operations.as_object().unwrap().keys() {
                    let answer = match method.as_str() {
                        "get" => town.get(&format!("{prefix}{path}")).await,
                        _ => town.post(&format!("{prefix}{path}"), "a=b").await,
                    };
                    let expected = match method.as_str() {
                        "get" if path.contains("/tokens/") => StatusCode::NOT_FOUND,
                        "get" => StatusCode::OK,
                        _ => StatusCode::FORBIDDEN,
                    };
                    assert_eq!(answer.status, expected, "{method} {prefix}{path}: {}", answer.body);
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_category_is_seen_at_once_and_moves_the_changeset() {
    for fresh in Fresh::everywhere() {
        let clock = Clock::fixed(Time::parse_rfc3339("2026-11-23T09:00:00Z").unwrap());
        let town = Town::new(fresh, clock.clone(), Programs::default()).await;
        let changeset = async || {
            town.get("/open311/discovery.json").await.json()["changeset"].as_str().unwrap().to_owned()
        };
        let first = changeset().await;
        clock.advance(3600);
        assert_eq!(changeset().await, first);
        let kind = async || {
            let services = town.get("/open311/v2/services.json?keywords=Graffiti").await.json();
            services[0]["type"].as_str().unwrap().to_owned()
        };
        assert_eq!(kind().await, "batch");
        town.run("update report_category set visibility = 'public' where code = 'graffiti'").await;
        assert_eq!(kind().await, "realtime");
        assert_eq!(changeset().await, "2026-11-23T10:00:00Z");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_waits_has_a_token_and_is_hidden_from_all_but_a_key() {
    let town = Town::sqlite().await;
    town.run("update report_category set visibility = 'waiting' where code = 'graffiti'").await;
    let body = format!("api_key={KEY}&service_code=graffiti&address_string=Domkloster+4,+50667+Köln");
    let answer = town.post("/open311/v2/requests.json", &body).await.json();
    assert!(answer[0].get("service_request_id").is_none());
    let token = answer[0]["token"].as_str().unwrap();
    let found = town.get(&format!("/open311/v2/tokens/{token}.json")).await.json();
    let number = found[0]["service_request_id"].as_str().unwrap();
    assert_eq!(town.get(&format!("/open311/v2/requests/{number}.json")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(town.get("/open311/v2/requests.json").await.body, "[]");
    let path = format!("/open311/v2/requests/{number}.json?api_key={KEY}");
    let row = town.get(&path).await.json();
    // Without words of its own the report has the service's.
    assert_eq!((&row[0]["description"], &row[0]["zipcode"]), (&"Graffiti".into(), &"50667".into()));
    let audit = "select count(*) from ledger_entry where feed = 'audit'";
    let sql = Sql { name: "test.audit", text: audit };
    let written =
        town.member.db.read("test.audit", move |tx| Ok(tx.get::<i64>(&sql, params![])?)).await.unwrap();
    assert_eq!(written, Some(1), "the reading is in the audit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_is_not_public_is_seen_by_whoever_sent_it_and_by_nobody_else() {
    for (visibility, told) in [("waiting", "ist beim Amt"), ("private", "sehen nur Sie und das Amt")] {
        let town = Town::sqlite().await;
        town.run(match visibility {
            "waiting" => "update report_category set visibility = 'waiting' where code = 'laterne'",
            _ => "update report_category set visibility = 'private' where code = 'laterne'",
        })
        .await;
        let body = format!(
            "api_key={KEY}&service_code=laterne&lat=50.94&long=6.96&description=dunkel&email=carla@example.org"
        );
        assert_eq!(town.post("/open311/v2/requests.json", &body).await.status, StatusCode::OK);
        let number = town.text("select number from case_file").await.unwrap();
        let link = town.link_in_mail("/anliegen/v/").await;
        let own = town.get(&link).await;
        assert_eq!(own.status, StatusCode::OK, "{visibility}");
        assert!(own.body.contains(told) && own.body.contains("dunkel"), "{visibility}: {}", own.body);
        assert!(!own.body.contains("/anliegen/folgen?"), "nobody can follow what nobody sees");
        assert_eq!(town.get(&format!("{link}/quittung")).await.status, StatusCode::OK);
        assert_eq!(town.get(&format!("{link}/loeschen")).await.status, StatusCode::OK);
        for path in ["", "/quittung"] {
            let public = town.get(&format!("/anliegen/{number}{path}")).await;
            assert_eq!(public.status, StatusCode::NOT_FOUND, "{visibility} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_confirmed_their_address_hears_what_a_program_did_and_ends_it_with_one_click() {
    let town = Town::sqlite().await;
    let number = town.report("&email=carla@example.org").await;
    let page = town.link_in_mail("/anliegen/post/").await;
    let waiting = "select cast(count(*) as text) from job where kind = 'mail'";
    assert_eq!(town.update(&number, "u1", "in_progress", "Wir+sehen+nach").await.status, StatusCode::OK);
    assert_eq!(town.text(waiting).await.unwrap(), "1", "nothing goes to an address that was not confirmed");
    let confirm =
        Request::post(page).header("host", "town.localhost").header("sec-fetch-site", "same-origin");
    let confirm = confirm.header("content-type", "application/x-www-form-urlencoded");
    let confirm = town.send(confirm.body(Body::from("schritt=bestaetigen")).unwrap()).await;
    assert_eq!(confirm.status, StatusCode::SEE_OTHER);
    assert_eq!(town.update(&number, "u2", "fixed", "Lampe+getauscht").await.status, StatusCode::OK);
    let told = town.last_mail().await;
    assert!(told["body"].as_str().unwrap().contains("Lampe getauscht"), "{told}");
    let end = told["unsubscribe"].as_str().unwrap().trim_start_matches("http://town.localhost").to_owned();
    assert_eq!(town.post(&end, "x=1").await.status, StatusCode::BAD_REQUEST);
    for _ in 0..2 {
        assert_eq!(town.post(&end, "List-Unsubscribe=One-Click").await.status, StatusCode::OK);
    }
    assert_eq!(town.text("select contact_email from report").await, None, "the address is gone");
    assert_eq!(town.update(&number, "u3", "open", "Doch+nicht").await.status, StatusCode::OK);
    assert_eq!(town.text(waiting).await.unwrap(), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_asks_too_often_is_told_when_to_come_back() {
    let programs = Programs { requests_per_minute: 3, ..Programs::default() };
    let town = Town::new(Fresh::sqlite(), Clock::system(), programs).await;
    for _ in 0..3 {
        assert_eq!(town.get("/open311/v2/services.xml").await.status, StatusCode::OK);
    }
    let refused = town.get("/open311/v2/services.json").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!((1..=60).contains(&refused.header("retry-after").unwrap().parse::<u32>().unwrap()));
    assert_eq!(refused.json()[0]["code"], "429");
    assert_eq!(town.get(&format!("/open311/v2/services.json?api_key={KEY}")).await.status, StatusCode::OK);
    // Guessing keys is asking, too.
    assert_eq!(
        town.post("/open311/v2/requests.json", "api_key=x").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    town.run("update report_key set per_hour = 2").await;
    assert_eq!(town.get(&format!("/open311/v2/services.json?api_key={KEY}")).await.status, StatusCode::OK);
    let refused = town.get(&format!("/open311/v2/services.json?api_key={KEY}")).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_answers_and_the_record_says_it_was_one() {
    let town = Town::sqlite().await;
    let number = town.report("&client_request_id=7").await;
    assert_eq!(town.report("&client_request_id=7").await, number, "sent twice, taken once");
    for _ in 0..2 {
        assert_eq!(town.update(&number, "u1", "FIXED", "Lampe+getauscht").await.status, StatusCode::OK);
    }
    let row = town.get(&format!("/open311/v2/requests/{number}.json?extensions=true")).await.json();
    assert_eq!((&row[0]["status"], &row[0]["status_notes"]), (&"closed".into(), &"Lampe getauscht".into()));
    let kinds: Vec<_> = row[0]["notes"].as_array().unwrap().iter().map(|note| note["type"].clone()).collect();
    assert_eq!(kinds, ["opened", "answer", "state"]);
    let updates = town.get("/open311/v2/servicerequestupdates.json").await.json();
    assert_eq!(updates.as_array().unwrap().len(), 1);
    assert_eq!(
        (&updates[0]["status"], &updates[0]["description"]),
        (&"fixed".into(), &"Lampe getauscht".into())
    );
    let header =
        "select cast(header as text) from ledger_entry where feed = 'public' order by at desc limit 1";
    assert!(town.text(header).await.unwrap().contains("\"actor\":\"program\""));
    // What a citizen says elsewhere is no answer of the office and closes nothing.
    let citizen = "Ich+bin+anderer+Ansicht&email=b@example.org";
    assert_eq!(town.update(&number, "u2", "no_further_action", citizen).await.status, StatusCode::OK);
    let again = town.get(&format!("/open311/v2/requests/{number}.json?extensions=true")).await.json();
    assert_eq!(again[0]["notes"], row[0]["notes"]);
    let note = "select text from case_event where kind = 'note' order by place desc limit 1";
    assert_eq!(town.text(note).await.unwrap(), "Test (u2): Ich bin anderer Ansicht");
    assert_eq!(town.update("99-2026", "u3", "fixed", "x").await.status, StatusCode::NOT_FOUND);
    assert_eq!(town.update(&number, "u4", "ajar", "x").await.status, StatusCode::BAD_REQUEST);
}

/// A webhook that leads to `url`, made a minute ago.
async fn hook(town: &Town, url: &str) {
    let (id, url) = (base::WebhookId::new(&town.member.clock, &town.member.entropy), url.to_owned());
    let sql = Sql {
        name: "test.hook",
        text: "insert into report_webhook (id, url, events, categories, created) values (?1, ?2, 'opened,answer', '', ?3)",
    };
    let since = town.member.clock.now().plus_seconds(-60);
    town.member.db.write("test.hook", move |tx| Ok(tx.exec(&sql, params![&id, &url, since])?)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_leads_nowhere_inside_and_is_given_up_when_nothing_arrives() {
    let clock = Clock::fixed(Time::parse_rfc3339("2026-11-23T09:00:00Z").unwrap());
    let town = Town::new(Fresh::sqlite(), clock.clone(), Programs::default()).await;
    hook(&town, "https://127.0.0.1:9/inside").await;
    town.report("").await;
    let why = "select last_error from report_webhook";
    for _ in 0..40 {
        while web::server::work_once(&town.member).await.unwrap() {}
        clock.advance(300);
    }
    assert!(town.text(why).await.unwrap().contains("not on the public internet"));
    assert!(town.text("select cast(disabled as text) from report_webhook").await.is_some());
    assert_eq!(
        town.text("select kind from job where kind = 'report.webhook'").await,
        None,
        "nothing waits for it"
    );
}
