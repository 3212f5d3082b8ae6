use std::borrow::Cow;
use std::fmt;

use askama::Template;
use askama::filters::Safe;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::response::{IntoResponse, Response};
use base::{CaseId, Fault, FormId, Lang, Problem, Time};

use crate::assets;
use crate::context::{Ctx, Theme};
use crate::failure::{Failure, Handled};
use crate::member::Member;
use crate::module::{Label, Nav};

/// A step of the way to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub href: String,
}

/// Another form of a page that programs follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Its media type.
    pub media_type: &'static str,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub href: String,
}

/// What every page needs beside its own content.
#[derive(Clone, Debug)]
pub struct Page {
    ctx: Ctx,
    /// The title, without the member's name.
    pub title: String,
    /// The way to it, without itself.
    pub crumbs: Vec<Crumb>,
    /// The wrong fields of the form that was sent.
    pub faults: Vec<Fault>,
    /// Whether the page shows a map that can be moved.
    pub with_map: bool,
    /// Feeds that belong to it.
    pub feeds: Vec<Feed>,
    /// Further scripts of the page, by the plain names of the assets.
    pub islands: Vec<&'static str>,
    /// The id of the form on it.
    pub form_id: FormId,
}

impl Page {
    pub(crate) fn new(ctx: Ctx, title: String) -> Self {
        let form_id = FormId::new(&ctx.member().clock, &ctx.member().entropy);
        Self {
            ctx,
            title,
            crumbs: vec![],
            faults: vec![],
            with_map: false,
            feeds: vec![],
            islands: vec![],
            form_id,
        }
    }

    /// The page below others; home comes first by itself.
    #[must_use]
    pub fn below(mut self, crumbs: Vec<Crumb>) -> Self {
        self.crumbs.push(Crumb { name: self.ctx.t("home"), href: "/".into() });
        self.crumbs.extend(crumbs);
        self
    }

    /// The page of a form whose fields are wrong.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.faults = faults;
        self
    }

    /// The page with a map that can be moved.
    #[must_use]
    pub fn with_map(mut self) -> Self {
        self.with_map = true;
        self
    }

    /// The page with feeds a browser or reader can find.
    #[must_use]
    pub fn with_feeds(mut self, feeds: Vec<Feed>) -> Self {
        self.feeds = feeds;
        self
    }

    /// The page with a script of its own, by the plain name of the asset.
    #[must_use]
    pub fn with_island(mut self, name: &'static str) -> Self {
        self.islands.push(name);
        self
    }

    /// The request it answers.
    pub(crate) fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    /// Whose page it is.
    #[must_use]
    pub fn member(&self) -> &Member {
        self.ctx.member()
    }

    /// A text.
    #[must_use]
    pub fn t(&self, key: &str) -> Cow<'_, str> {
        self.ctx.member().texts.text(self.ctx.lang(), key, &[])
    }

    /// What stands before a value.
    #[must_use]
    pub fn label<'a>(&'a self, label: &'a Label) -> Cow<'a, str> {
        match label {
            Label::Key(key) => self.t(key),
            Label::Text(text) => Cow::Borrowed(text),
        }
    }

    /// A text with one value.
    #[must_use]
    pub fn t1(&self, key: &str, name: &str, value: impl fmt::Display) -> Cow<'_, str> {
        self.ctx.member().texts.text(self.ctx.lang(), key, &[(name, &value.to_string())])
    }

    /// A text that depends on a word, `$name` in the messages.
    #[must_use]
    pub fn word(&self, key: &str, word: &str) -> Cow<'_, str> {
        self.ctx.member().texts.text(self.ctx.lang(), key, &[("name", word)])
    }

    /// The title as the browser shows it; with the word for errors first, so that a screen reader says it first.
    #[must_use]
    pub fn full_title(&self) -> String {
        let error = if self.faults.is_empty() { String::new() } else { format!("{}: ", self.t("error")) };
        let (title, member) = (&self.title, &self.ctx.member().settings.name);
        if title == member { format!("{error}{member}") } else { format!("{error}{title} – {member}") }
    }

    /// What is wrong with a field, in words.
    #[must_use]
    pub fn fault(&self, field: &str) -> Option<String> {
        let fault = self.faults.iter().find(|fault| fault.field == field)?;
        Some(self.ctx.t(fault.code))
    }

    /// Everything that is wrong: the field (empty where the page has none), and in words.
    #[must_use]
    pub fn fault_list(&self) -> Vec<(String, String)> {
        self.faults.iter().map(|fault| (fault.field.to_string(), self.ctx.t(fault.code))).collect()
    }

    /// The language.
    #[must_use]
    pub fn lang(&self) -> &'static str {
        self.ctx.lang().tag()
    }

    /// The other languages.
    #[must_use]
    pub fn other_langs(&self) -> Vec<Lang> {
        Lang::ALL.into_iter().filter(|lang| *lang != self.ctx.lang()).collect()
    }

    /// The value of `data-kern-theme`, if the person chose one.
    #[must_use]
    pub fn theme(&self) -> Option<&'static str> {
        (self.ctx.theme() != Theme::Auto).then(|| self.ctx.theme().name())
    }

    /// The choices of brightness that are not in force.
    #[must_use]
    pub fn other_themes(&self) -> Vec<Theme> {
        Theme::ALL.into_iter().filter(|theme| *theme != self.ctx.theme()).collect()
    }

    /// The member's name.
    #[must_use]
    pub fn member_name(&self) -> &str {
        &self.ctx.member().settings.name
    }

    /// The entries of the main navigation, and whether each is where we are.
    #[must_use]
    pub fn nav(&self) -> Vec<(&'static Nav, bool)> {
        let entries = self.ctx.member().modules.iter().flat_map(|module| module.nav);
        entries.map(|nav| (nav, self.is_at(nav.href))).collect()
    }

    /// Whether the page is at this address or below it.
    #[must_use]
    pub fn is_at(&self, href: &str) -> bool {
        let path = self.ctx.path().split('?').next().unwrap_or_default();
        path == href || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The address of the page.
    #[must_use]
    pub fn path(&self) -> &str {
        self.ctx.path()
    }

    /// Whether somebody is signed in.
    #[must_use]
    pub fn signed_in(&self) -> bool {
        self.ctx.who().person().is_some()
    }

    /// Whether that person works for the member.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        self.ctx.who().is_staff()
    }

    /// How the person is called.
    #[must_use]
    pub fn person_name(&self) -> Cow<'_, str> {
        if self.ctx.name().is_empty() { self.t("account") } else { Cow::Borrowed(self.ctx.name()) }
    }

    /// The address of an asset.
    #[must_use]
    pub fn asset(&self, name: &str) -> &'static str {
        assets::url(name)
    }

    /// A day and time in words people use; digits and punctuation need no escaping.
    #[must_use]
    pub fn when(&self, time: &Time) -> Safe<When> {
        Safe(When { at: time.in_germany(), lang: self.ctx.lang() })
    }

    /// A day in words people use.
    #[must_use]
    pub fn day(&self, time: &Time) -> String {
        let at = time.in_germany();
        match self.ctx.lang() {
            Lang::De => format!("{}.{}.{}", at.day(), at.month(), at.year()),
            Lang::En => format!("{}-{:02}-{:02}", at.year(), at.month(), at.day()),
        }
    }

    /// A distance in metres, in kilometres from one kilometre on.
    #[must_use]
    pub fn distance(&self, metres: &f64) -> String {
        if *metres < 995.0 {
            return format!("{:.0} m", (metres / 10.0).round() * 10.0);
        }
        let text = format!("{:.1} km", metres / 1000.0);
        if self.ctx.lang() == Lang::De { text.replace('.', ",") } else { text }
    }

    /// A whole number with groups of three digits.
    #[must_use]
    pub fn number(&self, number: &i64) -> String {
        let mark = if self.ctx.lang() == Lang::De { '.' } else { ',' };
        let digits = number.unsigned_abs().to_string();
        let mut text = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(mark);
            }
            text.push(digit);
        }
        if *number < 0 { format!("−{text}") } else { text }
    }
}

/// A day and time in words people use, for a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    at: jiff::civil::DateTime,
    lang: Lang,
}

impl When {
    fn write(self, target: &mut (impl fmt::Write + ?Sized)) -> fmt::Result {
        let at = self.at;
        let year = at.year().unsigned_abs();
        let ([c1, c2], [y1, y2]) = (pair(year / 100), pair(year));
        let ([m1, m2], [d1, d2]) =
            (pair(at.month().unsigned_abs().into()), pair(at.day().unsigned_abs().into()));
        let ([h1, h2], [i1, i2]) =
            (pair(at.hour().unsigned_abs().into()), pair(at.minute().unsigned_abs().into()));
        if self.lang == Lang::En {
            let text = [c1, c2, y1, y2, b'-', m1, m2, b'-', d1, d2, b' ', h1, h2, b':', i1, i2];
            return target.write_str(Ascii::padded(text).get(0, text.len()));
        }
        let (unused, [a, b, c, d, e, f]) = match (at.day() < 10, at.month() < 10) {
            (true, true) => (2, [b' ', b' ', d2, b'.', m2, b'.']),
            (true, false) => (1, [b' ', d2, b'.', m1, m2, b'.']),
            (false, true) => (1, [b' ', d1, d2, b'.', m2, b'.']),
            (false, false) => (0, [d1, d2, b'.', m1, m2, b'.']),
        };
        let text =
            [a, b, c, d, e, f, c1, c2, y1, y2, b',', b' ', h1, h2, b':', i1, i2, b' ', b'U', b'h', b'r'];
        target.write_str(Ascii::padded(text).get(unused, text.len()))
    }
}

/// The last two digits of a number.
fn pair(number: u16) -> [u8; 2] {
    let digit = |number: u16| b'0' + u8::try_from(number % 10).unwrap_or_default();
    [digit(number / 10), digit(number)]
}

/// Letters whose number and place in memory let the library check them sixteen at a time.
#[repr(align(16))]
struct Ascii([u8; 32]);

impl Ascii {
    fn padded<const N: usize>(text: [u8; N]) -> Self {
        let mut bytes = [b' '; 32];
        bytes.iter_mut().zip(text).for_each(|(to, from)| *to = from);
        Self(bytes)
    }

    fn get(&self, from: usize, to: usize) -> &str {
        str::from_utf8(&self.0).ok().and_then(|text| text.get(from..to)).unwrap_or_default()
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl askama::FastWritable for When {
    fn write_into(&self, target: &mut dyn fmt::Write, _: &dyn askama::Values) -> askama::Result<()> {
        Ok(self.write(target)?)
    }
}

/// Links to the pages before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paging {
    /// Back to the beginning, when this is not it.
    pub first: Option<String>,
    /// The following page, when there is one.
    pub next: Option<String>,
}

/// Reads where the page before ended, as `time-id`.
///
/// # Errors
/// `cursor` when the text names no place in a list.
pub fn parse_cursor(text: &str) -> Result<(Time, CaseId), Problem> {
    let wrong = || Problem::input("cursor", "the address names no page");
    let (time, id) = text.split_once('-').ok_or_else(wrong)?;
    Ok((Time(time.parse().map_err(|_| wrong())?), id.parse().map_err(|_| wrong())?))
}

/// Most pages fit into this many bytes, so that they need not move while they grow.
const ROOM: usize = 48 << 10;

/// Renders a page.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn html(template: &impl Template) -> Handled {
    html_with(StatusCode::OK, template)
}

/// As [`html`], with another status.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn html_with(status: StatusCode, template: &impl Template) -> Handled {
    let mut body = String::with_capacity(ROOM);
    template
        .render_into(&mut body)
        .map_err(|error| Failure::from(Problem::internal("template", "a page failed").because(error)))?;
    Ok((status, [(CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response())
}

/// Sends the browser to another page after something was done.
#[must_use]
pub fn see_other(location: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

/// As [`see_other`], as what a handler gives back.
///
/// # Errors
/// Never; the form is the one of handlers.
pub fn redirect(location: &str) -> Handled {
    Ok(see_other(location))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_time_is_told_as_people_write_it() {
        let told = |text, lang| {
            let at = Time::parse_rfc3339(text).unwrap().in_germany();
            When { at, lang }.to_string()
        };
        assert_eq!(told("2026-07-01T06:05:00Z", Lang::De), "1.7.2026, 08:05 Uhr");
        assert_eq!(told("2026-11-23T22:45:59Z", Lang::De), "23.11.2026, 23:45 Uhr");
        assert_eq!(told("2026-07-01T06:05:00Z", Lang::En), "2026-07-01 08:05");
    }
}
