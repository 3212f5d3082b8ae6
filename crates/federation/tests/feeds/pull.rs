//! Pulling goes on from where it was, whatever interrupts it, and what is mirrored is always a beginning of the log.

use std::time::Duration;

use crate::peer::{ORIGIN, Scene};
use federation::{Interest, Limits};
use proptest::prelude::*;
use testkit::{Fault, Fresh};

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_mirrored_round_by_round_and_pulling_again_changes_nothing() {
    for fresh in Fresh::everywhere() {
        let scene = Scene::new(fresh).await;
        scene.edit(|log| {
            log.append(700);
            log.append_bare(1);
            log.append(599);
        });
        let sizes = [512, 1024, 1300, 1300];
        for size in sizes {
            let progress = scene.pull().await.unwrap();
            assert_eq!((progress.size, progress.target), (size, 1300));
            assert_eq!(scene.check().await as u64, size);
        }
        let origin = federation::OriginHash::of(ORIGIN);
        let note = scene.db.read("note", move |tx| federation::cosigned(tx, &origin)).await.unwrap();
        assert!(note.unwrap().contains("bonn.example/witness"));
        scene.edit(|log| log.append(1));
        assert_eq!(scene.pull().await.unwrap().size, 1301);
        assert_eq!(scene.check().await, 1301);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_was_asked_at_a_time_still_to_come_is_asked_at_once_when_the_clock_is_right() {
    let scene = Scene::new(Fresh::sqlite()).await;
    let (right, days) = (scene.clock.now(), 2 * 24 * 3600);
    scene.clock.advance(days);
    scene.edit(|log| log.append(1));
    assert!(scene.pull().await.unwrap().is_complete());
    let state = scene.state().await.unwrap();
    assert!(!state.is_due(scene.clock.now(), 30) && state.is_due(right, 30));
    scene.wire.plan([Fault::Refuse]);
    scene.pull().await.unwrap_err();
    let state = scene.state().await.unwrap();
    assert!(!state.is_due(scene.clock.now(), 30) && state.is_due(right, 30));
    scene.clock.advance(-days);
    assert!(scene.pull().await.unwrap().is_complete());
    assert!(!scene.state().await.unwrap().is_due(scene.clock.now(), 30));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_grows_while_it_is_pulled_is_followed_to_its_end() {
    let scene = Scene::new(Fresh::sqlite()).await;
    scene.edit(|log| log.append(700));
    assert_eq!(scene.pull().await.unwrap().size, 512);
    scene.edit(|log| log.append(300));
    let progress = scene.pull().await.unwrap();
    assert_eq!((progress.size, progress.target), (700, 1000), "first what was promised");
    assert_eq!(scene.pull().await.unwrap().size, 1000);
    assert_eq!(scene.check().await, 1000);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interruption_at_any_request_costs_a_round_and_nothing_else() {
    for fresh in Fresh::everywhere() {
        let scene = Scene::new(fresh).await;
        scene.edit(|log| log.append(1));
        assert_eq!(scene.pull().await.unwrap().size, 1);
        scene.wire.asked();
        for fault in [Fault::Refuse, Fault::Cut(30), Fault::Cut(200), Fault::Flip(40), Fault::Twice] {
            // The checkpoint, one bundle and three contents.
            for request in 0..5 {
                scene.edit(|log| log.append(3));
                let size = scene.log.lock().unwrap().size() as u64;
                let quiet = std::iter::repeat_n(Fault::None, request);
                scene.wire.plan(quiet.chain([fault]));
                let first = scene.pull().await;
                assert!(scene.check().await as u64 >= size - 3);
                let harmless = fault == Fault::Twice;
                let whole = first.as_ref().is_ok_and(federation::Progress::is_complete);
                assert_eq!(whole, harmless, "{fault:?} at request {request}: {first:?}");
                scene.wire.plan([]);
                assert_eq!(scene.pull_all().await.size, size, "{fault:?} at request {request}");
                assert_eq!(scene.check().await as u64, size);
                assert!(scene.conflicts().await.is_empty(), "{fault:?} is no lie");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_large_and_slow_answers_are_cut_and_named() {
    for fresh in Fresh::everywhere() {
        let scene = Scene::new(fresh).await;
        scene.edit(|log| log.append(5));
        let one = scene.mirror.clone().limited(Limits { parallel: 1, ..Limits::default() });
        // The checkpoint, the bundle and the first content.
        for request in 0..3 {
            for fault in [
                Fault::Endless,
                Fault::Delay(Duration::from_secs(3)),
                Fault::Trickle(Duration::from_millis(20)),
            ] {
                scene.wire.plan(std::iter::repeat_n(Fault::None, request).chain([fault]));
                let start = std::time::Instant::now();
                let (remote, interest) = (scene.remote(), Scene::interest());
                let problem = one.pull(&scene.name, &scene.key, &remote, &interest).await.unwrap_err();
                assert!(start.elapsed() < Duration::from_secs(3), "{fault:?} took {:?}", start.elapsed());
                assert_eq!(problem.code, "fetch", "{problem}");
                assert!(scene.state().await.unwrap().trouble.is_some());
                assert_eq!(scene.check().await, 0);
            }
        }
        let tight = Limits { bundle: 100, ..Limits::default() };
        let (remote, nothing) = (scene.remote(), Interest::in_nothing());
        let mirror = scene.mirror.clone().limited(tight);
        let problem = mirror.pull(&scene.name, &scene.key, &remote, &nothing).await.unwrap_err();
        assert_eq!(problem.code, "fetch");
        scene.wire.plan([]);
        assert_eq!(scene.pull().await.unwrap().size, 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_ends_in_its_time_and_keeps_what_it_has() {
    let scene = Scene::new(Fresh::sqlite()).await;
    scene.edit(|log| log.append(12));
    let limits = Limits { time: Duration::from_millis(900), parallel: 1, ..Limits::default() };
    let mirror = scene.mirror.clone().limited(limits);
    let late = Fault::Delay(Duration::from_millis(250));
    scene.wire.plan([Fault::None, Fault::None, late, late, late, late, late, late]);
    let progress = mirror.pull(&scene.name, &scene.key, &scene.remote(), &Scene::interest()).await.unwrap();
    assert!((1..12).contains(&progress.size), "{progress:?}");
    assert_eq!(scene.check().await as u64, progress.size);
    scene.wire.plan(std::iter::repeat_n(Fault::Delay(Duration::from_millis(600)), 3));
    let slow = mirror.pull(&scene.name, &scene.key, &scene.remote(), &Scene::interest()).await.unwrap_err();
    assert_eq!(slow.code, "feed-slow");
    assert_eq!(scene.pull_all().await.size, 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_there_is_erased_here() {
    for fresh in Fresh::everywhere() {
        let scene = Scene::new(fresh).await;
        scene.edit(|log| {
            log.append(6);
            log.erase(2);
            // Gone without a word yet, as before the erasing entry has its place.
            log.contents.remove(&3);
            log.erased.insert(3, 6);
        });
        assert_eq!(scene.pull().await.unwrap().size, 7);
        let entries = scene.entries().await;
        let what = |seq: usize| (entries[seq].content.is_some(), entries[seq].erased, entries[seq].erased_by);
        assert_eq!(
            (what(1), what(2), what(3)),
            ((true, false, None), (false, true, Some(6)), (false, true, Some(6)))
        );
        scene.edit(|log| {
            log.append(1);
            log.erase(1);
            log.erase(7);
        });
        let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let own = told.clone();
        let interest = Scene::interest();
        let apply = interest.apply.clone();
        let interest = Interest {
            apply: std::sync::Arc::new(move |tx, batch| {
                own.lock().unwrap().extend_from_slice(batch.erased);
                apply(tx, batch)
            }),
            ..interest
        };
        scene.mirror.pull(&scene.name, &scene.key, &scene.remote(), &interest).await.unwrap();
        let entries = scene.entries().await;
        let what = |seq: usize| (entries[seq].content.is_some(), entries[seq].erased, entries[seq].erased_by);
        assert_eq!((what(1), what(7)), ((false, true, Some(8)), (false, true, Some(9))));
        assert_eq!(*told.lock().unwrap(), [1], "whoever had it is told");
        assert_eq!(scene.check().await, 10);
        let name = scene.name.clone();
        let content = scene.db.read("payload", move |tx| federation::payload(tx, &name, 1)).await.unwrap();
        assert_eq!(content, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_effect_refuses_is_not_stored() {
    for fresh in Fresh::everywhere() {
        let scene = Scene::new(fresh).await;
        scene.edit(|log| log.append(3));
        let interest = Interest {
            apply: std::sync::Arc::new(|_, _| Err(base::Problem::internal("no", "not now"))),
            ..Scene::interest()
        };
        let refused = scene.mirror.pull(&scene.name, &scene.key, &scene.remote(), &interest).await;
        assert_eq!(refused.unwrap_err().code, "no");
        assert_eq!(scene.check().await, 0);
        assert_eq!(scene.state().await, None, "a fault of ours is not noted against the peer");
        assert_eq!(scene.pull().await.unwrap().size, 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_rounds_at_once_take_every_entry_once() {
    for fresh in Fresh::everywhere() {
        let scene = Scene::new(fresh).await;
        scene.edit(|log| log.append(400));
        let interest = Scene::interest();
        let (remote, mirror) = (scene.remote(), &scene.mirror);
        let pull = || mirror.pull(&scene.name, &scene.key, &remote, &interest);
        let (one, two, three) = tokio::join!(pull(), pull(), pull());
        for progress in [one, two, three] {
            assert_eq!(progress.unwrap().size, 400);
        }
        assert_eq!(scene.check().await, 400);
    }
}

/// What happens to a log and its mirror.
#[derive(Clone, Debug)]
enum Act {
    Append(usize),
    AppendBare(usize),
    Erase(usize),
    Pull(Vec<Fault>),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let fault = prop_oneof![
        Just(Fault::None),
        Just(Fault::None),
        Just(Fault::Refuse),
        (0_usize..4000).prop_map(Fault::Cut),
        (0_usize..4000).prop_map(Fault::Flip),
        Just(Fault::Twice),
    ];
    let act = prop_oneof![
        (1_usize..8).prop_map(Act::Append),
        (1_usize..700).prop_map(Act::AppendBare),
        (0_usize..1000).prop_map(Act::Erase),
        prop::collection::vec(fault, 0..8).prop_map(Act::Pull),
    ];
    prop::collection::vec(act, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_mirror_is_a_beginning_of_the_log(acts in acts()) {
        Fresh::everywhere().into_iter().for_each(|fresh| live(fresh, &acts));
    }
}

#[tokio::main]
async fn live(fresh: Fresh, acts: &[Act]) {
    let scene = Scene::new(fresh).await;
    scene.edit(|log| log.append(1));
    let mut before = 0;
    for act in acts {
        match act {
            Act::Append(count) => scene.edit(|log| log.append(*count)),
            Act::AppendBare(count) => scene.edit(|log| log.append_bare(*count)),
            Act::Erase(pick) => scene.edit(|log| {
                let seq = (pick % log.size()) as u64;
                if log.contents.contains_key(&seq) {
                    log.erase(seq);
                }
            }),
            Act::Pull(faults) => {
                scene.wire.plan(faults.iter().copied());
                drop(scene.pull().await);
                let size = scene.check().await;
                assert!(size >= before, "it never loses anything");
                before = size;
            }
        }
    }
    scene.wire.plan([]);
    assert_eq!(scene.pull_all().await.size, scene.log.lock().unwrap().size() as u64);
    scene.check().await;
    let erased = scene.log.lock().unwrap().erased.clone();
    for entry in scene.entries().await {
        assert_eq!(entry.erased, erased.contains_key(&entry.seq));
        assert!(!entry.erased || entry.content.is_none());
    }
    assert!(scene.conflicts().await.is_empty(), "an honest log is never called a liar");
}
