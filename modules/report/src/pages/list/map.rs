use axum::extract::Query;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use base::{Fault, Problem};
use place::{Bounds, Point};
use serde_json::{Value, json};
use web::pages::{MapView, Pin, whole};
use web::{Ctx, Form, Handled};

use super::asked::Asked;
use crate::model::{Report, Wanted, bbox};
use crate::store as db;
use crate::store::map::{Cluster, Layer};

/// Clusters of one map, about and at most.
pub(crate) const CLUSTERS: u32 = 180;
/// Width of the drawing, in pixels.
pub(crate) const WIDTH: f64 = 640.0;

/// The map as the server draws it.
#[derive(Debug)]
pub(crate) struct Drawing {
    pub(crate) map: MapView,
    pub(crate) spots: Vec<Spot>,
    /// The whole box, for the script to begin with.
    pub(crate) bbox: String,
    /// The question without its box, for the script to ask it of others.
    pub(crate) query: String,
    pub(crate) count: i64,
    /// Where the script asks what lies in another box, and where the list of it is.
    pub(crate) data: &'static str,
    pub(crate) list: &'static str,
}

/// A point or cluster of the drawing.
#[derive(Debug)]
pub(crate) struct Spot {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) radius: f64,
    /// How many; 1 for a point.
    pub(crate) count: i64,
    pub(crate) open: i64,
    pub(crate) title: String,
    pub(crate) url: String,
}

impl Spot {
    /// Whether all, none or some of it is open; the end of a class.
    pub(crate) fn state(&self) -> &'static str {
        match self.open {
            0 => "closed",
            open if open == self.count => "open",
            _ => "mixed",
        }
    }
}

/// The box a question is about: its own, or the member's.
pub(crate) fn bounds(ctx: &Ctx, asked: &Asked) -> Bounds {
    let frame = asked.wanted.frame(&asked.known());
    frame
        .filter(|frame| frame.min.lat < frame.max.lat && frame.min.lon < frame.max.lon)
        .unwrap_or_else(|| whole(ctx.member(), &[]))
}

/// What the map shows, and how it is drawn.
pub(crate) async fn draw(ctx: &Ctx, asked: &std::sync::Arc<Asked>) -> Result<Drawing, Problem> {
    let bounds = bounds(ctx, asked);
    let own = asked.clone();
    let layer = ctx
        .member()
        .db
        .read("report.map", move |tx| db::map::layer(tx, &own.wanted, &own.known(), &bounds, CLUSTERS));
    let layer = layer.await?;
    let pins: &[Pin] = &[];
    let map = MapView::of(ctx.member(), &bounds, WIDTH, pins);
    let greatest = match &layer {
        Layer::Clusters(clusters) => clusters.iter().map(|cluster| cluster.count).max().unwrap_or(1),
        Layer::Points(_) => 1,
    };
    let mut spots: Vec<Spot> = match &layer {
        Layer::Points(reports) => reports.iter().filter_map(|report| point(&map, report)).collect(),
        Layer::Clusters(clusters) => {
            let bits = db::map::bits(&bounds, CLUSTERS);
            let title = |cluster: &Cluster| title(ctx, cluster);
            let url = |each: &Cluster| {
                let inside = Wanted { bounds: Some(db::map::square(each, bits)), ..asked.wanted.clone() };
                inside.address("/anliegen", &asked.more())
            };
            clusters.iter().map(|each| cluster(&map, each, greatest, title(each), url(each))).collect()
        }
    };
    let open_box = Wanted { bounds: None, ..asked.wanted.clone() };
    small_above(&mut spots);
    let count = spots.iter().map(|spot| spot.count).sum();
    let (data, list) = ("/anliegen/karte.json", "/anliegen");
    Ok(Drawing { map, spots, bbox: bbox(&bounds), query: open_box.query(), count, data, list })
}

/// The small lie above the large, so that each can be pointed at.
pub(crate) fn small_above(spots: &mut [Spot]) {
    spots.sort_by_key(|spot| std::cmp::Reverse(spot.count));
}

pub(crate) fn title(ctx: &Ctx, cluster: &Cluster) -> String {
    let count = cluster.count.to_string();
    let open = cluster.open.to_string();
    let args = [("count", count.as_str()), ("open", open.as_str())];
    ctx.member().texts.get(ctx.lang(), "report-cluster", &args)
}

fn tenth(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

pub(crate) fn at(map: &MapView, place: Point) -> (f64, f64) {
    let (x, y) = map.frame.project(place);
    (tenth(x), tenth(y))
}

fn point(map: &MapView, report: &Report) -> Option<Spot> {
    let (x, y) = at(map, report.place?);
    let title = format!("{} {}", report.number, report.title);
    let url = format!("/anliegen/{}", report.number);
    Some(Spot { x, y, radius: 5.0, count: 1, open: report.closed.is_none().into(), title, url })
}

#[expect(clippy::cast_precision_loss, reason = "a circle needs no more than three digits")]
pub(crate) fn cluster(map: &MapView, cluster: &Cluster, greatest: i64, title: String, url: String) -> Spot {
    let (x, y) = at(map, cluster.middle());
    let share = (cluster.count as f64 / greatest.max(1) as f64).sqrt();
    Spot { x, y, radius: tenth(9.0 + 11.0 * share), count: cluster.count, open: cluster.open, title, url }
}

/// What lies in a box, for the map that can be moved: points while they are few, clusters when they are many.
pub(crate) async fn json(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let asked = Asked::read_whole(&ctx, &form).await?;
    let Some(bounds) = asked.wanted.bounds else {
        return Err(Problem::faults(vec![Fault::new("bbox", "report-box-wrong")]).into());
    };
    let own = asked.clone();
    let layer = ctx
        .member()
        .db
        .read("report.map", move |tx| db::map::layer(tx, &own.wanted, &own.known(), &bounds, CLUSTERS));
    let features: Vec<Value> = match layer.await? {
        Layer::Points(reports) => reports.iter().filter_map(point_json).collect(),
        Layer::Clusters(clusters) => {
            clusters.iter().map(|cluster| cluster_json(cluster, &title(&ctx, cluster))).collect()
        }
    };
    let body = json!({ "type": "FeatureCollection", "features": features }).to_string();
    Ok(([(CONTENT_TYPE, "application/geo+json")], body).into_response())
}

pub(crate) fn geometry(place: Point) -> Value {
    json!({ "type": "Point", "coordinates": [place.lon_degrees(), place.lat_degrees()] })
}

fn point_json(report: &Report) -> Option<Value> {
    let properties = json!({
        "title": format!("{} {}", report.number, report.title),
        "url": format!("/anliegen/{}", report.number), "open": report.closed.is_none(),
    });
    Some(json!({ "type": "Feature", "geometry": geometry(report.place?), "properties": properties }))
}

pub(crate) fn cluster_json(cluster: &Cluster, title: &str) -> Value {
    let properties = json!({ "count": cluster.count, "open": cluster.open, "title": title });
    json!({ "type": "Feature", "geometry": geometry(cluster.middle()), "properties": properties })
}
