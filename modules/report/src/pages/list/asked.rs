use std::sync::Arc;

use base::{Ars, Fault, Problem, Result};
use place::{Atlas, Point};
use web::{Ctx, Form};

use crate::model::{Category, Known, Wanted};
use crate::store::{self as db, list::Cursor, list::Order};

/// A question, read, with what is needed to answer it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) wanted: Wanted,
    pub(crate) order: Order,
    /// What stands in the field for an address.
    pub(crate) address: String,
    /// Whether the address was turned into a place just now.
    pub(crate) located: bool,
    pub(crate) categories: Vec<Category>,
    atlas: Arc<Atlas>,
    region: Ars,
}

impl Asked {
    /// Reads a question. Faults do not stop it: what is wrong is not asked for, and the faults tell.
    pub(crate) async fn read(ctx: &Ctx, form: &Form) -> Result<(Self, Vec<Fault>)> {
        let (atlas, region) = (ctx.member().atlas(), ctx.member().settings.ars.clone());
        let mut address: String = form.get("adresse").chars().take(200).collect();
        let search = Some(address.clone()).filter(|text| !text.is_empty() && form.find("lat").is_none());
        let loaded = ctx.member().db.read("report.asked", move |tx| {
            let located = search.as_deref().map(|text| locate(tx, text)).transpose()?;
            Ok((db::categories(tx)?, located))
        });
        let (categories, located) = loaded.await?;
        let mut form = form.clone();
        let mut faults = Vec::new();
        match located {
            Some(Some(point)) => form = with_point(&form, point),
            Some(None) => faults.push(Fault::new("adresse", "report-address-unknown")),
            None => {}
        }
        let known = Known { categories: &categories, atlas: &atlas, region: &region };
        let (wanted, wrong) = Wanted::read(&form, &known);
        faults.extend(wrong);
        let order = order(&form, &wanted, &mut faults);
        if address.is_empty() {
            address = wanted.around.map(|(point, _)| point.to_string()).unwrap_or_default();
        }
        let located = matches!(located, Some(Some(_)));
        Ok((Self { wanted, order, address, located, categories, atlas, region }, faults))
    }

    /// As [`Asked::read`], where nothing can be shown beside faults.
    pub(crate) async fn read_whole(ctx: &Ctx, form: &Form) -> Result<Arc<Self>> {
        let (asked, faults) = Self::read(ctx, form).await?;
        if faults.is_empty() { Ok(Arc::new(asked)) } else { Err(Problem::faults(faults)) }
    }

    /// What the member has that a question can name.
    pub(crate) fn known(&self) -> Known<'_> {
        Known { categories: &self.categories, atlas: &self.atlas, region: &self.region }
    }

    /// Areas to choose from: none where there is only one.
    pub(crate) fn areas(&self) -> Vec<(String, String)> {
        let areas = self.atlas.within(&self.region);
        let areas: Vec<_> = areas.map(|area| (area.ars.to_string(), area.name.clone())).collect();
        if areas.len() > 1 { areas } else { vec![] }
    }

    /// The fields beside the question that its addresses keep.
    pub(crate) fn more(&self) -> Vec<(&'static str, String)> {
        let order = match self.order {
            Order::Newest => "",
            Order::Changed => "geaendert",
            Order::Nearest(_) => "nah",
        };
        let address = if self.wanted.around.is_some() { self.address.clone() } else { String::new() };
        vec![("adresse", address), ("sortierung", order.to_owned())]
    }
}

/// A place by its coordinates, or by an address that a report has.
fn locate(tx: &mut ::store::Tx<'_>, text: &str) -> Result<Option<Point>> {
    let degrees = |text: &str| text.trim().parse::<f64>().ok();
    if let Some((lat, long)) = text.split_once(',').and_then(|(lat, long)| degrees(lat).zip(degrees(long))) {
        return Ok(Point::from_degrees(lat, long));
    }
    db::list::locate(tx, text)
}

fn with_point(form: &Form, point: Point) -> Form {
    let mut fields = form.fields().to_vec();
    fields.retain(|(name, _)| name != "lat" && name != "long");
    fields.push(("lat".into(), format!("{:.6}", point.lat_degrees())));
    fields.push(("long".into(), format!("{:.6}", point.lon_degrees())));
    Form::new(fields)
}

fn order(form: &Form, wanted: &Wanted, faults: &mut Vec<Fault>) -> Order {
    let middle = || {
        let bounds = wanted.bounds.map(|bounds| Point {
            lat: i32::midpoint(bounds.min.lat, bounds.max.lat),
            lon: i32::midpoint(bounds.min.lon, bounds.max.lon),
        });
        wanted.around.map(|(point, _)| point).or(bounds)
    };
    match form.get("sortierung") {
        "" | "neu" => Order::Newest,
        "geaendert" => Order::Changed,
        "nah" => middle().map_or_else(
            || {
                faults.push(Fault::new("adresse", "report-nearest-where"));
                Order::Newest
            },
            Order::Nearest,
        ),
        _ => {
            faults.push(Fault::new("sortierung", "report-order-unknown"));
            Order::Newest
        }
    }
}

/// Where the page before ended, as `rank-case`.
pub(crate) fn cursor(form: &Form) -> Result<Option<Cursor>> {
    let wrong = || Problem::input("cursor", "the address names no page");
    let Some(text) = form.find("vor") else { return Ok(None) };
    let (rank, id) = text.rsplit_once('-').ok_or_else(wrong)?;
    let rank = rank.parse().map_err(|_| wrong())?;
    Ok(Some((base::Time(rank), id.parse().map_err(|_| wrong())?)))
}

/// The field that leads to what follows a page.
pub(crate) fn cursor_field((rank, id): &Cursor) -> (&'static str, String) {
    ("vor", format!("{}-{id}", rank.0))
}
