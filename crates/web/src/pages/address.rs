use axum::Json;
use axum::extract::Query;
use axum::response::IntoResponse as _;

use crate::context::Ctx;
use crate::failure::Handled;
use crate::form::Form;

/// Characters of a question, at most; longer ones find nothing.
const LONGEST: usize = 200;

/// Places for what somebody begins to write as an address, for the script: `q` the words, `ort` the town if it was
/// chosen. Whoever has no script gets the same from [`place::address::look_up`] on the next page.
pub(crate) async fn find(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let (town, text) = (form.get("ort").to_owned(), form.get("q").to_owned());
    if text.chars().count() > LONGEST {
        return Ok(Json(serde_json::json!([])).into_response());
    }
    let found =
        ctx.member().db.read("address.find", move |tx| Ok(place::address::look_up(tx, Some(&town), &text)?));
    let places: Vec<_> = found
        .await?
        .iter()
        .map(|found| {
            serde_json::json!({
                "label": found.label(), "lat": found.point.lat_degrees(), "lon": found.point.lon_degrees(),
                "exact": found.exact,
            })
        })
        .collect();
    Ok(Json(places).into_response())
}
