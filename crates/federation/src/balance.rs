use std::collections::BTreeMap;

use crate::agreement::{Claim, Received};
use crate::did::Did;
use crate::form::Hash;

/// What members owe each other by what they agreed, and what of it they received: in whole cents, every cent on the
/// side of one debtor and of one creditor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    lines: Vec<Line>,
}

/// What stands under one duty of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The document.
    pub document: Hash,
    /// Its duty, counted from zero.
    pub duty: usize,
    /// Who owes.
    pub debtor: Did,
    /// Who is owed.
    pub creditor: Did,
    /// The money.
    pub account: Account,
}

/// Amounts in cents, none of them negative. `agreed + excess = received + open`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// What was agreed for the time that has passed.
    pub agreed: i64,
    /// What the creditor said it received.
    pub received: i64,
    /// What is still owed.
    pub open: i64,
    /// What was received beyond it. It pays for nothing else: setting off takes a declaration (§ 388 BGB).
    pub excess: i64,
}

/// The sum of all amounts is more than 64 bits can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the amounts are too large to be added up")]
pub struct Overflow;

impl Balance {
    /// Sets what was received against what is owed, duty by duty.
    ///
    /// # Errors
    /// When all amounts together exceed 64 bits; if they do not, no sum of some of them does.
    pub fn of(claims: &[Claim], received: &[Received]) -> Result<Self, Overflow> {
        let all = claims.iter().map(|claim| claim.cents).chain(received.iter().map(|some| some.cents));
        all.into_iter().try_fold(0_i64, i64::checked_add).ok_or(Overflow)?;
        let mut duties = BTreeMap::<(Hash, usize, &Did, &Did), (i64, i64)>::new();
        for claim in claims {
            duties.entry((claim.document, claim.duty, &claim.debtor, &claim.creditor)).or_default().0 +=
                claim.cents;
        }
        for some in received {
            duties.entry((some.document, some.duty, &some.debtor, &some.creditor)).or_default().1 +=
                some.cents;
        }
        let line = |((document, duty, debtor, creditor), (agreed, received)): (_, (i64, i64))| {
            let (debtor, creditor) = (Did::clone(debtor), Did::clone(creditor));
            Line { document, duty, debtor, creditor, account: Account::new(agreed, received) }
        };
        Ok(Self { lines: duties.into_iter().map(line).collect() })
    }

    /// Duty by duty.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// What one member owes another.
    #[must_use]
    pub fn between(&self, debtor: &Did, creditor: &Did) -> Account {
        self.sum(|line| line.debtor == *debtor && line.creditor == *creditor)
    }

    /// What a member owes all others.
    #[must_use]
    pub fn debts(&self, of: &Did) -> Account {
        self.sum(|line| line.debtor == *of)
    }

    /// What all others owe a member.
    #[must_use]
    pub fn claims(&self, of: &Did) -> Account {
        self.sum(|line| line.creditor == *of)
    }

    /// What stands under one document.
    #[must_use]
    pub fn under(&self, document: Hash) -> Account {
        self.sum(|line| line.document == document)
    }

    fn sum(&self, is_meant: impl Fn(&Line) -> bool) -> Account {
        self.lines.iter().filter(|line| is_meant(line)).fold(Account::default(), |sum, line| Account {
            agreed: sum.agreed + line.account.agreed,
            received: sum.received + line.account.received,
            open: sum.open + line.account.open,
            excess: sum.excess + line.account.excess,
        })
    }
}

impl Account {
    fn new(agreed: i64, received: i64) -> Self {
        Self { agreed, received, open: (agreed - received).max(0), excess: (received - agreed).max(0) }
    }
}
