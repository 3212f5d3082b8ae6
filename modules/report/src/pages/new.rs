use askama::Template;
use axum::extract::{Multipart, Query};
use base::{Fault, Problem};
use place::Point;
use web::pages::{CLICK_WIDTH, MapView};
use web::{Crumb, Ctx, Form, Handled, Page, html, read_upload, see_other};

use crate::file::{self, Sender};
use crate::model::{Category, Draft, check};
use crate::store as db;

/// Bytes of a photo as it is sent, at most.
pub(crate) const PHOTO_LIMIT: usize = 12 << 20;
/// Photos of a report, at most.
const PHOTOS: usize = 3;

#[derive(Template)]
#[template(path = "report_place.html")]
struct PlaceView {
    page: Page,
    map: MapView,
    towns: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "report_new.html")]
struct FormView {
    page: Page,
    draft: Draft,
    point: Option<Point>,
    area: String,
    categories: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "report_elsewhere.html")]
struct ElsewhereView {
    page: Page,
    /// The neighbour's name, and its form with the place filled in.
    neighbour: Option<(String, String)>,
}

/// First where, then what. The place may come as coordinates, as a click on the drawn map, or as words.
pub(crate) async fn show(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let address = match (form.get("ort"), form.get("strasse")) {
        ("", street) => street.to_owned(),
        (town, "") => town.to_owned(),
        (town, street) => format!("{street}, {town}"),
    };
    if let Some(point) = chosen(&ctx, &form) {
        let draft = Draft {
            lat: point.lat_degrees().to_string(),
            long: point.lon_degrees().to_string(),
            address,
            ..Draft::default()
        };
        return form_page(&ctx, draft, vec![]).await;
    }
    if !form.get("strasse").is_empty() {
        return form_page(&ctx, Draft { address, ..Draft::default() }, vec![]).await;
    }
    let asked = form.find("ort").is_some() || form.find("lat").is_some();
    let faults = if asked { vec![Fault::new("strasse", "report-place-missing")] } else { vec![] };
    let map = MapView::new(ctx.member(), CLICK_WIDTH, &[]);
    let atlas = ctx.member().atlas();
    let town = |area: &place::Area| (area.name.clone(), area.name.clone(), area.name == form.get("ort"));
    let towns = atlas.within(&ctx.member().settings.ars).map(town).collect();
    let page = ctx.page_titled(ctx.t("report-new"), crumbs(&ctx)).with_map().with_faults(faults);
    html(&PlaceView { page, map, towns })
}

fn crumbs(ctx: &Ctx) -> Vec<Crumb> {
    vec![Crumb { name: ctx.t("nav-report"), href: "/anliegen".into() }]
}

/// The place in the address: coordinates, or the pixel of the drawn map that was clicked.
fn chosen(ctx: &Ctx, form: &Form) -> Option<Point> {
    let number = |name: &str| form.find(name)?.parse::<f64>().ok();
    if let (Some(lat), Some(long)) = (number("lat"), number("long")) {
        return Point::from_degrees(lat, long);
    }
    let (x, y) = number("karte.x").zip(number("karte.y"))?;
    MapView::new(ctx.member(), CLICK_WIDTH, &[]).frame.unproject(x, y)
}

async fn form_page(ctx: &Ctx, draft: Draft, faults: Vec<Fault>) -> Handled {
    let point = draft.lat.parse().ok().zip(draft.long.parse().ok());
    let point = point.and_then(|(lat, long)| Point::from_degrees(lat, long));
    if let Some(point) = point.filter(|point| !ctx.member().owns(*point)) {
        return elsewhere(ctx, point);
    }
    let categories = ctx.member().db.read("report.categories", db::categories).await?;
    let option = |category: &Category| {
        let text = format!("{}: {}", category.group, category.name(ctx.lang()));
        (category.code.clone(), text, category.code == draft.category)
    };
    let categories = categories.iter().filter(|category| category.active).map(option).collect();
    let atlas = ctx.member().atlas();
    let area = point.and_then(|point| atlas.at(point)).map(|area| area.name.clone()).unwrap_or_default();
    let page = ctx.page_titled(ctx.t("report-new"), crumbs(ctx)).with_map().with_faults(faults);
    html(&FormView { page, draft, point, area, categories })
}

/// A place that is somebody else's: the neighbour is offered, with the place already filled in.
fn elsewhere(ctx: &Ctx, point: Point) -> Handled {
    let neighbour = ctx.member().neighbour_at(point).map(|neighbour| {
        let (lat, long) = (point.lat_degrees(), point.lon_degrees());
        (neighbour.name.clone(), format!("{}/anliegen/neu?lat={lat}&long={long}", neighbour.url))
    });
    html(&ElsewhereView { page: ctx.page_titled(ctx.t("report-elsewhere"), crumbs(ctx)), neighbour })
}

/// Takes a report. Whatever is wrong leads back to the form with everything that was written.
pub(crate) async fn send(ctx: Ctx, multipart: Multipart) -> Handled {
    let (form, uploads) = read_upload(multipart, PHOTOS, PHOTO_LIMIT).await?;
    let draft = Draft {
        category: form.get("service_code").into(),
        text: form.get("description").into(),
        lat: form.get("lat").into(),
        long: form.get("long").into(),
        address: form.get("address_string").into(),
        name: form.get("name").into(),
        email: form.get("email").into(),
        ..Draft::default()
    };
    let categories = ctx.member().db.read("report.categories", db::categories).await?;
    let valid = match check(&draft, &categories) {
        Ok(valid) => valid,
        Err(faults) => return form_page(&ctx, draft, faults).await,
    };
    if let Some(point) = valid.whereabouts.point().filter(|point| !ctx.member().owns(*point)) {
        return elsewhere(&ctx, point);
    }
    let form_id = form.id()?;
    let uploads = uploads.into_iter().map(|upload| upload.content).collect();
    let photos = match file::keep_photos(ctx.member(), uploads).await {
        Ok(photos) => photos,
        Err(Problem { faults, .. }) if !faults.is_empty() => return form_page(&ctx, draft, faults).await,
        Err(problem) => return Err(problem.into()),
    };
    let sender = Sender {
        person: ctx.who().person().filter(|_| !ctx.who().is_staff()),
        actor: ctx.actor(),
        form: Some(form_id),
        address: Some(ctx.address().to_owned()),
        mail: (ctx.t("report-mail-subject"), ctx.t("report-mail-body")),
    };
    let filed = file::file(ctx.member(), valid, photos, sender).await?;
    Ok(see_other(&format!("{}?neu=1", filed.tracking)))
}
