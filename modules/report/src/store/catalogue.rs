//! The categories as requests need them: read from the database once for every version of them. Triggers count the
//! versions, so whoever changes a category need not know of it.

use std::sync::{Arc, PoisonError, RwLock};

use ::store::{Tx, params, statements};
use base::{Result, Time};

use crate::model::Category;

statements! {
    VERSION = "report.catalogue": "select version from derived_report_catalogue where id = 1";
    CHANGESET = "report.changeset": "select version, named, changed from derived_report_catalogue where id = 1";
    NAME = "report.name_changeset":
        "insert into derived_report_catalogue (id, version, named, changed) values (1, ?1, ?1, ?2)
         on conflict (id) do update set named = excluded.named, changed = excluded.changed";
}

/// The categories of one member in memory.
#[derive(Debug, Default)]
pub(crate) struct Catalogue(RwLock<Option<(i64, Arc<Vec<Category>>)>>);

/// Every category with its questions. Only for [`::store::Db::read`]: what a write sees may never be committed.
pub(crate) fn catalogue(tx: &mut Tx<'_>, memory: &Catalogue) -> Result<Arc<Vec<Category>>> {
    let version = tx.get::<i64>(&VERSION, &[])?.unwrap_or(0);
    let kept = memory.0.read().unwrap_or_else(PoisonError::into_inner).clone();
    match kept {
        Some((known, categories)) if known == version => Ok(categories),
        _ => {
            let fresh = Arc::new(super::categories(tx)?);
            let mut memory = memory.0.write().unwrap_or_else(PoisonError::into_inner);
            *memory = Some((version, Arc::clone(&fresh)));
            Ok(fresh)
        }
    }
}

/// When the categories last changed, as far as anybody asked: whoever asks first after a change gives it its time.
pub(crate) fn changeset(tx: &mut Tx<'_>, now: Time) -> Result<Time> {
    let row = tx.one(&CHANGESET, &[], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get(2)?)))?;
    match row {
        Some((version, named, changed)) if version == named => Ok(changed),
        row => {
            let version = row.map_or(1, |(version, _, _)| version);
            tx.exec(&NAME, params![version, now])?;
            Ok(now)
        }
    }
}
