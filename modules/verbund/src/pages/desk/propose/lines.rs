use base::Lang;
use federation::agreement::{Document, Form as Transfer, Owed, Rhythm, Source, Terms};
use federation::{Day, Did};
use ledger::PUBLIC;
use web::{Ctx, Form};

use crate::model::{RHYTHMS, TRANSFERS, euros, kind_name, rhythm_name, transfer_name};

/// Something to choose: value, text, and whether it is chosen.
pub(super) type Choice = (String, String, bool);

/// Lines of one sort, at most.
const MOST: usize = 20;

/// What can be agreed line by line. The fields of a line have its number behind their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// Who pays whom.
    Payment,
    /// Who works for whom.
    Work,
    /// Who acts for whom.
    Task,
}

impl Sort {
    pub(super) const ALL: [Self; 3] = [Self::Payment, Self::Work, Self::Task];

    /// The word in the form.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Payment => "zahlung",
            Self::Work => "leistung",
            Self::Task => "aufgabe",
        }
    }

    /// The fields of a line: from whom, to whom, and what else is chosen; then what is written.
    pub(super) fn fields(self) -> Fields {
        let (from, to, how, written) = match self {
            Self::Payment => ("schuldner", "glaeubiger", "rhythmus", &["betrag", "wofuer"][..]),
            Self::Work => ("leistender", "empfaenger", "", &["leistung"][..]),
            Self::Task => ("handelnd", "zustaendig", "uebertragung", &["aufgabe"][..]),
        };
        Fields { from, to, how, written }
    }
}

/// The names of a line's fields, without its number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    pub(super) how: &'static str,
    pub(super) written: &'static [&'static str],
}

/// The name of a field of a line.
pub(super) fn field(name: &str, number: usize) -> String {
    format!("{name}-{number}")
}

/// One line as the form shows it.
pub(super) struct Row {
    number: usize,
    from: Vec<Choice>,
    to: Vec<Choice>,
    how: Vec<Choice>,
}

impl Row {
    /// The name of a field of it.
    pub(super) fn name(&self, field: &str) -> String {
        self::field(field, self.number)
    }

    /// Whom it can go out from.
    pub(super) fn from(&self) -> &[Choice] {
        &self.from
    }

    /// Whom it can go to.
    pub(super) fn to(&self) -> &[Choice] {
        &self.to
    }

    /// How often, or how far.
    pub(super) fn how(&self) -> &[Choice] {
        &self.how
    }

    /// Its number as people count.
    pub(super) fn number(&self) -> usize {
        self.number + 1
    }
}

/// The lines of a sort, as they were filled in; one at least.
pub(super) fn rows(ctx: &Ctx, form: &Form, sort: Sort, parties: &[(String, String)]) -> Vec<Row> {
    let Fields { from, to, how, .. } = sort.fields();
    let hows: Vec<_> = match sort {
        Sort::Payment => named(ctx, "verbund-rhythm", RHYTHMS.map(rhythm_name)),
        Sort::Task => named(ctx, "verbund-transfer", TRANSFERS.map(transfer_name)),
        Sort::Work => Vec::new(),
    };
    let row = |number| Row {
        number,
        from: choices(form, &field(from, number), parties),
        to: choices(form, &field(to, number), parties),
        how: choices(form, &field(how, number), &hows),
    };
    (0..count(form, sort)).map(row).collect()
}

/// Values with their texts.
pub(super) fn named<const N: usize>(ctx: &Ctx, key: &str, names: [&str; N]) -> Vec<(String, String)> {
    names.map(|name| (name.to_owned(), ctx.t1(key, "name", name))).into()
}

/// What can be chosen in a field, with what was.
pub(super) fn choices(form: &Form, name: &str, all: &[(String, String)]) -> Vec<Choice> {
    let is_chosen = |value: &str| form.fields().iter().any(|(own, sent)| own == name && sent == value);
    all.iter().map(|(value, text)| (value.clone(), text.clone(), is_chosen(value))).collect()
}

/// How many lines of a sort a form has.
pub(super) fn count(form: &Form, sort: Sort) -> usize {
    let Fields { from, written, .. } = sort.fields();
    let number = |name: &str| {
        let (name, number) = name.rsplit_once('-')?;
        (name == from || written.contains(&name)).then(|| number.parse::<usize>().ok()).flatten()
    };
    let last = form.fields().iter().filter_map(|(name, _)| number(name)).max();
    last.map_or(1, |last| last.saturating_add(1)).clamp(1, MOST)
}

/// Whether a line was left empty: nothing was written, and nobody chosen.
pub(super) fn is_empty(form: &Form, sort: Sort, number: usize) -> bool {
    let Fields { from, to, written, .. } = sort.fields();
    written.iter().chain([&from, &to]).all(|name| form.find(&field(name, number)).is_none())
}

/// Whether any line of a sort says something.
pub(super) fn has_any(form: &Form, sort: Sort) -> bool {
    (0..count(form, sort)).any(|number| !is_empty(form, sort, number))
}

/// The form with one more line of a sort.
pub(super) fn with_one_more(form: &Form, sort: &str) -> Form {
    let sort = Sort::ALL.into_iter().find(|own| own.name() == sort);
    sort.map_or_else(
        || form.clone(),
        |sort| form.with(&field(sort.fields().from, count(form, sort).min(MOST - 1)), ""),
    )
}

/// The form that would propose these terms again, as the next version of a document.
pub(super) fn again(document: &Document, own: &Did, first: Day, accept_by: Day) -> Form {
    let terms = document.terms();
    let mut fields = vec![
        ("ersetzt".to_owned(), document.hash().to_string()),
        ("art".into(), kind_name(terms.kind).into()),
        ("titel".into(), terms.title.clone()),
        ("zweck".into(), terms.purpose.clone()),
        ("grundlage".into(), terms.legal_basis.clone()),
        ("ab".into(), first.to_string()),
        ("bis".into(), terms.until.map(|until| until.to_string()).unwrap_or_default()),
        ("annahme".into(), accept_by.to_string()),
        ("frist".into(), terms.notice_days.to_string()),
    ];
    let others = terms.parties.iter().filter(|party| party.did != *own);
    fields.extend(others.map(|party| ("partei[]".to_owned(), party.did.to_string())));
    if terms.flows.iter().any(|flow| is_public(&flow.source)) {
        fields.push(("austausch".into(), "1".into()));
    }
    if terms.flows.iter().any(|flow| is_handover(&flow.source)) {
        fields.push(("abgabe".into(), "1".into()));
    }
    let [mut payments, mut works] = [0, 0];
    for duty in &terms.duties {
        let people = [duty.from.to_string(), duty.to.to_string()];
        match &duty.owed {
            Owed::Money { cents, rhythm, subject } => {
                let written = [euros(i64::from(*cents).into(), Lang::De), subject.clone()];
                fields.extend(line(Sort::Payment, payments, people, rhythm_name(*rhythm), written.into()));
                payments += 1;
            }
            Owed::Work { subject } => {
                fields.extend(line(Sort::Work, works, people, "", vec![subject.clone()]));
                works += 1;
            }
            Owed::Data { .. } => {}
        }
    }
    for (number, authority) in terms.authorities.iter().enumerate() {
        let people = [authority.acting.to_string(), authority.competent.to_string()];
        let how = transfer_name(authority.form);
        fields.extend(line(Sort::Task, number, people, how, vec![authority.matter.clone()]));
    }
    Form::new(fields)
}

fn line(
    sort: Sort,
    number: usize,
    [from, to]: [String; 2],
    how: &str,
    written: Vec<String>,
) -> Vec<(String, String)> {
    let fields = sort.fields();
    let mut line = vec![(field(fields.from, number), from), (field(fields.to, number), to)];
    if !how.is_empty() {
        line.push((field(fields.how, number), how.to_owned()));
    }
    line.extend(fields.written.iter().map(|name| field(name, number)).zip(written));
    line
}

/// Whether these terms have more of something than a form holds.
pub(super) fn is_too_long(terms: &Terms) -> bool {
    let count = |is_meant: fn(&Owed) -> bool| terms.duties.iter().filter(|duty| is_meant(&duty.owed)).count();
    let payments = count(|owed| matches!(owed, Owed::Money { .. }));
    let works = count(|owed| matches!(owed, Owed::Work { .. }));
    payments.max(works).max(terms.authorities.len()) > MOST
}

/// Whether a source lets cases be handed over.
pub(super) fn is_handover(source: &Source) -> bool {
    *source == Source::Service(federation::handover::SERVICE.into())
}

/// Whether a source is open to everybody anyway.
pub(super) fn is_public(source: &Source) -> bool {
    matches!(source, Source::Feed(name) if name == PUBLIC)
}

/// What was chosen of things that have names.
pub(super) fn chosen<T: Copy>(text: &str, all: &[T], name: fn(T) -> &'static str) -> Option<T> {
    all.iter().copied().find(|own| name(*own) == text)
}

/// How often, as it was chosen; once in a year if nothing was.
pub(super) fn rhythm(text: &str) -> Rhythm {
    chosen(text, &RHYTHMS, rhythm_name).unwrap_or(Rhythm::Yearly)
}

/// How far one acts for another, as it was chosen; the lesser if nothing was.
pub(super) fn transfer(text: &str) -> Transfer {
    chosen(text, &TRANSFERS, transfer_name).unwrap_or(Transfer::Mandatierend)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Form {
        Form::new(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_form_has_the_lines_that_were_sent_and_one_at_least() {
        assert_eq!(count(&form(&[]), Sort::Payment), 1);
        let sent = form(&[("betrag-0", "1"), ("schuldner-2", ""), ("aufgabe-9", "x"), ("betrag-x", "")]);
        assert_eq!(Sort::ALL.map(|sort| count(&sent, sort)), [3, 1, 10]);
        assert_eq!(count(&form(&[("betrag-18446744073709551615", "")]), Sort::Payment), MOST);
        assert!(!is_empty(&sent, Sort::Payment, 0) && is_empty(&sent, Sort::Payment, 1));
        assert!(has_any(&sent, Sort::Task) && !has_any(&sent, Sort::Work));
    }

    #[test]
    fn a_line_more_is_one_more_until_there_are_too_many() {
        let mut sent = form(&[("leistung-0", "x")]);
        for wanted in (2..=MOST).chain([MOST]) {
            sent = with_one_more(&sent, "leistung");
            assert_eq!(count(&sent, Sort::Work), wanted);
        }
        assert_eq!(with_one_more(&sent, "unsinn"), sent);
    }
}
