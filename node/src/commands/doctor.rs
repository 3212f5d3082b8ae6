use std::path::Path;

use base::{Problem, Result};
use tokio::net::TcpListener;

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
        let opened = open_member(data, config, &slug).await;
        let opened = match opened {
            Ok(member) => {
                let atlas = member.atlas();
                let own = atlas.within(&member.settings.ars).count();
                let engine = if member.db.is_postgres() { "PostgreSQL" } else { "SQLite" };
                Ok(format!("{}, {engine}, {own} own areas", member.settings.name))
            }
            Err(problem) => Err(problem),
        };
        check(format!("member {slug}"), opened);
    }
    match wrong {
        0 => Ok(()),
        count => Err(Problem::input("doctor", format!("{count} things are wrong"))),
    }
}
