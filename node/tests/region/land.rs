//! A land of three members who know each other, on a clock that stands still.

use std::time::Duration;

use access::Role;
use axum::http::{Method, Request, Response, StatusCode};
use base::{Clock, Time};
use bytes::Bytes;
use federation::{Identity, peers};
use fetch::Fetch;
use testkit::Fresh;

use crate::town::Town;

const KEY: &str = "schluessel";

pub(crate) fn clock() -> Clock {
    Clock::fixed(Time::parse_civil("2026-06-01T12:00").unwrap())
}

/// Köln, Bonn and a Kreis.
pub(crate) struct Land {
    pub(crate) towns: [Town; 3],
    clock: Clock,
    fetch: Fetch,
}

impl Land {
    pub(crate) async fn new(fresh: fn() -> Fresh, clock: &Clock) -> Self {
        let mut towns = [
            Town::new(fresh(), "koeln", 1, clock).await,
            Town::new(fresh(), "bonn", 2, clock).await,
            Town::new(fresh(), "kreis", 3, clock).await,
        ];
        for town in &mut towns {
            open(town).await;
            town.start().await;
        }
        for one in &towns {
            for other in towns.iter().filter(|other| other.did() != one.did()) {
                one.meet(other).await;
            }
        }
        Self { towns, clock: clock.clone(), fetch: Fetch::new(Duration::from_secs(5)).unwrap() }
    }

    /// Lets a member know all of this land, without asking anybody.
    pub(crate) async fn introduce(&self, stranger: &Town) {
        let known: Vec<_> = self.towns.iter().map(|town| (town.url().to_owned(), identity(town))).collect();
        let now = self.clock.now();
        let pin = move |tx: &mut store::Tx<'_>| {
            known.iter().try_for_each(|(url, identity)| peers::pin(tx, url, identity, false, now))
        };
        stranger.member.db.write("test.introduce", pin).await.unwrap();
    }

    /// In the place of the Kreis there is another from now on, with its keys and another history. Gives its host.
    pub(crate) async fn replace_kreis(
        &mut self,
        fresh: fn() -> Fresh,
        clock: &Clock,
        codes: &[&str],
    ) -> String {
        let [_, _, kreis] = &mut self.towns;
        kreis.stop().await;
        let mut other = Town::at(fresh(), "kreis", 3, clock, kreis.port()).await;
        open(&other).await;
        other.start().await;
        let host = other.did().host();
        *kreis = other;
        for code in codes {
            self.report(&self.towns[2], code, "nach der Lüge").await;
        }
        host
    }

    /// Somebody reports something to a member; gives its number.
    pub(crate) async fn report(&self, town: &Town, code: &str, text: &str) -> String {
        self.clock.advance(60);
        let place = [("lat", "50.75"), ("long", "7.1"), ("address_string", "Weg 3, Stadt")];
        let fields = [("api_key", KEY), ("service_code", code), ("description", text)];
        let fields: Vec<_> = fields.into_iter().chain(place).collect();
        let body = serde_urlencoded::to_string(fields).unwrap();
        // Straight to the member: its way to others may be cut.
        let answer = town.program("/open311/v2/requests.json", &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        town.member.db.sequence().await.unwrap();
        match answer.json()[0]["service_request_id"].as_str() {
            Some(number) => number.to_owned(),
            // What somebody must look at first has a token only.
            None => format!("{}-2026", town.count("select count(*) from case_file").await),
        }
    }

    /// The office takes a step with a report.
    pub(crate) async fn step(&self, town: &Town, number: &str, fields: &[(&str, &str)]) {
        self.clock.advance(60);
        let done = town.post_as(Role::Lead, &format!("/arbeitsplatz/fall/{number}"), fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        // On PostgreSQL entries get their places a moment after they were written.
        town.member.db.sequence().await.unwrap();
    }

    /// Everybody asks everybody whose turn it is.
    pub(crate) async fn round(&self) {
        self.clock.advance(web::feeds::SECONDS + 1);
        for town in &self.towns {
            web::feeds::pull(&town.member).await.unwrap();
        }
    }

    /// The page with similar reports on the way to a new one at the place where all of them are.
    pub(crate) async fn near(&self, town: &Town, code: &str) -> String {
        let fields = [("lat", "50.75"), ("long", "7.1"), ("address_string", "Weg 3"), ("kategorie", code)];
        let body = serde_urlencoded::to_string(fields).unwrap();
        let begun = self.send(town, Method::POST, "/anliegen/neu/ort", "", body).await;
        let cookie = begun.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let page = self.send(town, Method::GET, "/anliegen/neu/aehnlich", &cookie, String::new()).await;
        String::from_utf8(page.into_body().to_vec()).unwrap()
    }

    async fn send(
        &self,
        town: &Town,
        method: Method,
        path: &str,
        cookie: &str,
        body: String,
    ) -> Response<Bytes> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", town.url()))
            .header("accept", "text/html")
            .header("sec-fetch-site", "same-origin")
            .header("cookie", cookie)
            .header("content-type", "application/x-www-form-urlencoded");
        self.fetch.send(request.body(Bytes::from(body)).unwrap(), 1 << 20).await.unwrap()
    }
}

/// Gives a member an office, the usual categories and a key for programs.
async fn open(town: &Town) {
    let own = town.member.clone();
    let work = move |tx: &mut store::Tx<'_>| {
        let at = (&own.clock, &own.entropy);
        let office = identity::add_office(tx, at, "Amt", "amt@town.example")?;
        report::set_up(tx, office)?;
        report::add_api_key(tx, at, KEY, "Test")
    };
    town.member.db.write("test.open", work).await.unwrap();
}

fn identity(town: &Town) -> Identity {
    let settings = &town.member.settings;
    Identity {
        did: town.did().clone(),
        name: settings.name.clone(),
        ars: settings.ars.clone(),
        contact: settings.email.clone(),
        keys: town.keys.public().clone(),
        services: Default::default(),
    }
}

/// The page of the region as a member shows it to everybody, in German.
pub(crate) async fn region(town: &Town, query: &str) -> String {
    let answer = town.page_as(Role::Clerk, &format!("/region?{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

/// Member and number of every report on the list, in its order.
pub(crate) fn rows(page: &str) -> Vec<String> {
    let line = |row: &str| {
        let text = row.split("kern-body--muted\">").nth(1)?.split("</p>").next()?;
        let mut parts = text.split(" · ");
        Some(format!("{} {}", parts.next()?, parts.next()?))
    };
    page.split("<li class=\"raum-list__item\">").skip(1).filter_map(line).collect()
}

/// What Prometheus reads of the process a member is served by.
pub(crate) async fn metrics(town: &Town) -> String {
    let fetch = Fetch::new(Duration::from_secs(5)).unwrap();
    let body = fetch.get(&format!("{}/metrics", town.url()), 1 << 20).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}
