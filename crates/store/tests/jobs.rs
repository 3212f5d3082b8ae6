//! What is promised about work that is done later, told on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use base::{Clock, Entropy, Time};
use store::{Db, MIGRATIONS, Tx, jobs};
use testkit::Fresh;

fn open(fresh: &Fresh) -> Db {
    fresh.open(MIGRATIONS, None).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_done_once_and_retried_when_it_fails() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let (clock, entropy) = (Clock::fixed(Time(1_000_000_000)), Entropy::seeded(1));
        let now = clock.now();
        db.write("enqueue", move |tx| {
            jobs::enqueue(tx, (&clock, &entropy), "mail", "{\"to\":\"a\"}", now)?;
            Ok(())
        })
        .await
        .unwrap();
        let claim = |at: Time| db.write("claim", move |tx| Ok(jobs::claim(tx, at, 60)?));
        let job = claim(now).await.unwrap().unwrap();
        assert_eq!((job.kind.as_str(), job.attempt), ("mail", 1));
        assert_eq!(claim(now).await.unwrap(), None, "claimed by somebody else");
        let failed = job.clone();
        db.write("failed", move |tx| Ok(jobs::failed(tx, &failed, now, "no route")?)).await.unwrap();
        assert_eq!(claim(now).await.unwrap(), None, "not yet");
        let again = claim(now.plus_seconds(3)).await.unwrap().unwrap();
        assert_eq!((again.id, again.attempt), (job.id, 2));
        db.write("done", move |tx| Ok(jobs::done(tx, again.id)?)).await.unwrap();
        let figures = db.read("figures", |tx| Ok(jobs::figures(tx)?)).await.unwrap();
        assert_eq!(figures, (0, None, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_has_begun_yet_is_enqueued_once_and_what_has_begun_is_done_again() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let claims = db.write("soon", |tx| {
            let (clock, entropy) = (Clock::fixed(Time(1)), Entropy::seeded(1));
            let soon = |tx: &mut Tx<'_>, subject| jobs::enqueue_soon(tx, (&clock, &entropy), "meet", subject);
            for subject in ["bonn", "bonn", "koeln"] {
                soon(tx, subject)?;
            }
            let first = jobs::claim(tx, Time(1), 60)?;
            soon(tx, "bonn")?;
            soon(tx, "koeln")?;
            let mut claims = vec![first];
            for _ in 0..3 {
                claims.push(jobs::claim(tx, Time(1), 60)?);
            }
            Ok(claims.into_iter().map(|job| job.map(|job| job.payload)).collect::<Vec<_>>())
        });
        let claims = claims.await.unwrap();
        let mut again: Vec<_> = claims[1..].iter().flatten().map(String::as_str).collect();
        again.sort_unstable();
        assert!(claims[0].is_some());
        assert_eq!(again, ["bonn", "koeln"], "the one that was begun is to be done once more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_wrong_clock_put_off_for_days_is_done_when_the_clock_is_right() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let (clock, entropy) = (Clock::fixed(Time(1_000_000_000)), Entropy::seeded(1));
        let (now, ahead) = (clock.now(), clock.now().plus_seconds(2 * 24 * 3600));
        let brought = db.write("forward", move |tx| {
            for at in [now, ahead] {
                jobs::enqueue(tx, (&clock, &entropy), "mail", "{}", at)?;
            }
            // One was claimed while the clock was ahead, and whoever did is dead.
            let claimed = jobs::claim(tx, ahead, 60)?;
            assert!(claimed.is_some() && jobs::claim(tx, now, 60)?.is_none());
            jobs::enqueue(tx, (&clock, &entropy), "soon", "{}", now.plus_seconds(3600))?;
            Ok((jobs::bring_forward(tx, now)?, jobs::bring_forward(tx, now)?))
        });
        assert_eq!(brought.await.unwrap(), (2, 0), "what waits for an hour waits on");
        for left in [true, true, false] {
            let job = db.write("claim", move |tx| Ok(jobs::claim(tx, now, 60)?)).await.unwrap();
            assert_eq!(job.is_some(), left);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_concern_somebody_are_erased_with_them_and_no_others() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let erased = db.write("erase", |tx| {
            let (clock, entropy) = (Clock::fixed(Time(1)), Entropy::seeded(1));
            for subject in ["carla@example.org", "c_rla@example.org", "%"] {
                jobs::enqueue_about(tx, (&clock, &entropy), ("mail", subject), "{}", Time(1))?;
            }
            jobs::enqueue_about(tx, (&clock, &entropy), ("hook", "carla@example.org"), "{}", Time(1))?;
            jobs::enqueue(tx, (&clock, &entropy), "mail", "carla@example.org", Time(1))?;
            Ok((jobs::erase(tx, "mail", "c_rla@example.org")?, jobs::erase(tx, "mail", "%")?))
        });
        assert_eq!(erased.await.unwrap(), (1, 1), "a subject is a word, not a pattern");
        assert_eq!(db.read("figures", |tx| Ok(jobs::figures(tx)?)).await.unwrap().0, 3);
    }
}
