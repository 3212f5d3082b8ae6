use std::sync::Arc;

use base::{CaseId, Fault, FormId, Kind, Lang, PersonId, Problem, Result, Time};
use bytes::Bytes;
use cases::NewCase;
use federation::peers::Peer;
use identity::Limit;
use ledger::{Actor, Fact, PUBLIC};
use place::Point;
use store::{Tx, reencode};
use web::Member;
use web::mail::{self, Mail};

use crate::model::{Report, Snapshot, Valid, Visibility, title};
use crate::secret;
use crate::store::{self as db, DraftHash, Follower, Photo};

/// Reports from one network address: more than a person ever sends, fewer than a script wants to.
const PER_ADDRESS: Limit = Limit { what: "report", times: 30, seconds: 3600 };

/// Longest edge of a kept photo, in pixels.
const PHOTO_EDGE: u32 = 2048;

/// A report that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filed {
    pub(crate) number: String,
    /// Where whoever sent it follows it.
    pub(crate) tracking: String,
}

/// Who sent it, and from which form.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    pub(crate) person: Option<PersonId>,
    pub(crate) actor: Actor,
    pub(crate) form: Option<FormId>,
    /// The network address it came from, when that is limited; a program is limited by its key.
    pub(crate) address: Option<String>,
    /// The draft it was; it is gone once the report is there.
    pub(crate) draft: Option<DraftHash>,
    /// The language mail is written in.
    pub(crate) lang: Lang,
}

/// Makes a photo anew from its pixels and keeps it. Until something in the database names it, a failure leaves at most
/// a nameless file.
pub(crate) async fn keep_photo(member: &Arc<Member>, upload: Bytes) -> Result<Photo> {
    if store::sniff(&upload).is_none() {
        return Err(Problem::faults(vec![Fault::new("media", "picture-unreadable")]));
    }
    let task = tokio::task::spawn_blocking(move || reencode(&upload, PHOTO_EDGE, "media"));
    let picture =
        task.await.map_err(|error| Problem::internal("panic", "a photo failed").because(error))??;
    let (width, height) = (i64::from(picture.width), i64::from(picture.height));
    let kept = member.files.put(picture.jpeg.into()).await?;
    Ok(Photo { hash: kept.hash, size: i64::try_from(kept.size).unwrap_or(0), width, height })
}

/// As [`keep_photo`], for several.
pub(crate) async fn keep_photos(member: &Arc<Member>, uploads: Vec<Bytes>) -> Result<Vec<Photo>> {
    let mut photos = Vec::new();
    for upload in uploads {
        photos.push(keep_photo(member, upload).await?);
    }
    Ok(photos)
}

/// Takes a report: the case, its details, the public record and the mail are one transaction.
pub(crate) async fn file(
    member: &Arc<Member>,
    report: Valid,
    photos: Vec<Photo>,
    sender: Sender,
) -> Result<Filed> {
    let own = member.clone();
    let filed = member.db.write("report.file", move |tx| {
        if let Some(form) = sender.form
            && let Some(tracking) = identity::form_done(tx, form)?
        {
            return Ok(Filed { number: String::new(), tracking });
        }
        if let Some(client_id) = &report.client_id
            && let Some((id, number)) = db::by_client_id(tx, client_id)?
        {
            return Ok(Filed { tracking: tracking(&own, id), number });
        }
        let now = own.clock.now();
        if let Some(address) = &sender.address {
            identity::hit(tx, PER_ADDRESS, address, now)?;
        }
        let (id, number) = insert(tx, &own, &report, &photos, (sender.person, sender.actor), now)?;
        if let Some(point) = report.whereabouts.point() {
            web::handover::offer_by_place(tx, &own, id, point)?;
        }
        let tracking = tracking(&own, id);
        if let Some(email) = &report.email {
            confirm_by_mail(tx, &own, (id, &number), email, sender.lang)?;
        }
        if let Some(draft) = &sender.draft {
            // The report uses its files by now, so that none is free.
            db::drop_draft(tx, draft)?;
        }
        if let Some(form) = sender.form {
            identity::remember_form(tx, form, &tracking, now)?;
        }
        Ok(Filed { number, tracking })
    });
    let filed = filed.await?;
    member.new_job.notify_one();
    Ok(filed)
}

/// The address under which whoever sent a report follows it.
pub(crate) fn tracking(member: &Member, id: CaseId) -> String {
    format!("/anliegen/v/{}", secret::tracking(member, id))
}

/// Keeps the address and asks it by mail whether it wants to hear more: nothing else is sent there before it agreed.
fn confirm_by_mail(
    tx: &mut Tx<'_>,
    member: &Member,
    (id, number): (CaseId, &str),
    email: &str,
    lang: Lang,
) -> Result<()> {
    let follower = Follower { case_id: id, email: email.to_owned(), reporter: true, lang, confirmed: false };
    let secret = secret::follow(member, id, email);
    db::add_follower(tx, &identity::hash(&secret), &follower, member.clock.now())?;
    let (url, name) = (&member.settings.url, &member.settings.name);
    let [subject, lead, confirm] = ["report-mail-subject", "report-mail-body", "report-mail-confirm"]
        .map(|key| member.texts.get(lang, key, &[]));
    let tracking = tracking(member, id);
    let body = format!("{lead}\n\n{url}{tracking}\n\n{confirm}\n\n{url}/anliegen/post/{secret}\n\n{name}\n");
    let mail = Mail { to: email.to_owned(), subject: format!("{subject} {number}"), body };
    mail::send(tx, (&member.clock, &member.entropy), &mail)
}

/// How a case begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Begin<'a> {
    pub(crate) id: CaseId,
    /// The number it had before it was lost.
    pub(crate) number: Option<&'a str>,
    pub(crate) review: bool,
    pub(crate) at: Time,
}

/// Writes a report into the open transaction and gives its case and number.
pub(crate) fn insert(
    tx: &mut Tx<'_>,
    member: &Member,
    report: &Valid,
    photos: &[Photo],
    (owner, actor): (Option<PersonId>, Actor),
    at: Time,
) -> Result<(CaseId, String)> {
    let id = CaseId::new(&member.clock, &member.entropy);
    let review = report.category.visibility == Visibility::Waiting;
    insert_as(tx, member, report, photos, (owner, actor), &Begin { id, number: None, review, at })
}

/// As [`insert`], for a case that has its id already.
pub(crate) fn insert_as(
    tx: &mut Tx<'_>,
    member: &Member,
    report: &Valid,
    photos: &[Photo],
    (owner, actor): (Option<PersonId>, Actor),
    &Begin { id, number, review, at }: &Begin<'_>,
) -> Result<(CaseId, String)> {
    let title = title(&report.category.name, report.whereabouts.address());
    let decision = db::responsible_for(tx, &member.atlas(), &report.category, report.whereabouts.point())?;
    let new = NewCase {
        id,
        module: "report",
        title: &title,
        office: decision.office,
        owner,
        secret_hash: Some(identity::hash(&secret::tracking(member, id))),
        at,
        review,
    };
    let number = match number {
        Some(number) => cases::open_again(tx, &new, number)?,
        None => cases::open(tx, &new)?,
    };
    db::add(tx, id, report, photos, at)?;
    cases::service::promise(tx, id, at, report.category.promise_hours)?;
    db::set_body(tx, id, decision.body.as_ref())?;
    // That something was reported is for everybody to know; what, only where everybody sees the report.
    let is_public = report.category.visibility == Visibility::Public;
    let payload = is_public.then(|| snapshot(member, (id, &number), report, photos, at).to_bytes());
    let payload = payload.as_deref();
    let fact = Fact { feed: PUBLIC, kind: "report.opened", actor, case: Some(id), subject: None, payload };
    member.ledger.append(tx, &fact)?;
    Ok((id, number))
}

/// What everybody may know of a report that was just taken: what [`crate::peers::published`] will say of it, without
/// reading it back.
fn snapshot(
    member: &Member,
    (case_id, number): (CaseId, &str),
    report: &Valid,
    photos: &[Photo],
    at: Time,
) -> Snapshot {
    let seen = Report {
        case_id,
        number: number.to_owned(),
        title: String::new(),
        state: cases::State::Open,
        office: String::new(),
        category: report.category.code.clone(),
        visibility: Visibility::Public,
        text: report.text.clone(),
        place: report.whereabouts.point(),
        address: report.whereabouts.address().to_owned(),
        opened: at,
        updated: at,
        due: None,
        closed: None,
        photo: photos.first().map(|photo| photo.hash.0.to_vec()),
        answer: None,
        merged: None,
        body: None,
    };
    let names = (report.category.group.as_str(), report.category.name.as_str());
    Snapshot::of(&member.settings.url, &seen, names, at)
}

/// Whether the place is this member's to look after, or of one that it may be handed over to.
///
/// # Errors
/// `elsewhere` when it is neither.
pub(crate) async fn own_place(member: &Arc<Member>, report: &Valid) -> Result<()> {
    match report.whereabouts.point() {
        Some(point) if !member.owns(point) && partner_at(member, point).await?.is_none() => {
            Err(Problem::new(Kind::Input, "elsewhere", "the place is outside this member's area"))
        }
        _ => Ok(()),
    }
}

/// The member a place outside belongs to, when a report goes there from here.
pub(crate) async fn partner_at(member: &Arc<Member>, point: Point) -> Result<Option<Peer>> {
    let own = member.clone();
    member.db.read("report.partner_at", move |tx| own.partner_at(tx, point)).await
}

/// The name of the member that is asked too, because its area begins right beside the place.
pub(crate) async fn partner_beside(member: &Arc<Member>, point: Point) -> Result<Option<String>> {
    let own = member.clone();
    let found = member.db.read("report.partners_beside", move |tx| own.partners_beside(tx, point)).await?;
    Ok(found.into_iter().next().map(|partner| partner.identity.name))
}
