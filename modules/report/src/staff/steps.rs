use access::Action;
use base::{CaseId, Fault, Problem, Result, Time};
use cases::{Case, Change, EventKind};
use place::Point;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::desk::permitted;
use web::{Doing, Done, ModuleStep};

use super::hand;
use super::report_of;
use crate::model::{Body, Category, LONGEST, Visibility, clean, title};
use crate::store as db;

/// The steps of reports.
pub(crate) const STEPS: &[ModuleStep] = &[
    ModuleStep {
        name: "veroeffentlichen",
        key: "report-step-publish",
        action: Action::ModerateCase,
        has_page: false,
        in_bulk: true,
        offered: |tx, case| Ok(report_of(tx, case)?.visibility != Visibility::Public),
        run: |tx, doing| show(tx, doing, Visibility::Public),
    },
    ModuleStep {
        name: "zurueckhalten",
        key: "report-step-hide",
        action: Action::ModerateCase,
        has_page: false,
        in_bulk: true,
        offered: |tx, case| Ok(report_of(tx, case)?.visibility != Visibility::Private),
        run: |tx, doing| show(tx, doing, Visibility::Private),
    },
    ModuleStep {
        name: "zusammenfuehren",
        key: "report-step-merge",
        action: Action::WorkOnCase,
        has_page: true,
        in_bulk: false,
        offered: |_, case| Ok(case.merged_into.is_none()),
        run: merge,
    },
    ModuleStep {
        name: "trennen",
        key: "report-step-split",
        action: Action::WorkOnCase,
        has_page: false,
        in_bulk: false,
        offered: |_, case| Ok(case.merged_into.is_some()),
        run: split,
    },
    ModuleStep {
        name: "kategorie",
        key: "report-step-category",
        action: Action::WorkOnCase,
        has_page: true,
        in_bulk: false,
        offered: |_, _| Ok(true),
        run: set_category,
    },
    ModuleStep {
        name: "ort",
        key: "report-step-place",
        action: Action::WorkOnCase,
        has_page: true,
        in_bulk: false,
        offered: |_, _| Ok(true),
        run: set_place,
    },
    ModuleStep {
        name: "text",
        key: "report-step-text",
        action: Action::ModerateCase,
        has_page: true,
        in_bulk: false,
        offered: |_, _| Ok(true),
        run: set_text,
    },
    ModuleStep {
        name: "fotos",
        key: "report-step-photos",
        action: Action::ModerateCase,
        has_page: true,
        in_bulk: false,
        offered: |tx, case| Ok(!db::office_photos(tx, case.id)?.is_empty()),
        run: choose_photo,
    },
    ModuleStep {
        name: "schwaerzen",
        key: "report-step-redact",
        action: Action::ModerateCase,
        has_page: true,
        in_bulk: false,
        offered: |tx, case| Ok(!db::office_photos(tx, case.id)?.is_empty()),
        run: |_, _| Err(Problem::input("step", "a photo is blacked out on its own page")),
    },
    ModuleStep {
        name: "weitergeben",
        key: "report-step-hand",
        action: Action::WorkOnCase,
        has_page: true,
        in_bulk: false,
        offered: hand::can_offer,
        run: hand::offer,
    },
    ModuleStep {
        name: "behalten",
        key: "report-step-keep",
        action: Action::WorkOnCase,
        has_page: false,
        in_bulk: false,
        offered: hand::can_keep,
        run: hand::keep,
    },
    ModuleStep {
        name: "annehmen",
        key: "report-step-accept",
        action: Action::WorkOnCase,
        has_page: false,
        in_bulk: true,
        offered: hand::can_accept,
        run: hand::accept,
    },
    ModuleStep {
        name: "ablehnen",
        key: "report-step-decline",
        action: Action::WorkOnCase,
        has_page: true,
        in_bulk: false,
        offered: hand::can_decline,
        run: hand::decline,
    },
];

/// What a step leaves to be brought back.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Before {
    visibility: Option<String>,
    category: Option<String>,
    place: Option<(Option<Point>, String)>,
    title: Option<String>,
    /// Who outside was responsible.
    body: Option<Option<Body>>,
    /// What was decided about the photo at a place.
    photo: Option<(i64, Option<bool>)>,
    /// When the text was changed; the text itself is kept by the report and can be removed there.
    text_at: Option<Time>,
}

impl Before {
    fn text(&self) -> Result<String> {
        serde_json::to_string(self)
            .map_err(|error| Problem::internal("undo", "nothing is kept").because(error))
    }
}

/// Brings back what a step changed.
pub(crate) fn restore(tx: &mut Tx<'_>, id: CaseId, before: &str) -> Result<()> {
    let before: Before = serde_json::from_str(before)
        .map_err(|error| Problem::internal("undo", "what was kept cannot be read").because(error))?;
    if let Some(visibility) = before.visibility {
        db::set_visibility(tx, id, visibility.parse()?)?;
    }
    if let Some(category) = before.category {
        db::set_category(tx, id, &category)?;
    }
    if let Some((place, address)) = before.place {
        db::set_place(tx, id, place, &address)?;
    }
    if let Some(title) = before.title {
        cases::set_title(tx, id, &title)?;
    }
    if let Some(body) = before.body {
        db::set_body(tx, id, body.as_ref())?;
    }
    if let Some((place, shown)) = before.photo {
        db::choose_photo(tx, id, place, shown)?;
    }
    if let Some(at) = before.text_at {
        let earlier = db::text_before(tx, id, at)?;
        let now = db::by_id(tx, id)?.map(|report| report.text).unwrap_or_default();
        db::set_text(tx, id, (&now, &earlier), Some(at))?;
    }
    Ok(())
}

fn show(tx: &mut Tx<'_>, doing: &Doing<'_>, visibility: Visibility) -> Result<Done> {
    let report = report_of(tx, doing.case)?;
    if report.visibility == visibility {
        return Err(cases::Refusal::Nothing.into());
    }
    db::set_visibility(tx, doing.case.id, visibility)?;
    let kind = if visibility == Visibility::Public { EventKind::Published } else { EventKind::Hidden };
    let mut change = Change::of(doing.case).line(kind, "");
    change.to.review = false;
    let before = Before { visibility: Some(report.visibility.name().into()), ..Before::default() };
    Ok(Done { change, before: before.text()? })
}

fn merge(tx: &mut Tx<'_>, doing: &Doing<'_>) -> Result<Done> {
    let number = doing.form.get("into");
    let unknown = || Problem::faults(vec![Fault::new("into", "report-merge-unknown")]);
    if number.is_empty() {
        return Err(unknown());
    }
    // Answers there are answers here from now on, so one must be allowed to work on both.
    let (into, _) = permitted(doing.ctx, tx, number, Action::WorkOnCase)
        .map_err(|problem| if problem.kind == base::Kind::NotFound { unknown() } else { problem })?;
    let has_merged = !cases::merged_with(tx, doing.case.id)?.is_empty();
    let change = cases::merge(doing.case, &into, has_merged).map_err(Problem::from)?;
    Ok(Done { change, before: String::new() })
}

fn split(tx: &mut Tx<'_>, doing: &Doing<'_>) -> Result<Done> {
    let into = doing.case.merged_into.map(|id| cases::by_id(tx, id)).transpose()?.flatten();
    let number = into.map(|into| into.number).unwrap_or_default();
    let change = cases::split(doing.case, &number).map_err(Problem::from)?;
    Ok(Done { change, before: String::new() })
}

/// What becomes of office and promise when a report turns out to be about something else or elsewhere: what was promised
/// by the category follows it, what somebody promised by hand stays.
fn rearranged(
    tx: &mut Tx<'_>,
    doing: &Doing<'_>,
    mut change: Change,
    (was, now): (&Category, &Category),
    place: Option<Point>,
) -> Result<(Change, Option<Option<Body>>)> {
    let case = doing.case;
    let calendar = cases::service::calendar(tx, case.opened)?;
    let promised = |category: &Category| calendar.due(case.opened, category.promise_hours?);
    if case.due == promised(was) {
        change.to.due = promised(now);
    }
    if doing.form.find("office").is_none() {
        return Ok((change, None));
    }
    let decision = db::responsible_for(tx, &doing.ctx.member().atlas(), now, place)?;
    let before = db::body(tx, case.id)?;
    db::set_body(tx, case.id, decision.body.as_ref())?;
    if decision.office != case.office {
        let name = identity::find_office(tx, decision.office)?.map(|office| office.name).unwrap_or_default();
        change = change.line(EventKind::Moved, name);
        change.to.office = decision.office;
        change.to.assignee = None;
    }
    Ok((change, Some(before)))
}

fn set_category(tx: &mut Tx<'_>, doing: &Doing<'_>) -> Result<Done> {
    let Doing { case, form, .. } = doing;
    let report = report_of(tx, case)?;
    let unknown = || Problem::faults(vec![Fault::new("category", "report-category-missing")]);
    let categories = db::categories(tx)?;
    let find = |code: &str| categories.iter().find(|category| category.code == code);
    let category = find(form.get("category")).filter(|category| category.active).ok_or_else(unknown)?;
    if category.code == report.category {
        return Err(cases::Refusal::Nothing.into());
    }
    let change = Change::of(case).line(EventKind::Changed, "category");
    let was = find(&report.category).unwrap_or(category);
    let (change, body) = rearranged(tx, doing, change, (was, category), report.place)?;
    db::set_category(tx, case.id, &category.code)?;
    cases::set_title(tx, case.id, &title(&category.name, &report.address))?;
    let (category, title) = (Some(report.category), Some(case.title.clone()));
    let before = Before { category, title, body, ..Before::default() };
    Ok(Done { change, before: before.text()? })
}

/// Where the form says it is: both numbers or neither.
pub(super) fn place_of(form: &web::Form) -> Result<Option<Point>> {
    let wrong = || Problem::faults(vec![Fault::new("lat", "report-place-wrong")]);
    let degrees = |text: &str| text.replace(',', ".").parse::<f64>().ok();
    match (form.find("lat"), form.find("long")) {
        (None, None) => Ok(None),
        (Some(lat), Some(long)) => {
            let point = degrees(lat).zip(degrees(long));
            point.and_then(|(lat, long)| Point::from_degrees(lat, long)).map(Some).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

fn set_place(tx: &mut Tx<'_>, doing: &Doing<'_>) -> Result<Done> {
    let Doing { ctx, case, form } = doing;
    let report = report_of(tx, case)?;
    let (place, address) = (place_of(form)?, clean(form.get("address")));
    let fault = |code| Err(Problem::faults(vec![Fault::new("address", code)]));
    if place.is_some_and(|place| !ctx.member().owns(place)) {
        return Err(Problem::faults(vec![Fault::new("lat", "report-place-elsewhere")]));
    }
    match address.chars().count() {
        0 if place.is_none() => return fault("report-place-missing"),
        length if length > 300 => return fault("report-address-long"),
        _ => {}
    }
    if (place, &address) == (report.place, &report.address) {
        return Err(cases::Refusal::Nothing.into());
    }
    let category = db::category(tx, &report.category)?;
    let change = Change::of(case).line(EventKind::Changed, "place");
    let (change, body) = rearranged(tx, doing, change, (&category, &category), place)?;
    db::set_place(tx, case.id, place, &address)?;
    cases::set_title(tx, case.id, &title(&category.name, &address))?;
    let (place, title) = (Some((report.place, report.address)), Some(case.title.clone()));
    let before = Before { place, title, body, ..Before::default() };
    Ok(Done { change, before: before.text()? })
}

fn choose_photo(tx: &mut Tx<'_>, doing: &Doing<'_>) -> Result<Done> {
    let Doing { case, form, .. } = doing;
    let nothing = || Problem::not_found("photo", "there is no such photo");
    let place: i64 = form.get("foto").parse().map_err(|_| nothing())?;
    let shown = form.get("zeigen") == "1";
    let photo = db::office_photos(tx, case.id)?.into_iter().find(|photo| photo.place == place);
    let photo = photo.ok_or_else(nothing)?;
    if photo.is_shown() == shown {
        return Err(cases::Refusal::Nothing.into());
    }
    db::choose_photo(tx, case.id, place, Some(shown))?;
    let kind = if shown { EventKind::Published } else { EventKind::Hidden };
    let change = Change::of(case).line(kind, format!("photo {place}"));
    let before = Before { photo: Some((place, photo.chosen)), ..Before::default() };
    Ok(Done { change, before: before.text()? })
}

fn set_text(tx: &mut Tx<'_>, doing: &Doing<'_>) -> Result<Done> {
    let Doing { ctx, case, form } = doing;
    let report = report_of(tx, case)?;
    let text = clean(form.get("description"));
    let fault = |code| Err(Problem::faults(vec![Fault::new("description", code)]));
    match text.chars().count() {
        0 => return fault("report-text-missing"),
        length if length > LONGEST => return fault("text-too-long"),
        _ => {}
    }
    if text == report.text && form.find("remove").is_none() {
        return Err(cases::Refusal::Nothing.into());
    }
    let change = Change::of(case).line(EventKind::Changed, "text");
    // Removed for good: no copy is kept anywhere, so nothing can bring it back.
    let keep = form.find("remove").is_none().then(|| ctx.member().clock.now());
    db::set_text(tx, case.id, (&report.text, &text), keep)?;
    if keep.is_none() {
        // Also from what others were told: erased, not only told anew, so that they clean up when they hear of it.
        ctx.member().ledger.erase_case(tx, ledger::PUBLIC, case.id, ledger::Actor::Node)?;
    }
    let before = match keep {
        Some(_) => Before { text_at: keep, ..Before::default() }.text()?,
        None => String::new(),
    };
    Ok(Done { change, before })
}

/// Whether a case is a report that may be worked on, for the pages of the steps.
pub(super) fn case_for(
    ctx: &web::Ctx,
    tx: &mut Tx<'_>,
    number: &str,
    action: Action,
) -> Result<(Case, access::Permit)> {
    let (case, permit) = permitted(ctx, tx, number, action)?;
    if case.module != "report" {
        return Err(Problem::not_found("report", "there is no such report"));
    }
    Ok((case, permit))
}
