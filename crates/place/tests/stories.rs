//! What is kept, told on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use base::{Clock, Entropy, FormId, PersonId, Problem, Time};
use place::import::Place;
use place::{Point, Upload, address, streets};
use store::{Db, Migration, Tx};
use testkit::Fresh;

fn open(fresh: &Fresh) -> Db {
    let migrations: Vec<Migration> = [store::MIGRATIONS, place::MIGRATIONS].concat();
    fresh.open(&migrations, None).unwrap()
}

fn house(town: &str, street: &str, number: u32) -> Place {
    let lat = 50_900_000 + i32::try_from(number).unwrap();
    let point = Point { lat, lon: 6_900_000 };
    Place {
        town: town.into(),
        street: street.into(),
        number,
        suffix: String::new(),
        zip: String::new(),
        point,
    }
}

async fn publish(db: &Db, places: Vec<Place>) {
    db.write("test", move |tx| {
        let edition = streets::new_edition(tx)?;
        streets::add(tx, edition, &streets::gather(places.clone()))?;
        Ok(streets::publish(tx, edition)?)
    })
    .await
    .unwrap();
}

async fn labels(db: &Db, town: &'static str, words: &'static str) -> Vec<String> {
    let find = move |tx: &mut Tx<'_>| Ok(address::look_up(tx, Some(town), words)?);
    db.read("test", find).await.unwrap().iter().map(address::Found::label).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_are_found_in_every_spelling_and_lists_change_as_a_whole() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        assert!(labels(&db, "", "Hauptstr. 1").await.is_empty());
        publish(
            &db,
            vec![
                house("Köln", "Äußere Hauptstraße", 1),
                house("Köln", "Hauptstraße", 2),
                house("Bonn", "Hauptstraße", 3),
                house("Bonn", "Hauptstraßenweg", 4),
            ],
        )
        .await;
        assert_eq!(labels(&db, "", "aeussere hauptstr 1").await, ["Äußere Hauptstraße 1, Köln"]);
        assert_eq!(
            labels(&db, "", "Hauptstraße 3, Bonn").await,
            ["Hauptstraße 3, Bonn", "Hauptstraßenweg 4, Bonn"]
        );
        assert_eq!(labels(&db, "koeln", "Haubtstraße").await, ["Hauptstraße, Köln"]);
        assert_eq!(labels(&db, "", "Nirgendwo 1").await, Vec::<String>::new());

        let others = db.read("test", |tx| Ok(streets::of_other_towns(tx, &["Bonn".into()])?)).await.unwrap();
        assert_eq!(others.len(), 2);
        publish(&db, [others, vec![house("Bonn", "Neue Straße", 9)]].concat()).await;
        assert_eq!(labels(&db, "Bonn", "Hauptstraße 3").await, Vec::<String>::new());
        assert_eq!(labels(&db, "Köln", "Hauptstraße 2").await, ["Hauptstraße 2, Köln"]);
        while db.write("test", |tx| Ok(streets::sweep(tx)?)).await.unwrap() {}
        let (towns, houses) = db.read("test", |tx| Ok(streets::counts(tx)?)).await.unwrap();
        assert_eq!((towns, houses), (vec![("Bonn".into(), 1), ("Köln".into(), 2)], 3));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_waits_for_a_day() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let (clock, entropy) = (Clock::fixed(Time(0)), Entropy::seeded(1));
        let (first, second) = (FormId::new(&clock, &entropy), FormId::new(&clock, &entropy));
        let person = PersonId::new(&clock, &entropy);
        let upload = Upload { kind: "districts".into(), replace: true, content: vec![0, 1, 2] };
        let kept = upload.clone();
        db.write("test", move |tx| Ok(place::keep_upload(tx, first, &kept, (person, Time(0)))?))
            .await
            .unwrap();
        let again = db.read("test", move |tx| Ok(place::upload(tx, first)?)).await.unwrap();
        assert_eq!(again, Some(upload.clone()));
        let later = Time(0).plus_seconds(2 * 24 * 3600);
        db.write("test", move |tx| Ok(place::keep_upload(tx, second, &upload, (person, later))?))
            .await
            .unwrap();
        let (gone, there) = db
            .read("test", move |tx| Ok::<_, Problem>((place::upload(tx, first)?, place::upload(tx, second)?)))
            .await
            .unwrap();
        assert!(gone.is_none() && there.is_some());
    }
}
