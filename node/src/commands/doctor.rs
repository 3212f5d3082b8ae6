use std::path::Path;

use base::{Problem, Result};
use identity::oidc::{Provider, Settings};
use tokio::net::TcpListener;
use web::Member;

use crate::config::Config;
use crate::members::{open_member, slugs};

/// Checks everything that has to be right before `raum serve`, and says what is wrong and where.
pub(super) async fn run(data: &Path, config: &Config) -> Result<()> {
    let mut wrong = 0;
    let mut check = |what: String, result: Result<String>| match result {
        Ok(good) => println!("ok     {what}: {good}"),
        Err(problem) => {
            wrong += 1;
            println!("WRONG  {what}: {problem}");
        }
    };
    let probe = data.join(".doctor");
    let writable = std::fs::write(&probe, b"x").and_then(|()| std::fs::remove_file(&probe));
    check(
        format!("data folder {}", data.display()),
        match writable {
            Ok(()) => Ok("can be written".into()),
            Err(error) => Err(crate::config::unusable(data, &error)),
        },
    );
    let listening = TcpListener::bind(config.listen).await;
    check(
        format!("listen {}", config.listen),
        match listening {
            Ok(_) => Ok("is free".into()),
            Err(error) => Err(Problem::input("listen", error.to_string())),
        },
    );
    for slug in slugs(data)? {
        let name = format!("member {slug}");
        match open_member(data, config, &slug).await {
            Err(problem) => check(name, Err(problem)),
            Ok(member) => {
                check(name, Ok(described(&member)));
                if let Some(settings) = &member.settings.oidc {
                    check(format!("sign-in provider of {slug}"), answers(settings, &member).await);
                }
            }
        }
    }
    match wrong {
        0 => Ok(()),
        count => Err(Problem::input("doctor", format!("{count} things are wrong"))),
    }
}

fn described(member: &Member) -> String {
    let own = member.atlas().within(&member.settings.ars).count();
    let engine = if member.db.is_postgres() { "PostgreSQL" } else { "SQLite" };
    format!("{}, {engine}, {own} own areas", member.settings.name)
}

/// Asks the provider staff sign in with where its endpoints are, as every sign-in does.
async fn answers(settings: &Settings, member: &Member) -> Result<String> {
    Provider::discover(settings, &member.fetch, member.settings.url.clone()).await?;
    Ok(format!("{} answers", settings.issuer))
}
