//! What staff put right: visibility, category, place, words, photos, and what was there before.

use std::collections::HashMap;

use ::store::{FileHash, Tx, params, statements};
use base::{CaseId, Problem, Result, Time};
use place::{Point, cell};
use web::Facts;

use crate::model::Visibility;

statements! {
    FACTS = "report.facts": "select lat, lon, address, category from report where case_id = ?1";
    SET_VISIBILITY = "report.set_visibility": "update report set visibility = ?2 where case_id = ?1";
    EVERY_PHOTO = "report.every_photo":
        "select u.place, f.hash, f.width, f.height, u.public from file_use u join file f on f.hash = u.hash
         where u.case_id = ?1 order by u.place";
    SHOW_PHOTO = "report.show_photo": "update file_use set public = ?3 where case_id = ?1 and place = ?2";
    VISITS = "report.visits": "select text from case_event where case_id = ?1 and kind = 'visit' order by place";
    CHOSEN = "report.chosen_photos": "select place, shown from report_photo where case_id = ?1";
    CHOOSE = "report.choose_photo":
        "insert into report_photo (case_id, place, shown) values (?1, ?2, ?3)
         on conflict (case_id, place) do update set shown = excluded.shown";
    UNCHOOSE = "report.unchoose_photo": "delete from report_photo where case_id = ?1 and place = ?2";
    SET_CATEGORY = "report.set_category": "update report set category = ?2 where case_id = ?1";
    SET_PLACE = "report.set_place":
        "update report set lat = ?2, lon = ?3, cell = ?4, address = ?5 where case_id = ?1";
    SET_TEXT = "report.set_text": "update report set text = ?2 where case_id = ?1";
    KEEP_CHANGE = "report.keep_change":
        "insert into report_change (case_id, at, what, before) values (?1, ?2, ?3, ?4)
         on conflict (case_id, at) do update set what = excluded.what, before = excluded.before";
    CHANGES = "report.changes": "select at, before from report_change where case_id = ?1 and what = ?2 order by at";
    CHANGE_AT = "report.change_at": "select before from report_change where case_id = ?1 and at = ?2";
    FORGET_CHANGES = "report.forget_changes": "delete from report_change where case_id = ?1";
    PHOTO_AT = "report.photo_at":
        "select f.hash, f.width, f.height from file_use u join file f on f.hash = u.hash
         where u.case_id = ?1 and u.place = ?2";
    SWAP_FILE = "report.swap_file": "update file_use set hash = ?3 where case_id = ?1 and place = ?2 and hash = ?4";
    USED = "report.file_used": "select count(*) from file_use where hash = ?1";
    DROP_FILE = "report.drop_file": "delete from file where hash = ?1";
}

/// What lists, maps and exports of the desk need of a report.
pub(crate) fn facts(tx: &mut Tx<'_>, id: CaseId) -> Result<Facts> {
    let facts = tx.one(&FACTS, params![&id], |row| {
        Ok(Facts { place: super::point(row, 0)?, address: row.get(2)?, category: row.get(3)? })
    })?;
    Ok(facts.unwrap_or_default())
}

/// When a crew took a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    Before,
    After,
}

impl Taken {
    /// The name in message keys.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// A photo as the office sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OfficePhoto {
    pub(crate) place: i64,
    pub(crate) hash: FileHash,
    pub(crate) width: i64,
    pub(crate) height: i64,
    /// Whether everybody sees it.
    pub(crate) public: bool,
    /// When a crew took it, if it did.
    pub(crate) taken: Option<Taken>,
    /// What somebody decided about it, if anybody did.
    pub(crate) chosen: Option<bool>,
}

impl OfficePhoto {
    /// Whether it is shown where its report is.
    pub(crate) fn is_shown(&self) -> bool {
        self.chosen.unwrap_or(self.taken.is_none())
    }
}

/// Every photo of a report, in order.
pub(crate) fn office_photos(tx: &mut Tx<'_>, id: CaseId) -> Result<Vec<OfficePhoto>> {
    let visits: HashMap<i64, Taken> = tx
        .all(&VISITS, params![&id], |row| row.get::<String>(0))?
        .iter()
        .filter_map(|text| visit(text))
        .collect();
    let chosen: HashMap<i64, bool> = tx
        .all(&CHOSEN, params![&id], |row| Ok((row.get(0)?, row.get::<i64>(1)? == 1)))?
        .into_iter()
        .collect();
    Ok(tx.all(&EVERY_PHOTO, params![&id], |row| {
        let place = row.get(0)?;
        Ok(OfficePhoto {
            place,
            hash: FileHash(row.get(1)?),
            width: row.get(2)?,
            height: row.get(3)?,
            public: row.get::<i64>(4)? == 1,
            taken: visits.get(&place).copied(),
            chosen: chosen.get(&place).copied(),
        })
    })?)
}

/// The photo a line about a visit tells of: its place, and when it was taken.
fn visit(text: &str) -> Option<(i64, Taken)> {
    let (word, place) = text.split_once(' ')?;
    let taken = match word {
        "before" => Taken::Before,
        "after" => Taken::After,
        _ => return None,
    };
    Some((place.parse().ok()?, taken))
}

/// Lets other people see a report or not; its photos follow, but those of crews stay with the office until somebody
/// releases them, and what somebody withheld stays so.
pub(crate) fn set_visibility(tx: &mut Tx<'_>, id: CaseId, visibility: Visibility) -> Result<()> {
    tx.exec(&SET_VISIBILITY, params![&id, visibility.name()])?;
    show_photos(tx, id, visibility)
}

fn show_photos(tx: &mut Tx<'_>, id: CaseId, visibility: Visibility) -> Result<()> {
    for photo in office_photos(tx, id)? {
        tx.exec(
            &SHOW_PHOTO,
            params![&id, photo.place, photo.is_shown() && visibility == Visibility::Public],
        )?;
    }
    Ok(())
}

/// Decides whether a photo is shown with its report; `None` leaves it to what is usual.
pub(crate) fn choose_photo(tx: &mut Tx<'_>, id: CaseId, place: i64, shown: Option<bool>) -> Result<()> {
    match shown {
        Some(shown) => tx.exec(&CHOOSE, params![&id, place, shown])?,
        None => tx.exec(&UNCHOOSE, params![&id, place])?,
    };
    let report = super::by_id(tx, id)?;
    show_photos(tx, id, report.map_or(Visibility::Private, |report| report.visibility))
}

/// Puts a report into another category.
pub(crate) fn set_category(tx: &mut Tx<'_>, id: CaseId, code: &str) -> Result<()> {
    tx.exec(&SET_CATEGORY, params![&id, code])?;
    Ok(())
}

/// Puts a report elsewhere.
pub(crate) fn set_place(tx: &mut Tx<'_>, id: CaseId, place: Option<Point>, address: &str) -> Result<()> {
    let (lat, lon) = (place.map(|place| place.lat), place.map(|place| place.lon));
    tx.exec(&SET_PLACE, params![&id, lat, lon, place.map(cell), address])?;
    Ok(())
}

/// Says what a report says in other words. What it said before is kept for the office, or really gone: then nothing
/// that was kept earlier stays either.
pub(crate) fn set_text(
    tx: &mut Tx<'_>,
    id: CaseId,
    (before, text): (&str, &str),
    keep: Option<Time>,
) -> Result<()> {
    match keep {
        Some(at) => tx.exec(&KEEP_CHANGE, params![&id, at, "text", before])?,
        None => tx.exec(&FORGET_CHANGES, params![&id])?,
    };
    tx.exec(&SET_TEXT, params![&id, text])?;
    Ok(())
}

/// What a report said before a moment; gone when it was removed for good.
pub(crate) fn text_before(tx: &mut Tx<'_>, id: CaseId, at: Time) -> Result<String> {
    let gone = || Problem::conflict("report-text-gone", "the earlier text was removed for good");
    tx.get(&CHANGE_AT, params![&id, at])?.ok_or_else(gone)
}

/// Everything a report said before, with the moment it was changed.
pub(crate) fn earlier_texts(tx: &mut Tx<'_>, id: CaseId) -> Result<Vec<(Time, String)>> {
    Ok(tx.all(&CHANGES, params![&id, "text"], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Removes what a report said before.
pub(crate) fn forget_changes(tx: &mut Tx<'_>, id: CaseId) -> Result<()> {
    tx.exec(&FORGET_CHANGES, params![&id])?;
    Ok(())
}

/// The photo at a place, with width and height.
pub(crate) fn photo_at(tx: &mut Tx<'_>, id: CaseId, place: i64) -> Result<Option<(FileHash, i64, i64)>> {
    Ok(tx.one(&PHOTO_AT, params![&id, place], |row| Ok((FileHash(row.get(0)?), row.get(1)?, row.get(2)?)))?)
}

/// Puts another file in the place of a photo. `true` when nobody needs the old one any more; its row is gone then.
pub(crate) fn swap_photo(
    tx: &mut Tx<'_>,
    (id, place): (CaseId, i64),
    old: FileHash,
    new: &super::Photo,
    at: Time,
) -> Result<bool> {
    super::add::know_file(tx, new, at)?;
    if tx.exec(&SWAP_FILE, params![&id, place, &new.hash.0, &old.0])? == 0 {
        return Err(Problem::conflict("nothing-new", "the photo is another one now"));
    }
    let unused = old != new.hash && tx.get::<i64>(&USED, params![&old.0])? == Some(0);
    if unused {
        tx.exec(&DROP_FILE, params![&old.0])?;
    }
    Ok(unused)
}

#[cfg(test)]
mod tests {
    use access::{Action, Ask, Grant, Permit, Role, Who};
    use base::{Clock, Entropy, PersonId};
    use cases::{Change, EventKind, NewCase};
    use testkit::Fresh;

    use super::super::{Photo, add, by_id, categories, photos, set_up};
    use super::*;
    use crate::model::{Valid, Whereabouts};

    const AT: Time = Time(1_700_000_000_000_000);

    fn permit() -> Permit {
        let id = PersonId::from_bytes(&[9; 16]).unwrap();
        let grant = Grant { role: Role::Lead, office: None, module: None };
        let who = Who::Person { id, strong: true, grants: vec![grant] };
        access::decide(&who, &Ask { action: Action::WorkOnCase, module: None, office: None }).unwrap()
    }

    fn open(fresh: &Fresh) -> ::store::Db {
        let kernel = [::store::MIGRATIONS, identity::MIGRATIONS, cases::MIGRATIONS].concat();
        fresh.open(&[kernel, crate::MODULE.migrations.to_vec()].concat(), None).unwrap()
    }

    fn photo(byte: u8) -> Photo {
        Photo { hash: FileHash([byte; 32]), size: 1, width: 8, height: 8 }
    }

    /// A report with two photos of its sender and one of a crew.
    fn filed(tx: &mut Tx<'_>) -> Result<CaseId> {
        let (clock, entropy) = (Clock::fixed(AT), Entropy::system());
        let office = identity::add_office(tx, (&clock, &entropy), "Amt", "amt@example.org")?;
        set_up(tx, office)?;
        let category = categories(tx)?.remove(0);
        let id = CaseId::new(&clock, &entropy);
        let new = NewCase {
            id,
            module: "report",
            title: "Müll",
            office,
            owner: None,
            secret_hash: None,
            at: AT,
            review: false,
        };
        cases::open(tx, &new)?;
        let report = Valid {
            category,
            text: "Herr Geheim".into(),
            whereabouts: Whereabouts::Address("Domkloster 4".into()),
            name: None,
            email: None,
            answers: vec![],
            client_id: None,
        };
        add(tx, id, &report, &[photo(1), photo(2), photo(3)], AT)?;
        let case = cases::by_id(tx, id)?.unwrap();
        let change = Change::of(&case)
            .line(EventKind::Visit, "done mit 7 Schrauben")
            .line(EventKind::Visit, "after 3");
        cases::record(tx, &permit(), &case, &change, AT)?;
        Ok(id)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn photos_follow_the_report_but_those_of_crews_stay_with_the_office() {
        for fresh in Fresh::everywhere() {
            let db = open(&fresh);
            let counts = db.write("test", |tx| {
                let id = filed(tx)?;
                let mut counts = Vec::new();
                for visibility in [Visibility::Private, Visibility::Public] {
                    set_visibility(tx, id, visibility)?;
                    counts.push(photos(tx, id)?.len());
                }
                Ok(counts)
            });
            assert_eq!(counts.await.unwrap(), [0, 2]);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn somebody_releases_the_photo_of_a_crew_and_withholds_another_for_as_long_as_they_say() {
        for fresh in Fresh::everywhere() {
            let db = open(&fresh);
            let shown = db.write("test", |tx| {
                let id = filed(tx)?;
                set_visibility(tx, id, Visibility::Public)?;
                let taken: Vec<_> = office_photos(tx, id)?.iter().map(|photo| photo.taken).collect();
                assert_eq!(taken, [None, None, Some(Taken::After)]);
                let mut shown = Vec::new();
                let mut look = |tx: &mut Tx<'_>| -> Result<()> {
                    let public = office_photos(tx, id)?.into_iter().filter(|photo| photo.public);
                    shown.push(public.map(|photo| photo.place).collect::<Vec<_>>());
                    Ok(())
                };
                choose_photo(tx, id, 3, Some(true))?;
                choose_photo(tx, id, 1, Some(false))?;
                look(tx)?;
                set_visibility(tx, id, Visibility::Private)?;
                look(tx)?;
                set_visibility(tx, id, Visibility::Public)?;
                look(tx)?;
                choose_photo(tx, id, 3, None)?;
                choose_photo(tx, id, 1, None)?;
                look(tx)?;
                Ok(shown)
            });
            assert_eq!(shown.await.unwrap(), [vec![2, 3], vec![], vec![2, 3], vec![1, 2]]);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_earlier_text_is_kept_for_the_office_until_it_is_removed_for_good() {
        for fresh in Fresh::everywhere() {
            let db = open(&fresh);
            let work = db.write("test", |tx| {
                let id = filed(tx)?;
                set_text(tx, id, ("Herr Geheim", "Herr G."), Some(AT))?;
                let kept = text_before(tx, id, AT)?;
                set_text(tx, id, ("Herr G.", "Jemand"), None)?;
                let text = by_id(tx, id)?.unwrap().text;
                Ok((kept, earlier_texts(tx, id)?, text_before(tx, id, AT).unwrap_err().code, text))
            });
            let (kept, earlier, code, text) = work.await.unwrap();
            assert_eq!((kept.as_str(), text.as_str()), ("Herr Geheim", "Jemand"));
            assert!(earlier.is_empty());
            assert_eq!(code, "report-text-gone");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_file_is_given_up_only_when_no_other_report_shows_it() {
        for fresh in Fresh::everywhere() {
            let db = open(&fresh);
            let unused = db.write("test", |tx| {
                let id = filed(tx)?;
                super::super::add::add_photo(tx, id, &photo(1), false, AT)?;
                let shared = swap_photo(tx, (id, 1), photo(1).hash, &photo(7), AT)?;
                let alone = swap_photo(tx, (id, 4), photo(1).hash, &photo(8), AT)?;
                let again = swap_photo(tx, (id, 4), photo(1).hash, &photo(8), AT).unwrap_err().code;
                Ok((shared, alone, again))
            });
            assert_eq!(unused.await.unwrap(), (false, true, "nothing-new"));
        }
    }
}
