use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::member::Members;

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
        text
    }
}
