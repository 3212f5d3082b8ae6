//! What the administration of Anliegen changes beside categories: who is responsible.

use ::store::{Error, Row, Tx, params, statements};
use base::{CaseId, FormId, Problem, Result};
use place::{Atlas, Point};

use crate::model::{Body, Category, Decision, Rule, Spot, What, Where, Worker, responsible};

statements! {
    RULES = "report.rules":
        "select id, created, area, district, category, grouping, office_id, body_name, body_contact, body_url
         from report_responsibility order by created, id";
    ADD_RULE = "report.add_rule":
        "insert into report_responsibility (id, created, area, district, category, grouping, office_id, body_name,
                                            body_contact, body_url)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    DROP_RULE = "report.drop_rule": "delete from report_responsibility where id = ?1";
    PUT_BODY = "report.put_body":
        "insert into report_body (case_id, name, contact, url) values (?1, ?2, ?3, ?4)
         on conflict (case_id) do update set name = excluded.name, contact = excluded.contact, url = excluded.url";
    DROP_BODY = "report.drop_body": "delete from report_body where case_id = ?1";
    BODY = "report.body": "select name, contact, url from report_body where case_id = ?1";
    MOVE = "report.move_category": "update report_category set place = ?2 where code = ?1";
}

/// Every rule of responsibility, the oldest first.
pub(crate) fn rules(tx: &mut Tx<'_>) -> Result<Vec<Rule>> {
    Ok(tx.all(&RULES, &[], rule)?)
}

/// Adds a rule.
pub(crate) fn add_rule(tx: &mut Tx<'_>, rule: &Rule) -> Result<()> {
    let (area, district) = match &rule.place {
        Where::Everywhere => (None, None),
        Where::Area(ars) => (Some(ars.as_str()), None),
        Where::District(key) => (None, Some(key.as_str())),
    };
    let (category, group) = match &rule.what {
        What::Everything => (None, None),
        What::Group(group) => (None, Some(group.as_str())),
        What::Category(code) => (Some(code.as_str()), None),
    };
    let nobody = Body::default();
    let (office, body) = match &rule.worker {
        Worker::Office(office) => (Some(office), &nobody),
        Worker::Body(body) => (None, body),
    };
    let (name, contact, url) = (body.name.as_str(), body.contact.as_str(), body.url.as_str());
    let params = params![&rule.id, rule.created, area, district, category, group, office, name, contact, url];
    tx.exec(&ADD_RULE, params)?;
    Ok(())
}

/// Removes a rule; `false` when there is none.
pub(crate) fn drop_rule(tx: &mut Tx<'_>, id: FormId) -> Result<bool> {
    Ok(tx.exec(&DROP_RULE, params![&id])? > 0)
}

/// Who is responsible for a category at a place, by the rules of now.
pub(crate) fn responsible_for(
    tx: &mut Tx<'_>,
    atlas: &Atlas,
    category: &Category,
    place: Option<Point>,
) -> Result<Decision> {
    let spot = place.map(|point| Spot {
        area: atlas.at(point).map(|area| area.ars.clone()),
        district: atlas.district_at(point).map(|district| district.key.clone()),
    });
    Ok(responsible(&rules(tx)?, category, &spot.unwrap_or_default()))
}

/// Notes who outside is responsible for a report, or that nobody is.
pub(crate) fn set_body(tx: &mut Tx<'_>, id: CaseId, body: Option<&Body>) -> Result<()> {
    match body {
        Some(Body { name, contact, url }) => {
            tx.exec(&PUT_BODY, params![&id, name.as_str(), contact.as_str(), url.as_str()])?
        }
        None => tx.exec(&DROP_BODY, params![&id])?,
    };
    Ok(())
}

/// Who outside is responsible for a report, if somebody is.
pub(crate) fn body(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<Body>> {
    Ok(tx.one(&BODY, params![&id], |row| {
        Ok(Body { name: row.get(0)?, contact: row.get(1)?, url: row.get(2)? })
    })?)
}

/// Puts the categories into this order.
pub(crate) fn order_categories(tx: &mut Tx<'_>, categories: &[Category]) -> Result<()> {
    for (place, category) in (1_i64..).zip(categories) {
        tx.exec(&MOVE, params![category.code.as_str(), place])?;
    }
    Ok(())
}

/// The category with this code.
pub(crate) fn category(tx: &mut Tx<'_>, code: &str) -> Result<Category> {
    let nothing = || Problem::not_found("category", "there is no such category");
    super::find_category(tx, code)?.ok_or_else(nothing)
}

fn rule(row: &Row<'_>) -> Result<Rule, Error> {
    let text = |index| row.get::<Option<String>>(index);
    let place = match (text(2)?, text(3)?) {
        (_, Some(key)) => Where::District(key),
        (Some(ars), None) => Where::Area(ars.parse().map_err(|_| Error::Column(2, "a region key"))?),
        (None, None) => Where::Everywhere,
    };
    let what = match (text(4)?, text(5)?) {
        (Some(code), _) => What::Category(code),
        (None, Some(group)) => What::Group(group),
        (None, None) => What::Everything,
    };
    let worker = match row.get(6)? {
        Some(office) => Worker::Office(office),
        None => Worker::Body(Body { name: row.get(7)?, contact: row.get(8)?, url: row.get(9)? }),
    };
    Ok(Rule { id: row.get(0)?, created: row.get(1)?, place, what, worker })
}
