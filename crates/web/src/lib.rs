//! What every page and interface shares: members and their request context, layers, forms, components, errors to page
//! or JSON, and the pages that belong to no module: home, signing in, the desk.
//!
//! It knows the [`Module`] value and never any particular module.

pub mod app;
pub mod assets;
mod context;
pub mod desk;
mod escape;
mod failure;
pub mod feeds;
mod form;
pub mod handover;
pub mod imports;
mod indicator;
pub mod mail;
mod member;
mod metrics;
mod module;
pub mod money;
mod once;
mod outward;
mod page;
pub mod pages;
pub mod peer;
pub mod plot;
mod refusals;
pub mod server;
pub mod sign;
mod table;
mod texts;

pub use context::{Ctx, Theme, cookie, set_cookie_at};
pub use escape::Html;
pub use failure::{Failure, Handled};
pub use form::{Form, Upload, parse_form, read_form, read_part, read_upload};
pub use indicator::{Better, Indicator, Unit};
pub use member::{Handover, Map, Member, Members, Neighbour, Parts, Programs, Settings};
pub use module::{
    Api, Demo, Doing, Done, Facts, Figure, JobHandler, Label, Module, ModuleStep, Nav, OpenFile, Panel,
    Published, Round, Understands, Working,
};
pub use once::once;
pub use page::{Crumb, Feed, Page, Paging, html, html_with, parse_cursor, redirect, see_other};
pub use refusals::Refused;
pub use table::csv_line;
pub use texts::{Source, Texts};

/// The messages of this crate.
pub const TEXTS: &[Source] =
    &[(base::Lang::De, include_str!("../texts/de.ftl")), (base::Lang::En, include_str!("../texts/en.ftl"))];

/// The statements of this crate.
pub const STATEMENTS: &[&[store::Sql]] = pages::STATEMENTS;
