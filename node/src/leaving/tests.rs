use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use base::Entropy;
use data_encoding::HEXLOWER;
use ledger::{Actor, Fact, Keys, PUBLIC};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};
use store::{params, statements};
use tempfile::TempDir;
use tlog::Note;
use web::Settings;

use super::manifest::{Listed, MANIFEST, Role, SIGNATURE, signed_text};
use super::source::Source;
use super::*;
use crate::config::{Config, member_folder, read_toml};
use crate::members::{create_member, open_member};

statements! {
    ADD_FILE = "leaving.file": "insert into file (hash, kind, size, created) values (?1, 'image/png', ?2, 0)";
    ADD_ERRAND = "leaving.job": "insert into job (id, kind, payload, run_at) values (?1, 'none', 'ä', 9223372036854775807)";
    COUNT = "leaving.count": "select count(*) from job where run_at = 9223372036854775807";
}

fn settings() -> Settings {
    let ars = "05315".parse().unwrap();
    let at = ("koeln.example", "https://koeln.example");
    let address = vec!["Rathaus".into()];
    Settings { address, ..Settings::new("Stadt Köln", ars, at, "amt@koeln.example") }
}

/// A member with a little of everything, and where its export is to be.
struct Town {
    data: TempDir,
    config: Config,
}

impl Town {
    async fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let config = Config::default();
        let member = create_member(data.path(), &config, "koeln", &settings()).await.unwrap();
        let picture = member.files.put(b"\x89PNG\r\n\x1a\n and more".as_slice().into()).await.unwrap();
        let own = member.clone();
        let fill = move |tx: &mut store::Tx<'_>| {
            tx.exec(&ADD_FILE, params![&picture.hash.0, i64::try_from(picture.size).unwrap()])?;
            tx.exec(&ADD_ERRAND, params![[7_u8; 16].as_slice()])?;
            for number in 0..300 {
                let content = format!("{{\"number\":{number}}}");
                let payload = (number % 2 == 0).then_some(content.as_bytes());
                let fact = Fact {
                    feed: PUBLIC,
                    kind: "test.noted",
                    actor: Actor::Node,
                    case: None,
                    subject: None,
                    payload,
                };
                own.ledger.append(tx, &fact)?;
            }
            Ok(())
        };
        member.db.write("test.fill", fill).await.unwrap();
        Self { data, config }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.data.path().join(name)
    }

    async fn export(&self, name: &str) -> Result<Summary, Problem> {
        export(self.data.path(), &self.config, "koeln", &self.at(name), true).await
    }

    /// Takes an export in, into a folder of its own.
    async fn import(&self, name: &str) -> Result<TempDir, Problem> {
        let data = tempfile::tempdir().unwrap();
        let source = self.at(name);
        let arriving = Arriving { slug: "neu", source: &source, database: None };
        let done = import(data.path(), &self.config, &arriving).await;
        let left = fs::read_dir(data.path()).unwrap().count();
        assert_eq!(left, usize::from(done.is_ok()), "nothing half is left");
        done.map(|_| data)
    }
}

fn manifest(folder: &Path) -> Json {
    serde_json::from_slice(&fs::read(folder.join(MANIFEST)).unwrap()).unwrap()
}

/// Changes a file so that manifest and signature fit again, as only the member itself can.
fn rewrite(folder: &Path, path: &str, seed: &[u8; 32], change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let changed = change(fs::read(folder.join(path)).unwrap());
    fs::write(folder.join(path), &changed).unwrap();
    let mut manifest = manifest(folder);
    let listed =
        manifest["files"].as_array_mut().unwrap().iter_mut().find(|file| file["path"] == path).unwrap();
    listed["bytes"] = changed.len().into();
    listed["sha256"] = HEXLOWER.encode(&Sha256::digest(&changed)).into();
    let text = serde_json::to_vec(&manifest).unwrap();
    fs::write(folder.join(MANIFEST), &text).unwrap();
    let signed = signed_text(&text);
    let signatures = vec![keys::signer(&Keys::new("koeln.example", *seed)).sign(&signed)];
    fs::write(folder.join(SIGNATURE), Note { text: signed, signatures }.to_string()).unwrap();
}

fn seed(town: &Town) -> [u8; 32] {
    fs::read(member_folder(town.data.path(), "koeln").join("key")).unwrap().try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_and_a_zip_file_are_taken_in_with_everything() {
    let town = Town::new().await;
    for name in ["export", "export.zip"] {
        let summary = town.export(name).await.unwrap();
        assert_eq!(summary.files, 1);
        let new = town.import(name).await.unwrap();
        let folder = member_folder(new.path(), "neu");
        assert_eq!(fs::read(folder.join("key")).unwrap(), seed(&town));
        let settings: Settings = read_toml(&folder.join("member.toml")).unwrap();
        assert_eq!((settings.host.as_str(), settings.address.len()), ("koeln.example", 1));
        let member = open_member(new.path(), &town.config, "neu").await.unwrap();
        let ledger = member.ledger.clone();
        let findings = member.db.scan("verify", move |tx| ledger::verify(tx, &ledger)).await.unwrap();
        assert_eq!((findings.entries, findings.payloads, findings.faults.len()), (300, 150, 0));
        assert_eq!(member.files.list().await.unwrap().len(), 1);
        let far = member.db.read("count", |tx| Ok(tx.get::<i64>(&COUNT, &[])?)).await.unwrap();
        assert_eq!(far, Some(1), "numbers of 64 bits survive");
        drop(member);
        // The same leaves again, to the letter.
        let again = new.path().join("again");
        export(new.path(), &town.config, "neu", &again, true).await.unwrap();
        let tables = |manifest: &Json| {
            let files = manifest["files"].as_array().unwrap().clone();
            let is_same = |file: &Json| {
                ["table", "file", "schema", "settings"].contains(&file["role"].as_str().unwrap())
            };
            let mut files: Vec<_> = files.into_iter().filter(is_same).map(|file| file.to_string()).collect();
            files.sort();
            files
        };
        if name == "export" {
            assert_eq!(tables(&manifest(&town.at(name))), tables(&manifest(&again)));
        }
        assert_eq!(town.export(name).await.unwrap_err().code, "exists");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_changed_byte_of_every_file_is_named() {
    let town = Town::new().await;
    town.export("export").await.unwrap();
    let folder = town.at("export");
    let mut source = Source::open(&folder).unwrap();
    let entropy = Entropy::seeded(1);
    for Listed { path, bytes, .. } in source.manifest.files.clone() {
        let file = folder.join(&path);
        let good = fs::read(&file).unwrap();
        assert_eq!(good.len() as u64, bytes);
        if !good.is_empty() {
            let mut bad = good.clone();
            bad[usize::from(u16::from_be_bytes(entropy.bytes())) % good.len()] ^= 1;
            fs::write(&file, bad).unwrap();
            let said = source.check_all().unwrap_err().to_string();
            assert!(said.contains(&format!("{path}: was changed")), "{said}");
            fs::write(&file, &good[1..]).unwrap();
            let said = source.check_all().unwrap_err().to_string();
            assert!(said.contains(&path), "{said}");
        }
        fs::remove_file(&file).unwrap();
        assert!(source.check_all().unwrap_err().to_string().contains(&format!("{path}: is missing")));
        fs::write(&file, [good.as_slice(), b"x"].concat()).unwrap();
        assert!(source.check_all().unwrap_err().to_string().contains(&path));
        fs::write(&file, good).unwrap();
    }
    fs::write(folder.join("tables/more.jsonl"), "{}\n").unwrap();
    let said = source.check_all().unwrap_err().to_string();
    assert!(said.contains("tables/more.jsonl: is not in manifest.json"), "{said}");
    fs::remove_file(folder.join("tables/more.jsonl")).unwrap();
    source.check_all().unwrap();
    drop(source);
    // What lists the others is signed, and the keys are listed.
    for path in [MANIFEST, SIGNATURE, keys::PATH] {
        let good = fs::read(folder.join(path)).unwrap();
        for at in [good.len() / 3, good.len() - 2] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            fs::write(folder.join(path), bad).unwrap();
            let said = town.import("export").await.unwrap_err().to_string();
            assert!(said.contains(path), "{path}: {said}");
        }
        fs::write(folder.join(path), good).unwrap();
    }
    town.import("export").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_broke_off_is_recognised_and_what_is_newer_refused() {
    let town = Town::new().await;
    town.export("export").await.unwrap();
    town.export("export.zip").await.unwrap();
    let folder = town.at("export");
    for path in [SIGNATURE, MANIFEST] {
        fs::rename(folder.join(path), town.at("aside")).unwrap();
        assert_eq!(town.import("export").await.unwrap_err().code, "export-broken-off");
        fs::rename(town.at("aside"), folder.join(path)).unwrap();
    }
    let zip = fs::read(town.at("export.zip")).unwrap();
    for length in [0, 1000, zip.len() / 2, zip.len() - 1] {
        fs::write(town.at("cut.zip"), &zip[..length]).unwrap();
        let refused = town.import("cut.zip").await.unwrap_err();
        assert_eq!(refused.code, "export-broken-off", "{length}: {refused}");
    }
    fs::create_dir(town.at("export2.part")).unwrap();
    let refused = town.export("export2").await.unwrap_err();
    assert!(refused.to_string().contains("broke off"), "{refused}");

    let newer =
        fs::read_to_string(folder.join(MANIFEST)).unwrap().replace("\"version\": 1", "\"version\": 2");
    let good = fs::read(folder.join(MANIFEST)).unwrap();
    fs::write(folder.join(MANIFEST), newer).unwrap();
    assert_eq!(town.import("export").await.unwrap_err().code, "export-newer");
    fs::write(folder.join(MANIFEST), good).unwrap();
}

/// Only the folder `secret` holds what lets somebody speak as the member; it is the owner's alone and can be left out.
#[tokio::test(flavor = "multi_thread")]
async fn the_keys_stand_in_one_place_and_an_export_without_them_is_for_reading() {
    let town = Town::new().await;
    town.export("export").await.unwrap();
    let mode = |path: &str| fs::metadata(town.at("export").join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("secret"), mode(keys::PATH), mode("tables/job.jsonl")), (0o700, 0o600, 0o600));
    // They may travel another way, and belong back to the rest.
    fs::rename(town.at("export").join("secret"), town.at("aside")).unwrap();
    let refused = town.import("export").await.unwrap_err();
    assert!(refused.to_string().contains("secret/keys.json: is missing"), "{refused}");
    fs::rename(town.at("aside"), town.at("export").join("secret")).unwrap();
    town.import("export").await.unwrap();

    for name in ["archive", "archive.zip"] {
        let (target, config) = (town.at(name), &town.config);
        export(town.data.path(), config, "koeln", &target, false).await.unwrap();
        let refused = town.import(name).await.unwrap_err();
        assert_eq!(refused.code, "export-without-keys", "{refused}");
        assert!(refused.to_string().contains("without the member's keys"), "{refused}");
    }
    assert!(!town.at("archive").join("secret").exists());
    let listed = |name: &str| {
        let files = manifest(&town.at(name))["files"].as_array().unwrap().clone();
        let paths = files.iter().map(|file| file["path"].as_str().unwrap().to_owned());
        paths.filter(|path| path != keys::PATH).collect::<Vec<_>>()
    };
    assert_eq!(listed("archive"), listed("export"), "nothing else is missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_programs_export_is_brought_up_to_date_and_a_later_ones_refused() {
    let town = Town::new().await;
    town.export("export").await.unwrap();
    let (folder, seed) = (town.at("export"), seed(&town));
    let steps = |change: fn(&mut Vec<Json>)| {
        move |text: Vec<u8>| {
            let mut schema: Json = serde_json::from_slice(&text).unwrap();
            change(schema["steps"].as_array_mut().unwrap());
            serde_json::to_vec(&schema).unwrap()
        }
    };
    // Step 7 of report changes an index alone, so that the tables before it are the same.
    let without =
        |steps: &mut Vec<Json>| steps.retain(|step| step["module"] != "report" || step["version"] != 7);
    rewrite(&folder, schema::PATH, &seed, steps(without));
    let new = town.import("export").await.unwrap();
    open_member(new.path(), &town.config, "neu").await.unwrap();
    let strange = |steps: &mut Vec<Json>| {
        steps.push(serde_json::json!({ "module": "report", "version": 999, "checksum": "00" }));
    };
    rewrite(&folder, schema::PATH, &seed, steps(strange));
    let refused = town.import("export").await.unwrap_err();
    assert_eq!(refused.code, "export-newer");
    assert!(refused.to_string().contains("step 999 of report"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_does_not_fit_is_named_and_nothing_is_kept() {
    let town = Town::new().await;
    town.export("export").await.unwrap();
    let (folder, seed, path) = (town.at("export"), seed(&town), "tables/office.jsonl");
    let good = fs::read(folder.join(path)).unwrap();
    let with = |more: &'static str| move |good: Vec<u8>| [good.as_slice(), more.as_bytes()].concat();
    for (more, why) in [
        ("{\"id\":1,\"name\":\"x\",\"email\":\"x\"}\n", "line 2: 'id' is no bytes"),
        ("{\"id\":\"00\",\"name\":\"x\"}\n", "line 2: 'email' is missing"),
        ("{\"id\":\"00\",\"name\":\"x\",\"email\":\"x\"}", "line 2: it does not end"),
        ("{\"id\":\"00\",\"name\":\"x\",\"email\":\"x\"}\n", "has 2 rows, not as many as the manifest says"),
        ("{\"id\":\"00\",\"name\":\"Bürgeramt\",\"email\":\"x\"}\n", "line 2: the change contradicts a rule"),
    ] {
        rewrite(&folder, path, &seed, with(more));
        let said = town.import("export").await.unwrap_err().to_string();
        assert!(said.contains(path) && said.contains(why), "{said}");
        fs::write(folder.join(path), &good).unwrap();
    }
    // A ledger that was cut does not lead to what the member signed.
    rewrite(&folder, path, &seed, |good| good);
    let cut = |text: Vec<u8>| {
        String::from_utf8(text).unwrap().replacen("\"size\":300", "\"size\":299", 1).into_bytes()
    };
    rewrite(&folder, "tables/ledger_feed.jsonl", &seed, cut);
    let cut = |text: Vec<u8>| {
        String::from_utf8(text).unwrap().replacen("\"seq\":17,", "\"seq\":1017,", 1).into_bytes()
    };
    rewrite(&folder, "tables/ledger_entry.jsonl", &seed, cut);
    let said = town.import("export").await.unwrap_err();
    assert_eq!(said.code, "verify", "{said}");
}

/// What a member says of itself leaves without what would let somebody into its old installation.
#[tokio::test(flavor = "multi_thread")]
async fn no_secret_stands_anywhere_else() {
    let town = Town::new().await;
    let folder = member_folder(town.data.path(), "koeln");
    let toml = fs::read_to_string(folder.join("member.toml")).unwrap();
    let more = "[oidc]\nname = \"Stadtnetz\"\nissuer = \"https://sso.example\"\nclient_id = \"raum\"\n\
                client_secret = \"streng-geheim\"\n";
    fs::write(folder.join("member.toml"), format!("{toml}\n{more}")).unwrap();
    town.export("export").await.unwrap();
    let source = Source::open(&town.at("export")).unwrap();
    for listed in &source.manifest.files {
        let content = fs::read(town.at("export").join(&listed.path)).unwrap();
        let holds = |secret: &[u8]| content.windows(secret.len()).any(|part| part == secret);
        let is_there =
            holds(b"streng-geheim") || holds(HEXLOWER.encode(&seed(&town)).as_bytes()) || holds(&seed(&town));
        assert_eq!(is_there, listed.role == Role::Keys, "{}", listed.path);
    }
    let new = town.import("export").await.unwrap();
    let settings: Settings = read_toml(&member_folder(new.path(), "neu").join("member.toml")).unwrap();
    assert_eq!(settings.oidc.unwrap().client_secret, "streng-geheim");
}
