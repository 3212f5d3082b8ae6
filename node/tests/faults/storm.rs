//! Everything at once: people report, offices hand over, take, give back and answer, connections break, processes are
//! killed. Then the network is well again, and everybody's books are held against what was acknowledged.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::future::join_all;
use testkit::Mishap;
use tokio::time::sleep;

use crate::books::{Book, Case, Handover, Id};
use crate::desk::Desk;
use crate::process::raum;
use crate::region::{Region, place};
use crate::{Chance, told};

const SLUGS: [&str; 4] = ["koeln", "bonn", "rhein-sieg-kreis", "rhein-erft-kreis"];
/// How long a storm lasts.
const STORM: Duration = Duration::from_secs(16);
/// How long offices go on when it is over.
const AFTERWARDS: Duration = Duration::from_secs(6);
/// Of a hundred requests something happens to so many.
const PERCENT: u64 = 12;
/// Reports sent in one storm.
const REPORTS: usize = 28;

/// A report that somebody sent.
#[derive(Clone)]
struct Sent {
    slug: &'static str,
    text: String,
    has_photo: bool,
    /// Its number, when it was acknowledged.
    number: Option<String>,
}

/// Everything that people were told had been done.
#[derive(Default)]
struct Diary {
    sent: Mutex<Vec<Sent>>,
    /// Where, the number there, and the words of an answer.
    answers: Mutex<Vec<(String, String, String)>>,
    kills: Mutex<usize>,
    over: AtomicBool,
}

impl Diary {
    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_breaks_every_case_has_one_owner_and_both_sides_say_the_same() {
    let (rounds, seed) = (told("RAUM_FAULTS_ROUNDS", 1), told("RAUM_FAULTS_SEED", 2012));
    let region = Region::new(&SLUGS).await;
    region.start().await;
    let mut desks = Vec::new();
    for node in &region.nodes {
        desks.push(Desk::sign_in(node, "leitung").await);
    }
    let diary = Diary::default();
    for round in 0..rounds {
        storm(&region, &desks, &diary, seed + round * 1000).await;
        let start = Instant::now();
        let books = region.agreed().await;
        check(&region, &books, &diary).await;
        println!("round {round}: agreed after {:.1} s", start.elapsed().as_secs_f64());
    }
    let mishaps = region.network.mishaps();
    println!("{mishaps:?}, {} kills", diary.kills.lock().unwrap());
    assert!(
        Mishap::ALL.iter().all(|mishap| mishaps.contains_key(mishap)),
        "everything happened: {mishaps:?}"
    );
    pages(&region, &region.books(), &diary).await;
    for node in &region.nodes {
        node.stop().await;
        let verified = tokio::task::block_in_place(|| raum(&node.data, &["verify", "--member", &node.slug]));
        assert!(!verified.is_empty());
    }
    check(&region, &region.agreed().await, &diary).await;
}

async fn storm(region: &Region, desks: &[Desk], diary: &Diary, seed: u64) {
    diary.over.store(false, Ordering::Relaxed);
    region.network.storm(seed, PERCENT);
    let end = async {
        tokio::join!(citizens(region, diary, Chance::new(seed + 1)), sleep(STORM));
        diary.over.store(true, Ordering::Relaxed);
    };
    let offices =
        (10..).zip(desks).map(|(number, desk)| office(region, desk, diary, Chance::new(seed + number)));
    tokio::join!(end, join_all(offices), killer(region, diary, Chance::new(seed + 2)));
    region.network.calm();
    // What arrived late finds somebody, too.
    diary.over.store(false, Ordering::Relaxed);
    let end = async {
        sleep(AFTERWARDS).await;
        diary.over.store(true, Ordering::Relaxed);
    };
    let offices =
        (20..).zip(desks).map(|(number, desk)| office(region, desk, diary, Chance::new(seed + number)));
    tokio::join!(end, join_all(offices));
}

/// People report what is broken: to the member it belongs to, or to another.
async fn citizens(region: &Region, diary: &Diary, chance: Chance) {
    let before = diary.sent.lock().unwrap().len();
    let desks: Vec<_> = region.nodes.iter().map(Desk::public).collect();
    for number in before..before + REPORTS {
        let (slug, at) = (*chance.pick(&SLUGS).unwrap(), *chance.pick(&SLUGS).unwrap());
        // Half of them where they are, a quarter where another is responsible.
        let at = if chance.below(2) == 0 { slug } else { at };
        let (text, has_photo) = (format!("Laterne {number:04} ist dunkel."), chance.below(2) == 0);
        let photo = has_photo.then(|| picture(number));
        let desk = desks.iter().find(|desk| desk.slug == slug).unwrap();
        let number = desk.report(place(at), &text, photo.as_deref()).await;
        diary.sent.lock().unwrap().push(Sent { slug, text, has_photo, number });
        sleep(Duration::from_millis(100 + chance.below(600))).await;
    }
}

/// A picture nobody else sends.
fn picture(number: usize) -> String {
    let shade = |x: u32, y: u32| {
        let light = |value: usize| u8::try_from(value % 256).unwrap();
        let (x, y) = (usize::try_from(x).unwrap(), usize::try_from(y).unwrap());
        image::Rgb([light(number * 37), light(x / 8 * 60 + number), light(y / 8 * 90)])
    };
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(48, 32, shade).write_to(&mut png, image::ImageFormat::Png).unwrap();
    STANDARD.encode(png.into_inner())
}

/// An office looks at one of its cases after the other and does something that its page offers.
async fn office(region: &Region, desk: &Desk, diary: &Diary, chance: Chance) {
    while !diary.is_over() {
        sleep(Duration::from_millis(chance.below(150))).await;
        let numbers = desk.numbers().await;
        let Some(number) = chance.pick(&numbers) else { continue };
        // The process may be dead just now.
        drop(step(region, desk, diary, &chance, number).await);
    }
}

async fn step(
    region: &Region,
    desk: &Desk,
    diary: &Diary,
    chance: &Chance,
    number: &str,
) -> base::Result<()> {
    let path = format!("/arbeitsplatz/fall/{number}");
    let page = desk.get(&path).await?.body;
    let offers =
        |name: &str| page.contains(&format!("value=\"{name}\"")) || page.contains(&format!("{path}/{name}?"));
    let (sort, is_asked) = (chance.below(10), offers("behalten"));
    if offers("annehmen") && sort < 7 {
        desk.post(&path, &[("schritt", "annehmen")]).await?;
    } else if offers("ablehnen") && sort % 4 == 1 {
        desk.post(&format!("{path}/ablehnen"), &[("text", "Das gehört nicht hierher.")]).await?;
    } else if is_asked {
        // Whoever goes on with it keeps it, too.
        if chance.below(30) > 0 {
            return Ok(());
        }
        desk.post(&path, &[("schritt", "behalten")]).await?;
    } else if offers("weitergeben") && sort < 5 {
        let others: Vec<_> = SLUGS.iter().filter(|slug| **slug != desk.slug).collect();
        let did = region.did(chance.pick(&others).unwrap()).to_string();
        let fields = [("partner", did.as_str()), ("text", "Steht auf Ihrer Seite.")];
        desk.post(&format!("{path}/weitergeben"), &fields).await?;
    } else if sort > 5 {
        let words = format!("Antwort {:016x}", chance.below(u64::MAX));
        let state = chance.pick(&["", "in_progress", "done"]).unwrap();
        let fields = [("schritt", "antwort"), ("text", words.as_str()), ("status", *state)];
        if desk.post(&path, &fields).await?.status == 303 {
            diary.answers.lock().unwrap().push((desk.slug.clone(), number.to_owned(), words));
        }
    }
    Ok(())
}

/// Ends processes in the middle of whatever they do, one after the other, and starts them again.
async fn killer(region: &Region, diary: &Diary, chance: Chance) {
    while !diary.is_over() {
        sleep(Duration::from_millis(chance.below(900))).await;
        let node = chance.pick(&region.nodes).unwrap();
        node.kill();
        *diary.kills.lock().unwrap() += 1;
        sleep(Duration::from_millis(chance.below(700))).await;
        node.start().await;
    }
}

/// The two sides of a handover, with the sender first.
struct Both<'a> {
    sender: (&'a Book, &'a Handover),
    receiver: (&'a Book, &'a Handover),
}

impl Both<'_> {
    fn case_of<'a>((book, handover): (&'a Book, &'a Handover)) -> Option<&'a Case> {
        book.cases.get(&handover.case)
    }
}

/// Holds everybody's books against each other and against what people were told.
async fn check(region: &Region, books: &[Book], diary: &Diary) {
    let lies: Vec<_> = books.iter().flat_map(|book| &book.lies).collect();
    assert!(lies.is_empty(), "honest members take each other for liars: {lies:?}");
    for sent in diary.sent.lock().unwrap().iter() {
        owned_once(books, sent);
    }
    let mut accepted = 0;
    for (book, id, handover) in
        books.iter().flat_map(|book| book.handovers.iter().map(move |(id, one)| (book, id, one)))
    {
        if handover.side == "sender" {
            let there = books.iter().find(|other| other.did == handover.partner).unwrap();
            let both = Both { sender: (book, handover), receiver: (there, &there.handovers[id]) };
            told_both(&both, diary);
            photos(region, &both).await;
            accepted += usize::from(handover.phase == "accepted");
        }
    }
    let count = |phase: &str| {
        let all = books.iter().flat_map(|book| book.handovers.values());
        all.filter(|one| one.side == "sender" && one.phase == phase).count()
    };
    let phases = ["offered", "accepted", "declined", "withdrawn"].map(|phase| (phase, count(phase)));
    println!("handovers: {phases:?}, {} answers", diary.answers.lock().unwrap().len());
    assert!(accepted > 3, "hardly anything was handed over: {phases:?}");
}

/// What was acknowledged is there, once, and has one owner; what was not may be missing and is not there twice.
fn owned_once(books: &[Book], sent: &Sent) {
    let Sent { slug, text, has_photo, number } = sent;
    let home = books.iter().find(|book| book.slug == *slug).unwrap();
    let own: Vec<_> = home.about(text).filter(|(id, _)| !home.handovers.contains_key(*id)).collect();
    let [(id, case)] = own.as_slice() else {
        assert!(own.is_empty() && number.is_none(), "{slug} has '{text}' {} times", own.len());
        return;
    };
    assert!(number.as_ref().is_none_or(|number| *number == case.number), "another number");
    assert_eq!(case.photos.len(), usize::from(*has_photo), "{text}");
    let handovers: Vec<_> = home.of_case(id).collect();
    let live = |phase: &str| handovers.iter().filter(|(_, handover)| handover.phase == phase).count();
    assert!(live("offered") + live("accepted") <= 1, "{text}: two were asked at once");
    assert_eq!(case.away, live("accepted") == 1, "{text}: whose is it?");
    // Elsewhere it is only as what was handed over from here.
    let mut owners = usize::from(!case.away);
    for book in books {
        for (there, _) in book.about(text).filter(|(there, _)| *there != *id) {
            let handover = book.handovers.get(there).filter(|handover| handover.side == "receiver");
            let handover = handover.unwrap_or_else(|| panic!("{} has '{text}' from nobody", book.slug));
            assert_eq!(handover.partner, home.did);
            owners += usize::from(handover.phase == "accepted");
        }
    }
    assert_eq!(owners, 1, "{text} has {owners} owners");
}

/// What one side said, the other knows, once.
fn told_both(both: &Both<'_>, diary: &Diary) {
    let (here, there) = (Both::case_of(both.sender), Both::case_of(both.receiver));
    let (sender, receiver) = (both.sender.0, both.receiver);
    let here = here.unwrap_or_else(|| panic!("{}: what it handed over is gone", sender.slug));
    let Some(there) = there else {
        assert_eq!(receiver.1.phase, "withdrawn", "{}: what it got is gone", receiver.0.slug);
        return;
    };
    // Below the words there may stand what else the other's form asked.
    assert!(there.text.starts_with(&here.text), "{}: {}", here.text, there.text);
    let offer = receiver.1.said.iter().find(|said| said.deed == "offer" && !said.own).unwrap();
    let arrived: String = there.lines.iter().map(|(_, text)| format!("{text}\n")).collect();
    let history = offer.words["history"].as_array().unwrap().iter();
    for line in history.map(|line| &line["text"]).chain([&offer.words["note"]]) {
        let line = line.as_str().unwrap();
        assert!(arrived.contains(line), "'{line}' did not arrive with the case: {arrived}");
    }
    if receiver.1.phase != "accepted" {
        return;
    }
    assert_eq!(here.closed, there.closed, "{}: whether it is done", here.text);
    for (slug, number, words) in diary.answers.lock().unwrap().iter() {
        if (slug, number) == (&receiver.0.slug, &there.number) {
            let known = (there.told(words), here.told(words));
            assert_eq!(known, (1, 1), "'{words}' of {slug} to '{}'", here.text);
        }
    }
}

/// The pictures are the same, made anew from their pixels.
async fn photos(region: &Region, both: &Both<'_>) {
    let (Some(here), Some(there)) = (Both::case_of(both.sender), Both::case_of(both.receiver)) else {
        return;
    };
    assert_eq!(here.photos.len(), there.photos.len(), "{}: its photos", here.text);
    for (sent, got) in here.photos.iter().zip(&there.photos) {
        let sent = picture_of(region, both.sender.0, *sent).await;
        let expected = tokio::task::block_in_place(|| store::reencode(&sent, 2048, "media").unwrap().jpeg);
        let got = picture_of(region, both.receiver.0, *got).await;
        assert!(got == expected, "{}: another picture", here.text);
    }
}

async fn picture_of(region: &Region, book: &Book, hash: [u8; 32]) -> Vec<u8> {
    let folder = region.node(&book.slug).folder().join("files");
    let files = store::Files::in_folder(&folder).unwrap();
    files.bytes(store::FileHash(hash)).await.unwrap().to_vec()
}

/// Whoever reported something sees behind the first link how it goes, wherever the case is now.
async fn pages(region: &Region, books: &[Book], diary: &Diary) {
    let sent = diary.sent.lock().unwrap().clone();
    for Sent { slug, text, number, has_photo } in &sent {
        let Some(number) = number else { continue };
        let (node, desk) = (region.node(slug), Desk::public(region.node(slug)));
        let home = books.iter().find(|book| book.slug == *slug).unwrap();
        let (id, case) = home.about(text).find(|(_, case)| case.number == *number).unwrap();
        let page = desk.page(&link(node, id)).await;
        assert!(page.contains(text.as_str()), "{page}");
        assert!(!has_photo || page.contains("/foto/1"), "{page}");
        for (_, words) in case.lines.iter().filter(|(kind, _)| kind == "answer") {
            assert!(page.contains(words.as_str()), "'{words}': {page}");
        }
        let told = desk.get(&format!("/open311/v2/requests/{number}.json")).await.unwrap().json();
        assert_eq!(told[0]["status"], if case.closed { "closed" } else { "open" }, "{text}");
        let taken = home.of_case(id).find(|(_, handover)| handover.phase == "accepted");
        if let Some((there, handover)) = taken {
            let book = books.iter().find(|book| book.did == handover.partner).unwrap();
            let there = &book.cases[there].number;
            assert!(page.contains("Angenommen von") && page.contains(there.as_str()), "{there}: {page}");
        }
    }
}

/// The private link that was sent to whoever reported it.
fn link(node: &crate::process::Node, case: &Id) -> String {
    let case = base::CaseId::from_bytes(case).unwrap();
    let secret =
        node::keys_of(&node.folder(), &node.host()).unwrap().derive(&format!("report/tracking/{case}"));
    format!("/anliegen/v/{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(secret.as_slice()))
}
