//! Reports near a place that may mean the same: our own, and across the border those a neighbour publishes: through its
//! Open311 interface, and where it does not answer at once, as its feed is mirrored here.

use std::sync::Arc;
use std::time::Duration;

use ::store::Tx;
use base::{Problem, Result, Time};
use bytes::Bytes;
use federation::Did;
use place::Point;
use serde::Deserialize;
use tokio::task::JoinSet;
use web::{Ctx, Member, Neighbour};

use crate::model::{Category, Report, clean};
use crate::store::{self as db, Filter};

/// How long all neighbours together may take.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// Bytes of a neighbour's answer, at most.
const ANSWER: usize = 256 << 10;
/// Reports shown of each kind.
const SHOWN: usize = 5;
/// Characters of a neighbour's text that are shown.
const TEXT: usize = 200;
/// How long ago an ended report is still worth showing.
const JUST_SECONDS: i64 = 14 * 24 * 3600;
/// Directions in which the border is looked for.
const DIRECTIONS: u32 = 16;

/// A report of our own that is near.
#[derive(Clone, Debug)]
pub(crate) struct Near {
    pub(crate) report: Report,
    pub(crate) metres: i64,
    pub(crate) supporters: i64,
}

/// A report a neighbour publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Abroad {
    pub(crate) neighbour: String,
    pub(crate) url: String,
    pub(crate) text: String,
    pub(crate) metres: i64,
}

/// Open reports of a category near a place, and those that ended a short time ago. Never one that is not public.
pub(crate) fn own(
    tx: &mut Tx<'_>,
    category: &Category,
    place: Point,
    now: Time,
) -> Result<(Vec<Near>, Vec<Near>)> {
    let metres = f64::from(category.near_metres);
    let open = Filter { codes: vec![category.code.clone()], closed: Some(false), ..Filter::default() };
    let since = now.plus_seconds(-JUST_SECONDS);
    let ended = Filter { closed: Some(true), closed_from: Some(since), ..open.clone() };
    let (open, ended) =
        (db::near(tx, place, metres, &open, SHOWN)?, db::near(tx, place, metres, &ended, SHOWN)?);
    Ok((counted(tx, open)?, counted(tx, ended)?))
}

fn counted(tx: &mut Tx<'_>, reports: Vec<(Report, f64)>) -> Result<Vec<Near>> {
    let counted = reports.into_iter().map(|(report, metres)| {
        let supporters = db::supporters(tx, report.case_id)?;
        Ok(Near { report, metres: whole(metres), supporters })
    });
    counted.collect()
}

/// What neighbours publish near a place, when the border is that near.
pub(crate) async fn abroad(ctx: &Ctx, category: &Category, place: Point) -> Vec<Abroad> {
    let metres = f64::from(category.near_metres);
    let mirrored = mirrored(ctx.member(), &category.code, (place, metres)).await;
    let mirrored = mirrored.unwrap_or_else(|problem| {
        tracing::warn!(member = ctx.member().slug, %problem, "what is mirrored was not read");
        Vec::new()
    });
    let neighbours = beyond(ctx.member(), place, metres);
    let (mut found, answered) = asked(ctx, neighbours, &category.code, (place, metres)).await;
    // Whoever answered just now knows better than the mirror.
    let others = mirrored.into_iter().filter(|(host, _)| !answered.contains(host));
    found.extend(others.map(|(_, report)| report));
    found.sort_by_key(|report| report.metres);
    found.truncate(SHOWN);
    found
}

/// What the mirror knows near a place, each with the host of its member.
async fn mirrored(
    member: &Arc<Member>,
    code: &str,
    (place, metres): (Point, f64),
) -> Result<Vec<(String, Abroad)>> {
    let code = code.to_owned();
    let found = member.db.read("report.near_abroad", move |tx| {
        Ok((web::feeds::sources(tx)?, db::peers::near(tx, &code, place, metres)?))
    });
    let (sources, near) = found.await?;
    let abroad = near.into_iter().filter_map(|(report, far)| {
        let (source, _) = sources.iter().find(|(source, _)| source.name.peer == report.peer)?;
        let (neighbour, text) = (source.peer.identity.name.clone(), report.text.chars().take(TEXT).collect());
        Some((report.peer, Abroad { neighbour, url: report.url, text, metres: whole(far) }))
    });
    Ok(abroad.collect())
}

/// What neighbours say who are asked now, and the hosts of those that answered in time.
async fn asked(
    ctx: &Ctx,
    neighbours: Vec<Neighbour>,
    code: &str,
    (place, metres): (Point, f64),
) -> (Vec<Abroad>, Vec<String>) {
    let mut asked = JoinSet::new();
    for neighbour in neighbours {
        let (member, code) = (ctx.member().clone(), code.to_owned());
        asked.spawn(async move {
            let answer = ask(&member, &neighbour, (place, metres), &code).await;
            answer.map(|reports| (Did::of_url(&neighbour.url).ok(), reports))
        });
    }
    let (mut found, mut answered) = (Vec::new(), Vec::new());
    let all = async {
        while let Some(answer) = asked.join_next().await {
            match answer {
                Ok(Ok((did, reports))) => {
                    answered.extend(did.map(|did| did.host()));
                    found.extend(reports);
                }
                Ok(Err(problem)) => tracing::debug!(%problem, "a neighbour was not asked"),
                Err(error) => tracing::warn!(%error, "asking a neighbour failed"),
            }
        }
    };
    // Whatever came in time is shown.
    drop(tokio::time::timeout(PATIENCE, all).await);
    (found, answered)
}

/// The neighbours whose area is within so many metres.
fn beyond(member: &Arc<Member>, place: Point, metres: f64) -> Vec<Neighbour> {
    let mut found: Vec<Neighbour> = Vec::new();
    for direction in 0..DIRECTIONS {
        let angle = f64::from(direction) * std::f64::consts::TAU / f64::from(DIRECTIONS);
        let bounds = place.around(metres);
        let (north, east) =
            (bounds.max.lat_degrees() - place.lat_degrees(), bounds.max.lon_degrees() - place.lon_degrees());
        let point = Point::from_degrees(
            place.lat_degrees() + north * angle.sin(),
            place.lon_degrees() + east * angle.cos(),
        );
        let neighbour = point.and_then(|point| member.neighbour_at(point));
        found.extend(neighbour.filter(|neighbour| !found.contains(neighbour)).cloned());
    }
    found
}

/// A request as Open311 gives it (GeoReport v2, GET Service Requests).
#[derive(Debug, Deserialize)]
struct Request {
    service_request_id: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    service_code: Option<String>,
    status: String,
    lat: Option<f64>,
    long: Option<f64>,
}

async fn ask(
    member: &Arc<Member>,
    neighbour: &Neighbour,
    (place, metres): (Point, f64),
    code: &str,
) -> Result<Vec<Abroad>> {
    let (lat, long) = (place.lat_degrees(), place.lon_degrees());
    let url = format!(
        "{}/open311/v2/requests.json?lat={lat}&long={long}&radius={metres}&service_code={code}&status=open",
        neighbour.url
    );
    let body = member.fetch.get(&url, ANSWER).await?;
    read(&body, neighbour, (place, metres), code)
}

/// What of a neighbour's answer is near and open. Nothing in it is trusted: a neighbour that ignores a parameter sends
/// more than was asked for.
fn read(
    body: &Bytes,
    neighbour: &Neighbour,
    (place, metres): (Point, f64),
    code: &str,
) -> Result<Vec<Abroad>> {
    let requests: Vec<Request> = serde_json::from_slice(body)
        .map_err(|error| Problem::peer("open311", "the neighbour's answer cannot be read").because(error))?;
    let near = requests.into_iter().filter_map(|request| {
        let point = Point::from_degrees(request.lat?, request.long?)?;
        let far = point.metres_to(place);
        let id = &request.service_request_id;
        let plain = id.len() <= 40 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let wanted = request.status == "open" && request.service_code.as_deref() == Some(code);
        (far <= metres && plain && wanted).then(|| Abroad {
            neighbour: neighbour.name.clone(),
            url: format!("{}/anliegen/{id}", neighbour.url),
            text: clean(&request.description.unwrap_or_default()).chars().take(TEXT).collect(),
            metres: whole(far),
        })
    });
    Ok(near.collect())
}

#[expect(clippy::cast_possible_truncation, reason = "distances on the earth fit")]
fn whole(metres: f64) -> i64 {
    metres.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn neighbour() -> Neighbour {
        Neighbour { name: "Bonn".into(), ars: "05314".parse().unwrap(), url: "https://bonn.example".into() }
    }

    fn answer(id: &str, lat: f64, status: &str, code: &str) -> serde_json::Value {
        serde_json::json!({
            "service_request_id": id, "status": status, "service_code": code, "lat": lat, "long": 7.1,
            "description": "dunkel\u{0}", "media_url": null,
        })
    }

    #[test]
    fn only_what_is_near_open_and_of_the_kind_is_taken_from_a_neighbour() {
        let place = Point::from_degrees(50.735, 7.1).unwrap();
        let body = serde_json::json!([
            answer("1-2026", 50.7351, "open", "laterne"),
            answer("2-2026", 50.7451, "open", "laterne"),
            answer("3-2026", 50.7351, "closed", "laterne"),
            answer("4-2026", 50.7351, "open", "muell"),
            answer("../../x", 50.7351, "open", "laterne"),
        ]);
        let body = Bytes::from(body.to_string());
        let found = read(&body, &neighbour(), (place, 50.0), "laterne").unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].url, "https://bonn.example/anliegen/1-2026");
        assert_eq!((found[0].text.as_str(), found[0].metres), ("dunkel", 11));
        assert!(read(&Bytes::from_static(b"<html>"), &neighbour(), (place, 50.0), "laterne").is_err());
    }
}
