use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use federation::{FeedName, State};

use crate::member::{Member, Members};

/// Feeds of other members told one by one, at most for each member; how many there are in all is told too.
const FEEDS: usize = 200;

/// Requests by route, method and status: how many and how long together.
#[derive(Debug, Default)]
pub(crate) struct Requests(Mutex<BTreeMap<Key, (u64, Duration)>>);

/// Route, method and status.
type Key = (String, String, u16);

impl Requests {
    pub(crate) fn count(&self, route: &str, method: &str, status: u16, time: Duration) {
        // A client may make up methods; the table must not grow with its fancy.
        let method = match method {
            known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known,
            _ => "other",
        };
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = table.entry((route.to_owned(), method.to_owned(), status)).or_default();
        cell.0 += 1;
        cell.1 += time;
    }

    /// The figures in Prometheus' text form (exposition format 0.0.4).
    pub(crate) async fn render(&self, members: &Members) -> String {
        let mut text = String::new();
        let _ =
            writeln!(text, "# TYPE raum_requests_total counter\n# TYPE raum_request_seconds_total counter");
        for ((route, method, status), (count, time)) in
            self.0.lock().unwrap_or_else(PoisonError::into_inner).iter()
        {
            let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
            let _ = writeln!(text, "raum_requests_total{{{labels}}} {count}");
            let _ = writeln!(text, "raum_request_seconds_total{{{labels}}} {:.6}", time.as_secs_f64());
        }
        let _ = writeln!(text, "# TYPE raum_transactions_total counter\n# TYPE raum_jobs gauge");
        for member in members.all() {
            let slug = &member.slug;
            for (name, stat) in member.db.stats() {
                let labels = format!("member=\"{slug}\",name=\"{name}\"");
                let _ = writeln!(text, "raum_transactions_total{{{labels}}} {}", stat.count);
                let _ = writeln!(text, "raum_transactions_failed_total{{{labels}}} {}", stat.failed);
                let _ = writeln!(
                    text,
                    "raum_transaction_seconds_total{{{labels}}} {:.6}",
                    stat.time.as_secs_f64()
                );
            }
            let figures = member.db.read("job.figures", |tx| Ok(store::jobs::figures(tx)?)).await;
            let (waiting, _, aside) = figures.unwrap_or_default();
            let _ = writeln!(text, "raum_jobs{{member=\"{slug}\",state=\"waiting\"}} {waiting}");
            let _ = writeln!(text, "raum_jobs{{member=\"{slug}\",state=\"set_aside\"}} {aside}");
        }
        let _ = writeln!(
            text,
            "# TYPE raum_feeds gauge\n# TYPE raum_feed_entries gauge\n# TYPE raum_feed_age_seconds gauge\n\
             # TYPE raum_feed_failures_total counter\n# TYPE raum_feed_lies gauge\n# TYPE raum_feed_paused gauge"
        );
        for member in members.all() {
            let read = |tx: &mut store::Tx<'_>| Ok((federation::states(tx)?, federation::lies(tx)?));
            let (states, lies) = member.db.read("peers.figures", read).await.unwrap_or_default();
            feeds(&mut text, member, &states, &lies);
        }
        let _ = writeln!(text, "# TYPE raum_peer_refusals_total counter");
        for member in members.all() {
            for (peer, code, times) in member.all_refused() {
                let labels = format!("member=\"{}\",peer=\"{peer}\",code=\"{code}\"", member.slug);
                let _ = writeln!(text, "raum_peer_refusals_total{{{labels}}} {times}");
            }
        }
        text
    }
}

/// How the feeds of other members go.
fn feeds(text: &mut String, member: &Member, states: &[State], lies: &[(FeedName, i64)]) {
    let (slug, now) = (&member.slug, member.clock.now());
    let _ = writeln!(text, "raum_feeds{{member=\"{slug}\"}} {}", states.len());
    for state in states.iter().take(FEEDS) {
        let [peer, feed] =
            [&state.name.peer, &state.name.feed].map(|name| name.replace(['\\', '"', '\n'], ""));
        let labels = format!("member=\"{slug}\",peer=\"{peer}\",feed=\"{feed}\"");
        let _ = writeln!(text, "raum_feed_entries{{{labels}}} {}", state.size);
        // What was never reached has no age; its failures tell.
        if let Some(at) = state.checked_at {
            let age = (now.seconds() - at.seconds()).max(0);
            let _ = writeln!(text, "raum_feed_age_seconds{{{labels}}} {age}");
        }
        let _ = writeln!(text, "raum_feed_failures_total{{{labels}}} {}", state.failures);
        let lies = lies.iter().find(|(name, _)| *name == state.name).map_or(0, |(_, count)| *count);
        let _ = writeln!(text, "raum_feed_lies{{{labels}}} {lies}");
        let _ = writeln!(text, "raum_feed_paused{{{labels}}} {}", i32::from(state.paused.is_some()));
    }
}
