//! Who may do what. One pure function decides, from a table, and says no unless the table says yes.
//!
//! What needs permission takes a [`Permit`], and only [`decide`] makes one. Nothing here reads a database.

use std::str::FromStr;

use base::{OfficeId, PersonId, Problem};

/// What somebody can do for a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Sachbearbeitung: works on the cases of an office.
    Clerk,
    /// Leitung: a clerk who also distributes work.
    Lead,
    /// Administration: people, settings and boundaries, but no cases.
    Admin,
    /// Datenschutz und Revision: reads the audit, changes nothing.
    Auditor,
    /// Vertretung: signs for the member what it agrees with others, and answers for what it tries out with them.
    Representative,
}

/// What is done to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Read a case with everything that is not public.
    ReadCase,
    /// Answer a case, note something, change its state.
    WorkOnCase,
    /// Give a case to a person or an office.
    AssignCase,
    /// Decide what the public may see of a case: release it, put its text right, black out parts of its pictures.
    ModerateCase,
    /// Take many cases out at once.
    ExportCases,
    /// Read the names of colleagues.
    ReadPeople,
    /// Add people and change what they may do.
    ManagePeople,
    /// Change settings, boundaries and categories.
    ManageSettings,
    /// Read the account of privileged reads and writes.
    ReadAudit,
    /// Read what was proposed to other members and agreed with them.
    ReadAgreements,
    /// Sign for the member: propose, accept, refuse and end agreements, and say whose keys are trusted.
    SignAgreements,
    /// Start trials, write down what came of them, and publish both.
    RunTrials,
}

/// The table: what each role may do.
const MAY: &[(Role, &[Action])] = &[
    (Role::Clerk, &[Action::ReadCase, Action::WorkOnCase, Action::ModerateCase, Action::ReadPeople]),
    (
        Role::Lead,
        &[
            Action::ReadCase,
            Action::WorkOnCase,
            Action::AssignCase,
            Action::ModerateCase,
            Action::ExportCases,
            Action::ReadPeople,
            Action::ReadAgreements,
            Action::RunTrials,
        ],
    ),
    (
        Role::Admin,
        &[Action::ReadPeople, Action::ManagePeople, Action::ManageSettings, Action::ReadAgreements],
    ),
    (Role::Auditor, &[Action::ReadPeople, Action::ReadAudit, Action::ReadAgreements]),
    (
        Role::Representative,
        &[Action::ReadPeople, Action::ReadAgreements, Action::SignAgreements, Action::RunTrials],
    ),
];

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Clerk, Self::Lead, Self::Admin, Self::Auditor, Self::Representative];

    /// The name as stored and in message keys.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Lead => "lead",
            Self::Admin => "admin",
            Self::Auditor => "auditor",
            Self::Representative => "representative",
        }
    }

    /// Whether the role is for the whole member, and never for one office or module.
    #[must_use]
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Admin | Self::Auditor | Self::Representative)
    }

    fn may(self, action: Action) -> bool {
        MAY.iter().any(|(role, actions)| *role == self && actions.contains(&action))
    }
}

impl FromStr for Role {
    type Err = Problem;

    fn from_str(name: &str) -> Result<Self, Problem> {
        let unknown = || {
            let names = Self::ALL.map(Self::name).join(", ");
            Problem::input("role", format!("there is no role '{name}'")).hint(format!("one of {names}"))
        };
        Self::ALL.into_iter().find(|role| role.name() == name).ok_or_else(unknown)
    }
}

/// A role of a person, for one office and module or for all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The office it is for; all when absent.
    pub office: Option<OfficeId>,
    /// The module it is for; all when absent.
    pub module: Option<String>,
}

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Who {
    /// Somebody who is not signed in.
    #[default]
    Anonymous,
    /// A person.
    Person {
        /// Their id.
        id: PersonId,
        /// Whether they proved themselves with two factors.
        strong: bool,
        /// What they were given.
        grants: Vec<Grant>,
    },
}

impl Who {
    /// The person's id, if it is one.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person { id, .. } => Some(*id),
            Self::Anonymous => None,
        }
    }

    /// Whether the person works for the member.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        matches!(self, Self::Person { grants, .. } if !grants.is_empty())
    }

    /// Where the person may do something. `modules` names all there are. The scopes never overlap, so that what is
    /// counted in each may be added up.
    #[must_use]
    pub fn scopes(&self, action: Action, modules: &[&str]) -> Vec<Scope> {
        let Self::Person { grants, strong: true, .. } = self else { return Vec::new() };
        let grants: Vec<_> = grants.iter().filter(|grant| grant.role.may(action)).collect();
        let has = |office: Option<OfficeId>, module: Option<&str>| {
            grants.iter().any(|grant| grant.office == office && grant.module.as_deref() == module)
        };
        let scope = |office, module: Option<&str>| Scope { office, module: module.map(str::to_owned) };
        if has(None, None) {
            return vec![scope(None, None)];
        }
        let mut offices: Vec<_> = grants.iter().filter_map(|grant| grant.office).collect();
        offices.sort_unstable();
        offices.dedup();
        let (wide, narrow): (Vec<&str>, Vec<&str>) =
            modules.iter().partition(|module| has(None, Some(module)));
        let mut scopes: Vec<_> = wide.iter().map(|module| scope(None, Some(module))).collect();
        for office in offices.into_iter().map(Some) {
            let whole = has(office, None);
            if whole && wide.is_empty() {
                scopes.push(scope(office, None));
            } else {
                let own = narrow.iter().filter(|module| whole || has(office, Some(module)));
                scopes.extend(own.map(|module| scope(office, Some(module))));
            }
        }
        scopes
    }
}

/// A part of what a member works on: of one office and one module, or of all where absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The office.
    pub office: Option<OfficeId>,
    /// The module.
    pub module: Option<String>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask<'a> {
    /// What is to be done.
    pub action: Action,
    /// To a thing of which module; any when absent, which only a grant for all modules covers.
    pub module: Option<&'a str>,
    /// And of which office; any when absent, which only a grant for all offices covers.
    pub office: Option<OfficeId>,
}

/// The proof that somebody may do something. It cannot be made elsewhere and not be used for anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit {
    person: PersonId,
    action: Action,
}

impl Permit {
    /// Who may.
    #[must_use]
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// What they may.
    #[must_use]
    pub fn action(&self) -> Action {
        self.action
    }
}

/// Decides. Whoever is not given an action is denied it; privileged actions need two factors.
///
/// # Errors
/// `sign-in`, `second-factor` or `denied`.
pub fn decide(who: &Who, ask: &Ask<'_>) -> Result<Permit, Problem> {
    let Who::Person { id, strong, grants } = who else {
        return Err(Problem::new(base::Kind::Unauthenticated, "sign-in", "nobody is signed in"));
    };
    let covers = |grant: &&Grant| {
        grant.role.may(ask.action)
            && (grant.office.is_none() || grant.office == ask.office)
            && (grant.module.is_none() || grant.module.as_deref() == ask.module)
    };
    if !grants.iter().any(|grant| covers(&grant)) {
        return Err(Problem::denied("denied", "no role of this person permits it"));
    }
    if !strong {
        return Err(Problem::new(base::Kind::Unauthenticated, "second-factor", "a second factor is needed"));
    }
    Ok(Permit { person: *id, action: ask.action })
}

/// A program that works for the member with a key it was given: what it may do, in one module. Its id is that of no
/// person, so that the record never says a person did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its id.
    pub id: PersonId,
    /// The module its key is for.
    pub module: &'static str,
    /// What the key permits.
    pub may: Vec<Action>,
}

/// Decides for a program. A key is one secret and permits nothing beyond its list.
///
/// # Errors
/// `denied`.
pub fn decide_program(program: &Program, ask: &Ask<'_>) -> Result<Permit, Problem> {
    if ask.module == Some(program.module) && program.may.contains(&ask.action) {
        return Ok(Permit { person: program.id, action: ask.action });
    }
    Err(Problem::denied("denied", "the key of this program does not permit it"))
}

#[cfg(test)]
mod tests {
    use base::{Clock, Entropy, Time};

    use super::*;

    fn office(number: u64) -> OfficeId {
        OfficeId::new(&Clock::fixed(Time(0)), &Entropy::seeded(number))
    }

    fn who(role: Role, office: Option<OfficeId>, module: Option<&str>) -> Who {
        let id = PersonId::new(&Clock::fixed(Time(0)), &Entropy::seeded(9));
        let module = module.map(str::to_owned);
        Who::Person { id, strong: true, grants: vec![Grant { role, office, module }] }
    }

    fn ask(action: Action, office: OfficeId) -> Ask<'static> {
        Ask { action, module: Some("report"), office: Some(office) }
    }

    #[test]
    fn nothing_is_allowed_without_a_grant() {
        use Action::*;
        for action in [
            ReadCase,
            WorkOnCase,
            AssignCase,
            ModerateCase,
            ExportCases,
            ReadPeople,
            ManagePeople,
            ManageSettings,
            ReadAudit,
            ReadAgreements,
            SignAgreements,
            RunTrials,
        ] {
            assert_eq!(decide(&Who::Anonymous, &ask(action, office(1))).unwrap_err().code, "sign-in");
            let id = office(1).to_string().parse().unwrap();
            let nobody = Who::Person { id, strong: true, grants: vec![] };
            assert_eq!(decide(&nobody, &ask(action, office(1))).unwrap_err().code, "denied");
        }
    }

    #[test]
    fn a_grant_ends_at_its_office_and_module() {
        let clerk = who(Role::Clerk, Some(office(1)), Some("report"));
        assert!(decide(&clerk, &ask(Action::ReadCase, office(1))).is_ok());
        assert!(decide(&clerk, &ask(Action::ReadCase, office(2))).is_err());
        assert!(decide(&clerk, &ask(Action::AssignCase, office(1))).is_err());
        assert!(decide(&clerk, &Ask { module: Some("budget"), ..ask(Action::ReadCase, office(1)) }).is_err());
        assert!(decide(&clerk, &Ask { office: None, ..ask(Action::ReadCase, office(1)) }).is_err());
        assert!(decide(&who(Role::Lead, None, None), &ask(Action::AssignCase, office(7))).is_ok());
    }

    #[test]
    fn administration_reads_no_cases_and_revision_changes_nothing() {
        for role in [Role::Admin, Role::Auditor] {
            for action in [Action::ReadCase, Action::ModerateCase, Action::ExportCases] {
                assert!(decide(&who(role, None, None), &ask(action, office(1))).is_err());
            }
        }
        assert!(decide(&who(Role::Auditor, None, None), &ask(Action::ManagePeople, office(1))).is_err());
    }

    #[test]
    fn only_the_representation_signs_for_the_member_and_it_reads_no_cases() {
        let may = |role, action| decide(&who(role, None, None), &ask(action, office(1))).is_ok();
        for role in Role::ALL {
            assert_eq!(may(role, Action::SignAgreements), role == Role::Representative, "{role:?}");
            assert_eq!(may(role, Action::ReadAgreements), role != Role::Clerk, "{role:?}");
            let runs = matches!(role, Role::Lead | Role::Representative);
            assert_eq!(may(role, Action::RunTrials), runs, "{role:?}");
        }
        assert!(!may(Role::Representative, Action::ReadCase));
        assert!(Role::Representative.is_whole());
    }

    #[test]
    fn a_program_may_what_its_key_says_and_only_in_its_module() {
        let id = PersonId::new(&Clock::fixed(Time(0)), &Entropy::seeded(9));
        let program = Program { id, module: "report", may: vec![Action::WorkOnCase] };
        assert!(decide_program(&program, &ask(Action::WorkOnCase, office(1))).is_ok());
        assert!(decide_program(&program, &ask(Action::ReadCase, office(1))).is_err());
        let other = Ask { module: Some("budget"), ..ask(Action::WorkOnCase, office(1)) };
        assert!(decide_program(&program, &other).is_err());
        assert!(decide_program(&program, &Ask { module: None, ..other }).is_err());
    }

    #[test]
    fn an_office_releases_its_cases_and_only_who_leads_takes_them_out() {
        let clerk = who(Role::Clerk, Some(office(1)), None);
        assert!(decide(&clerk, &ask(Action::ModerateCase, office(1))).is_ok());
        assert!(decide(&clerk, &ask(Action::ModerateCase, office(2))).is_err());
        assert!(decide(&clerk, &ask(Action::ExportCases, office(1))).is_err());
        assert!(
            decide(&who(Role::Lead, Some(office(1)), None), &ask(Action::ExportCases, office(1))).is_ok()
        );
    }

    #[test]
    fn one_factor_is_not_enough() {
        let Who::Person { id, grants, .. } = who(Role::Lead, None, None) else { panic!("a person") };
        let weak = Who::Person { id, grants, strong: false };
        assert_eq!(decide(&weak, &ask(Action::ReadCase, office(1))).unwrap_err().code, "second-factor");
        assert!(weak.scopes(Action::ReadCase, &["report"]).is_empty());
    }

    /// Every set of grants over two offices and two modules: each place is in one scope when [`decide`] permits it
    /// there, and in none when not.
    #[test]
    fn scopes_say_what_the_decision_says_and_never_overlap() {
        const MODULES: [&str; 2] = ["budget", "report"];
        let offices = [office(1), office(2)];
        let id = PersonId::new(&Clock::fixed(Time(0)), &Entropy::seeded(9));
        let all: Vec<_> = [None, Some(offices[0]), Some(offices[1])]
            .into_iter()
            .flat_map(|office| [None, Some("budget"), Some("report")].map(|module| (office, module)))
            .map(|(office, module)| Grant { role: Role::Clerk, office, module: module.map(str::to_owned) })
            .collect();
        for set in 0..1_u32 << all.len() {
            let chosen = all.iter().enumerate().filter(|(index, _)| set & (1 << index) != 0);
            let grants = chosen.map(|(_, grant)| grant.clone()).collect();
            let who = Who::Person { id, strong: true, grants };
            let scopes = who.scopes(Action::ReadCase, &MODULES);
            for office in offices {
                for module in MODULES {
                    let holds = |scope: &&Scope| {
                        scope.office.is_none_or(|own| own == office)
                            && scope.module.as_deref().is_none_or(|own| own == module)
                    };
                    let ask = Ask { action: Action::ReadCase, module: Some(module), office: Some(office) };
                    let times = scopes.iter().filter(holds).count();
                    assert_eq!(times, usize::from(decide(&who, &ask).is_ok()), "{who:?} {scopes:?}");
                }
            }
            assert!(who.scopes(Action::AssignCase, &MODULES).is_empty());
        }
    }
}
