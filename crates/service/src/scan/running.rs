//! Which scans run on this node: the PC can stop one, a phone's new connection replaces its old one, and a node that is going
//! to end lets them finish or sends the phones elsewhere.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use shiming_verification::ids::CaseId;
use tokio_util::sync::CancellationToken;

/// How often the end of the last scan is looked for.
const PACE: Duration = Duration::from_millis(50);

/// The running scans.
#[derive(Debug, Default)]
pub struct Scans {
    running: Mutex<HashMap<CaseId, Running>>,
    connected: AtomicUsize,
    /// No scan begins here any more.
    closing: CancellationToken,
    /// The phones are sent to another node.
    moving: CancellationToken,
}

#[derive(Debug)]
struct Running {
    stop: CancellationToken,
    since: DateTime<Utc>,
}

impl Scans {
    /// Begins a scan that started at `since`; an older one of the same case is stopped. Keep the token: it says when to
    /// stop.
    #[must_use]
    pub fn begin(&self, case: CaseId, since: DateTime<Utc>) -> CancellationToken {
        let stop = CancellationToken::new();
        let running = Running {
            stop: stop.clone(),
            since,
        };
        let older = self
            .running
            .lock()
            .ok()
            .and_then(|mut all| all.insert(case, running));
        if let Some(older) = older {
            older.stop.cancel();
        }
        stop
    }

    /// When the scan of a case that runs here started.
    #[must_use]
    pub fn since(&self, case: CaseId) -> Option<DateTime<Utc>> {
        let all = self.running.lock().ok()?;
        all.get(&case).map(|running| running.since)
    }

    /// Stops a case's scan, if one runs here.
    pub fn stop(&self, case: CaseId) {
        let running = self
            .running
            .lock()
            .ok()
            .and_then(|mut all| all.remove(&case));
        if let Some(running) = running {
            running.stop.cancel();
        }
    }

    /// Forgets a scan that ended by itself, unless a newer one has taken its place.
    pub fn end(&self, case: CaseId, token: &CancellationToken) {
        if !token.is_cancelled()
            && let Ok(mut all) = self.running.lock()
        {
            all.remove(&case);
        }
    }

    /// Counts a phone's connection until the guard is dropped.
    pub fn connect(&self) -> Connected<'_> {
        self.connected.fetch_add(1, Ordering::SeqCst);
        Connected(self)
    }

    /// How many phones are connected.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connected.load(Ordering::SeqCst)
    }

    /// No scan begins here any more; those that run go on.
    pub fn close(&self) {
        self.closing.cancel();
    }

    /// Whether the node is going to end.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        self.closing.is_cancelled()
    }

    /// Ends when the node is going to end.
    pub async fn closed(&self) {
        self.closing.cancelled().await;
    }

    /// Sends the phones to another node: a scan that is being judged is finished, any other ends without a try and begins
    /// anew there.
    pub fn move_away(&self) {
        self.closing.cancel();
        self.moving.cancel();
    }

    /// Ends when the phones are to be sent to another node.
    pub async fn moved(&self) {
        self.moving.cancelled().await;
    }

    /// Waits until no phone is connected, but no longer than this; tells whether none is.
    pub async fn idle_within(&self, patience: Duration) -> bool {
        let idle = async {
            while self.connections() > 0 {
                tokio::time::sleep(PACE).await;
            }
        };
        tokio::time::timeout(patience, idle).await.is_ok()
    }
}

/// A connected phone.
#[derive(Debug)]
pub struct Connected<'a>(&'a Scans);

impl Drop for Connected<'_> {
    fn drop(&mut self) {
        self.0.connected.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case() -> CaseId {
        CaseId::new(uuid::Uuid::from_u128(1))
    }

    #[test]
    fn a_new_connection_stops_the_old_one() {
        let scans = Scans::default();
        let first = scans.begin(case(), DateTime::UNIX_EPOCH);
        let second = scans.begin(case(), DateTime::UNIX_EPOCH);
        assert!(first.is_cancelled() && !second.is_cancelled());
        scans.end(case(), &first);
        assert!(scans.since(case()).is_some());
        scans.stop(case());
        assert!(second.is_cancelled() && scans.since(case()).is_none());
    }

    #[tokio::test]
    async fn a_closing_node_waits_for_its_phones_for_a_while() {
        let scans = Scans::default();
        let phone = scans.connect();
        scans.close();
        assert!(scans.is_closing());
        assert!(!scans.idle_within(Duration::from_millis(1)).await);
        drop(phone);
        assert!(scans.idle_within(Duration::from_secs(5)).await);
    }
}
