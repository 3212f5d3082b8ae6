use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use access::{Grant, Role};
use base::{Clock, Entropy, Problem, Result};
use clap::Args;
use identity::NewPerson;
use place::import::{self, Checked};
use serde_json::{Value, json};
use web::imports::nothing_besides;
use web::{Map, Member, Members, Neighbour, Programs, Settings};

use super::serve::serve_members;
use super::town;
use crate::MODULES;
use crate::config::{Config, unusable};
use crate::members::{create_member, load_all, save_settings, slugs};

/// Cases each member gets, in each module.
const CASES: u32 = 2_000;

/// The password of every demonstration login. It opens nothing but invented data on this machine.
const PASSWORD: &str = "rheinland-2012";

const ATTRIBUTION: &str = "© GeoBasis-DE / BKG (2016), dl-de/by-2-0, Daten verändert";

struct Place {
    slug: &'static str,
    name: &'static str,
    ars: &'static str,
    town: &'static str,
}

const REGION: [Place; 4] = [
    Place { slug: "koeln", name: "Stadt Köln", ars: "05315", town: "50667 Köln" },
    Place { slug: "bonn", name: "Bundesstadt Bonn", ars: "05314", town: "53111 Bonn" },
    Place { slug: "rhein-sieg-kreis", name: "Rhein-Sieg-Kreis", ars: "05382", town: "53721 Siegburg" },
    Place { slug: "rhein-erft-kreis", name: "Rhein-Erft-Kreis", ars: "05362", town: "50126 Bergheim" },
];

const OFFICES: [(&str, &str); 4] = [
    ("Amt für Straßen und Verkehr", "strassen"),
    ("Amt für Grünflächen", "gruen"),
    ("Abfallwirtschaft und Stadtreinigung", "abfall"),
    ("Datenschutz und Revision", "revision"),
];

const STAFF: [(&str, &str, Role, Option<usize>); 7] = [
    ("Sabine Straßen", "strassen", Role::Clerk, Some(0)),
    ("Gregor Grün", "gruen", Role::Clerk, Some(1)),
    ("Aylin Abfall", "abfall", Role::Clerk, Some(2)),
    ("Lena Leitung", "leitung", Role::Lead, None),
    ("Adam Admin", "admin", Role::Admin, None),
    ("Rita Revision", "revision", Role::Auditor, None),
    ("Vera Vertretung", "vertretung", Role::Representative, None),
];

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// The port of 127.0.0.1 to serve at
    #[arg(long, default_value_t = 8115)]
    port: u16,
    /// The folder of the demonstration; kept between starts
    #[arg(long, default_value = "demo-data")]
    dir: PathBuf,
    /// Another seed makes another region
    #[arg(long, default_value_t = 2012)]
    seed: u64,
    /// How many cases each member gets in each module
    #[arg(long, default_value_t = CASES)]
    cases: u32,
    /// Make only this member (`koeln`, `bonn`, …); can be said several times
    #[arg(long, value_parser = REGION.map(|place| place.slug))]
    only: Vec<String>,
    /// Make the data, but do not serve
    #[arg(long)]
    no_serve: bool,
}

impl Demo {
    pub(super) async fn run(self, mut config: Config) -> Result<()> {
        config.listen = SocketAddr::from(([127, 0, 0, 1], self.port));
        let index = self.dir.join("demo.json");
        let started = Instant::now();
        let members = if index.exists() {
            let kept = slugs(&self.dir)?;
            for place in REGION.iter().filter(|place| kept.iter().any(|slug| slug == place.slug)) {
                save_settings(&self.dir, place.slug, &settings(place, self.port)?)?;
            }
            load_all(&self.dir, &config).await?
        } else {
            self.make(&config).await?
        };
        verbund::demo::introduce(&members).await?;
        trial::demo::try_out(&members).await?;
        // Written last: only a region that is complete is kept for the next start.
        write_index(&index, &members)?;
        announce(&members, started);
        if self.no_serve { Ok(()) } else { serve_members(members, &config).await }
    }

    async fn make(&self, config: &Config) -> Result<Members> {
        let half = self.dir.join("members");
        if half.exists() {
            std::fs::remove_dir_all(&half).map_err(|error| unusable(&half, &error))?;
        }
        println!("A region is being made in {} …", self.dir.display());
        let progress = Arc::new(Progress { cases: self.cases.max(1), ..Progress::default() });
        let mut tasks = Vec::new();
        let wanted = |place: &Place| self.only.is_empty() || self.only.iter().any(|slug| slug == place.slug);
        for (number, place) in (0_u64..).zip(&REGION).filter(|(_, place)| wanted(place)) {
            let member = create_member(&self.dir, config, place.slug, &settings(place, self.port)?).await?;
            let (progress, seed) = (progress.clone(), self.seed + number);
            tasks.push(tokio::spawn(
                async move { fill(&member, place, seed, &progress).await.map(|()| member) },
            ));
        }
        let mut members = Vec::new();
        for task in tasks {
            let member =
                task.await.map_err(|error| Problem::internal("panic", "the demo panicked").because(error))?;
            members.push(member?);
        }
        println!();
        Ok(Members::new(members))
    }
}

fn settings(place: &Place, port: u16) -> Result<Settings> {
    let url = |slug: &str| format!("http://{slug}.localhost:{port}");
    let ars = |key: &str| key.parse().map_err(|error| Problem::internal("ars", "no key").because(error));
    let others = REGION.iter().filter(|other| other.slug != place.slug);
    let neighbours = others
        .map(|other| Ok(Neighbour { name: other.name.into(), ars: ars(other.ars)?, url: url(other.slug) }));
    let (host, email) = (format!("{}.localhost", place.slug), format!("buergeramt@{}.example", place.slug));
    Ok(Settings {
        address: vec!["Rathausplatz 1".into(), place.town.into()],
        telephone: "115".into(),
        map: Map { boundary_attribution: ATTRIBUTION.into(), ..Map::default() },
        demo: true,
        neighbours: neighbours.collect::<Result<_>>()?,
        // Whoever tries the demonstration out may ask as often as this machine answers.
        programs: Programs { requests_per_minute: u32::MAX, ..Programs::default() },
        ..Settings::new(place.name, ars(place.ars)?, (&host, &url(place.slug)), &email)
    })
}

async fn fill(
    member: &Arc<Member>,
    place: &'static Place,
    seed: u64,
    progress: &Arc<Progress>,
) -> Result<()> {
    places(member, place, seed).await?;
    let password = member.passwords.stretch(PASSWORD.into()).await?;
    let own = member.clone();
    member.db.write("demo.people", move |tx| people(tx, &own, &password)).await?;
    for module in MODULES {
        let tell = |done: u32| progress.tell(place.name, done);
        (module.demo)(member, progress.cases, seed, &tell).await?;
    }
    Ok(())
}

/// Boundaries, parts and streets, each read as a file like any other.
async fn places(member: &Member, place: &Place, seed: u64) -> Result<()> {
    let boundaries = web::assets::content("rheinland.geojson").unwrap_or_default();
    let areas = good("boundaries", member.plan_areas(boundaries, true))?;
    member.import_areas(areas, nothing_besides()).await?;
    let atlas = member.atlas();
    if let Some(file) = town::districts(atlas.within(&member.settings.ars)) {
        let districts = good("districts", member.plan_districts(&file, true))?;
        member.import_districts(districts, nothing_besides()).await?;
    }
    // A Kreis has many postal codes, and nobody knows here which street has which.
    let zip = place.town.split(' ').next().filter(|_| atlas.within(&member.settings.ars).count() == 1);
    let file = town::streets(atlas.within(&member.settings.ars), zip.unwrap_or_default(), seed);
    let addresses = good("streets", import::addresses(&file, &atlas))?;
    member.import_addresses(addresses, true, nothing_besides()).await
}

fn good<T>(what: &'static str, checked: Checked<T>) -> Result<T> {
    match checked.faults.first() {
        None => Ok(checked.items),
        Some(fault) => Err(Problem::internal(what, format!("the demonstration's file is wrong: {fault:?}"))),
    }
}

fn people(tx: &mut store::Tx<'_>, member: &Member, password: &str) -> Result<()> {
    let at = (&member.clock, &member.entropy);
    let mut offices = Vec::new();
    for (name, box_) in OFFICES {
        offices.push(identity::add_office(tx, at, name, &format!("{box_}@{}.example", member.slug))?);
    }
    for (name, local, role, office) in STAFF {
        let email = format!("{local}@{}.example", member.slug);
        let totp = totp(member, local);
        let new = NewPerson { email: &email, name, password: Some(password), totp: Some(&totp) };
        let id = identity::add_person(tx, at, &new)?;
        let office = office.and_then(|index| offices.get(index).copied());
        identity::grant(tx, id, &Grant { role, office, module: None })?;
    }
    let email = citizen(member);
    let new = NewPerson { email: &email, name: "Berta Bürgerin", password: Some(password), totp: None };
    identity::add_person(tx, at, &new)?;
    report::add_api_key(tx, at, &api_key(member), "Demonstration")
}

/// The same for every start, so that scripts can compute codes; demonstration accounts protect nothing.
fn totp(member: &Member, local: &str) -> String {
    let seed = local
        .bytes()
        .chain(member.slug.bytes())
        .fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    identity::new_secret(&Entropy::seeded(seed))
}

fn citizen(member: &Member) -> String {
    format!("berta@{}.example", member.slug)
}

fn api_key(member: &Member) -> String {
    format!("demo-{}", member.slug)
}

/// `demo.json`: everything a script needs to drive the region.
fn write_index(path: &Path, members: &Members) -> Result<()> {
    let member = |member: &Arc<Member>| {
        let mut logins: Vec<Value> = STAFF
            .iter()
            .map(|(name, local, role, _)| {
                json!({
                    "role": role.name(), "name": name, "email": format!("{local}@{}.example", member.slug),
                    "password": PASSWORD, "totp": totp(member, local),
                })
            })
            .collect();
        logins.push(json!({
            "role": "citizen", "name": "Berta Bürgerin", "email": citizen(member), "password": PASSWORD,
        }));
        json!({
            "slug": member.slug, "name": member.settings.name, "host": member.settings.host,
            "url": member.settings.url, "logins": logins, "open311_api_key": api_key(member),
        })
    };
    let members: Vec<Value> = members.all().map(member).collect();
    let index = json!({ "made": Clock::system().now().rfc3339(), "members": members });
    let text = serde_json::to_string_pretty(&index)
        .map_err(|error| Problem::internal("demo", "the index cannot be written").because(error))?;
    std::fs::write(path, text).map_err(|error| unusable(path, &error))
}

fn announce(members: &Members, started: Instant) {
    println!("\nThe region is ready ({:.1} s):\n", started.elapsed().as_secs_f64());
    for member in members.all() {
        println!("  {:<20} {}", member.settings.name, member.settings.url);
    }
    if let Some(Member { slug, settings, .. }) = members.all().next().map(Arc::as_ref) {
        println!("\nEverybody's password is '{PASSWORD}'. For example, {}:", settings.name);
        println!("  citizen   berta@{slug}.example");
        println!("  clerk     strassen@{slug}.example   (the second factor is shown on the page)");
        println!("  lead      leitung@{slug}.example");
        println!("  auditor   revision@{slug}.example");
        println!("  signs     vertretung@{slug}.example\n");
    }
    println!("All logins and keys are in demo.json in the folder of the demonstration. Stop with Ctrl-C.");
}

/// How far every member is, on one line.
#[derive(Default)]
struct Progress {
    cases: u32,
    done: Mutex<BTreeMap<&'static str, u32>>,
}

impl Progress {
    fn tell(&self, name: &'static str, done: u32) {
        use std::io::Write as _;

        let mut all = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(name, done);
        let line: Vec<_> =
            all.iter().map(|(name, done)| format!("{name} {}%", done * 100 / self.cases)).collect();
        print!("\r  {}   ", line.join("  "));
        // Progress that cannot be shown is no reason to stop.
        let _ = std::io::stdout().flush();
    }
}
