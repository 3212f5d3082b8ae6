use std::sync::Arc;

use axum::extract::Query;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use base::{Fault, Problem, Result};
use place::Bounds;
use serde_json::{Value, json};
use web::pages::MapView;
use web::{Ctx, Form, Handled};

use super::asked::Asked;
use crate::model::{Regional, Sought, bbox};
use crate::pages::list::map::{self, CLUSTERS, Drawing, Spot, WIDTH};
use crate::store as db;
use crate::store::map::Cluster;
use crate::store::region::Layer;

async fn layer(ctx: &Ctx, asked: &Arc<Asked>, bounds: Bounds) -> Result<Layer> {
    let own = asked.clone();
    let layer = ctx.member().db.read("report.region_map", move |tx| {
        db::region::layer(tx, &own.sought, &own.us(), &bounds, CLUSTERS)
    });
    layer.await
}

/// The map as the server draws it: all members' outlines and what lies in them.
pub(super) async fn draw(ctx: &Ctx, asked: &Arc<Asked>) -> Result<Drawing> {
    let bounds = asked.bounds(ctx);
    let map = MapView::of(ctx.member(), &bounds, WIDTH, &[]);
    let mut spots: Vec<Spot> = match layer(ctx, asked, bounds).await? {
        Layer::Points(reports) => reports.iter().filter_map(|report| point(&map, asked, report)).collect(),
        Layer::Clusters(clusters) => {
            let greatest = clusters.iter().map(|cluster| cluster.count).max().unwrap_or(1);
            let bits = db::map::bits(&bounds, CLUSTERS);
            let url = |each: &Cluster| {
                let inside = Sought { bounds: Some(db::map::square(each, bits)), ..asked.sought.clone() };
                inside.address("/region", asked.host(), &[])
            };
            let spot = |each| map::cluster(&map, each, greatest, map::title(ctx, each), url(each));
            clusters.iter().map(spot).collect()
        }
    };
    map::small_above(&mut spots);
    let count = spots.iter().map(|spot| spot.count).sum();
    let without_box = Sought { bounds: None, ..asked.sought.clone() };
    let address = without_box.address("", asked.host(), &[]);
    let query = address.trim_start_matches('?').to_owned();
    let (data, list) = ("/region/karte.json", "/region");
    Ok(Drawing { map, spots, bbox: bbox(&bounds), query, count, data, list })
}

fn title(asked: &Asked, report: &Regional) -> String {
    let member = asked.part(&report.peer).map_or(report.peer.as_str(), |part| part.name.as_str());
    format!("{member}: {} {}", report.number, report.title())
}

fn point(map: &MapView, asked: &Asked, report: &Regional) -> Option<Spot> {
    let (x, y) = map::at(map, report.place?);
    let (title, url) = (title(asked, report), report.url.clone());
    Some(Spot { x, y, radius: 5.0, count: 1, open: report.closed.is_none().into(), title, url })
}

/// What lies in a box, for the map that can be moved.
pub(crate) async fn json(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let asked = Asked::read_whole(&ctx, &form).await?;
    let Some(bounds) = asked.sought.bounds else {
        return Err(Problem::faults(vec![Fault::new("bbox", "report-box-wrong")]).into());
    };
    let features: Vec<Value> = match layer(&ctx, &asked, bounds).await? {
        Layer::Points(reports) => reports.iter().filter_map(|report| point_json(&asked, report)).collect(),
        Layer::Clusters(clusters) => {
            clusters.iter().map(|cluster| map::cluster_json(cluster, &map::title(&ctx, cluster))).collect()
        }
    };
    let body = json!({ "type": "FeatureCollection", "features": features }).to_string();
    Ok(([(CONTENT_TYPE, "application/geo+json")], body).into_response())
}

fn point_json(asked: &Asked, report: &Regional) -> Option<Value> {
    let properties = json!({
        "title": title(asked, report), "url": report.url, "open": report.closed.is_none(), "member": report.peer,
    });
    Some(json!({ "type": "Feature", "geometry": map::geometry(report.place?), "properties": properties }))
}
