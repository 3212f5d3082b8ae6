use ::store::{Error, Row, Tx, params, statements};
use base::{OfficeId, Result};

use crate::demo::{CATEGORIES, QUESTIONS};
use crate::model::{Category, Choice, Question};

statements! {
    PUT = "report.put_category":
        "insert into report_category (code, grouping, name, name_en, description, keywords, office_id, visibility,
                                      near_metres, promise_hours, active, place)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,
                 (select coalesce(max(place), 0) + 1 from report_category))
         on conflict (code) do update set grouping = excluded.grouping, name = excluded.name,
         name_en = excluded.name_en, description = excluded.description, keywords = excluded.keywords,
         office_id = excluded.office_id, visibility = excluded.visibility, near_metres = excluded.near_metres,
         promise_hours = excluded.promise_hours, active = excluded.active";
    EVERY = "report.categories":
        "select code, grouping, name, name_en, description, keywords, office_id, visibility, near_metres,
                promise_hours, active
         from report_category order by place, code";
    QUESTIONS_ALL = "report.questions":
        "select category, code, datatype, required, asked, text, text_en, hint from report_question
         order by category, place";
    CHOICES_ALL = "report.choices":
        "select category, question, key, name, name_en from report_choice order by category, question, place";
    DROP_QUESTIONS = "report.drop_questions": "delete from report_question where category = ?1";
    DROP_CHOICES = "report.drop_choices": "delete from report_choice where category = ?1";
    ADD_QUESTION = "report.add_question":
        "insert into report_question (category, code, place, datatype, required, asked, text, text_en, hint)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    ADD_CHOICE = "report.add_choice":
        "insert into report_choice (category, question, key, place, name, name_en)
         values (?1, ?2, ?3, ?4, ?5, ?6)";
}

/// Gives a new member the usual categories, all of them worked on by one office.
///
/// # Errors
/// What the database says.
pub fn set_up(tx: &mut Tx<'_>, office: OfficeId) -> Result<()> {
    set_categories(tx, |_| Some(office))
}

/// Gives a member the usual categories, each worked on by the office of its group.
pub(crate) fn set_categories(tx: &mut Tx<'_>, office: impl Fn(&str) -> Option<OfficeId>) -> Result<()> {
    for template in CATEGORIES {
        let Some(office) = office(template.group) else { continue };
        let questions = QUESTIONS.iter().filter(|question| question.category == template.code);
        let category = template.category(office, questions.map(|question| question.question()).collect());
        put_category(tx, &category)?;
    }
    Ok(())
}

/// Keeps a category with its questions; one of the same code is replaced.
pub(crate) fn put_category(tx: &mut Tx<'_>, category: &Category) -> Result<()> {
    let code = category.code.as_str();
    let params = params![
        code,
        category.group.as_str(),
        category.name.as_str(),
        category.name_en.as_str(),
        category.description.as_str(),
        category.keywords.as_str(),
        &category.office,
        category.visibility.name(),
        category.near_metres,
        category.promise_hours,
        category.active
    ];
    tx.exec(&PUT, params)?;
    tx.exec(&DROP_CHOICES, params![code])?;
    tx.exec(&DROP_QUESTIONS, params![code])?;
    for (place, question) in (1_i64..).zip(&category.questions) {
        add_question(tx, code, place, question)?;
    }
    Ok(())
}

fn add_question(tx: &mut Tx<'_>, category: &str, place: i64, question: &Question) -> Result<()> {
    let params = params![
        category,
        question.code.as_str(),
        place,
        question.datatype.name(),
        question.required,
        question.asked,
        question.text.as_str(),
        question.text_en.as_str(),
        question.hint.as_str()
    ];
    tx.exec(&ADD_QUESTION, params)?;
    for (place, choice) in (1_i64..).zip(&question.choices) {
        let (key, name, name_en) = (choice.key.as_str(), choice.name.as_str(), choice.name_en.as_str());
        tx.exec(&ADD_CHOICE, params![category, question.code.as_str(), key, place, name, name_en])?;
    }
    Ok(())
}

/// Every category with its questions, in the order people see them.
pub(crate) fn categories(tx: &mut Tx<'_>) -> Result<Vec<Category>> {
    let mut categories = tx.all(&EVERY, &[], category)?;
    let mut questions = tx.all(&QUESTIONS_ALL, &[], |row| Ok((row.get::<String>(0)?, question(row)?)))?;
    tx.each(&CHOICES_ALL, &[], |row| {
        let (category, code): (String, String) = (row.get(0)?, row.get(1)?);
        let choice = Choice { key: row.get(2)?, name: row.get(3)?, name_en: row.get(4)? };
        let of = questions.iter_mut().find(|(own, question)| *own == category && question.code == code);
        if let Some((_, question)) = of {
            question.choices.push(choice);
        }
        Ok(())
    })?;
    for (category, question) in questions {
        if let Some(own) = categories.iter_mut().find(|own| own.code == category) {
            own.questions.push(question);
        }
    }
    Ok(categories)
}

/// The category with this code, if there is one.
pub(crate) fn find_category(tx: &mut Tx<'_>, code: &str) -> Result<Option<Category>> {
    Ok(categories(tx)?.into_iter().find(|category| category.code == code))
}

fn category(row: &Row<'_>) -> Result<Category, Error> {
    Ok(Category {
        code: row.get(0)?,
        group: row.get(1)?,
        name: row.get(2)?,
        name_en: row.get(3)?,
        description: row.get(4)?,
        keywords: row.get(5)?,
        office: row.get(6)?,
        visibility: super::named(row, 7, "a visibility")?,
        near_metres: row.get(8)?,
        promise_hours: row.get(9)?,
        active: row.get(10)?,
        questions: Vec::new(),
    })
}

fn question(row: &Row<'_>) -> Result<Question, Error> {
    Ok(Question {
        code: row.get(1)?,
        datatype: super::named(row, 2, "a datatype")?,
        required: row.get(3)?,
        asked: row.get(4)?,
        text: row.get(5)?,
        text_en: row.get(6)?,
        hint: row.get(7)?,
        choices: Vec::new(),
    })
}
