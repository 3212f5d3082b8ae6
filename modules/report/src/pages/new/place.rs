use askama::Template;
use axum::extract::Query;
use axum::http::HeaderMap;
use base::Fault;
use place::Point;
use web::pages::{CLICK_WIDTH, MapView};
use web::{Ctx, Form, Handled, Page, html};

use super::{Own, change, go, own, page};
use crate::file;
use crate::model::{ADDRESS, Begun, Draft, Station};

#[derive(Template)]
#[template(path = "report_place.html")]
struct PlaceView {
    page: Page,
    map: MapView,
    towns: Vec<(String, String, bool)>,
    /// The category a link brought along.
    category: String,
    /// The place that was said before.
    before: String,
}

#[derive(Template)]
#[template(path = "report_place_given.html")]
struct GivenView {
    page: Page,
    lat: String,
    long: String,
    address: String,
    point: Option<Point>,
    area: String,
    category: String,
    /// The member a place outside belongs to, to which the report goes, and where to report to it oneself.
    theirs: Option<(String, String)>,
    /// The member that is asked too.
    beside: Option<String>,
}

#[derive(Template)]
#[template(path = "report_elsewhere.html")]
struct ElsewhereView {
    page: Page,
    /// The neighbour's name, and its form with the place filled in.
    neighbour: Option<(String, String)>,
}

/// The beginning. What a link or the pages below bring along is shown, and kept only when the person goes on; whoever
/// has begun before goes on where they were.
pub(super) async fn start(ctx: Ctx, headers: HeaderMap, Query(form): Query<Form>) -> Handled {
    let own = own(&ctx, &headers).await?;
    let brought =
        ["lat", "strasse", "ort", "karte.x", "kategorie"].iter().any(|name| form.find(name).is_some());
    if !own.begun().is_empty() && !brought {
        return Ok(go(&ctx, &own, own.begun().next().path()));
    }
    choose(&ctx, &own, &form).await
}

/// The place alone, to be changed.
pub(super) async fn show(ctx: Ctx, headers: HeaderMap, Query(form): Query<Form>) -> Handled {
    let own = own(&ctx, &headers).await?;
    let Draft { lat, long, address, .. } = own.begun().draft.clone();
    if form.find("fehler").is_none() {
        return choose(&ctx, &own, &form).await;
    }
    if address.chars().count() > ADDRESS {
        let fault = Fault::new("address_string", "report-address-long");
        return given(&ctx, (lat, long, address), String::new(), vec![fault]).await;
    }
    let missing = address.is_empty() && point(&lat, &long).is_none();
    let faults = missing.then(|| Fault::new("strasse", "report-place-missing")).into_iter().collect();
    choices(&ctx, &own, &form, String::new(), faults)
}

async fn choose(ctx: &Ctx, own: &Own, form: &Form) -> Handled {
    let address = match (form.get("ort"), form.get("strasse")) {
        ("", street) => street.to_owned(),
        (town, "") => town.to_owned(),
        (town, street) => format!("{street}, {town}"),
    };
    let category = form.get("kategorie").to_owned();
    if let Some(point) = chosen(ctx, form) {
        let (lat, long) = (point.lat_degrees().to_string(), point.lon_degrees().to_string());
        return given(ctx, (lat, long, address), category, vec![]).await;
    }
    if !form.get("strasse").is_empty() {
        return given(ctx, (String::new(), String::new(), address), category, vec![]).await;
    }
    let asked = form.find("ort").is_some() || form.find("lat").is_some();
    let faults = if asked { vec![Fault::new("strasse", "report-place-missing")] } else { vec![] };
    choices(ctx, own, form, category, faults)
}

fn choices(ctx: &Ctx, own: &Own, form: &Form, category: String, faults: Vec<Fault>) -> Handled {
    let map = MapView::new(ctx.member(), CLICK_WIDTH, &[]);
    let atlas = ctx.member().atlas();
    let town = |area: &place::Area| (area.name.clone(), area.name.clone(), area.name == form.get("ort"));
    let towns = atlas.within(&ctx.member().settings.ars).map(town).collect();
    let page = page(ctx, "report-where", faults).with_map();
    html(&PlaceView { page, map, towns, category, before: words(ctx, own.begun()) })
}

/// The place in words.
pub(super) fn words(ctx: &Ctx, begun: &Begun) -> String {
    let Draft { lat, long, address, .. } = &begun.draft;
    let area = point(lat, long).and_then(|point| area(ctx, point));
    let parts = [Some(address.clone()), area].into_iter().flatten().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(", ")
}

fn area(ctx: &Ctx, point: Point) -> Option<String> {
    ctx.member().atlas().at(point).map(|area| area.name.clone())
}

/// A point as drafts hold it.
pub(super) fn point(lat: &str, long: &str) -> Option<Point> {
    lat.parse().ok().zip(long.parse().ok()).and_then(|(lat, long)| Point::from_degrees(lat, long))
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

/// The chosen place, to be agreed to and made more exact.
async fn given(
    ctx: &Ctx,
    (lat, long, address): (String, String, String),
    category: String,
    faults: Vec<Fault>,
) -> Handled {
    let point = point(&lat, &long);
    let (mut theirs, mut beside) = (None, None);
    if let Some(point) = point {
        if ctx.member().owns(point) {
            beside = file::partner_beside(ctx.member(), point).await?;
        } else if let Some(peer) = file::partner_at(ctx.member(), point).await? {
            theirs = Some((peer.identity.name, way_in(&peer.url, point)));
        } else {
            return elsewhere(ctx, point);
        }
    }
    let area = point.and_then(|point| area(ctx, point)).unwrap_or_default();
    let page = page(ctx, "report-where", faults);
    html(&GivenView { page, lat, long, address, point, area, category, theirs, beside })
}

/// A place that is somebody else's: the neighbour is offered, with the place already filled in.
pub(super) fn elsewhere(ctx: &Ctx, point: Point) -> Handled {
    let neighbour = ctx.member().neighbour_at(point);
    let neighbour = neighbour.map(|neighbour| (neighbour.name.clone(), way_in(&neighbour.url, point)));
    html(&ElsewhereView { page: page(ctx, "report-elsewhere", vec![]), neighbour })
}

/// Where another member takes a report about a place.
fn way_in(url: &str, point: Point) -> String {
    format!("{url}/anliegen/neu?lat={}&long={}", point.lat_degrees(), point.lon_degrees())
}

/// Keeps the place.
pub(super) async fn send(ctx: Ctx, headers: HeaderMap, form: Form) -> Handled {
    let text = |name: &str| form.get(name).to_owned();
    let (lat, long, address) = (text("lat"), text("long"), text("address_string"));
    let point = point(&lat, &long);
    if let Some(point) = point.filter(|point| !ctx.member().owns(*point))
        && file::partner_at(ctx.member(), point).await?.is_none()
    {
        return elsewhere(&ctx, point);
    }
    if point.is_none() && address.is_empty() {
        let own = own(&ctx, &headers).await?;
        let fault = Fault::new("strasse", "report-place-missing");
        return choices(&ctx, &own, &form, text("kategorie"), vec![fault]);
    }
    let category = text("kategorie");
    let own = change(&ctx, &headers, move |begun| {
        let draft = &mut begun.draft;
        let known = point.is_some();
        draft.lat = if known { lat.clone() } else { String::new() };
        draft.long = if known { long.clone() } else { String::new() };
        draft.address.clone_from(&address);
        if !category.is_empty() {
            draft.category.clone_from(&category);
        }
    });
    let own = own.await?;
    let next = match own.begun().draft.address.chars().count() > ADDRESS {
        true => format!("{}?fehler=1", Station::Place.path()),
        false => own.begun().next().path().to_owned(),
    };
    Ok(go(&ctx, &own, &next))
}
