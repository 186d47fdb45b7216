//! What the phones are doing right now: kept in memory, shown on the PC, worth nothing after a restart.

use std::{collections::HashMap, sync::Mutex};

use serde::Serialize;
use shiming_verification::ids::CaseId;
use tokio::sync::broadcast;

use crate::scan::Phase;

/// How far a running scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Part of the scan.
    pub phase: Phase,
    /// Step within it, from 1.
    pub step: u32,
    /// Steps of it.
    pub steps: u32,
}

/// The progress of every running scan, and who wants to know.
#[derive(Debug)]
pub struct ProgressBoard {
    running: Mutex<HashMap<CaseId, Progress>>,
    changed: broadcast::Sender<CaseId>,
}

impl Default for ProgressBoard {
    fn default() -> Self {
        Self {
            running: Mutex::default(),
            changed: broadcast::channel(1024).0,
        }
    }
}

impl ProgressBoard {
    /// Notes how far a scan is; `None` when it is over.
    pub fn set(&self, case: CaseId, progress: Option<Progress>) {
        if let Ok(mut running) = self.running.lock() {
            match progress {
                Some(progress) => running.insert(case, progress),
                None => running.remove(&case),
            };
        }
        self.touch(case);
    }

    /// Tells everybody who listens that a case changed.
    pub fn touch(&self, case: CaseId) {
        // Nobody listening is no fault.
        let _ = self.changed.send(case);
    }

    /// How far a scan is.
    #[must_use]
    pub fn of(&self, case: CaseId) -> Option<Progress> {
        self.running.lock().ok()?.get(&case).copied()
    }

    /// Cases that change, or whose progress changes, from now on.
    #[must_use]
    pub fn watch(&self) -> broadcast::Receiver<CaseId> {
        self.changed.subscribe()
    }
}
