use std::sync::Arc;

use base::{Ars, Fault, Problem, Result};
use place::{Atlas, Point};
use web::{Ctx, Form};

use crate::model::{Category, Known, Wanted, Zone};
use crate::store as db;
use crate::store::list::{Cursor, Located, Order};

/// A question, read, with what is needed to answer it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) wanted: Wanted,
    pub(crate) order: Order,
    /// What stands in the field for an address.
    pub(crate) address: String,
    /// Whether the address was turned into a place just now.
    pub(crate) located: bool,
    /// The places the address may mean, where there are several.
    pub(crate) choices: Vec<Located>,
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
        let (categories, found) = loaded.await?;
        let (mut form, mut faults, mut choices) = (form.clone(), Vec::new(), Vec::new());
        let mut located = false;
        match found.as_deref() {
            Some([]) => faults.push(Fault::new("adresse", "report-address-unknown")),
            Some([(point, label)]) => {
                (form, address, located) = (with_point(&form, *point), label.clone(), true);
            }
            Some(several) => {
                faults.push(Fault::new("adresse", "report-address-several"));
                choices = several.to_vec();
            }
            None => {}
        }
        let known = Known { categories: &categories, atlas: &atlas, region: &region };
        let (wanted, wrong) = Wanted::read(&form, &known);
        faults.extend(wrong);
        let order = order(&form, &wanted, &mut faults);
        if address.is_empty() {
            address = wanted.around.map(|(point, _)| point.to_string()).unwrap_or_default();
        }
        Ok((Self { wanted, order, address, located, choices, categories, atlas, region }, faults))
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

    /// Municipalities and districts to choose from.
    pub(crate) fn areas(&self) -> Vec<(Zone, String)> {
        Zone::all(&self.atlas, &self.region)
    }

    /// The same question at each of the places the address may mean: address and name.
    pub(crate) fn places(&self, path: &str, form: &Form) -> Vec<(String, String)> {
        let known = self.known();
        let choice = |(point, label): &Located| {
            let (wanted, _) = Wanted::read(&with_point(form, *point), &known);
            (wanted.address(path, &[("adresse", label.clone())]), label.clone())
        };
        self.choices.iter().map(choice).collect()
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

/// A place by its coordinates, or the places an address may mean.
fn locate(tx: &mut ::store::Tx<'_>, text: &str) -> Result<Vec<Located>> {
    let degrees = |text: &str| text.trim().parse::<f64>().ok();
    if let Some((lat, long)) = text.split_once(',').and_then(|(lat, long)| degrees(lat).zip(degrees(long))) {
        return Ok(Point::from_degrees(lat, long)
            .map(|point| (point, text.to_owned()))
            .into_iter()
            .collect());
    }
    db::list::locate(tx, text)
}

fn with_point(form: &Form, point: Point) -> Form {
    let degrees = |degrees: f64| format!("{degrees:.6}");
    form.with("lat", &degrees(point.lat_degrees())).with("long", &degrees(point.lon_degrees()))
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
