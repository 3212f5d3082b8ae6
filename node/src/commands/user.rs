use std::path::Path;

use access::{Grant, Role};
use base::{Problem, Result};
use clap::Subcommand;
use identity::NewPerson;

use super::Of;
use crate::config::Config;
use crate::members::open_member;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add somebody who works for a member; the password is read from standard input
    Add {
        #[command(flatten)]
        of: Of,
        /// The e-mail address to sign in with
        #[arg(long)]
        email: String,
        /// The name colleagues know
        #[arg(long)]
        name: String,
        /// clerk, lead, admin, auditor or representative
        #[arg(long)]
        role: Role,
        /// The office, for a clerk or lead; all offices when absent
        #[arg(long)]
        office: Option<String>,
        /// The module, such as report; all modules when absent
        #[arg(long)]
        module: Option<String>,
    },
}

impl Command {
    pub(super) async fn run(self, data: &Path, config: &Config) -> Result<()> {
        let Self::Add { of, email, name, role, office, module } = self;
        if role.is_whole() && (office.is_some() || module.is_some()) {
            return Err(Problem::input("role", format!("'{}' is a role for the whole member", role.name()))
                .hint("leave out --office and --module"));
        }
        let mut password = String::new();
        std::io::stdin()
            .read_line(&mut password)
            .map_err(|error| Problem::input("password", "no password could be read").because(error))?;
        let password = password.trim_end_matches(['\r', '\n']).to_owned();
        if let Some(fault) = identity::password_fault(&password) {
            return Err(Problem::input(fault, "a password has 12 to 256 characters"));
        }
        let member = open_member(data, config, &of.member).await?;
        if let Some(name) = &module {
            let known: Vec<_> = member.modules.iter().map(|module| module.name).collect();
            member.module(name).map_err(|problem| problem.hint(format!("one of {}", known.join(", "))))?;
        }
        let password = member.passwords.stretch(password).await?;
        let totp = identity::new_secret(&member.entropy);
        let url = identity::enrol(&totp, &email, &member.settings.name)?;
        let own = member.clone();
        member
            .db
            .write("user.add", move |tx| {
                let office = match &office {
                    None => None,
                    Some(name) => Some(office_named(tx, name)?),
                };
                let new =
                    NewPerson { email: &email, name: &name, password: Some(&password), totp: Some(&totp) };
                let id = identity::add_person(tx, (&own.clock, &own.entropy), &new)?;
                identity::grant(tx, id, &Grant { role, office, module: module.clone() })
            })
            .await?;
        println!("Second factor, for an authenticator app:\n{url}");
        Ok(())
    }
}

fn office_named(tx: &mut store::Tx<'_>, name: &str) -> Result<base::OfficeId> {
    let offices = identity::offices(tx)?;
    let known: Vec<_> = offices.iter().map(|office| office.name.as_str()).collect();
    let unknown = || {
        Problem::input("office", format!("there is no office '{name}'"))
            .hint(format!("one of {}", known.join(", ")))
    };
    offices.iter().find(|office| office.name == name).map(|office| office.id).ok_or_else(unknown)
}
