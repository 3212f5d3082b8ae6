//! Members whose clocks are days apart: nothing goes between them, both sides say why, and as soon as the clocks are
//! right everything goes on.

use rusqlite::{Connection, OpenFlags};

use crate::desk::Desk;
use crate::region::{Region, place, until};

const DAY: i64 = 24 * 3600;
const SLUGS: [&str; 3] = ["koeln", "bonn", "rhein-erft-kreis"];

/// The page about another member, as those who sign for a member see it.
fn about(region: &Region, slug: &str) -> String {
    format!("/arbeitsplatz/verbund/mitglieder/{}", region.known_host(slug))
}

/// How many entries of another's public feed are here.
fn mirrored(region: &Region, at: &str, of: &str) -> i64 {
    let path = region.node(at).folder().join("raum.db");
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let sql = "select coalesce(max(size), 0) from peer_feed where feed = 'public' and peer = ?1";
    db.query_row(sql, [region.known_host(of)], |row| row.get(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_two_days_apart_are_named_on_both_sides_and_once_they_are_right_everything_flows() {
    let region = Region::new(&SLUGS).await;
    region.node("koeln").set_clock(2 * DAY);
    region.node("bonn").set_clock(0);
    region.node("rhein-erft-kreis").set_clock(-2 * DAY);
    region.start().await;
    let mut desks = Vec::new();
    for node in &region.nodes {
        desks.push(Desk::sign_in(node, "vertretung").await);
    }
    let [koeln, bonn, erft] = desks.as_slice() else { panic!("three") };
    // Whoever reports something notices nothing of it.
    for (from, to) in [(koeln, "bonn"), (bonn, "koeln"), (bonn, "rhein-erft-kreis"), (erft, "bonn")] {
        assert!(from.report(place(to), &format!("Für {to}"), None).await.is_some(), "{} to {to}", from.slug);
    }
    let says = |desk: &Desk, about: &str, words: &[&str]| {
        let (desk, path) = (desk.clone(), about.to_owned());
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        async move {
            let page = desk.page(&path).await;
            words.iter().all(|word| page.contains(word.as_str()))
        }
    };
    // Who is refused reads why, with the other's time; who refuses sees that, too.
    let day = |days: i64| {
        let now = base::Clock::system().now().plus_seconds(days * DAY);
        now.rfc3339().get(..10).unwrap().to_owned()
    };
    let (today, behind, ahead) = (day(0), day(-2), day(2));
    for (desk, other, why, there) in [
        (koeln, "bonn", "from the future", &today),
        (bonn, "koeln", "too old", &ahead),
        (bonn, "rhein-erft-kreis", "from the future", &behind),
        (erft, "bonn", "too old", &today),
    ] {
        let told = format!("{why}: here it is {there}");
        let words = ["Zurzeit kommt nichts an", told.as_str(), "compare both clocks with the true time"];
        let path = about(&region, other);
        until(&format!("{} reads that it is {told}", desk.slug), 30, || says(desk, &path, &words)).await;
    }
    for (desk, other, why) in [
        (bonn, "koeln", "from the future"),
        (koeln, "bonn", "too old"),
        (bonn, "rhein-erft-kreis", "too old"),
    ] {
        let path = about(&region, other);
        let words = ["Abgewiesene Anfragen", why];
        until(&format!("{} sees that it refuses {other}", desk.slug), 30, || says(desk, &path, &words)).await;
    }
    for book in region.books() {
        assert!(book.handovers.values().all(|one| one.side == "sender"), "{} took something", book.slug);
        assert!(book.lies.is_empty(), "a wrong clock is no lie: {:?}", book.lies);
    }
    // What is public is read all the same, and was read at a time that is still to come.
    until("Köln mirrors Bonn", 30, || async { mirrored(&region, "koeln", "bonn") > 0 }).await;
    let before = mirrored(&region, "koeln", "bonn");

    region.nodes.iter().for_each(|node| node.set_clock(0));
    let bonn = Desk::public(region.node("bonn"));
    assert!(bonn.report(place("bonn"), "Nach der Zeitumstellung", None).await.is_some());
    let books = region.agreed().await;
    let taken = books.iter().flat_map(|book| book.handovers.values()).filter(|one| one.side == "receiver");
    assert_eq!(taken.count(), 4, "everything arrived");
    for (slug, from) in [("bonn", 2), ("koeln", 1), ("rhein-erft-kreis", 1)] {
        let book = books.iter().find(|book| book.slug == slug).unwrap();
        assert_eq!(book.about(&format!("Für {slug}")).count(), from, "{slug}");
    }
    let grows = || async { mirrored(&region, "koeln", "bonn") > before };
    until("Köln goes on reading what Bonn publishes", 50, grows).await;
}
