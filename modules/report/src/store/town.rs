//! A small town for tests, told to do things in one line each.

use std::sync::Arc;

use access::{Action, Ask, Grant, Role, Who};
use base::{CaseId, Clock, Entropy, Lang, Problem, Time, WebhookId};
use cases::{State, Step};
use identity::NewPerson;
use ledger::{Actor, Keys, Ledger};
use place::Point;
use store::{Db, Files, jobs};
use testkit::Fresh;
use web::imports::nothing_besides;
use web::mail::Mailer;
use web::{Member, Parts, Settings, Texts};

use super::follow::{self, Follow};
use super::list::{self, Order};
use super::{categories, figures, find_category};
use crate::follow::{Rhythm, look, send};
use crate::model::{Known, News, Report, Valid, Wanted, Webhook, Whereabouts};

static MODULES: [web::Module; 1] = [crate::MODULE];

/// A member with two areas, one office and the usual categories, on a clock that stands still.
pub(super) struct Town {
    pub(super) member: Arc<Member>,
    pub(super) who: Who,
    _fresh: Fresh,
}

impl Town {
    pub(super) async fn on(fresh: Fresh) -> Self {
        let migrations = [
            store::MIGRATIONS,
            ledger::MIGRATIONS,
            place::MIGRATIONS,
            identity::MIGRATIONS,
            cases::MIGRATIONS,
            federation::MIGRATIONS,
            crate::MODULE.migrations,
        ]
        .concat();
        let clock = Clock::fixed(Time::parse_civil("2026-06-01T12:00").unwrap());
        let entropy = Entropy::seeded(7);
        let keys = Keys::new("stadt.example", [7; 32]);
        let ledger = Ledger::new(keys, clock.clone(), entropy.clone());
        let db = fresh.open(&migrations, Some(ledger.sequencer())).unwrap();
        let files = Files::in_folder(&fresh.folder.path().join("files")).unwrap();
        let settings = Settings::new(
            "Stadt",
            "05382".parse().unwrap(),
            ("stadt.example", "https://stadt.example"),
            "amt@stadt.example",
        );
        let mailer = Mailer::Folder(fresh.folder.path().join("mail"));
        let parts = Parts { slug: "stadt".into(), settings, db, files, ledger, mailer, clock, entropy };
        let texts = Texts::new(web::TEXTS.iter().chain(crate::MODULE.texts)).unwrap();
        let fetch = fetch::Fetch::new(std::time::Duration::from_secs(1)).unwrap();
        let passwords = identity::Passwords::new(1);
        let member = Member::open(parts, Arc::new(texts), &MODULES, passwords, fetch).await.unwrap();
        let areas = [("053820012012", 7.0), ("053820060060", 7.1)].map(|(ars, west)| square(ars, west));
        let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, areas.join(","));
        let areas = member.plan_areas(text.as_bytes(), true);
        assert_eq!(areas.faults, []);
        member.import_areas(areas.items, nothing_besides()).await.unwrap();
        let own = member.clone();
        let who = member.db.write("people", move |tx| {
            let at = (&own.clock, &own.entropy);
            let office = identity::add_office(tx, at, "Amt", "amt@stadt.example")?;
            super::set_up(tx, office)?;
            let new = NewPerson { email: "l@stadt.example", name: "L", password: None, totp: None };
            let id = identity::add_person(tx, at, &new)?;
            identity::grant(tx, id, &Grant { role: Role::Lead, office: None, module: None })?;
            Ok(Who::Person { id, strong: true, grants: identity::grants(tx, id)? })
        });
        Self { who: who.await.unwrap(), member, _fresh: fresh }
    }

    pub(super) fn db(&self) -> &Db {
        &self.member.db
    }

    pub(super) fn now(&self) -> Time {
        self.member.clock.now()
    }

    /// Somebody reports something; a moment later.
    pub(super) async fn report(&self, code: &str, (lat, lon): (f64, f64), text: &str) -> CaseId {
        self.member.clock.advance(60);
        let (own, code, text) = (self.member.clone(), code.to_owned(), text.to_owned());
        let taken = self.db().write("report", move |tx| {
            let category = find_category(tx, &code)?;
            let place = Point::from_degrees(lat, lon).unwrap();
            let report = Valid {
                category: category.unwrap(),
                text: text.clone(),
                whereabouts: Whereabouts::Point(place, "Lange Straße 5, Stadt".into()),
                name: None,
                email: None,
                answers: vec![],
                client_id: None,
            };
            let at = own.clock.now();
            crate::file::insert(tx, &own, &report, &[], (None, Actor::Anonymous), at).map(|(id, _)| id)
        });
        taken.await.unwrap()
    }

    pub(super) async fn step(&self, id: CaseId, step: Step) {
        self.member.clock.advance(60);
        let ask = Ask { action: Action::WorkOnCase, module: Some("report"), office: None };
        let (permit, now) = (access::decide(&self.who, &ask).unwrap(), self.now());
        let own = self.member.clone();
        let done = self.db().write("step", move |tx| {
            let case = cases::by_id(tx, id)?.unwrap();
            let change = cases::decide(&case, &step).map_err(Problem::from)?;
            cases::record(tx, &permit, &case, &change, now)?;
            web::desk::follow_up(&own, tx, &case, (&change, Actor::Node), Some(permit.person()))
        });
        done.await.unwrap();
    }

    /// One report is followed up with another from now on.
    pub(super) async fn merge(&self, twin: CaseId, main: CaseId) {
        self.member.clock.advance(60);
        let ask = Ask { action: Action::WorkOnCase, module: Some("report"), office: None };
        let (permit, now) = (access::decide(&self.who, &ask).unwrap(), self.now());
        let own = self.member.clone();
        let done = self.db().write("merge", move |tx| {
            let (twin, main) = (cases::by_id(tx, twin)?.unwrap(), cases::by_id(tx, main)?.unwrap());
            let change = cases::merge(&twin, &main, false).map_err(Problem::from)?;
            cases::record(tx, &permit, &twin, &change, now)?;
            web::desk::follow_up(&own, tx, &twin, (&change, Actor::Node), Some(permit.person()))
        });
        done.await.unwrap();
    }

    pub(super) async fn hook(&self, events: &[News]) {
        let id = WebhookId::new(&self.member.clock, &self.member.entropy);
        let hook = Webhook {
            id,
            url: "https://hook.example".into(),
            events: events.to_vec(),
            categories: vec![],
            bounds: None,
            created: self.now(),
            failing_since: None,
            retry_at: None,
            last_error: None,
            delivered: None,
            disabled: None,
        };
        self.db().write("hook", move |tx| super::add_webhook(tx, &hook)).await.unwrap();
    }

    /// Takes the messages for webhooks that wait: number of the report and what happened.
    pub(super) async fn messages(&self) -> Vec<(String, News)> {
        let now = self.now();
        let taken = self.db().write("messages", move |tx| {
            let mut messages = Vec::new();
            while let Some(job) = jobs::claim(tx, now, 60)? {
                assert_eq!(job.kind, crate::webhook::JOB);
                let sent: crate::webhook::Delivery = serde_json::from_str(&job.payload).unwrap();
                let (_, news) = super::event(tx, sent.case, sent.place)?.unwrap();
                messages.push((cases::by_id(tx, sent.case)?.unwrap().number, news));
                jobs::done(tx, job.id)?;
            }
            messages.sort_by_key(|(number, news)| (number.clone(), news.name()));
            Ok(messages)
        });
        taken.await.unwrap()
    }

    /// What programs read of a report as updates: state and text.
    pub(super) async fn updates(&self, number: &'static str) -> Vec<(State, String)> {
        let (start, now) = ((Time(0), None, 0), self.now());
        let read =
            self.db().read("updates", move |tx| super::updates(tx, start, now, (false, Some(number)), 100));
        read.await.unwrap().0.into_iter().map(|update| (update.state, update.text)).collect()
    }

    pub(super) async fn follow(&self, email: &str, query: &str, changes: bool, confirmed: bool) {
        let (now, email, query) = (self.now(), email.to_owned(), query.to_owned());
        let added = self.db().write("follow", move |tx| {
            let follow = Follow {
                secret: format!("secret of {email}"),
                email: email.clone(),
                lang: Lang::De.tag().into(),
                query: query.clone(),
                rhythm: Rhythm::AtOnce,
                changes,
                created: now,
                confirmed: None,
                sent: None,
            };
            follow::add(tx, &follow)?;
            if confirmed { follow::confirm(tx, &follow.secret, now) } else { Ok(()) }
        });
        added.await.unwrap();
    }

    /// A round, in which the process is killed before each commit once: nothing of it may stay.
    pub(super) async fn round(&self) {
        self.member.clock.advance(figures::SETTLED + 1);
        let crash = || Err::<(), _>(Problem::internal("crash", "the process was killed"));
        loop {
            let (own, now) = (self.member.clone(), self.now());
            let lost = self.db().write("look", move |tx| look(tx, &own, now).and_then(|_| crash())).await;
            assert_eq!(lost.unwrap_err().code, "crash");
            let own = self.member.clone();
            if !self.db().write("look", move |tx| look(tx, &own, now)).await.unwrap() {
                break;
            }
        }
        loop {
            let (own, now) = (self.member.clone(), self.now());
            let lost = self.db().write("send", move |tx| send(tx, &own, now).and_then(|_| crash())).await;
            assert_eq!(lost.unwrap_err().code, "crash");
            let own = self.member.clone();
            if !self.db().write("send", move |tx| send(tx, &own, now)).await.unwrap() {
                break;
            }
        }
    }

    /// Takes the mails that wait: to whom, and the whole job.
    pub(super) async fn mails(&self) -> Vec<(String, String)> {
        let now = self.now();
        let taken = self.db().write("mails", move |tx| {
            let mut mails = Vec::new();
            while let Some(job) = jobs::claim(tx, now, 60)? {
                let mail: serde_json::Value = serde_json::from_str(&job.payload).unwrap();
                mails.push((mail["to"].as_str().unwrap().to_owned(), job.payload));
                jobs::done(tx, job.id)?;
            }
            mails.sort();
            Ok(mails)
        });
        taken.await.unwrap()
    }

    pub(super) async fn refresh(&self) {
        self.member.clock.advance(figures::SETTLED + 1);
        crate::walk::refresh(&self.member).await.unwrap();
    }

    /// Every page of a question, read one after the other.
    pub(super) async fn pages(&self, query: &str, order: Order, limit: usize) -> Vec<Report> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let (own, query) = (self.member.clone(), query.to_owned());
            let slice = self.db().read("page", move |tx| {
                with_known(tx, &own, &query, |tx, wanted, known| {
                    list::page(tx, wanted, known, order, after.as_ref(), limit)
                })
            });
            let slice = slice.await.unwrap();
            assert!(slice.reports.len() <= limit);
            all.extend(slice.reports);
            after = slice.next;
            if after.is_none() {
                return all;
            }
        }
    }
}

/// Does something with a question that is understood as the pages understand it.
pub(super) fn with_known<T>(
    tx: &mut store::Tx<'_>,
    member: &Member,
    query: &str,
    work: impl Fn(&mut store::Tx<'_>, &Wanted, &Known<'_>) -> base::Result<T>,
) -> base::Result<T> {
    let (categories, atlas) = (categories(tx)?, member.atlas());
    let known = Known { categories: &categories, atlas: &atlas, region: &member.settings.ars };
    let form = web::parse_form(query.as_bytes())?;
    let wanted = Wanted::parse(&form, &known).map_err(Problem::faults)?;
    work(tx, &wanted, &known)
}

fn square(ars: &str, west: f64) -> String {
    let east = west + 0.1;
    format!(
        r#"{{"type":"Feature","properties":{{"ars":"{ars}","name":"Feld {ars}"}},"geometry":{{"type":"Polygon",
        "coordinates":[[[{west},50.0],[{east},50.0],[{east},50.1],[{west},50.1],[{west},50.0]]]}}}}"#
    )
}
