use std::sync::Arc;

use atom_syndication as atom;
use axum::extract::Query;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::{Problem, Result, Time};
use web::{Ctx, Form, Handled};

use super::words::words;
use crate::pages::list::Asked;
use crate::store as db;
use crate::store::list::Order;

/// Entries of a feed.
const ENTRIES: usize = 50;

/// What a feed holds, before it has a form.
struct Feed {
    title: String,
    /// The page for people.
    page: String,
    /// Its own address.
    own: String,
    updated: Time,
    entries: Vec<Entry>,
}

struct Entry {
    id: String,
    title: String,
    url: String,
    text: String,
    category: String,
    published: Time,
    updated: Time,
}

/// The Atom feed of a question (RFC 4287).
pub(crate) async fn atom(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let feed = feed(&ctx, &form, "/anliegen/feed.atom").await?;
    let link = |rel: &str, href: &str, mime: &str| atom::Link {
        rel: rel.into(),
        href: href.into(),
        mime_type: Some(mime.into()),
        ..atom::Link::default()
    };
    let mut out = atom::Feed::default();
    out.set_title(feed.title);
    out.set_id(feed.own.clone());
    out.set_updated(date(feed.updated)?);
    out.set_lang(Some(ctx.lang().tag().to_owned()));
    out.set_authors(vec![atom::Person {
        name: ctx.member().settings.name.clone(),
        ..atom::Person::default()
    }]);
    out.set_links(vec![
        link("self", &feed.own, "application/atom+xml"),
        link("alternate", &feed.page, "text/html"),
    ]);
    let entry = |entry: Entry| {
        let mut out = atom::Entry::default();
        out.set_title(entry.title);
        out.set_id(entry.id);
        out.set_updated(date(entry.updated)?);
        out.set_published(Some(date(entry.published)?));
        out.set_links(vec![link("alternate", &entry.url, "text/html")]);
        out.set_summary(Some(atom::Text::plain(entry.text)));
        if !entry.category.is_empty() {
            out.set_categories(vec![atom::Category { term: entry.category, ..atom::Category::default() }]);
        }
        Ok(out)
    };
    out.set_entries(feed.entries.into_iter().map(entry).collect::<Result<Vec<_>>>()?);
    Ok(answer("application/atom+xml; charset=utf-8", out.to_string()))
}

/// The same as RSS 2.0.
pub(crate) async fn rss(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let feed = feed(&ctx, &form, "/anliegen/feed.rss").await?;
    let item = |entry: Entry| {
        let category = Some(entry.category).filter(|name| !name.is_empty());
        Ok(rss::Item {
            title: Some(entry.title),
            link: Some(entry.url),
            description: Some(entry.text),
            guid: Some(rss::Guid { value: entry.id, permalink: false }),
            pub_date: Some(date(entry.published)?.to_rfc2822()),
            categories: category.map(|name| rss::Category { name, domain: None }).into_iter().collect(),
            ..rss::Item::default()
        })
    };
    let channel = rss::Channel {
        description: feed.title.clone(),
        title: feed.title,
        link: feed.page,
        language: Some(ctx.lang().tag().to_owned()),
        last_build_date: Some(date(feed.updated)?.to_rfc2822()),
        items: feed.entries.into_iter().map(item).collect::<Result<_>>()?,
        ..rss::Channel::default()
    };
    Ok(answer("application/rss+xml; charset=utf-8", channel.to_string()))
}

fn answer(media_type: &'static str, body: String) -> axum::response::Response {
    ([(CONTENT_TYPE, media_type), (CACHE_CONTROL, "public, max-age=300")], body).into_response()
}

fn date(time: Time) -> Result<atom::FixedDateTime> {
    let wrong = |error| Problem::internal("feed", "a time has no date").because(format!("{error:?}"));
    time.rfc3339().parse().map_err(wrong)
}

async fn feed(ctx: &Ctx, form: &Form, path: &str) -> Result<Feed> {
    let asked = Asked::read_whole(ctx, form).await?;
    let url = ctx.member().settings.url.clone();
    let said = words(&ctx.member().texts, ctx.lang(), &asked.wanted, &asked.known());
    let mut title = format!("{}: {}", ctx.member().settings.name, ctx.t("nav-report"));
    if !said.is_empty() {
        title = format!("{title} ({})", said.join(" · "));
    }
    let entries = match &asked.wanted.number {
        Some(number) => timeline(ctx, number.clone()).await?,
        None => newest(ctx, &asked).await?,
    };
    let page = asked
        .wanted
        .number
        .as_ref()
        .map_or_else(|| asked.wanted.address("/anliegen", &[]), |number| format!("/anliegen/{number}"));
    Ok(Feed {
        title,
        page: format!("{url}{page}"),
        own: format!("{url}{}", asked.wanted.address(path, &[])),
        updated: entries.iter().map(|entry| entry.updated).max().unwrap_or(Time(0)),
        entries,
    })
}

/// The newest reports.
async fn newest(ctx: &Ctx, asked: &Arc<Asked>) -> Result<Vec<Entry>> {
    let own = asked.clone();
    let slice = ctx.member().db.read("report.feed", move |tx| {
        db::list::page(tx, &own.wanted, &own.known(), Order::Newest, None, ENTRIES)
    });
    let category = |code: &str| {
        let category = asked.categories.iter().find(|category| category.code == code);
        category.map(|category| category.name(ctx.lang()).to_owned()).unwrap_or_default()
    };
    let entries = slice.await?.reports.into_iter().map(|report| Entry {
        id: format!("urn:uuid:{}", uuid(&report.case_id.to_string())),
        url: format!("{}/anliegen/{}", ctx.member().settings.url, report.number),
        category: category(&report.category),
        title: report.title,
        text: report.text,
        published: report.opened,
        updated: report.updated,
    });
    Ok(entries.collect())
}

/// What happened to one report, the latest first.
async fn timeline(ctx: &Ctx, number: String) -> Result<Vec<Entry>> {
    let found = ctx.member().db.read("report.feed", move |tx| {
        let nothing = || Problem::not_found("report", "there is no such report");
        let report = db::by_number(tx, &number)?.ok_or_else(nothing)?;
        Ok((cases::events(tx, report.case_id, true)?, report))
    });
    let (events, report) = found.await?;
    let texts = |key: &str, name: &str| ctx.t1(key, "name", name);
    let entry = |(place, event): (usize, &cases::Event)| Entry {
        id: format!("urn:uuid:{}#{place}", uuid(&report.case_id.to_string())),
        title: match event.kind.name() {
            "state" => format!("{} {}", ctx.t("event-state"), texts("state", &event.text)),
            kind => texts("event", kind),
        },
        url: format!("{}/anliegen/{}", ctx.member().settings.url, report.number),
        text: if event.kind.name() == "state" { report.title.clone() } else { event.text.clone() },
        category: String::new(),
        published: event.at,
        updated: event.at,
    };
    let mut entries: Vec<_> = events.iter().enumerate().map(entry).collect();
    entries.reverse();
    entries.truncate(ENTRIES);
    Ok(entries)
}

/// An id with the hyphens of RFC 9562.
fn uuid(simple: &str) -> String {
    let part = |from: usize, to: usize| simple.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}
