use askama::Template;
use base::{AgreementId, Fault, Result, Time};
use federation::agreement::{Duty, Flow, Owed, Party, Rhythm, Terms};
use federation::peers::{self, Peer};
use federation::{At, Cents, Day, Did};
use web::{Ctx, Form, Handled, Page, html};

use super::{HERE, crumbs, may_sign, once};
use crate::model::{KINDS, RHYTHMS, cents, kind_name, public_feeds, rhythm_name};
use crate::{own, sign};

/// Something to choose: value, text, and whether it is chosen.
type Choice = (String, String, bool);

/// For how long others can usually accept.
const WEEKS: u16 = 6;

#[derive(Template)]
#[template(path = "verbund_propose.html")]
struct View {
    page: Page,
    form: Form,
    kinds: Vec<Choice>,
    parties: Vec<Choice>,
    debtors: Vec<Choice>,
    creditors: Vec<Choice>,
    rhythms: Vec<Choice>,
    exchanges: bool,
}

/// The form with which something is proposed to other members.
pub(super) async fn blank(ctx: Ctx) -> Handled {
    let today = Day::of(ctx.member().clock.now());
    let usual = [
        ("ab", today.plus_days(1).to_string()),
        ("annahme", today.plus_days(WEEKS * 7).to_string()),
        ("frist", "90".into()),
    ];
    let form = Form::new(usual.map(|(name, value)| (name.to_owned(), value)).into());
    page(&ctx, form, vec![]).await
}

async fn page(ctx: &Ctx, form: Form, faults: Vec<Fault>) -> Handled {
    may_sign(ctx)?;
    let (peers, own) =
        (ctx.member().db.read("verbund.peers", peers::all).await?, own::identity(ctx.member())?);
    let is_chosen =
        |name: &str, value: &str| form.fields().iter().any(|(own, sent)| own == name && sent == value);
    let choice = |name: &'static str| {
        move |(value, text): (String, String)| {
            let chosen = is_chosen(name, &value);
            (value, text, chosen)
        }
    };
    let named = |peer: &Peer| (peer.identity.did.to_string(), peer.identity.name.clone());
    let everybody =
        || std::iter::once((own.did.to_string(), own.name.clone())).chain(peers.iter().map(named));
    let kinds = KINDS.map(kind_name).map(|name| (name.to_owned(), ctx.t1("verbund-kind", "name", name)));
    let rhythms =
        RHYTHMS.map(rhythm_name).map(|name| (name.to_owned(), ctx.t1("verbund-rhythm", "name", name)));
    html(&View {
        page: ctx.page_titled(ctx.t("verbund-propose"), crumbs(ctx)).with_faults(faults),
        kinds: kinds.into_iter().map(choice("art")).collect(),
        parties: peers.iter().map(named).map(choice("partei")).collect(),
        debtors: everybody().map(choice("schuldner")).collect(),
        creditors: everybody().map(choice("glaeubiger")).collect(),
        rhythms: rhythms.into_iter().map(choice("rhythmus")).collect(),
        exchanges: form.find("austausch").is_some(),
        form,
    })
}

/// Signs the proposal and sends it to all its parties.
pub(super) async fn propose(ctx: Ctx, form: Form) -> Handled {
    let permit = may_sign(&ctx)?;
    let peers = ctx.member().db.read("verbund.peers", peers::all).await?;
    let terms = match Reading::of(&ctx, &form, &peers)?.terms() {
        Ok(terms) => terms,
        Err(faults) => return page(&ctx, form, faults).await,
    };
    let acting = ctx.clone();
    let done = once(&ctx, &form, "verbund.propose", move |tx| {
        let hash = sign::propose(&acting, tx, &permit, &terms)?;
        Ok(format!("{HERE}/vereinbarungen/{hash}"))
    });
    Ok(done.await?)
}

/// What the form says, and everything that is wrong with it.
struct Reading<'a> {
    form: &'a Form,
    id: AgreementId,
    own: Party,
    peers: &'a [Peer],
    now: Time,
    faults: Vec<Fault>,
}

impl<'a> Reading<'a> {
    fn of(ctx: &Ctx, form: &'a Form, peers: &'a [Peer]) -> Result<Self> {
        let member = ctx.member();
        let own = own::identity(member)?;
        let own = Party { did: own.did, name: own.name, ars: own.ars, keys: own.keys };
        let id = AgreementId::new(&member.clock, &member.entropy);
        Ok(Self { form, id, own, peers, now: member.clock.now(), faults: Vec::new() })
    }

    fn terms(mut self) -> Result<Terms, Vec<Fault>> {
        let kind = KINDS.into_iter().find(|kind| kind_name(*kind) == self.form.get("art"));
        if kind.is_none() {
            self.blame("art", "field-missing");
        }
        let title = self.words("titel", 200);
        let purpose = self.words("zweck", 10_000);
        let legal_basis = self.words("grundlage", 2000);
        let parties = self.parties();
        let (from, until) = self.period();
        let accept_by = self.day("annahme");
        if accept_by.is_some_and(|day| day < Day::of(self.now)) {
            self.blame("annahme", "verbund-accept-past");
        }
        let notice_days = self.form.get("frist").parse().ok().filter(|days| *days <= 1100);
        if notice_days.is_none() {
            self.blame("frist", "verbund-notice-wrong");
        }
        let duties: Vec<_> = self.duty(&parties).into_iter().collect();
        match (kind, from, accept_by, notice_days) {
            (Some(kind), Some(from), Some(accept_by), Some(notice_days)) if self.faults.is_empty() => {
                Ok(Terms {
                    id: self.id,
                    version: 1,
                    replaces: None,
                    kind,
                    title,
                    purpose,
                    legal_basis,
                    proposer: self.own.did.clone(),
                    proposed: At::new(self.now),
                    accept_by,
                    flows: self.flows(&parties),
                    parties,
                    duties,
                    authorities: Vec::new(),
                    from,
                    until,
                    notice_days,
                })
            }
            _ => Err(self.faults),
        }
    }

    fn blame(&mut self, field: &'static str, code: &'static str) {
        self.faults.push(Fault::new(field, code));
    }

    /// A text that must be there, in one form whatever the browser sends between lines.
    fn words(&mut self, field: &'static str, longest: usize) -> String {
        let text = self.form.get(field).replace("\r\n", "\n");
        if text.is_empty() {
            self.blame(field, "field-missing");
        } else if text.chars().count() > longest {
            self.blame(field, "verbund-too-long");
        }
        text
    }

    fn day(&mut self, field: &'static str) -> Option<Day> {
        let day = self.form.get(field).parse().ok();
        if day.is_none() {
            self.blame(field, "verbund-day-wrong");
        }
        day
    }

    fn period(&mut self) -> (Option<Day>, Option<Day>) {
        let from = self.day("ab");
        let until = self.form.find("bis").is_some().then(|| self.day("bis")).flatten();
        if let (Some(from), Some(until)) = (from, until)
            && until < from
        {
            self.blame("bis", "verbund-until-early");
        }
        (from, until)
    }

    /// We, and those who were chosen, with the keys that were confirmed.
    fn parties(&mut self) -> Vec<Party> {
        let sent = self.form.fields().iter().filter(|(name, _)| name == "partei");
        let chosen: Vec<_> = sent.map(|(_, value)| value.as_str()).collect();
        let others = self.peers.iter().map(|peer| &peer.identity);
        let others = others.filter(|identity| chosen.contains(&identity.did.to_string().as_str()));
        let party = |identity: &federation::Identity| Party {
            did: identity.did.clone(),
            name: identity.name.clone(),
            ars: identity.ars.clone(),
            keys: identity.keys.clone(),
        };
        let parties: Vec<_> = std::iter::once(self.own.clone()).chain(others.map(party)).collect();
        if parties.len() < 2 {
            self.blame("partei-0", "verbund-party-missing");
        }
        parties
    }

    /// The one duty to pay, if there is to be one.
    fn duty(&mut self, parties: &[Party]) -> Option<Duty> {
        let fields = ["betrag", "schuldner", "glaeubiger", "wofuer"];
        if fields.iter().all(|field| self.form.find(field).is_none()) {
            return None;
        }
        let amount = cents(self.form.get("betrag")).and_then(|cents| Cents::try_from(cents).ok());
        if amount.is_none() {
            self.blame("betrag", "verbund-amount-wrong");
        }
        let [from, to] = ["schuldner", "glaeubiger"].map(|field| {
            let did = self.form.get(field).parse::<Did>().ok();
            did.filter(|did| parties.iter().any(|party| party.did == *did))
        });
        if from.is_none() {
            self.blame("schuldner", "verbund-not-a-party");
        }
        if to.is_none() {
            self.blame("glaeubiger", "verbund-not-a-party");
        } else if to == from {
            self.blame("glaeubiger", "verbund-same-party");
        }
        let rhythm = RHYTHMS.into_iter().find(|rhythm| rhythm_name(*rhythm) == self.form.get("rhythmus"));
        let rhythm = rhythm.unwrap_or(Rhythm::Yearly);
        let subject = self.words("wofuer", 2000);
        Some(Duty { from: from?, to: to?, owed: Owed::Money { cents: amount?, rhythm, subject } })
    }

    /// Everybody's public feed for everybody, if that was chosen.
    fn flows(&self, parties: &[Party]) -> Vec<Flow> {
        if self.form.find("austausch").is_none() {
            return Vec::new();
        }
        public_feeds(parties)
    }
}
