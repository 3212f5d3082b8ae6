//! Embeds what `npm run build` made in `web/dist`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let dist = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../web/dist");
    println!("cargo:rerun-if-changed={}", dist.join("manifest.json").display());
    let Ok(manifest) = fs::read_to_string(dist.join("manifest.json")) else {
        println!("cargo:error=web/dist is missing: run `make web` first (it needs Node)");
        return;
    };
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap_or_default();
    let dist = dist.canonicalize().unwrap_or(dist);
    // Sorted, because they are looked for by their names.
    let mut table = String::from("const ASSETS: &[Asset] = &[\n");
    let mut entries: Vec<_> = manifest.as_array().into_iter().flatten().collect();
    entries.sort_by_key(|entry| text(entry, "name"));
    for entry in entries {
        let text = |key| text(entry, key);
        let (name, file, media_type) = (text("name"), text("file"), text("type"));
        let path = dist.join(&file);
        let compressed = match entry.get("compressed").and_then(serde_json::Value::as_bool) {
            Some(true) => format!("Some(include_bytes!(r\"{}.br\"))", path.display()),
            _ => "None".into(),
        };
        let _ = writeln!(
            table,
            "    Asset {{ name: {name:?}, url: \"/assets/{file}\", media_type: {media_type:?}, \
             body: include_bytes!(r\"{}\"), brotli: {compressed} }},",
            path.display()
        );
    }
    table.push_str("];\n");
    let out = PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join("assets.rs");
    if let Err(error) = fs::write(&out, table) {
        println!("cargo:error={}: {error}", out.display());
    }
}

fn text(entry: &serde_json::Value, key: &str) -> String {
    entry.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
}
