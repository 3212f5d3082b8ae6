//! The program as its operator meets it: clear messages for what is wrong, and a process that lives on.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const RAUM: &str = env!("CARGO_BIN_EXE_raum");

fn raum(data: &Path, args: &[&str]) -> Output {
    raum_with(data, args, "")
}

fn raum_with(data: &Path, args: &[&str], input: &str) -> Output {
    raum_trusting(data, args, input, None)
}

fn raum_trusting(data: &Path, args: &[&str], input: &str, trusted: Option<&str>) -> Output {
    let mut child = Command::new(RAUM)
        .arg("--data")
        .arg(data)
        .args(args)
        .env("RAUM_LOG", "error")
        .envs(trusted.map(|file| ("SSL_CERT_FILE", file)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// What the command complains about; fails when it does not.
fn complaint(data: &Path, args: &[&str]) -> String {
    let output = raum(data, args);
    assert!(!output.status.success(), "{args:?} succeeded");
    String::from_utf8(output.stderr).unwrap()
}

fn succeeds(data: &Path, args: &[&str], input: &str) -> String {
    let output = raum_with(data, args, input);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

const ADD: [&str; 13] = [
    "member",
    "add",
    "koeln",
    "--name",
    "Stadt Köln",
    "--ars",
    "05315",
    "--host",
    "koeln.localhost",
    "--url",
    "http://koeln.localhost",
    "--email",
    "amt@koeln.example",
];

fn member() -> TempDir {
    let data = tempfile::tempdir().unwrap();
    succeeds(data.path(), &["init"], "");
    succeeds(data.path(), &ADD, "");
    data
}

struct Serving {
    child: Child,
    address: SocketAddr,
}

impl Serving {
    fn start(data: &Path) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let child = Command::new(RAUM)
            .arg("--data")
            .arg(data)
            .arg("serve")
            .env("RAUM_LISTEN", address.to_string())
            .env("RAUM_LOG", "error")
            .spawn()
            .unwrap();
        let serving = Self { child, address };
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < deadline, "the process does not serve");
            std::thread::sleep(Duration::from_millis(20));
        }
        serving
    }

    /// Sends bytes and gives the status line of the answer; empty when the connection was closed without one.
    fn ask(&self, request: &[u8]) -> String {
        self.answer(request).lines().next().unwrap_or_default().to_owned()
    }

    /// Sends bytes and gives the body of the answer.
    fn body(&self, request: &[u8]) -> String {
        self.answer(request).split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
    }

    fn answer(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        // The server may answer and close before everything was sent.
        drop(stream.write_all(request));
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn lives(&self) -> bool {
        self.ask(b"GET /ready HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n") == "HTTP/1.1 200 OK"
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn a_member_is_made_people_are_added_and_the_doctor_is_content() {
    let data = member();
    let add = [
        "user",
        "add",
        "--member",
        "koeln",
        "--email",
        "lead@koeln.example",
        "--name",
        "Lena",
        "--role",
        "lead",
    ];
    assert!(succeeds(data.path(), &add, "a long enough password\n").contains("otpauth://totp/"));
    assert!(!raum_with(data.path(), &add, "short\n").status.success());
    let for_module = |email: &'static str, role: &'static str, module: &'static str| {
        let member = ["user", "add", "--member", "koeln", "--name", "Mona", "--email", email];
        raum_with(
            data.path(),
            &[&member[..], &["--role", role, "--module", module]].concat(),
            "long enough it is\n",
        )
    };
    assert!(for_module("mona@koeln.example", "clerk", "report").status.success());
    let said = |output: Output| String::from_utf8(output.stderr).unwrap();
    assert!(said(for_module("b@koeln.example", "clerk", "nonsense")).contains("one of report"));
    assert!(said(for_module("b@koeln.example", "admin", "report")).contains("a role for the whole member"));
    let doctor = raum_with(data.path(), &["doctor"], "");
    let said = String::from_utf8(doctor.stdout).unwrap();
    assert!(said.contains("ok     member koeln: Stadt Köln, SQLite"), "{said}");
    let serving = Serving::start(data.path());
    fs::write(data.path().join("raum.toml"), format!("listen = \"{}\"\n", serving.address)).unwrap();
    assert_eq!(succeeds(data.path(), &["ready"], ""), "ready\n");
    drop(serving);
    assert!(complaint(data.path(), &["ready"]).contains("no answer"));
    let key = fs::metadata(data.path().join("members/koeln/key")).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&key.permissions()) & 0o777, 0o600);
}

#[test]
fn wrong_settings_are_named_with_file_and_line() {
    let data = member();
    fs::write(data.path().join("raum.toml"), "listen = \"127.0.0.1:8115\"\nlissten = 1\n").unwrap();
    let said = complaint(data.path(), &["serve"]);
    assert!(said.contains("raum.toml") && said.contains("line 2") && said.contains("lissten"), "{said}");
    fs::write(data.path().join("raum.toml"), "listen = \"nowhere\"\n").unwrap();
    assert!(complaint(data.path(), &["serve"]).contains("line 1"));
}

#[test]
fn a_taken_port_an_unusable_folder_and_no_member_are_said() {
    let data = member();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    fs::write(data.path().join("raum.toml"), format!("listen = \"{address}\"\n")).unwrap();
    let said = complaint(data.path(), &["serve"]);
    assert!(said.contains(&address.to_string()) && said.contains("another program has the port"), "{said}");

    let file = data.path().join("file");
    fs::write(&file, "no folder").unwrap();
    let said = complaint(&file.join("below"), &["init"]);
    assert!(said.contains("below") && said.contains("may write"), "{said}");

    let empty = tempfile::tempdir().unwrap();
    assert!(complaint(empty.path(), &["serve"]).contains("no member"));
    assert!(complaint(data.path(), &["verify", "--member", "bonn"]).contains("no member 'bonn'"));
}

#[test]
fn a_damaged_a_locked_and_a_keyless_member_are_said() {
    let data = member();
    let folder = data.path().join("members/koeln");
    {
        let _serving = Serving::start(data.path());
        assert!(complaint(data.path(), &["verify", "--member", "koeln"]).contains("another process"));
    }
    fs::rename(folder.join("key"), folder.join("key.away")).unwrap();
    assert!(complaint(data.path(), &["verify", "--member", "koeln"]).contains("key"));
    fs::rename(folder.join("key.away"), folder.join("key")).unwrap();
    fs::write(folder.join("raum.db"), [b"garbage".as_slice(), &[9; 9000]].concat()).unwrap();
    drop(fs::remove_file(folder.join("raum.db-wal")));
    let said = complaint(data.path(), &["serve"]);
    assert!(said.contains("damaged") && said.contains("raum restore"), "{said}");
}

#[test]
fn a_boundary_file_that_is_not_one_changes_nothing() {
    let data = member();
    let file = data.path().join("areas.geojson");
    let import = ["import", "boundaries", "--member", "koeln", file.to_str().unwrap()];
    fs::write(&file, "<kml/>").unwrap();
    assert!(complaint(data.path(), &import).contains("nothing in the file"));
    let area = |ring: &str| {
        format!(
            r#"{{"type":"Feature","properties":{{"ars":"053150000000","name":"Köln"}},
            "geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#
        )
    };
    fs::write(&file, area("[[2566000,5645000],[2567000,5645000],[2567000,5646000],[2566000,5645000]]"))
        .unwrap();
    let said = complaint(data.path(), &import);
    assert!(said.contains("Feature 1 (Köln)") && said.contains("are not degrees"), "{said}");
    assert!(succeeds_doctor(data.path()).contains("0 own areas"));
    fs::write(&file, area("[[6.8,50.8],[7.2,50.8],[7.2,51.1],[6.8,51.1],[6.8,50.8]]")).unwrap();
    assert!(succeeds(data.path(), &import, "").contains("1 areas are Stadt Köln's now"));
}

fn succeeds_doctor(data: &Path) -> String {
    String::from_utf8(raum(data, &["doctor"]).stdout).unwrap()
}

#[test]
fn a_backup_made_while_serving_restores_to_the_same_and_a_changed_one_is_refused() {
    let data = member();
    let target = data.path().join("backup");
    let to = target.to_str().unwrap();
    {
        let serving = Serving::start(data.path());
        assert!(succeeds(data.path(), &["backup", "--member", "koeln", to], "").starts_with("ok"));
        assert!(serving.lives());
    }
    assert!(complaint(data.path(), &["backup", "--member", "koeln", to]).contains("there already"));
    assert!(complaint(data.path(), &["restore", "--member", "koeln", to]).contains("there already"));
    let folder = data.path().join("members/koeln");
    fs::remove_dir_all(&folder).unwrap();
    succeeds(data.path(), &["restore", "--member", "koeln", to], "");
    succeeds(data.path(), &["verify", "--member", "koeln"], "");
    assert!(Serving::start(data.path()).lives());

    fs::remove_dir_all(&folder).unwrap();
    fs::write(target.join("key"), [1; 32]).unwrap();
    let restored = raum(data.path(), &["restore", "--member", "koeln", to]);
    let empty_log = String::from_utf8_lossy(&restored.stdout).contains("0 entries");
    assert!(!restored.status.success() || empty_log, "a key that fits no signature is noticed");
}

#[test]
fn a_database_across_the_network_must_prove_itself() {
    let (Ok(url), Ok(trusted)) =
        (std::env::var("RAUM_TEST_POSTGRES"), std::env::var("RAUM_TEST_POSTGRES_CA"))
    else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let url = format!("{}?sslmode=require", url.replace("127.0.0.1", "localhost"));
    let add = [
        "member",
        "add",
        "tls",
        "--name",
        "Stadt",
        "--ars",
        "05315",
        "--host",
        "tls.localhost",
        "--url",
        "http://tls.localhost",
        "--email",
        "a@tls.example",
        "--database",
        &url,
    ];
    let stranger = raum_trusting(data.path(), &add, "", None);
    let said = String::from_utf8_lossy(&stranger.stderr).into_owned();
    assert!(!stranger.status.success() && said.contains("invalid peer certificate"), "{said}");
    std::fs::remove_dir_all(data.path().join("members")).unwrap();
    let proven = raum_trusting(data.path(), &add, "", Some(&trusted));
    assert!(proven.status.success(), "{}", String::from_utf8_lossy(&proven.stderr));
}

#[test]
fn a_member_moves_to_the_other_engine_and_back_with_everything() {
    let Ok(url) = std::env::var("RAUM_TEST_POSTGRES") else { return };
    let data = tempfile::tempdir().unwrap();
    let demo = ["demo", "--no-serve", "--cases", "30", "--dir", data.path().to_str().unwrap()];
    succeeds(data.path(), &demo, "");
    let before = succeeds(data.path(), &["verify", "--member", "bonn"], "");
    assert!(
        succeeds(data.path(), &["move", "--member", "bonn", "--to", &url], "").contains("rows were moved")
    );
    assert_eq!(succeeds(data.path(), &["verify", "--member", "bonn"], ""), before);
    let page = |what: &str| {
        let serving = Serving::start(data.path());
        let request = format!("GET {what} HTTP/1.1\r\nhost: bonn.localhost\r\nconnection: close\r\n\r\n");
        serving.body(request.as_bytes())
    };
    let on_postgres = page("/open311/v2/requests.json");
    assert!(on_postgres.contains("service_request_id"), "{on_postgres}");
    assert!(complaint(data.path(), &["move", "--member", "bonn", "--to", &url]).contains("already"));
    let backup = data.path().join("backup");
    succeeds(data.path(), &["backup", "--member", "bonn", backup.to_str().unwrap()], "");
    succeeds(data.path(), &["move", "--member", "bonn", "--to", "sqlite"], "");
    assert_eq!(succeeds(data.path(), &["verify", "--member", "bonn"], ""), before);
    assert_eq!(page("/open311/v2/requests.json"), on_postgres);
}

#[test]
fn strange_requests_get_standard_answers_and_the_process_lives() {
    let data = member();
    let serving = Serving::start(data.path());
    let status = |request: &[u8]| serving.ask(request);
    let host = "host: koeln.localhost\r\nconnection: close\r\n";
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\n{host}\r\n").into_bytes();
    assert!(status(&get("/")).contains("200"));
    assert!(status(&get("/gibt-es-nicht")).contains("404"));
    assert!(status(b"GET / HTTP/1.1\r\nhost: strange.example\r\nconnection: close\r\n\r\n").contains("421"));
    assert!(status(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").contains("400"));
    assert!(status(&get(&format!("/{}", "a".repeat(200_000)))).contains("4"));
    let form = "content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin\r\n";
    let post = |path: &str, extra: &str, body: &[u8]| {
        let head = format!("POST {path} HTTP/1.1\r\n{host}{extra}content-length: {}\r\n\r\n", body.len());
        [head.as_bytes(), body].concat()
    };
    assert!(status(&post("/anmelden", form, &vec![b'a'; 100_000])).contains("413"));
    assert!(status(&post("/anmelden", form, b"email=%FF%FE")).contains("400"));
    assert!(status(&post("/anmelden", form, b"email=a&passwort=b")).contains("200"));
    assert!(status(&post("/anmelden", "sec-fetch-site: cross-site\r\n", b"")).contains("403"));
    assert!(
        status(&post("/anmelden", "sec-fetch-site: same-origin\r\ncontent-type: text/xml\r\n", b"<a/>"))
            .contains("415")
    );
    let broken = "sec-fetch-site: same-origin\r\ncontent-type: multipart/form-data; boundary=x\r\n";
    assert!(status(&post("/anliegen/neu/foto", broken, b"--x\r\nnonsense")).contains("400"));
    assert!(serving.lives());
}

#[test]
fn a_request_head_that_never_ends_is_given_up() {
    let data = member();
    let serving = Serving::start(data.path());
    let start = Instant::now();
    let mut stream = TcpStream::connect(serving.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: ko").unwrap();
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer));
    assert!(start.elapsed() < Duration::from_secs(35), "the connection was kept");
    assert!(serving.lives());
}

#[test]
fn ten_thousand_open_connections_do_not_bring_it_down() {
    let (_, hard) = rlimit::Resource::NOFILE.get().unwrap();
    rlimit::increase_nofile_limit(hard.min(30_000)).unwrap();
    let data = member();
    let serving = Serving::start(data.path());
    let mut open = Vec::new();
    for _ in 0..10_000 {
        match TcpStream::connect(serving.address) {
            Ok(stream) => open.push(stream),
            Err(_) => break,
        }
    }
    assert!(open.len() > 5_000, "only {} connections could be opened", open.len());
    assert!(serving.lives(), "with {} open connections", open.len());
    drop(open);
    assert!(serving.lives());
}

#[test]
fn told_to_stop_it_ends_what_was_begun() {
    let data = member();
    let mut serving = Serving::start(data.path());
    assert!(serving.lives());
    let id = serving.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let deadline = Instant::now() + Duration::from_secs(25);
    loop {
        match serving.child.try_wait().unwrap() {
            Some(status) => break assert!(status.success(), "{status}"),
            None if Instant::now() > deadline => panic!("it does not stop"),
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

#[test]
fn feeds_of_others_are_listed_and_verified_and_what_is_not_there_is_named() {
    let data = member();
    let listed = succeeds(data.path(), &["feed", "list", "--member", "koeln"], "");
    assert!(listed.starts_with("member ") && listed.lines().count() == 1, "{listed}");
    let verified = succeeds(data.path(), &["feed", "verify", "--member", "koeln"], "");
    assert_eq!(verified, "everything is in order\n");
    let args = ["feed", "verify", "--member", "koeln", "bonn.example"];
    assert!(complaint(data.path(), &args).contains("nothing of a member at 'bonn.example' is mirrored here"));
}
