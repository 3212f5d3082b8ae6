use askama::Template;
use axum::extract::Query;
use base::Fault;
use web::pages::MapView;
use web::{Ctx, Form, Handled, Page, html_with};

use super::asked::Asked;
use super::{crumbs, map, status};
use crate::model::Zone;
use crate::store as db;

/// Cells of the map, about and at most.
const CELLS: u32 = 1_600;
/// Steps of the legend.
const STEPS: i64 = 5;

#[derive(Template)]
#[template(path = "report_heat.html")]
struct View {
    page: Page,
    map: MapView,
    cells: Vec<Cell>,
    legend: Vec<(i64, String)>,
    /// Where most are: the link to them, and how many.
    places: Vec<(String, String, i64)>,
    count: i64,
    list: String,
}

struct Cell {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    /// From 1 to 5.
    step: i64,
    title: String,
}

/// Where how many reports are.
pub(crate) async fn show(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let (asked, faults) = Asked::read(&ctx, &form).await?;
    let (asked, status) = (std::sync::Arc::new(asked), status(&faults));
    let bounds = map::bounds(&ctx, &asked);
    let own = asked.clone();
    let clusters = ctx
        .member()
        .db
        .scan("report.heat", move |tx| db::map::clusters(tx, &own.wanted, &own.known(), &bounds, CELLS));
    let mut clusters = clusters.await?;
    let drawing = MapView::of(ctx.member(), &bounds, 960.0, &[]);
    let bits = db::map::bits(&bounds, CELLS);
    let limits = limits(&clusters.iter().map(|cluster| cluster.count).collect::<Vec<_>>());
    let step = |count: i64| limits.iter().position(|limit| count <= *limit).map_or(STEPS, |at| at as i64 + 1);
    let cells = clusters.iter().map(|cluster| {
        let square = db::map::square(cluster, bits);
        let (left, bottom) = drawing.frame.project(square.min);
        let (right, top) = drawing.frame.project(square.max);
        let round = |number: f64| (number * 10.0).round() / 10.0;
        Cell {
            x: round(left),
            y: round(top),
            width: round(right - left),
            height: round(bottom - top),
            step: step(cluster.count),
            title: ctx.t1("report-count", "count", cluster.count),
        }
    });
    let cells: Vec<Cell> = cells.collect();
    let count = clusters.iter().map(|cluster| cluster.count).sum();
    clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.count));
    let known = asked.known();
    let places = clusters.iter().take(10).map(|cluster| {
        let inside =
            crate::model::Wanted { bounds: Some(db::map::square(cluster, bits)), ..asked.wanted.clone() };
        let zone = Zone::at(known.atlas, cluster.middle());
        let area = zone.and_then(|zone| zone.name(known.atlas)).unwrap_or_default();
        let name = format!("{area} ({})", cluster.middle());
        (inside.address("/anliegen", &[]), name, cluster.count)
    });
    let places = places.collect();
    // There is no form here to link to.
    let faults = faults.into_iter().map(|fault| Fault::new("", fault.code)).collect();
    let page = ctx.page_titled(ctx.t("report-heat"), crumbs(&ctx)).with_faults(faults);
    let legend = legend(&limits);
    let list = asked.wanted.address("/anliegen", &asked.more());
    html_with(status, &View { page, map: drawing, cells, legend, places, count, list })
}

/// The greatest count of every step: a fifth of the cells is in each, as far as equal counts allow.
fn limits(counts: &[i64]) -> Vec<i64> {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    let of = |step: usize| sorted.get((sorted.len() * step).div_ceil(5).saturating_sub(1)).copied();
    let mut limits: Vec<i64> = (1..=5).filter_map(of).collect();
    limits.dedup();
    limits
}

/// The steps in words: from how many to how many.
fn legend(limits: &[i64]) -> Vec<(i64, String)> {
    let mut from = 1;
    let mut legend = Vec::new();
    for (step, limit) in (1..).zip(limits) {
        let text = if from == *limit { limit.to_string() } else { format!("{from}–{limit}") };
        legend.push((step, text));
        from = limit + 1;
    }
    legend
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_legend_names_every_count_once() {
        let texts =
            |counts: &[i64]| legend(&limits(counts)).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
        assert_eq!(texts(&[1, 1, 1, 1]), ["1"]);
        assert_eq!(texts(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 40]), ["1–2", "3–4", "5–6", "7–8", "9–40"]);
        assert_eq!(texts(&[]), Vec::<String>::new());
    }
}
