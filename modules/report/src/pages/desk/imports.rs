use std::collections::BTreeMap;
use std::sync::Arc;

use access::Permit;
use askama::Template;
use axum::extract::{Multipart, Path};
use base::{Fault, FormId, Problem, Result};
use geo::MultiPolygon;
use place::import::{self, Change, Checked, Finding, LARGEST, Place, Plan};
use place::{Area, Bounds, District, Frame, Upload};
use store::Tx;
use web::imports::{Besides, finding_text};
use web::{Crumb, Ctx, Form, Handled, Member, Page, html, read_upload, redirect, see_other};

use super::{crumbs, permit};

const HERE: &str = "/arbeitsplatz/anliegen/importe";
/// What can be imported.
const KINDS: [&str; 3] = ["boundaries", "districts", "streets"];
/// Width of the drawing in pixels.
const WIDTH: f64 = 640.0;
/// Lines of a list of changes that are shown, at most.
const ROWS: usize = 500;

/// A shape on a drawing.
pub(super) struct Outline {
    pub(super) path: String,
    /// `old`, `new`, `gone` or `same`.
    pub(super) look: &'static str,
    pub(super) name: String,
    /// The middle of it, where its name stands.
    pub(super) at: (f64, f64),
}

impl Outline {
    pub(super) fn new(
        frame: &Frame,
        look: &'static str,
        name: &str,
        shape: &MultiPolygon<f64>,
        bounds: &Bounds,
    ) -> Self {
        let middle = place::Point {
            lat: i32::midpoint(bounds.min.lat, bounds.max.lat),
            lon: i32::midpoint(bounds.min.lon, bounds.max.lon),
        };
        let (x, y) = frame.project(middle);
        Self { path: frame.path(shape), look, name: name.to_owned(), at: (x.round(), y.round()) }
    }
}

#[derive(Template)]
#[template(path = "report_import.html")]
struct FormView {
    page: Page,
    kinds: Vec<(&'static str, String, bool)>,
    replace: bool,
    megabytes: usize,
}

/// The form for a file.
pub(super) async fn show(ctx: Ctx) -> Handled {
    form_page(&ctx, &Form::default(), vec![])
}

fn form_page(ctx: &Ctx, form: &Form, faults: Vec<Fault>) -> Handled {
    permit(ctx)?;
    let kinds = KINDS.map(|kind| {
        let text = ctx.t1("report-import-kind", "name", kind);
        (kind, text, kind == form.get("art"))
    });
    let page = ctx.page_titled(ctx.t("report-imports"), crumbs(ctx)).with_faults(faults);
    let replace = form.find("ersetzen").is_some();
    html(&FormView { page, kinds: kinds.to_vec(), replace, megabytes: LARGEST >> 20 })
}

/// Keeps a file until it was looked at; nothing of it is in force yet.
pub(super) async fn upload(ctx: Ctx, multipart: Multipart) -> Handled {
    let permit = permit(&ctx)?;
    let (form, mut files) = read_upload(multipart, 1, LARGEST).await?;
    let (id, kind) = (form.id()?, form.get("art").to_owned());
    let mut faults = Vec::new();
    if !KINDS.contains(&kind.as_str()) {
        faults.push(Fault::new("art", "field-missing"));
    }
    let Some(file) = files.pop().filter(|_| faults.is_empty()) else {
        faults.push(Fault::new("datei", "report-import-file-missing"));
        faults.truncate(1);
        return form_page(&ctx, &form, faults);
    };
    let replace = form.find("ersetzen").is_some();
    let (now, acting) = (ctx.member().clock.now(), ctx.clone());
    let kept = ctx.member().db.write("import.upload", move |tx| {
        if place::upload(tx, id)?.is_some() {
            return Ok(());
        }
        let upload = Upload { kind: kind.clone(), replace, content: file.content.to_vec() };
        place::keep_upload(tx, id, &upload, (permit.person(), now))?;
        let about = serde_json::json!({ "kind": kind, "bytes": file.content.len() });
        acting.audit(tx, &permit, "import.uploaded", None, &about)
    });
    kept.await?;
    redirect(&format!("{HERE}/{id}"))
}

/// What a file holds, ready to be taken over.
enum Content {
    Areas(Plan<Area>),
    Districts(Plan<District>),
    Streets(Vec<Place>),
}

/// Looks at a file beside what is there now; long work, away from the threads that answer.
async fn look(member: &Arc<Member>, upload: Upload) -> Result<(Checked<Content>, bool)> {
    let own = member.clone();
    let replace = upload.replace;
    let task = tokio::task::spawn_blocking(move || match upload.kind.as_str() {
        "boundaries" => checked(own.plan_areas(&upload.content, replace), Content::Areas),
        "districts" => checked(own.plan_districts(&upload.content, replace), Content::Districts),
        _ => checked(import::addresses(&upload.content, &own.atlas()), Content::Streets),
    });
    let looked = task.await.map_err(|error| Problem::internal("panic", "an import failed").because(error))?;
    Ok((looked, replace))
}

fn checked<T>(checked: Checked<T>, content: impl Fn(T) -> Content) -> Checked<Content> {
    Checked { items: content(checked.items), faults: checked.faults, notes: checked.notes }
}

fn parse(id: &str) -> Result<FormId> {
    id.parse().map_err(|_| gone())
}

fn gone() -> Problem {
    Problem::not_found("upload", "there is no such file waiting")
}

#[derive(Template)]
#[template(path = "report_import_preview.html")]
struct Preview {
    page: Page,
    id: FormId,
    kind: String,
    replace: bool,
    faults: Vec<String>,
    notes: Vec<String>,
    counts: Vec<(&'static str, i64)>,
    /// What becomes of each: the change, the key and the name.
    rows: Vec<(&'static str, String, String)>,
    drawing: Option<(Frame, Vec<Outline>)>,
}

/// What taking the file over would change: on a map, as a list, and with everything that is wrong.
pub(super) async fn preview(ctx: Ctx, Path(id): Path<String>) -> Handled {
    permit(&ctx)?;
    let id = parse(&id)?;
    let upload =
        ctx.member().db.read("import.upload", move |tx| place::upload(tx, id)?.ok_or_else(gone)).await?;
    let kind = upload.kind.clone();
    let (looked, replace) = look(ctx.member(), upload).await?;
    let say = |finding: &Finding| finding_text(&ctx.member().texts, ctx.lang(), finding);
    let faults = looked.faults.iter().map(say).collect();
    let notes = looked.notes.iter().map(say).collect();
    let (counts, mut rows, drawing) = shown(&looked.items);
    rows.truncate(ROWS);
    let mut way = crumbs(&ctx);
    way.push(Crumb { name: ctx.t("report-imports"), href: HERE.into() });
    let page = ctx.page_titled(ctx.t("report-import-preview"), way);
    html(&Preview { page, id, kind, replace, faults, notes, counts, rows, drawing })
}

type Shown = (Vec<(&'static str, i64)>, Vec<(&'static str, String, String)>, Option<(Frame, Vec<Outline>)>);

fn shown(content: &Content) -> Shown {
    match content {
        Content::Areas(plan) => {
            let key = |area: &Area| (area.ars.to_string(), area.name.clone());
            let shape = |area: &Area| (area.name.clone(), area.shape.clone(), area.bounds());
            (counts(plan), rows(plan, key), drawing(plan, shape))
        }
        Content::Districts(plan) => {
            let key = |district: &District| (district.key.clone(), district.name.clone());
            let shape =
                |district: &District| (district.name.clone(), district.shape.clone(), district.bounds());
            (counts(plan), rows(plan, key), drawing(plan, shape))
        }
        Content::Streets(places) => streets(places),
    }
}

fn counts<T: Clone + PartialEq>(plan: &Plan<T>) -> Vec<(&'static str, i64)> {
    let count = |change: Change| i64::try_from(plan.count(change)).unwrap_or(i64::MAX);
    [Change::Added, Change::Changed, Change::Removed, Change::Same]
        .map(|change| (name(change), count(change)))
        .to_vec()
}

fn name(change: Change) -> &'static str {
    match change {
        Change::Added => "added",
        Change::Changed => "changed",
        Change::Same => "same",
        Change::Removed => "removed",
    }
}

fn rows<T>(plan: &Plan<T>, key: impl Fn(&T) -> (String, String)) -> Vec<(&'static str, String, String)> {
    let changes = plan.things.iter().filter(|(change, _)| *change != Change::Same);
    let row = |(change, thing): &(Change, T)| {
        let (key, title) = key(thing);
        (name(*change), key, title)
    };
    changes.map(row).collect()
}

/// Old and new outlines on one drawing: what changes twice, as it was and as it will be.
fn drawing<T>(
    plan: &Plan<T>,
    shape: impl Fn(&T) -> (String, MultiPolygon<f64>, Bounds),
) -> Option<(Frame, Vec<Outline>)> {
    let look = |change: Change| match change {
        Change::Added | Change::Changed => "new",
        Change::Removed => "gone",
        Change::Same => "same",
    };
    let before = plan.before.iter().map(|thing| ("old", shape(thing)));
    let after = plan.things.iter().map(|(change, thing)| (look(*change), shape(thing)));
    let shapes: Vec<_> = before.chain(after).collect();
    let bounds = shapes.iter().map(|(_, (_, _, bounds))| *bounds).reduce(|a, b| a.join(&b))?;
    let frame = Frame::fit(&bounds, WIDTH);
    let outlines = shapes.iter();
    let outlines =
        outlines.map(|(look, (name, shape, bounds))| Outline::new(&frame, look, name, shape, bounds));
    Some((frame, outlines.collect()))
}

/// A list of addresses is too long to compare line by line: each town with its houses.
fn streets(places: &[Place]) -> Shown {
    let mut towns: BTreeMap<&str, i64> = BTreeMap::new();
    for place in places {
        *towns.entry(&place.town).or_default() += 1;
    }
    let rows =
        towns.iter().map(|(town, houses)| ("houses", houses.to_string(), (*town).to_owned())).collect();
    (vec![("houses", i64::try_from(places.len()).unwrap_or(i64::MAX))], rows, None)
}

/// Takes a file over or forgets it. It is checked again beside what is there now.
pub(super) async fn decide(ctx: Ctx, Path(id): Path<String>, form: Form) -> Handled {
    let permit = permit(&ctx)?;
    let id = parse(&id)?;
    let form_id = form.id()?;
    let found = ctx.member().db.read("import.upload", move |tx| {
        if identity::form_done(tx, form_id)?.is_some() {
            return Ok(None);
        }
        place::upload(tx, id)?.ok_or_else(gone).map(Some)
    });
    let Some(upload) = found.await? else { return Ok(see_other(HERE)) };
    let kind = upload.kind.clone();
    if form.get("schritt") != "uebernehmen" {
        let besides = finish(&ctx, permit, (id, form_id), ("import.discarded", kind));
        ctx.member().db.write("import.discard", move |tx| besides(tx)).await?;
        return Ok(see_other(HERE));
    }
    let (looked, replace) = look(ctx.member(), upload).await?;
    if !looked.faults.is_empty() {
        return redirect(&format!("{HERE}/{id}"));
    }
    let besides = finish(&ctx, permit, (id, form_id), ("import.applied", kind));
    let target = match looked.items {
        Content::Areas(plan) => ctx.member().import_areas(plan, besides).await.map(|()| "/anliegen"),
        Content::Districts(plan) => {
            ctx.member().import_districts(plan, besides).await.map(|()| "/arbeitsplatz/anliegen/stadtteile")
        }
        Content::Streets(places) => {
            let done = ctx.member().import_addresses(places, replace, besides).await;
            done.map(|()| "/arbeitsplatz/anliegen/strassen")
        }
    };
    Ok(see_other(target?))
}

/// What belongs into the transaction of either decision: the file goes, the audit has its line, the form is done.
fn finish(
    ctx: &Ctx,
    permit: Permit,
    (id, form): (FormId, FormId),
    (what, kind): (&'static str, String),
) -> Besides {
    let acting = ctx.clone();
    Arc::new(move |tx: &mut Tx<'_>| {
        place::drop_upload(tx, id)?;
        acting.audit(tx, &permit, what, None, &serde_json::json!({ "kind": kind }))?;
        identity::remember_form(tx, form, HERE, acting.member().clock.now())
    })
}
