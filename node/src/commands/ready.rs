use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use base::Result;
use fetch::Fetch;

use crate::config::Config;

/// How long a process that is well takes at most.
const PATIENCE: Duration = Duration::from_secs(5);

/// No answer of ours to this question is longer.
const LIMIT: usize = 4 << 10;

/// Asks the process that serves with these settings whether every database answers.
pub(super) async fn run(config: &Config) -> Result<()> {
    let url = format!("http://{}/ready", here(config.listen));
    Fetch::new(PATIENCE)?.get(&url, LIMIT).await?;
    println!("ready");
    Ok(())
}

/// Where a process that listens there is met from this machine.
fn here(mut listen: SocketAddr) -> SocketAddr {
    if listen.ip().is_unspecified() {
        listen.set_ip(if listen.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
    }
    listen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_listens_everywhere_is_met_here() {
        for (listen, met) in
            [("0.0.0.0:8115", "127.0.0.1:8115"), ("[::]:80", "[::1]:80"), ("10.1.2.3:8115", "10.1.2.3:8115")]
        {
            assert_eq!(here(listen.parse().unwrap()), met.parse().unwrap());
        }
    }
}
