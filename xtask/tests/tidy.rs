//! The rules of this house that no compiler checks.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use base::Lang;

/// Lower crates never know higher ones: each may use only those before it.
const LAYERS: &[&[&str]] = &[
    &["base"],
    &["tlog", "access", "fetch", "httpsig"],
    &["store"],
    &["place", "ledger", "identity", "cases"],
    &["federation"],
    &["web"],
    &["report", "verbund", "trial"],
    &["node"],
];

/// Lines of a file, at most.
const LONGEST: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file below a folder with one of these endings, but none that a build made.
fn files(folder: &Path, ends: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir()
            && !matches!(name.as_str(), "target" | "node_modules" | "dist" | ".git" | ".tools" | "demo-data")
        {
            found.extend(files(&path, ends));
        } else if ends.iter().any(|end| name.ends_with(end)) {
            found.push(path);
        }
    }
    found
}

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    files(&root().join(folder), &[".rs"])
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect()
}

/// The code of a file without its tests, which stand at the end.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap()
}

#[test]
fn lower_crates_never_know_higher_ones_and_modules_never_each_other() {
    let layer = |name: &str| LAYERS.iter().position(|layer| layer.contains(&name));
    let manifests =
        ["crates", "modules", "node"].iter().flat_map(|folder| files(&root().join(folder), &["Cargo.toml"]));
    for manifest in manifests {
        let text = fs::read_to_string(&manifest).unwrap();
        let name = manifest.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        let own = layer(&name).unwrap_or_else(|| panic!("{name} has no layer"));
        let dependencies =
            text.split("[dependencies]").nth(1).unwrap_or_default().split("\n[").next().unwrap();
        for line in dependencies.lines().filter_map(|line| line.strip_suffix(".workspace = true")) {
            if let Some(other) = layer(line) {
                assert!(other < own, "{name} must not use {line}");
            }
        }
    }
    let named = LAYERS.concat().len();
    let folders =
        ["crates", "modules"].iter().map(|folder| fs::read_dir(root().join(folder)).unwrap().count());
    assert_eq!(folders.sum::<usize>() + 1, named, "every crate stands in one layer");
}

#[test]
fn sql_of_modules_stands_in_store_files_only() {
    let words = ["\"select ", "\"insert into ", "\"update ", "\"delete from "];
    for (path, text) in sources("modules") {
        let is_store = path.file_name().unwrap() == "store.rs"
            || path.components().any(|part| part.as_os_str() == "store");
        assert!(
            is_store || !words.iter().any(|word| code(&text).contains(word)),
            "{} holds SQL",
            path.display()
        );
    }
}

#[test]
fn nobody_asks_the_machine_for_time_or_randomness_but_base() {
    for folder in ["crates", "modules", "node/src"] {
        for (path, text) in sources(folder) {
            let is_base = path.starts_with(root().join("crates/base"));
            for word in [
                "SystemTime::now",
                "Timestamp::now",
                "getrandom::",
                "rand::rng()",
                "thread_rng",
                "OsRng",
                "SysRng",
            ] {
                assert!(is_base || !code(&text).contains(word), "{} uses {word}", path.display());
            }
        }
    }
}

#[test]
fn no_transaction_waits_for_anything_else() {
    for folder in ["crates", "modules", "node/src"] {
        for (path, text) in sources(folder) {
            // A closure over a transaction is synchronous by its type; what must not happen is a way around it.
            for word in ["block_on(", "Handle::current()"] {
                let is_command = path.ends_with("node/src/commands/mod.rs");
                // Properties are tried by a runner that knows no asynchronous tests.
                let is_story = path.ends_with("stories.rs");
                assert!(
                    is_command || is_story || !code(&text).contains(word),
                    "{} uses {word}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn no_file_is_too_long_to_be_a_room() {
    for folder in ["crates", "modules", "node", "testkit", "xtask", "bench"] {
        for (path, text) in sources(folder) {
            let lines = text.lines().count();
            assert!(lines <= LONGEST, "{} has {lines} lines", path.display());
        }
    }
}

/// The keys of a Fluent file.
fn keys(source: &str) -> BTreeSet<&str> {
    let is_key =
        |line: &&str| line.starts_with(|first: char| first.is_ascii_lowercase()) && line.contains(" =");
    source.lines().filter(is_key).filter_map(|line| line.split(" =").next()).collect()
}

#[test]
fn every_language_has_every_message() {
    let of = |lang: Lang| {
        node::texts()
            .filter(|(own, _)| *own == lang)
            .flat_map(|(_, text)| keys(text))
            .collect::<BTreeSet<_>>()
    };
    let german = of(Lang::De);
    for lang in Lang::ALL {
        let other = of(lang);
        let missing: Vec<_> = german.symmetric_difference(&other).collect();
        assert!(missing.is_empty(), "{}: {missing:?}", lang.tag());
    }
    assert!(german.len() > 150);
}

/// Whatever pages ask for by a fixed key is there.
#[test]
fn every_message_that_is_asked_for_is_there() {
    let known: BTreeSet<_> = node::texts().flat_map(|(_, text)| keys(text)).collect();
    let mut asked = BTreeSet::new();
    let asks = [
        "page.t(\"",
        "page.t1(\"",
        ".t(\"",
        "page_titled(ctx.t(\"",
        "ctx.page(\"",
        "code: \"",
        "key: \"",
        "wrong(\"",
    ];
    for folder in ["crates/web", "modules"] {
        for path in files(&root().join(folder), &[".rs", ".html"]) {
            let text = fs::read_to_string(&path).unwrap();
            for ask in asks {
                for rest in code(&text).split(ask).skip(1) {
                    asked.insert((rest.split('"').next().unwrap().to_owned(), path.clone()));
                }
            }
        }
    }
    let is_key = |key: &str| {
        !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let missing: Vec<_> = asked
        .iter()
        .filter(|(key, _)| is_key(key) && key.contains('-') && !known.contains(key.as_str()))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(asked.len() > 100);
}

#[test]
fn nothing_names_a_path_of_somebodys_machine() {
    let ends = [".rs", ".html", ".md", ".toml", ".mjs", ".ts", ".sh", ".py", "Makefile", ".json", ".ftl"];
    for path in files(&root(), &ends) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let home = ["/ho", "me/"].concat();
        let work = ["/wo", "rk/"].concat();
        assert!(!text.contains(&home) && !text.contains(&work), "{}", path.display());
    }
}
