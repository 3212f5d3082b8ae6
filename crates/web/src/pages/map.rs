use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::Problem;
use place::{Bounds, Frame, Point};

use crate::context::Ctx;
use crate::failure::Handled;
use crate::member::Member;

/// A place on a drawing.
#[derive(Clone, Debug)]
pub struct Pin {
    /// Where.
    pub place: Point,
    /// What is there.
    pub title: String,
    /// Whether something is still to be done.
    pub open: bool,
    /// The page about it.
    pub url: String,
}

/// A map drawn by the server: outlines, names and places, useful without any tile server and without script.
#[derive(Clone, Debug)]
pub struct MapView {
    /// How it lies on the earth.
    pub frame: Frame,
    /// Paths of the areas, whether each is the member's own, and their names.
    pub areas: Vec<(String, bool, String)>,
    /// Height of the names, in pixels.
    pub letters: f64,
    /// Names on the map: x, y and text.
    pub names: Vec<place::Label>,
    /// Dots: x, y and whether something is still to be done.
    pub dots: Vec<(f64, f64, bool)>,
    /// The same places for the script, as JSON.
    pub places: String,
    /// Who must be named.
    pub attribution: String,
    /// The tiles' own address and who must be named for them, if there are tiles.
    pub tiles: Option<String>,
}

/// Height of the names on a drawing, in its pixels.
const LETTERS: f64 = 13.0;

impl MapView {
    /// The member's area with these places, `width` pixels wide.
    #[must_use]
    pub fn new(member: &Arc<Member>, width: f64, pins: &[Pin]) -> Self {
        Self::of(member, &whole(member, pins), width, pins)
    }

    /// A part of it with these places, `width` pixels wide.
    #[must_use]
    pub fn of(member: &Arc<Member>, bounds: &Bounds, width: f64, pins: &[Pin]) -> Self {
        let atlas = member.atlas();
        let frame = Frame::fit(bounds, width);
        let own = |area: &place::Area| member.settings.ars.contains(&area.ars);
        let areas = atlas.areas().iter().filter(|area| shown(&frame, &area.bounds()));
        let areas = areas.map(|area| (frame.path(&area.shape), own(area), area.name.clone())).collect();
        let names = place::labels(&frame, atlas.within(&member.settings.ars), LETTERS);
        let dot = |pin: &Pin| {
            let (x, y) = frame.project(pin.place);
            ((x * 10.0).round() / 10.0, (y * 10.0).round() / 10.0, pin.open)
        };
        let map = &member.settings.map;
        let tiles = map.tiles.is_some().then(|| map.tiles_attribution.clone());
        Self {
            frame,
            areas,
            letters: LETTERS,
            names,
            dots: pins.iter().map(dot).collect(),
            places: places_json(pins),
            attribution: map.boundary_attribution.clone(),
            tiles,
        }
    }
}

/// The box of the member's area and of the places, which may be with a member a case was handed over to; Germany, where
/// nothing is known.
#[must_use]
pub fn whole(member: &Arc<Member>, pins: &[Pin]) -> Bounds {
    let germany = || Point::from_degrees(51.0, 10.0).unwrap_or(Point { lat: 0, lon: 0 }).around(400_000.0);
    let parts = [member.atlas().bounds(&member.settings.ars), Bounds::of(pins.iter().map(|pin| pin.place))];
    parts.into_iter().flatten().reduce(|one, other| one.join(&other)).unwrap_or_else(germany)
}

/// JSON inside a page must not be able to end its element.
fn places_json(pins: &[Pin]) -> String {
    let list: Vec<_> = pins
        .iter()
        .map(|pin| {
            serde_json::json!({
                "lat": pin.place.lat_degrees(), "lon": pin.place.lon_degrees(),
                "title": pin.title, "open": pin.open, "url": pin.url,
            })
        })
        .collect();
    serde_json::Value::from(list).to_string().replace('<', "\\u003c")
}

fn shown(frame: &Frame, bounds: &Bounds) -> bool {
    let (left, bottom) = frame.project(bounds.min);
    let (right, top) = frame.project(bounds.max);
    right > 0.0 && left < frame.width && bottom > 0.0 && top < frame.height
}

/// Width of the drawing that is clicked to choose a place, in pixels.
pub const CLICK_WIDTH: f64 = 640.0;

#[derive(Template)]
#[template(path = "outline.svg", escape = "html")]
struct Outline {
    map: MapView,
}

/// The drawing as a picture of its own, to be clicked where there is no script.
pub(crate) async fn outline(ctx: Ctx) -> Handled {
    let body = Outline { map: MapView::new(ctx.member(), CLICK_WIDTH, &[]) }.render();
    let body = body.map_err(|error| Problem::internal("template", "a drawing failed").because(error))?;
    Ok(([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "public, max-age=3600")], body).into_response())
}

/// The outlines of all areas, for the script.
pub(crate) async fn outlines(ctx: Ctx) -> Handled {
    let own = &ctx.member().settings.ars;
    let atlas = ctx.member().atlas();
    let features = atlas.areas().iter().filter_map(|area| {
        let mut feature: serde_json::Value = serde_json::from_str(&area.to_geojson()).ok()?;
        feature.get_mut("properties")?.as_object_mut()?.insert("own".into(), own.contains(&area.ars).into());
        Some(feature)
    });
    let features: Vec<_> = features.collect();
    let collection = serde_json::json!({ "type": "FeatureCollection", "features": features });
    let headers = [(CONTENT_TYPE, "application/geo+json"), (CACHE_CONTROL, "public, max-age=3600")];
    Ok((headers, collection.to_string()).into_response())
}

/// A tile, fetched by this server: the tile server never learns who looks at the map.
pub(crate) async fn tile(ctx: Ctx, Path((z, x, y)): Path<(u8, u32, u32)>) -> Handled {
    const LARGEST: usize = 1 << 20;

    let nothing = || Problem::not_found("tile", "there is no such tile");
    let template = ctx.member().settings.map.tiles.as_deref().ok_or_else(nothing)?;
    if z > 22 || x >> z != 0 || y >> z != 0 {
        return Err(nothing().into());
    }
    let url =
        template.replace("{z}", &z.to_string()).replace("{x}", &x.to_string()).replace("{y}", &y.to_string());
    let body = ctx.member().fetch.get(&url, LARGEST).await?;
    let kind =
        store::sniff(&body).ok_or_else(|| Problem::peer("tiles", "the tile server sent no picture"))?;
    Ok(([(CONTENT_TYPE, kind.media_type()), (CACHE_CONTROL, "public, max-age=604800")], body).into_response())
}
