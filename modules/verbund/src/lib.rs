//! Verbund: who we are for other members, whom we know, what we agreed with them, and how the signed texts reach all
//! who are party to them without anybody in the middle.
//!
//! What follows from signed texts is decided in [`federation`] alone; here are pages, the exchange, and the hand that
//! signs.

pub mod demo;
mod exchange;
mod model;
pub mod operate;
mod own;
mod pages;

use access::Action;
use base::Lang;
use web::{Api, Facts, Module, Nav, Panel, Understands, handover};

/// The module.
pub const MODULE: Module = Module {
    name: "verbund",
    migrations: &[],
    statements: &[],
    texts: &[(Lang::De, include_str!("../texts/de.ftl")), (Lang::En, include_str!("../texts/en.ftl"))],
    pages: pages::routes,
    apis: &[
        Api { prefix: "/.well-known/did.json", routes: own::routes },
        Api { prefix: exchange::PATH, routes: exchange::routes },
        Api { prefix: handover::PATH, routes: handover::routes },
    ],
    offline: &[],
    nav: &[Nav { href: "/verbund", key: "nav-verbund" }],
    desk: &[(Action::ReadAgreements, Nav { href: "/arbeitsplatz/verbund", key: "verbund-desk" })],
    set_up: |_, _| Ok(()),
    figures: |_| Ok(Vec::new()),
    indicators: &[],
    panel: |_, _| Ok(Panel::default()),
    steps: &[],
    facts: |_, _| Ok(Facts::default()),
    restore: |_, _, _| Ok(()),
    jobs: &[(exchange::JOB, exchange::deliver), (handover::MEET, handover::meet_by_job)],
    rounds: &[own::ASK_AGAIN, handover::ROUND],
    index: |_, _| Ok(()),
    changed: |_, _, _, _| Ok(()),
    handover: None,
    // What is agreed is told to whom it concerns, each text for itself.
    published: |_, _, _| Ok(None),
    understands: Understands::NOTHING,
    // Agreements are between members. Who signed for one stands in the audit only.
    export: |_, _| Ok(serde_json::Value::Null),
    erase: |_, _| Ok(Vec::new()),
    // Signed texts are the kernel's, and leave as they are.
    open: &[],
    demo: |_, _, _, _| Box::pin(async { Ok(()) }),
};
