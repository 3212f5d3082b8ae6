//! Erprobungen: a member tries something out on the platform, others join by agreement, each measures in its own tables
//! what modules offer as indicators, and what came of it is published in its feed and as a page everybody can read.
//!
//! What a member publishes of a trial is written down in docs/protocol.md; what others published is read from verified
//! mirrors alone.

mod agree;
pub mod demo;
mod measure;
mod model;
mod pages;
mod peers;
mod seen;
mod store;
mod work;

use ::store::Migration;
use access::Action;
use base::Lang;
use web::{Facts, Figure, Module, Nav, OpenFile, Panel};

/// The module.
pub const MODULE: Module = Module {
    name: "trial",
    migrations: &[Migration {
        module: "trial",
        version: 1,
        sql: include_str!("../migrations/0001_trial.sql"),
    }],
    statements: store::STATEMENTS,
    texts: &[(Lang::De, include_str!("../texts/de.ftl")), (Lang::En, include_str!("../texts/en.ftl"))],
    pages: pages::routes,
    apis: &[],
    offline: &[],
    nav: &[Nav { href: "/erprobungen", key: "nav-trial" }],
    desk: &[(Action::ReadAgreements, Nav { href: "/arbeitsplatz/erprobungen", key: "trial-desk" })],
    set_up: |_, _| Ok(()),
    figures: |tx| Ok(vec![Figure { key: "trial-running", value: store::running(tx)? }]),
    indicators: &[],
    panel: |_, _| Ok(Panel::default()),
    steps: &[],
    facts: |_, _| Ok(Facts::default()),
    restore: |_, _, _| Ok(()),
    jobs: &[(work::JOB, work::look_now)],
    rounds: &[work::LOOK],
    index: |_, _| Ok(()),
    changed: |_, _, _, _| Ok(()),
    handover: None,
    published: |_, _, _| Ok(None),
    understands: peers::UNDERSTANDS,
    // A trial is a member's. No person stands in it; who worked on it stands in the audit only.
    export: |_, _| Ok(serde_json::Value::Null),
    erase: |_, _| Ok(Vec::new()),
    open: &[OpenFile { name: "erprobungen.json", media_type: "application/json", write: peers::write_all }],
    demo: |_, _, _, _| Box::pin(async { Ok(()) }),
};
