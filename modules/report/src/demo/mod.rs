//! Believable data: reports over two years with the rhythm of the week, near duplicates, answers and photos.

mod categories;
mod picture;
mod words;

use std::sync::Arc;

use access::{Action, Ask, Grant, Permit, Who};
use base::{CaseId, FormId, OfficeId, PersonId, Problem, Result, Time};
use cases::{Change, EventKind, State, Step};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use ledger::Actor;
use place::{Area, Point};
use rand::rngs::ChaCha8Rng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use store::Tx;
use web::Member;

use crate::file::insert;
use crate::model::{Category, Datatype, Valid, Visibility, Whereabouts};
use crate::store::{self as db, Photo};
use words::{ANSWERS, DECLINED, FIRST, LAST, TEMPLATES, TEXTS};

pub(crate) use categories::{CATEGORIES, QUESTIONS};
pub use words::STREETS;

/// Reports written in one transaction: few, for what SQLite does to be able to undo it grows faster than it.
const CHUNK: usize = 10;
/// Transactions that wait for one flush to disk together.
const TOGETHER: usize = 200;
/// Two years.
const SPAN: i64 = 2 * 365 * 24 * 3600;
/// Different photos; drawing more would only take longer.
const PHOTOS: u32 = 48;

/// A report the generator has thought of.
struct Plan {
    category: Arc<Category>,
    place: Point,
    address: String,
    text: String,
    at: Time,
    photo: Option<Photo>,
    contact: Option<(String, String)>,
    answers: Vec<(String, String)>,
    /// How it went on: after so many seconds, in this state, with this answer.
    end: Option<(i64, State, String)>,
}

/// Fills a member; see [`web::Demo`].
pub(crate) fn fill<'a>(
    member: &'a Arc<Member>,
    count: u32,
    seed: u64,
    progress: &'a (dyn Fn(u32) + Send + Sync),
) -> web::Working<'a> {
    Box::pin(async move {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let own = member.clone();
        let categories = member.db.write("demo.categories", move |tx| {
            templates(tx, &own)?;
            let offices = identity::offices(tx)?;
            db::set_categories(tx, |group| office_of(&offices, group))?;
            db::categories(tx)
        });
        let categories: Vec<_> = categories.await?.into_iter().map(Arc::new).collect();
        let photos = draw_photos(member, seed).await?;
        let mut plans = plan(member, &categories, &photos, count, &mut rng)?;
        plans.sort_by_key(|plan| plan.at);
        let staff = Arc::new(member.db.read("demo.staff", workers).await?);
        let plans = Arc::new(plans);
        let chunks = stream::iter((0..plans.len()).step_by(CHUNK));
        let mut written = chunks.map(|first| write(member, &plans, &staff, first)).buffered(TOGETHER);
        while let Some(done) = written.try_next().await? {
            progress(u32::try_from(done).unwrap_or(u32::MAX));
        }
        Ok(())
    })
}

fn office_of(offices: &[identity::Office], group: &str) -> Option<OfficeId> {
    let wanted = match group {
        "Straßen und Verkehrsanlagen" => "Straßen",
        "Spielplätze und Grünanlagen" => "Grün",
        _ => "Abfall",
    };
    let found = offices.iter().find(|office| office.name.contains(wanted)).or(offices.first());
    found.map(|office| office.id)
}

async fn draw_photos(member: &Arc<Member>, seed: u64) -> Result<Vec<(&'static str, Photo)>> {
    let mut photos = Vec::new();
    for number in 0..PHOTOS {
        let (motif, jpeg) = picture::draw(number, seed)?;
        let kept = member.files.put(jpeg.into()).await?;
        let size = i64::try_from(kept.size).unwrap_or(0);
        photos.push((motif, Photo { hash: kept.hash, size, width: picture::WIDTH, height: picture::HEIGHT }));
    }
    Ok(photos)
}

fn plan(
    member: &Arc<Member>,
    categories: &[Arc<Category>],
    photos: &[(&'static str, Photo)],
    count: u32,
    rng: &mut ChaCha8Rng,
) -> Result<Vec<Plan>> {
    let atlas = member.atlas();
    let areas: Vec<&Area> = atlas.within(&member.settings.ars).collect();
    let now = member.clock.now();
    let mut plans: Vec<Plan> = Vec::new();
    for _ in 0..count {
        // Six in a hundred are seen by two people: the same thing, a few steps and days apart.
        let twin = if plans.is_empty() || !rng.random_bool(0.06) {
            None
        } else {
            Some(rng.random_range(0..plans.len()))
        };
        let twin = twin.and_then(|index| plans.get(index));
        let plan = match twin {
            Some(twin) => Plan {
                place: nudge(rng, twin.place, 30.0),
                at: Time((twin.at.0 + rng.random_range(0..10 * 24 * 3600 * 1_000_000_i64)).min(now.0)),
                category: twin.category.clone(),
                address: twin.address.clone(),
                text: text(rng, &twin.category),
                photo: None,
                contact: contact(rng),
                answers: answers(rng, &twin.category),
                end: twin.end.clone(),
            },
            None => fresh(rng, categories, photos, &areas, now)
                .ok_or_else(|| Problem::input("demo", "the member has no areas or no categories"))?,
        };
        plans.push(plan);
    }
    Ok(plans)
}

fn fresh(
    rng: &mut ChaCha8Rng,
    categories: &[Arc<Category>],
    photos: &[(&'static str, Photo)],
    areas: &[&Area],
    now: Time,
) -> Option<Plan> {
    let category = pick_category(rng, categories)?;
    let area = areas.get(rng.random_range(0..areas.len().max(1)))?;
    let place = spot(rng, area);
    let at = moment(rng, now);
    let photo = photos.iter().filter(|(motif, _)| *motif == picture::motif(&category.code));
    let photo: Vec<_> = photo.collect();
    let photo = if photo.is_empty() || rng.random_bool(0.6) {
        None
    } else {
        photo.get(rng.random_range(0..photo.len()))
    };
    Some(Plan {
        place,
        address: address(rng, &area.name),
        text: text(rng, &category),
        photo: photo.map(|(_, photo)| *photo),
        contact: contact(rng),
        answers: answers(rng, &category),
        end: end(rng, at, now),
        at,
        category,
    })
}

/// Half of all reports are about how the town looks, nearly all others about streets.
fn pick_category(rng: &mut ChaCha8Rng, categories: &[Arc<Category>]) -> Option<Arc<Category>> {
    let group = match rng.random_range(0..1000) {
        0..498 => "Stadtbild",
        498..941 => "Straßen und Verkehrsanlagen",
        _ => "Spielplätze und Grünanlagen",
    };
    let of_group: Vec<_> = categories.iter().filter(|category| category.group == group).collect();
    of_group.get(rng.random_range(0..of_group.len().max(1))).map(|category| (*category).clone())
}

/// Somewhere in the area, more often near its middle; two in a hundred within fifty metres of its border.
fn spot(rng: &mut ChaCha8Rng, area: &Area) -> Point {
    let bounds = area.bounds();
    if rng.random_bool(0.02) {
        let corners: Vec<Point> = area
            .shape
            .iter()
            .flat_map(|polygon| polygon.exterior().coords())
            .filter_map(|coord| Point::from_degrees(coord.y, coord.x))
            .collect();
        for _ in 0..40 {
            let corner =
                corners.get(rng.random_range(0..corners.len().max(1))).copied().unwrap_or(bounds.min);
            let near = nudge(rng, corner, 50.0);
            if area.contains(near) {
                return near;
            }
        }
    }
    loop {
        let mut between = |low: i32, high: i32| {
            let share = (rng.random::<f64>() + rng.random::<f64>()) / 2.0;
            let value = f64::from(low) + (f64::from(high) - f64::from(low)) * share;
            value / 1e6
        };
        let point = Point::from_degrees(
            between(bounds.min.lat, bounds.max.lat),
            between(bounds.min.lon, bounds.max.lon),
        );
        if let Some(point) = point.filter(|point| area.contains(*point)) {
            return point;
        }
    }
}

fn nudge(rng: &mut ChaCha8Rng, place: Point, metres: f64) -> Point {
    let bounds = place.around(metres);
    Point {
        lat: rng.random_range(bounds.min.lat..=bounds.max.lat),
        lon: rng.random_range(bounds.min.lon..=bounds.max.lon),
    }
}

/// A moment of the last two years: fewer on Saturdays, fewest on Sundays, most in daylight.
fn moment(rng: &mut ChaCha8Rng, now: Time) -> Time {
    loop {
        let at = now.plus_seconds(-rng.random_range(600..SPAN));
        let local = at.in_germany();
        let day = match local.weekday().to_monday_one_offset() {
            6 => 0.5,
            7 => 0.35,
            _ => 1.0,
        };
        let hour = if (7..=20).contains(&local.hour()) { 1.0 } else { 0.1 };
        if rng.random_bool(day * hour) {
            return at;
        }
    }
}

/// Most old reports have ended, some of the youngest too.
fn end(rng: &mut ChaCha8Rng, at: Time, now: Time) -> Option<(i64, State, String)> {
    let age = now.seconds() - at.seconds();
    let took = rng.random_range(3_600..45 * 24 * 3600_i64).min(rng.random_range(3_600..45 * 24 * 3600_i64));
    if took >= age || rng.random_bool(0.07) {
        return None;
    }
    let (state, answers) =
        if rng.random_bool(0.12) { (State::Declined, DECLINED) } else { (State::Done, ANSWERS) };
    Some((took, state, one(rng, answers).to_owned()))
}

fn one<'a>(rng: &mut ChaCha8Rng, list: &[&'a str]) -> &'a str {
    list.get(rng.random_range(0..list.len().max(1))).copied().unwrap_or_default()
}

fn text(rng: &mut ChaCha8Rng, category: &Category) -> String {
    let own = TEXTS.iter().find(|(code, _)| *code == category.code).map(|(_, texts)| *texts);
    one(rng, own.unwrap_or(&[])).to_owned()
}

/// Addresses as they come: mostly whole, sometimes without a number, now and then with a blank too many.
fn address(rng: &mut ChaCha8Rng, town: &str) -> String {
    let street = one(rng, STREETS);
    let number = rng.random_range(1..180);
    match rng.random_range(0..1000) {
        0..4 => format!("{street}  {number}, {town}"),
        4..60 => format!("{street}, {town}"),
        _ => format!("{street} {number}, {town}"),
    }
}

/// Answers to what the category asks; what must not be left out is there, other questions only sometimes.
fn answers(rng: &mut ChaCha8Rng, category: &Category) -> Vec<(String, String)> {
    let mut answers = Vec::new();
    for question in category.questions.iter().filter(|question| question.asked) {
        if !question.required && rng.random_bool(0.5) {
            continue;
        }
        let value = match question.datatype {
            Datatype::Number => rng.random_range(2..20).to_string(),
            Datatype::Datetime => {
                format!("2026-{:02}-{:02}", rng.random_range(1..=6), rng.random_range(1..=28))
            }
            Datatype::String | Datatype::Text => format!("{:04}", rng.random_range(1..10_000)),
            Datatype::Single | Datatype::Multi => {
                let keys: Vec<&str> = question.choices.iter().map(|choice| choice.key.as_str()).collect();
                one(rng, &keys).to_owned()
            }
        };
        answers.push((question.code.clone(), value));
    }
    answers
}

fn contact(rng: &mut ChaCha8Rng) -> Option<(String, String)> {
    if rng.random_bool(0.6) {
        return None;
    }
    let (first, last) = (one(rng, FIRST), one(rng, LAST));
    let number = rng.next_u32() % 1000;
    let plain = |name: &str| {
        name.to_lowercase().replace('ü', "ue").replace('ö', "oe").replace('ä', "ae").replace('ß', "ss")
    };
    Some((format!("{first} {last}"), format!("{}.{}{number}@example.org", plain(first), plain(last))))
}

/// Writes the next plans, and gives how many are written by then.
async fn write(
    member: &Arc<Member>,
    plans: &Arc<Vec<Plan>>,
    staff: &Arc<Staff>,
    first: usize,
) -> Result<usize> {
    let (own, plans, staff) = (member.clone(), plans.clone(), staff.clone());
    let end = plans.len().min(first + CHUNK);
    let work = move |tx: &mut Tx<'_>| {
        plans.iter().take(end).skip(first).try_for_each(|plan| write_one(tx, &own, &staff, plan))
    };
    member.db.write("demo.write", work).await.map(|()| end)
}

fn write_one(tx: &mut Tx<'_>, member: &Member, staff: &Staff, plan: &Plan) -> Result<()> {
    let report = Valid {
        category: Category::clone(&plan.category),
        text: plan.text.clone(),
        whereabouts: Whereabouts::Point(plan.place, plan.address.clone()),
        name: plan.contact.as_ref().map(|(name, _)| name.clone()),
        email: plan.contact.as_ref().map(|(_, email)| email.clone()),
        answers: plan.answers.clone(),
        client_id: None,
    };
    let photos: Vec<Photo> = plan.photo.into_iter().collect();
    let (id, _) = insert(tx, member, &report, &photos, (None, Actor::Anonymous), plan.at)?;
    let Some((took, state, answer)) = &plan.end else { return Ok(()) };
    let permit = worker(staff, plan.category.office)?;
    let at = plan.at.plus_seconds(*took);
    let mut step = |step: Step, at: Time| {
        let case = cases::by_id(tx, id)?.ok_or_else(|| Problem::internal("demo", "the case is gone"))?;
        let change = cases::decide(&case, &step).map_err(Problem::from)?;
        cases::record(tx, &permit, &case, &change, at)
    };
    step(Step::State(State::InProgress), plan.at.plus_seconds(took / 3))?;
    step(Step::Answer(answer.clone(), Some(*state)), at)?;
    if plan.category.visibility == Visibility::Waiting {
        release(tx, &permit, id, at)?;
    }
    db::index(tx, id)?;
    db::tell(tx, id)?;
    let case = cases::by_id(tx, id)?.ok_or_else(|| Problem::internal("demo", "the case is gone"))?;
    web::desk::say_anew(member, tx, &case)
}

/// What was answered was looked at.
fn release(tx: &mut Tx<'_>, permit: &Permit, id: CaseId, at: Time) -> Result<()> {
    let case = cases::by_id(tx, id)?.ok_or_else(|| Problem::internal("demo", "the case is gone"))?;
    let mut change = Change::of(&case).line(EventKind::Published, "");
    change.to.review = false;
    db::set_visibility(tx, id, Visibility::Public)?;
    cases::record(tx, permit, &case, &change, at)
}

/// Answers every member begins with.
fn templates(tx: &mut Tx<'_>, member: &Member) -> Result<()> {
    for (name, state, text) in TEMPLATES {
        let id = FormId::new(&member.clock, &member.entropy);
        let (name, text) = ((*name).to_owned(), (*text).to_owned());
        let template = cases::templates::Template {
            id,
            module: "report".into(),
            category: None,
            state: *state,
            name,
            text,
        };
        cases::templates::put(tx, &template)?;
    }
    Ok(())
}

/// The demo's staff with what each may do.
type Staff = Vec<(PersonId, Vec<Grant>)>;

fn workers(tx: &mut Tx<'_>) -> Result<Staff> {
    let staff = identity::staff(tx)?.into_iter();
    staff.map(|person| Ok((person.id, identity::grants(tx, person.id)?))).collect()
}

/// Whoever of the demo's staff works in this office.
fn worker(staff: &Staff, office: OfficeId) -> Result<Permit> {
    let ask = Ask { action: Action::WorkOnCase, module: Some("report"), office: Some(office) };
    let permits = staff.iter().filter_map(|(id, grants)| {
        access::decide(&Who::Person { id: *id, strong: true, grants: grants.clone() }, &ask).ok()
    });
    permits.into_iter().next().ok_or_else(|| Problem::internal("demo", "nobody works in this office"))
}
