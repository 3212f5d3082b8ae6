use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::{Lang, Problem, Result};
use cases::calendar::{Holiday, parse_day};
use cases::service;
use clap::{Args, Subcommand};
use place::import::{self, Change, Checked, Finding, Plan};
use web::Member;
use web::imports::{finding_text, nothing_besides};

use super::Of;
use crate::config::{Config, unusable};
use crate::members::open_member;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Municipalities, Kreise or states, with the properties ars and name
    Boundaries(File),
    /// Stadtteile or Bezirke of the member, with the properties key and name
    Districts(File),
    /// House numbers: points with street, number, and if known suffix, zip and town
    Streets(File),
    /// Days off: a table with the columns day (2027-02-08) and name, or a year as the law has it
    Holidays {
        #[command(flatten)]
        of: Of,
        /// The table, as CSV
        #[arg(required_unless_present = "year")]
        file: Option<PathBuf>,
        /// A year whose holidays are written down as the law has them
        #[arg(long)]
        year: Option<i16>,
    },
}

#[derive(Debug, Args)]
pub(super) struct File {
    #[command(flatten)]
    of: Of,
    /// GeoJSON, a zipped Shapefile, a GeoPackage, or for addresses also CSV
    file: PathBuf,
    /// Remove what is not in the file
    #[arg(long)]
    replace: bool,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Command {
    pub(super) async fn run(self, data: &Path, config: &Config) -> Result<()> {
        match self {
            Self::Boundaries(file) => file.boundaries(data, config).await,
            Self::Districts(file) => file.districts(data, config).await,
            Self::Streets(file) => file.streets(data, config).await,
            Self::Holidays { of, file, year } => {
                let member = open_member(data, config, &of.member).await?;
                holidays(&member, file.as_deref(), year).await
            }
        }
    }
}

impl File {
    async fn open(&self, data: &Path, config: &Config) -> Result<(Arc<Member>, Vec<u8>)> {
        let content = std::fs::read(&self.file).map_err(|error| unusable(&self.file, &error))?;
        Ok((open_member(data, config, &self.of.member).await?, content))
    }

    async fn boundaries(self, data: &Path, config: &Config) -> Result<()> {
        let (member, content) = self.open(data, config).await?;
        let plan = self.checked(&member, member.plan_areas(&content, self.replace))?;
        tell(&plan, |area| format!("{} {}", area.ars, area.name));
        if !self.dry_run {
            member.import_areas(plan, nothing_besides()).await?;
            let own = member.atlas().within(&member.settings.ars).count();
            println!("{own} areas are {}'s now", member.settings.name);
        }
        Ok(())
    }

    async fn districts(self, data: &Path, config: &Config) -> Result<()> {
        let (member, content) = self.open(data, config).await?;
        let plan = self.checked(&member, member.plan_districts(&content, self.replace))?;
        tell(&plan, |district| format!("{} {}", district.key, district.name));
        if !self.dry_run {
            member.import_districts(plan, nothing_besides()).await?;
            println!("{} districts are known now", member.atlas().districts().len());
        }
        Ok(())
    }

    async fn streets(self, data: &Path, config: &Config) -> Result<()> {
        let (member, content) = self.open(data, config).await?;
        let places = self.checked(&member, import::addresses(&content, &member.atlas()))?;
        println!("{} house numbers are in the file", places.len());
        if !self.dry_run {
            member.import_addresses(places, self.replace, nothing_besides()).await?;
        }
        Ok(())
    }

    /// Everything is checked before anything is kept.
    fn checked<T>(&self, member: &Member, checked: Checked<T>) -> Result<T> {
        let say = |finding: &Finding| finding_text(&member.texts, Lang::En, finding);
        for note in &checked.notes {
            println!("note: {}", say(note));
        }
        if checked.faults.is_empty() {
            return Ok(checked.items);
        }
        let faults: Vec<String> = checked.faults.iter().map(say).collect();
        Err(Problem::input("import", format!("{}: {}", self.file.display(), faults.join("; "))))
    }
}

fn tell<T: Clone + PartialEq>(plan: &Plan<T>, name: impl Fn(&T) -> String) {
    for (change, thing) in &plan.things {
        let mark = match change {
            Change::Added => '+',
            Change::Changed => '~',
            Change::Removed => '-',
            Change::Same => continue,
        };
        println!("{mark} {}", name(thing));
    }
}

async fn holidays(member: &Member, file: Option<&Path>, year: Option<i16>) -> Result<()> {
    let days = match file {
        Some(file) => table(file)?,
        None => Vec::new(),
    };
    let count = days.len();
    member
        .db
        .write("holiday.import", move |tx| {
            if let Some(year) = year {
                service::ensure_year(tx, year)?;
            }
            days.iter().try_for_each(|day| service::put_holiday(tx, day))
        })
        .await?;
    println!("{count} days off were read");
    Ok(())
}

/// The table's lines; nothing is kept unless every line is right.
fn table(file: &Path) -> Result<Vec<Holiday>> {
    let text = std::fs::read_to_string(file).map_err(|error| unusable(file, &error))?;
    let mark = if text.lines().next().is_some_and(|line| line.contains(';')) { b';' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(mark).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut days = Vec::new();
    for (record, line) in reader.records().zip(2..) {
        let wrong = |why: &str| Problem::input("holidays", format!("{}, line {line}: {why}", file.display()));
        let record = record.map_err(|error| wrong(&error.to_string()))?;
        let (day, name) = (record.get(0).unwrap_or_default(), record.get(1).unwrap_or_default());
        let day = parse_day(day).map_err(|_| wrong(&format!("'{day}' is no day such as 2027-02-08")))?;
        if name.is_empty() {
            return Err(wrong("the name is missing"));
        }
        days.push(Holiday { day, name: name.to_owned() });
    }
    Ok(days)
}
