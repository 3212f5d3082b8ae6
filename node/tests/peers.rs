//! `raum peer` and `raum agreement`, as whoever runs a node uses them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::io::Read as _;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use federation::papers::Papers;
use node::Config;
use tempfile::TempDir;

const RAUM: &str = env!("CARGO_BIN_EXE_raum");

fn raum(data: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(RAUM);
    command.arg("--data").arg(data).args(args).env("RAUM_LOG", "error").output().unwrap()
}

fn succeeds(data: &Path, args: &[&str]) -> String {
    let output = raum(data, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What the command complains about, beginning with its name; fails when it does not.
fn complaint(data: &Path, args: &[&str]) -> String {
    let output = raum(data, args);
    assert!(!output.status.success(), "{args:?} succeeded: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A member in a folder of its own.
fn member(slug: &str, port: u16) -> TempDir {
    let data = tempfile::tempdir().unwrap();
    succeeds(data.path(), &["init"]);
    let (host, url) = (format!("{slug}.localhost"), format!("http://{slug}.localhost:{port}"));
    let name = format!("Stadt {slug}");
    let rest =
        ["--name", &name, "--ars", "05315", "--host", &host, "--url", &url, "--email", "amt@stadt.example"];
    succeeds(data.path(), &[&["member", "add", slug], &rest[..]].concat());
    data
}

/// A node that serves until the test has seen enough.
struct Serving(Child);

impl Serving {
    fn start(data: &Path, port: u16) -> Self {
        let child = Command::new(RAUM)
            .arg("--data")
            .arg(data)
            .arg("serve")
            .env("RAUM_LOG", "error")
            .env("RAUM_LISTEN", format!("127.0.0.1:{port}"))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut serving = Self(child);
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let (ended, mut why) = (serving.0.try_wait().unwrap(), String::new());
            if ended.is_some() {
                serving.0.stderr.take().unwrap().read_to_string(&mut why).unwrap();
            }
            assert!(ended.is_none(), "{ended:?}: {why}");
            assert!(start.elapsed() < Duration::from_secs(30), "it does not serve");
            std::thread::sleep(Duration::from_millis(20));
        }
        serving
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The line with a fingerprint.
fn fingerprint(text: &str) -> String {
    let is_it = |line: &&str| line.split(' ').filter(|group| group.len() == 4).count() == 16;
    let found = text.lines().find(is_it);
    assert!(found.is_some(), "no fingerprint: {text}");
    found.unwrap().to_owned()
}

#[test]
fn a_member_is_taken_in_by_its_fingerprint_and_its_new_keys_are_found_compared_and_pinned() {
    let (port, koeln) = (free_port(), member("koeln", free_port()));
    let (koeln, bonn) = (koeln.path(), member("bonn", port));
    let (address, url) = (format!("bonn.localhost:{port}"), format!("http://bonn.localhost:{port}"));
    let add = ["peer", "add", "--member", "koeln", &address];
    assert!(complaint(koeln, &add).contains("not on the public internet"));
    let settings = koeln.join("members/koeln/member.toml");
    let text =
        fs::read_to_string(&settings).unwrap().replace("private_webhooks = false", "private_webhooks = true");
    fs::write(&settings, text).unwrap();
    assert!(complaint(koeln, &add).contains("no answer"));

    let serving = Serving::start(bonn.path(), port);
    let shown = succeeds(koeln, &add);
    let first = fingerprint(&shown);
    assert!(shown.contains("Stadt bonn") && shown.contains("--fingerprint"), "{shown}");
    let with = |fingerprint: &str, stolen: bool| {
        let mut args: Vec<_> = add.to_vec();
        args.extend(["--fingerprint", fingerprint]);
        args.extend(stolen.then_some("--stolen"));
        args.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let run = |args: &[String]| raum(koeln, &args.iter().map(String::as_str).collect::<Vec<_>>());
    let wrong = run(&with(&"0000 ".repeat(16), false));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("other keys than those that were compared"));
    let none = run(&with("abc", false));
    assert!(String::from_utf8_lossy(&none.stderr).contains("--fingerprint: hash: not 64"));
    assert!(run(&with(&first.to_uppercase(), false)).status.success());

    let list = succeeds(koeln, &["peer", "list", "--member", "koeln"]);
    assert!(list.contains(&format!("{address}\tStadt bonn")) && !list.contains("OTHER KEYS"), "{list}");
    let show = ["peer", "show", "--member", "koeln", &address];
    let shown = succeeds(koeln, &show);
    assert!(
        shown.contains(&first) && shown.contains(&format!("agreements: {url}/verbund/annahme")),
        "{shown}"
    );
    assert!(succeeds(koeln, &["peer", "refresh", "--member", "koeln", &address]).contains(&first));

    // The same address with other keys.
    drop(serving);
    fs::write(bonn.path().join("members/bonn/key"), [7; 32]).unwrap();
    let serving = Serving::start(bonn.path(), port);
    let changed = complaint(koeln, &["peer", "refresh", "--member", "koeln", &address]);
    assert!(changed.contains("has other keys now"), "{changed}");
    assert!(succeeds(koeln, &["peer", "list", "--member", "koeln"]).contains("HAS OTHER KEYS NOW"));
    let shown = succeeds(koeln, &show);
    let second = shown.lines().find_map(|line| line.strip_prefix("OTHER KEYS   ")).unwrap().to_owned();
    assert!(second != first && shown.contains(&first), "{shown}");
    assert!(run(&with(&second, true)).status.success());
    let shown = succeeds(koeln, &show);
    assert!(shown.contains(&second) && shown.contains("given up, others may have it"), "{shown}");
    drop(serving);

    succeeds(koeln, &["peer", "forget", "--member", "koeln", &address]);
    let gone = complaint(koeln, &show);
    assert!(gone.contains(&format!("no member {address} is known here")), "{gone}");
    let nonsense = complaint(koeln, &["peer", "show", "--member", "koeln", "Bonn!"]);
    assert!(nonsense.contains("'Bonn!': did: not a host name"), "{nonsense}");
}

/// The signed texts of an agreement with this title, as its page offers them.
async fn bundle(data: &Path, title: &str) -> (String, serde_json::Value) {
    let member = node::open_member(data, &Config::default(), "koeln").await.unwrap();
    let papers = member.db.read("test.papers", Papers::load).await.unwrap();
    let document =
        papers.documents.iter().find(|document| document.terms().title.starts_with(title)).unwrap();
    let acts: Vec<_> = papers.acts_of(document.hash()).iter().map(|act| act.note().to_string()).collect();
    let bundle = serde_json::json!({ "document": document.note().to_string(), "acts": acts });
    (document.hash().to_string(), bundle)
}

#[tokio::test(flavor = "multi_thread")]
async fn agreements_are_listed_shown_verified_offline_and_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (data, dir) = (folder.path(), folder.path().to_str().unwrap());
    let port = free_port().to_string();
    let made = [
        "demo",
        "--dir",
        dir,
        "--port",
        &port,
        "--cases",
        "1",
        "--only",
        "koeln",
        "--only",
        "bonn",
        "--no-serve",
    ];
    succeeds(data, &made);
    let list = succeeds(data, &["agreement", "list", "--member", "koeln"]);
    let states: Vec<_> = list.lines().map(|line| line.split('\t').nth(1).unwrap()).collect();
    assert_eq!(states.iter().filter(|state| **state == "in-force").count(), 4, "{list}");
    assert!(states.contains(&"offered"), "{list}");

    let (hash, signed) = bundle(data, "Nachnutzung").await;
    let show = succeeds(data, &["agreement", "show", "--member", "koeln", &hash[..12], "--text"]);
    assert!(show.contains("state     in-force") && show.contains("erprobungsraum/agreement@v1"), "{show}");
    let file = data.join("signiert.json");
    let verify = ["agreement", "verify", file.to_str().unwrap()];
    fs::write(&file, signed.to_string()).unwrap();
    let said = succeeds(data, &verify);
    assert!(said.contains(&hash) && said.matches(": agreed ").count() == 2, "{said}");
    let ours = ["agreement", "verify", verify[2], "--member", "koeln"];
    assert!(!succeeds(data, &ours).contains("NEVER CONFIRMED"));
    let text = signed.to_string();
    for (from, to, why) in [
        ("1850000", "9850000", "document: signature: "),
        ("\\\"accept\\\"", "\\\"Accept\\\"", "acts[0]: act: "),
        (r#"\"at\": \"20"#, r#"\"at\": \"21"#, "acts[0]: the signature does not fit the text"),
        ("\"document\"", "\"dokument\"", "file: missing field `document`"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        fs::write(&file, changed).unwrap();
        let said = complaint(data, &verify);
        assert!(said.contains(verify[2]) && said.contains(why), "{why}: {said}");
    }

    let bonn = format!("bonn.localhost:{port}");
    let kept = complaint(data, &["peer", "forget", "--member", "koeln", &bonn]);
    assert!(kept.contains("still binds both"), "{kept}");
    let end = |start: &str, reason: &str| {
        let args = ["agreement", "end", "--member", "koeln", start, "--reason", reason];
        raum(data, &args)
    };
    let said = String::from_utf8(end(&hash, " ").stderr).unwrap();
    assert!(said.contains("deed.reason"), "{said}");
    let said = String::from_utf8(end("", "Es reicht.").stderr).unwrap();
    assert!(said.contains("more than one agreement's hash"), "{said}");
    assert!(end(&hash[..12], "Es reicht.").status.success());
    let show = succeeds(data, &["agreement", "show", "--member", "koeln", &hash]);
    assert!(show.contains("state     ending") && show.contains("end: Es reicht."), "{show}");
    assert!(show.contains(&format!("untold    {bonn}: not tried yet")), "{show}");
    let again = String::from_utf8(end(&hash, "Noch einmal.").stderr).unwrap();
    assert!(again.contains("cannot be done as things stand"), "{again}");
    let (trial, _) = bundle(data, "Erprobung").await;
    let withdrawn = String::from_utf8(end(&trial, "Doch nicht.").stdout).unwrap();
    assert!(withdrawn.contains("schwärzen: lapsed"), "{withdrawn}");
    let said = complaint(data, &["agreement", "show", "--member", "koeln", "zzz"]);
    assert!(said.contains("no agreement's hash begins with 'zzz'"), "{said}");
}
