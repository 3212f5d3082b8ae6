//! Anliegen: people report what is wrong, the right office gets it, and everybody sees the answer.
//!
//! Open311 GeoReport v2 is spoken at `/open311/v2/`. A report is a [`cases::Case`]; here are its place, its words, its
//! category and its photos.

mod demo;
mod file;
mod follow;
mod model;
mod near;
mod news;
mod open311;
mod pages;
mod peers;
mod secret;
mod share;
mod staff;
mod store;
mod sweep;
mod walk;
mod webhook;

use ::store::Migration;
use access::Action;
use base::Lang;
use web::{Api, Module, Nav, OpenFile};

pub use demo::STREETS as DEMO_STREETS;
pub use store::{add_api_key, set_up};

/// The module.
pub const MODULE: Module = Module {
    name: "report",
    migrations: &[
        Migration { module: "report", version: 1, sql: include_str!("../migrations/0001_report.sql") },
        Migration { module: "report", version: 2, sql: include_str!("../migrations/0002_programs.sql") },
        Migration { module: "report", version: 3, sql: include_str!("../migrations/0003_citizen.sql") },
        Migration { module: "report", version: 4, sql: include_str!("../migrations/0004_follow.sql") },
        Migration { module: "report", version: 5, sql: include_str!("../migrations/0005_staff.sql") },
        Migration { module: "report", version: 6, sql: include_str!("../migrations/0006_admin.sql") },
        Migration { module: "report", version: 7, sql: include_str!("../migrations/0007_spots.sql") },
        Migration { module: "report", version: 8, sql: include_str!("../migrations/0008_row.sql") },
        Migration { module: "report", version: 9, sql: include_str!("../migrations/0009_region.sql") },
    ],
    statements: store::STATEMENTS,
    texts: &[(Lang::De, include_str!("../texts/de.ftl")), (Lang::En, include_str!("../texts/en.ftl"))],
    pages: pages::routes,
    apis: &[
        Api { prefix: "/open311/", routes: open311::routes },
        Api { prefix: "/anliegen/abbestellen/", routes: pages::routes_for_mail },
    ],
    offline: &["/anliegen/offline", "/anliegen/ausgang"],
    nav: &[Nav { href: "/anliegen", key: "nav-report" }, Nav { href: "/region", key: "nav-region" }],
    desk: &[(Action::ManageSettings, Nav { href: "/arbeitsplatz/anliegen", key: "report-admin" })],
    set_up: store::set_up,
    figures: store::figures,
    indicators: store::INDICATORS,
    panel: store::panel,
    steps: staff::STEPS,
    facts: store::facts,
    restore: staff::restore,
    jobs: &[(webhook::JOB, webhook::deliver)],
    rounds: walk::ROUNDS,
    index: store::index,
    changed: news::changed,
    handover: Some(share::SHARING),
    published: peers::published,
    understands: peers::UNDERSTANDS,
    export: store::export,
    erase: store::erase,
    open: OPEN,
    demo: demo::fill,
};

/// Reports as other programs read them.
const OPEN: &[OpenFile] = &[
    OpenFile { name: "requests.json", media_type: "application/json", write: open311::write_all },
    OpenFile {
        name: "anliegen.csv",
        media_type: "text/csv; charset=utf-8; header=present",
        write: pages::list::download::write_all,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_indicator_says_what_it_counts() {
        let texts = web::Texts::new(MODULE.texts).unwrap();
        for indicator in MODULE.indicators {
            for key in ["", "-text"].map(|end| format!("{}{end}", web::Indicator::message(indicator.key))) {
                assert!(Lang::ALL.iter().all(|lang| texts.find(*lang, &key, &[]).is_some()), "{key}");
            }
        }
    }

    /// What reading a file may find is told by this module's pages.
    #[test]
    fn every_finding_of_an_import_has_its_text() {
        let texts = web::Texts::new(MODULE.texts).unwrap();
        for code in place::import::CODES {
            assert!(Lang::ALL.iter().all(|lang| texts.find(*lang, code, &[]).is_some()), "{code}");
        }
    }
}
