//! Which scans run on this node, so that the PC can stop one and a phone's new connection replaces its old one.

use std::{collections::HashMap, sync::Mutex};

use shiming_verification::ids::CaseId;
use tokio_util::sync::CancellationToken;

/// The running scans.
#[derive(Debug, Default)]
pub struct Scans {
    running: Mutex<HashMap<CaseId, CancellationToken>>,
}

impl Scans {
    /// Begins a scan; an older one of the same case is stopped. Keep the token: it says when to stop.
    #[must_use]
    pub fn begin(&self, case: CaseId) -> CancellationToken {
        let token = CancellationToken::new();
        let older = self
            .running
            .lock()
            .ok()
            .and_then(|mut running| running.insert(case, token.clone()));
        if let Some(older) = older {
            older.cancel();
        }
        token
    }

    /// Stops a case's scan, if one runs here.
    pub fn stop(&self, case: CaseId) {
        let running = self
            .running
            .lock()
            .ok()
            .and_then(|mut running| running.remove(&case));
        if let Some(token) = running {
            token.cancel();
        }
    }

    /// Forgets a scan that ended by itself, unless a newer one has taken its place.
    pub fn end(&self, case: CaseId, token: &CancellationToken) {
        if !token.is_cancelled()
            && let Ok(mut running) = self.running.lock()
        {
            running.remove(&case);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_connection_stops_the_old_one() {
        let scans = Scans::default();
        let case = CaseId::new(uuid::Uuid::from_u128(1));
        let first = scans.begin(case);
        let second = scans.begin(case);
        assert!(first.is_cancelled() && !second.is_cancelled());
        scans.end(case, &first);
        scans.stop(case);
        assert!(second.is_cancelled());
    }
}
