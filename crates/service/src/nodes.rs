//! One of several nodes: what the others do reaches this node's pages and scans, what was missed is found by reading.

use std::time::Duration;

use shiming_verification::{
    case::State, ids::CaseId, ports::LedgerError, ports_nodes::CaseVersions,
};

use crate::{Services, progress::ScanNews};

/// How long the store may take to answer before it counts as gone.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether this node may be given work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// It may.
    Ready,
    /// It is about to end.
    Ending,
    /// Its store does not answer.
    NoStore,
}

impl Services {
    /// Whether this node may be given work now.
    pub async fn readiness(&self) -> Readiness {
        if self.scans.is_closing() {
            return Readiness::Ending;
        }
        let nobody = CaseId::new(uuid::Uuid::nil());
        match tokio::time::timeout(PATIENCE, self.cases.ledger.load(nobody)).await {
            Ok(Ok(_)) => Readiness::Ready,
            _ => Readiness::NoStore,
        }
    }

    /// Another node has changed a case: its pages here look again, and a scan of it here that is no longer wanted stops.
    pub async fn heard_change(&self, case: CaseId) {
        self.cases.board.touch(case);
        let Some(since) = self.scans.since(case) else {
            return;
        };
        let still = match self.cases.get(case).await {
            Ok(case) => matches!(case.state, State::FaceRunning { since: of, .. } if of == since),
            // Whether it is still wanted will be asked when the scan is judged.
            Err(_) => true,
        };
        if !still {
            self.scans.stop(case);
        }
    }

    /// Another node tells how far a scan is.
    pub fn heard_note(&self, note: &str) {
        if let Ok(news) = serde_json::from_str::<ScanNews>(note) {
            self.cases.board.hear(news);
        }
    }

    /// Asks for the versions of all cases that pages wait for, and lets those look again that have missed one.
    ///
    /// # Errors
    /// The store can't be asked; then nobody has looked.
    pub async fn catch_up(&self, versions: &dyn CaseVersions) -> Result<(), LedgerError> {
        let board = &self.cases.board;
        for (case, version) in versions.versions_of(&board.watched()).await? {
            board.touch_older(case, version);
        }
        Ok(())
    }
}
