use askama::Template;
use base::Fault;

use crate::context::Ctx;
use crate::failure::Handled;
use crate::page::{Page, Paging, html};
use crate::plot::{Bar, Bars, Chart, Figures, Shape};

#[derive(Template)]
#[template(path = "style.html")]
struct View {
    page: Page,
    paging: Paging,
    columns: Chart,
    lines: Chart,
    bars: Bars,
}

/// Every component of the design system as it is used here, in all its states.
pub(crate) async fn show(ctx: Ctx) -> Handled {
    let fault = Fault::new("beispiel_falsch", "field-missing");
    let page = ctx.page_titled(ctx.t("style"), vec![]).with_faults(vec![fault]);
    let paging = Paging { first: Some("/stil".into()), next: Some("/stil?seite=2".into()) };
    let chart = |id, shape, title: &str| Chart::new(id, shape, ctx.t(title), ctx.t("style-sample"), sample());
    let (columns, lines) =
        (chart("saeulen", Shape::Columns, "plot-columns"), chart("linien", Shape::Lines, "plot-lines"));
    let bar = |name: &str, number: i64, mark| Bar {
        name: name.into(),
        numbers: vec![Some(number)],
        texts: vec![number.to_string()],
        mark,
        ..Bar::default()
    };
    let bars = Bars {
        id: "balken".into(),
        title: ctx.t("plot-bars"),
        text: ctx.t("style-sample"),
        group: "A–C".into(),
        series: vec!["X".into()],
        bars: vec![bar("A", 120, None), bar("B", 80, Some(100)), bar("C", 7, None)],
    };
    html(&View { page, paging, columns, lines, bars })
}

fn sample() -> Figures {
    let groups =
        ["I", "II", "III", "IV", "V", "VI"].into_iter().zip([[3, 1], [5, 4], [2, 3], [8, 6], [6, 9], [7, 5]]);
    let groups = groups.map(|(name, numbers)| (name.to_owned(), numbers.to_vec())).collect();
    Figures { group: "I–VI".into(), series: vec!["X".into(), "Y".into()], groups }
}
