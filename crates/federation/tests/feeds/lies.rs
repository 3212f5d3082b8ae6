//! A log that lies is found out, what it said is kept as evidence, and nothing of it gets in.

use crate::peer::{ORIGIN, Scene, disclosed};
use axum::http::StatusCode;
use federation::{Conflict, FeedName, Lie, Remote, View};
use fetch::Fetch;
use testkit::Fresh;
use tlog::{Checkpoint, Signer};

/// A scene with so many entries mirrored.
async fn mirrored(fresh: Fresh, entries: usize) -> Scene {
    let scene = Scene::new(fresh).await;
    scene.edit(|log| log.append(entries));
    assert!(scene.pull_all().await.is_complete());
    scene
}

/// The one conflict there is, after its way to others and back; its proof is checked with the log's key alone.
async fn only_conflict(scene: &Scene) -> Conflict {
    let found = scene.conflicts().await;
    assert_eq!(found.len(), 1, "{found:?}");
    let read = Conflict::from_json(&found[0].to_json()).unwrap();
    assert_eq!(read, found[0]);
    assert_eq!(read.evidence.verify(&scene.key).is_ok(), read.lie.is_proven());
    read
}

#[tokio::test(flavor = "multi_thread")]
async fn rewritten_history_is_proven_and_pauses_that_feed_only() {
    for (entries, more) in [(300, 10), (256, 1), (3, 600)] {
        for fresh in Fresh::everywhere() {
            let scene = mirrored(fresh, entries).await;
            let before = scene.entries().await;
            scene.edit(|log| {
                log.entries[1] = b"{\"something\":\"else\"}".to_vec();
                log.contents.remove(&1);
                log.append(more);
            });
            assert_eq!(scene.refused().await, "feed-lie");
            assert_eq!(only_conflict(&scene).await.lie, Lie::Rewritten);
            let state = scene.state().await.unwrap();
            assert_eq!(state.paused, Some(Lie::Rewritten));
            assert!(state.trouble.unwrap().last_error.contains("rewrote"));
            assert_eq!(scene.refused().await, "feed-paused");
            assert_eq!(scene.entries().await, before);
            assert_eq!(scene.conflicts().await.len(), 1);
            let other = FeedName { feed: "other".into(), ..scene.name.clone() };
            let nothing = federation::Interest::in_nothing();
            let progress = scene.mirror.pull_all(&other, &scene.key, &scene.remote(), &nothing, 9).await;
            assert!(progress.unwrap().is_complete(), "another feed of the same peer goes on");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn history_rewritten_while_it_is_pulled_is_proven_too() {
    for fresh in Fresh::everywhere() {
        let scene = Scene::new(fresh).await;
        scene.edit(|log| log.append(1000));
        assert_eq!(scene.pull().await.unwrap().size, 512);
        scene.edit(|log| {
            log.entries[600] = b"{}".to_vec();
            log.contents.remove(&600);
            log.append(100);
        });
        assert_eq!(scene.refused().await, "feed-lie");
        assert_eq!(only_conflict(&scene).await.lie, Lie::Rewritten);
        assert_eq!(scene.check().await, 512);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_roots_for_one_size_are_proof() {
    for fresh in Fresh::everywhere() {
        let scene = mirrored(fresh, 20).await;
        scene.edit(|log| log.entries[19] = b"{}".to_vec());
        assert_eq!(scene.refused().await, "feed-lie");
        assert_eq!(only_conflict(&scene).await.lie, Lie::Forked);
        assert_eq!(scene.refused().await, "feed-paused");
        let name = scene.name.clone();
        scene.db.write("resume", move |tx| federation::resume(tx, &name)).await.unwrap();
        assert_eq!(scene.refused().await, "feed-lie", "whoever lets it go on hears the lie again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_shrinks_is_paused_until_it_shows_again_what_it_had() {
    for fresh in Fresh::everywhere() {
        let scene = mirrored(fresh, 300).await;
        scene.edit(|log| log.shown = Some(290));
        for _ in 0..2 {
            assert_eq!(scene.refused().await, "feed-lie");
            assert_eq!(only_conflict(&scene).await.lie, Lie::Shrunk);
            assert_eq!(scene.state().await.unwrap().paused, Some(Lie::Shrunk));
        }
        assert_eq!(scene.check().await, 300);
        scene.edit(|log| {
            log.shown = None;
            log.append(5);
        });
        assert_eq!(scene.pull().await.unwrap().size, 305);
        let state = scene.state().await.unwrap();
        assert_eq!((state.paused, state.trouble), (None, None));
        only_conflict(&scene).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_key_signed_or_another_log_says_is_nothing() {
    for fresh in Fresh::everywhere() {
        let scene = mirrored(fresh, 20).await;
        let forged = Signer::new(ORIGIN, &[8; 32]);
        let strange = Signer::new("bonn.example/log/public", &[1; 32]);
        let true_key = Signer::new(ORIGIN, &[1; 32]);
        let (root, size) = ([7; 32], 25);
        let of = |origin: &str| Checkpoint { origin: origin.into(), size, root };
        for note in [
            of(ORIGIN).sign(&forged).to_string(),
            of("bonn.example/log/public").sign(&strange).to_string(),
            of("bonn.example/log/public").sign(&true_key).to_string(),
            "nothing".into(),
        ] {
            scene.edit(|log| drop(log.instead.insert("checkpoint".into(), (StatusCode::OK, note.into()))));
            assert_eq!(scene.refused().await, "feed-signature");
        }
        let state = scene.state().await.unwrap();
        assert_eq!((state.paused, state.size), (None, 20));
        assert!(state.trouble.is_some());
        scene.edit(|log| log.instead.clear());
        assert!(scene.pull().await.unwrap().is_complete());
        assert_eq!(scene.state().await.unwrap().trouble, None);
        assert!(scene.conflicts().await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_and_tiles_that_are_not_the_signed_ones_do_not_get_in() {
    for fresh in Fresh::everywhere() {
        let scene = mirrored(fresh, 100).await;
        scene.edit(|log| log.append(1500));
        let swapped = scene.log.lock().unwrap().answer("tile/entries/000").1;
        let wrong_tile = vec![1; 256 * 32];
        for (path, instead) in
            [("tile/entries/001", swapped), ("tile/1/000.p/6", wrong_tile[..6 * 32].to_vec())]
        {
            scene.edit(|log| drop(log.instead.insert(path.into(), (StatusCode::OK, instead))));
            assert_eq!(scene.pull().await.map_err(|problem| problem.code), Err("feed-damaged"), "{path}");
            scene.edit(|log| log.instead.clear());
            assert_eq!(scene.check().await, 100);
        }
        for instead in [vec![], vec![0, 9, 1], b"\0\x01a".to_vec()] {
            let path = "tile/entries/000";
            scene.edit(|log| drop(log.instead.insert(path.into(), (StatusCode::OK, instead))));
            assert_eq!(scene.refused().await, "feed-answer");
            scene.edit(|log| log.instead.clear());
        }
        assert!(scene.conflicts().await.is_empty(), "damage is no lie");
        assert_eq!(scene.pull_all().await.size, 1600);
        assert_eq!(scene.check().await, 1600);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_content_the_entry_does_not_commit_to_does_not_get_in() {
    for fresh in Fresh::everywhere() {
        let scene = Scene::new(fresh).await;
        scene.edit(|log| {
            log.append(10);
            let changed = (StatusCode::OK, disclosed(b"content 5"));
            log.instead.insert("payload/4".into(), changed);
        });
        assert_eq!(scene.pull().await.unwrap().size, 4, "what came before it is kept");
        assert_eq!(scene.refused().await, "feed-payload");
        assert!(scene.state().await.unwrap().trouble.unwrap().last_error.contains("entry 4"));
        scene.edit(|log| drop(log.instead.insert("payload/4".into(), (StatusCode::FORBIDDEN, vec![]))));
        assert_eq!(scene.refused().await, "feed-answer");
        scene.edit(|log| log.instead.clear());
        assert_eq!(scene.pull_all().await.size, 10);
        assert_eq!(scene.check().await, 10);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_were_shown_two_histories_find_out_by_comparing() {
    for (first, second) in
        [(Fresh::sqlite(), Fresh::sqlite())].into_iter().chain(Fresh::postgres().zip(Fresh::postgres()))
    {
        let (bonn, cologne) = (mirrored(first, 300).await, Scene::new(second).await);
        cologne.edit(|log| {
            log.append(290);
            log.entries[200] = b"{\"told\":\"to the other\"}".to_vec();
            log.contents.remove(&200);
        });
        assert!(cologne.pull_all().await.is_complete());
        // What the other cosigned is served as a witness serves it.
        let origin = federation::OriginHash::of(ORIGIN);
        let note = cologne.db.read("cosigned", move |tx| federation::cosigned(tx, &origin)).await.unwrap();
        let note = note.unwrap();
        cologne.edit(|log| {
            log.instead.insert(format!("{origin}/checkpoint"), (StatusCode::OK, note.clone().into_bytes()));
        });
        let (_, opened) = Checkpoint::open(&note, &cologne.key).unwrap();
        let witness = Signer::new("bonn.example/witness", &[2; 32]).verifier();
        assert_eq!(tlog::verify_cosignature(&witness, &opened), Ok(1_800_000_000));

        let view = bonn.mirror.cross_check(&bonn.name, &bonn.key, &cologne.remote()).await.unwrap();
        let View::Other(evidence) = view else { panic!("{view:?}") };
        assert!(evidence.verify(&bonn.key).is_ok());
        assert_eq!(only_conflict(&bonn).await.lie, Lie::Split);
        assert_eq!(bonn.refused().await, "feed-paused");

        // The other way round it says nothing: who saw less cannot tell.
        let ahead = bonn.log.lock().unwrap().checkpoint();
        let view = cologne.mirror.hold_against(&cologne.name, &cologne.key, &ahead).await.unwrap();
        assert_eq!(view, View::Ahead);
        let same = cologne.mirror.hold_against(&cologne.name, &cologne.key, &note).await.unwrap();
        assert_eq!(same, View::Same);
        cologne.edit(|log| log.shown = Some(120));
        let earlier = cologne.log.lock().unwrap().checkpoint();
        let same = cologne.mirror.hold_against(&cologne.name, &cologne.key, &earlier).await.unwrap();
        assert_eq!(same, View::Same);
        let strange = Signer::new(ORIGIN, &[5; 32]);
        let forged = Checkpoint { origin: ORIGIN.into(), size: 5, root: [1; 32] }.sign(&strange).to_string();
        assert!(cologne.mirror.hold_against(&cologne.name, &cologne.key, &forged).await.is_err());
        assert!(cologne.conflicts().await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_there_is_named() {
    let scene = Scene::new(Fresh::sqlite()).await;
    let fetch = Fetch::new(std::time::Duration::from_millis(300)).unwrap();
    let nowhere = Remote::new("http://127.0.0.1:1", fetch);
    let nothing = federation::Interest::in_nothing();
    for _ in 0..2 {
        let problem = scene.mirror.pull(&scene.name, &scene.key, &nowhere, &nothing).await.unwrap_err();
        assert_eq!(problem.code, "fetch");
        scene.clock.advance(60);
    }
    let trouble = scene.state().await.unwrap().trouble.unwrap();
    assert_eq!(trouble.since, base::Time(1_800_000_000_000_000), "since the first time");
    scene.edit(|log| log.append(3));
    assert_eq!(scene.pull().await.unwrap().size, 3);
    assert_eq!(scene.state().await.unwrap().trouble, None);
}
