use askama::Template;
use place::{Bounds, Frame};
use web::{Ctx, Handled, Page, html};

use super::imports::Outline;
use super::{crumbs, permit};

/// Width of the drawing in pixels.
const WIDTH: f64 = 640.0;

#[derive(Template)]
#[template(path = "report_districts.html")]
struct View {
    page: Page,
    /// Key, name, kind and the municipality's name.
    rows: Vec<(String, String, String, String)>,
    drawing: Option<(Frame, Vec<Outline>)>,
}

/// The districts of the member.
pub(super) async fn show(ctx: Ctx) -> Handled {
    permit(&ctx)?;
    let atlas = ctx.member().atlas();
    let town = |district: &place::District| {
        let area = atlas.areas().iter().find(|area| area.ars == district.ars);
        area.map_or_else(|| district.ars.to_string(), |area| area.name.clone())
    };
    let rows = atlas
        .districts()
        .iter()
        .map(|district| (district.key.clone(), district.name.clone(), district.kind.clone(), town(district)));
    let rows = rows.collect();
    let bounds = atlas.districts().iter().map(place::District::bounds).reduce(|a, b: Bounds| a.join(&b));
    let drawing = bounds.map(|bounds| {
        let frame = Frame::fit(&bounds, WIDTH);
        let outlines = atlas
            .districts()
            .iter()
            .map(|district| Outline::new(&frame, "new", &district.name, &district.shape, &district.bounds()));
        (frame, outlines.collect())
    });
    html(&View { page: ctx.page_titled(ctx.t("report-districts"), crumbs(&ctx)), rows, drawing })
}
