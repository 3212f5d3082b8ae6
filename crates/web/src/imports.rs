//! Boundaries, districts and addresses on their way into a member: what a file would change, and changing it.

use std::sync::Arc;

use base::{Lang, Result};
use place::import::{self, Checked, Finding, Place, Plan};
use place::{Area, District, streets};
use store::Tx;

use crate::member::Member;
use crate::texts::Texts;

/// Rows written in one transaction, so that others need not wait for a long list.
const CHUNK: usize = 4_000;

/// What else belongs into the transaction that takes a file over, such as its line in the audit.
pub type Besides = Arc<dyn Fn(&mut Tx<'_>) -> Result<()> + Send + Sync>;

/// Nothing else.
#[must_use]
pub fn nothing_besides() -> Besides {
    Arc::new(|_| Ok(()))
}

/// A finding in words; about a feature, its number and name come first.
#[must_use]
pub fn finding_text(texts: &Texts, lang: Lang, finding: &Finding) -> String {
    let values: Vec<(&str, &str)> =
        finding.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let text = texts.get(lang, finding.code, &values);
    match &finding.feature {
        None => text,
        Some((number, name)) if name.is_empty() => {
            let number = number.to_string();
            format!("{}: {text}", texts.get(lang, "import-feature", &[("number", &number)]))
        }
        Some((number, name)) => {
            let number = number.to_string();
            let feature = texts.get(lang, "import-feature", &[("number", &number)]);
            format!("{feature} ({name}): {text}")
        }
    }
}

impl Member {
    /// What a file with boundaries would change. With `replace`, areas that are not in it fall away.
    #[must_use]
    pub fn plan_areas(&self, content: &[u8], replace: bool) -> Checked<Plan<Area>> {
        let atlas = self.atlas();
        let Checked { items, faults, mut notes } = import::boundaries(content);
        let kept: Vec<&Area> = atlas
            .areas()
            .iter()
            .filter(|old| !replace && items.iter().all(|area| area.ars != old.ars))
            .collect();
        if faults.is_empty() {
            notes.extend(import::beside(&items, &kept));
        }
        Checked { items: Plan::areas(atlas.areas(), &items, replace), faults, notes }
    }

    /// What a file with districts would change. With `replace`, districts that are not in it fall away.
    #[must_use]
    pub fn plan_districts(&self, content: &[u8], replace: bool) -> Checked<Plan<District>> {
        let atlas = self.atlas();
        let Checked { items, faults, notes } = import::districts(content, &atlas, &self.settings.ars);
        Checked { items: Plan::districts(atlas.districts(), &items, replace), faults, notes }
    }

    /// Takes areas over and uses them at once.
    ///
    /// # Errors
    /// What the database says.
    pub async fn import_areas(&self, plan: Plan<Area>, besides: Besides) -> Result<()> {
        let atlas = self.db.write("area.import", move |tx| {
            place::forget(tx, plan.removed())?;
            place::save(tx, &plan.result())?;
            besides(tx)?;
            Ok(place::load(tx)?)
        });
        self.use_atlas(atlas.await?);
        Ok(())
    }

    /// Takes districts over and uses them at once.
    ///
    /// # Errors
    /// What the database says.
    pub async fn import_districts(&self, plan: Plan<District>, besides: Besides) -> Result<()> {
        let atlas = self.db.write("district.import", move |tx| {
            place::forget_districts(tx, plan.removed())?;
            place::save_districts(tx, &plan.result())?;
            besides(tx)?;
            Ok(place::load(tx)?)
        });
        self.use_atlas(atlas.await?);
        Ok(())
    }

    /// Takes a list of addresses over: it is written beside the one in force and then takes its place. With `replace`
    /// towns that are not in it lose their addresses, otherwise they keep them.
    ///
    /// # Errors
    /// What the database says; the list in force stays.
    pub async fn import_addresses(&self, places: Vec<Place>, replace: bool, besides: Besides) -> Result<()> {
        let mut places = places;
        if !replace {
            let towns: Vec<String> = places.iter().map(|place| place.town.clone()).collect();
            let others = self.db.read("street.others", move |tx| Ok(streets::of_other_towns(tx, &towns)?));
            places.extend(others.await?);
        }
        let mut rest = streets::gather(places);
        let edition = self.db.write("street.edition", |tx| Ok(streets::new_edition(tx)?)).await?;
        while !rest.is_empty() {
            let mut rows = 0;
            let fitting = rest.iter().take_while(|street| {
                rows += street.rows();
                rows <= CHUNK
            });
            let count = fitting.count().max(1);
            let later = rest.split_off(count);
            let chunk = std::mem::replace(&mut rest, later);
            self.db.write("street.add", move |tx| Ok(streets::add(tx, edition, &chunk)?)).await?;
        }
        let publish = self.db.write("street.publish", move |tx| {
            streets::publish(tx, edition)?;
            besides(tx)
        });
        publish.await?;
        while self.db.write("street.sweep", |tx| Ok(streets::sweep(tx)?)).await? {}
        Ok(())
    }
}
