//! What the phones are doing right now, and who waits for news of a case. Kept in memory, worth nothing after a restart.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use shiming_verification::ids::CaseId;
use tokio::{
    sync::{broadcast, watch},
    time::Instant,
};

use crate::scan::Phase;

/// How long another node's word on a scan holds: it speaks at every step, and a node that died says nothing more.
const HEARSAY_LIFE: Duration = Duration::from_secs(90);

/// How far a running scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Part of the scan.
    pub phase: Phase,
    /// Step within it, from 1.
    pub step: u32,
    /// Steps of it.
    pub steps: u32,
}

/// What one node tells the others of a scan that runs on it; `None` when it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanNews {
    /// The case.
    pub case: CaseId,
    /// How far it is.
    pub progress: Option<Progress>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    progress: Progress,
    /// `None` for a scan of this node, which ends by itself.
    until: Option<Instant>,
}

#[derive(Debug)]
struct Watched {
    news: watch::Sender<()>,
    /// The newest version that a page has shown.
    version: u64,
}

/// The progress of every running scan, and the pages that wait for news, each by its case: news of one wakes nobody else.
#[derive(Debug)]
pub struct ProgressBoard {
    running: Mutex<HashMap<CaseId, Known>>,
    watched: Mutex<HashMap<CaseId, Watched>>,
    own: broadcast::Sender<ScanNews>,
}

impl Default for ProgressBoard {
    fn default() -> Self {
        Self {
            running: Mutex::default(),
            watched: Mutex::default(),
            own: broadcast::channel(1024).0,
        }
    }
}

impl ProgressBoard {
    /// Notes how far a scan of this node is; `None` when it is over.
    pub fn set(&self, case: CaseId, progress: Option<Progress>) {
        self.note(case, progress, None);
        // Nobody listening is no fault.
        let _ = self.own.send(ScanNews { case, progress });
    }

    /// Notes how far another node's scan is.
    pub fn hear(&self, news: ScanNews) {
        let until = Some(Instant::now() + HEARSAY_LIFE);
        self.note(news.case, news.progress, until);
    }

    fn note(&self, case: CaseId, progress: Option<Progress>, until: Option<Instant>) {
        let mut running = lock(&self.running);
        match progress {
            Some(progress) => running.insert(case, Known { progress, until }),
            None => running.remove(&case),
        };
        drop(running);
        self.touch(case);
    }

    /// What this node's scans do, for the other nodes.
    #[must_use]
    pub fn own_scans(&self) -> broadcast::Receiver<ScanNews> {
        self.own.subscribe()
    }

    /// Tells everybody who waits for it that a case changed.
    pub fn touch(&self, case: CaseId) {
        if let Some(watched) = lock(&self.watched).get(&case) {
            watched.news.send_replace(());
        }
    }

    /// Tells everybody to look again.
    pub fn touch_all(&self) {
        for watched in lock(&self.watched).values() {
            watched.news.send_replace(());
        }
    }

    /// Tells those who have not yet seen this version of a case.
    pub fn touch_older(&self, case: CaseId, version: u64) {
        if let Some(watched) = lock(&self.watched).get(&case)
            && watched.version < version
        {
            watched.news.send_replace(());
        }
    }

    /// How far a scan is.
    #[must_use]
    pub fn of(&self, case: CaseId) -> Option<Progress> {
        let mut running = lock(&self.running);
        let known = *running.get(&case)?;
        if known.until.is_some_and(|until| until < Instant::now()) {
            running.remove(&case);
            return None;
        }
        Some(known.progress)
    }

    /// Waits for news of a case from now on.
    #[must_use]
    pub fn watch(self: &Arc<Self>, case: CaseId) -> CaseWatch {
        let mut watched = lock(&self.watched);
        let entry = watched.entry(case).or_insert_with(|| Watched {
            news: watch::Sender::new(()),
            version: 0,
        });
        CaseWatch {
            board: self.clone(),
            case,
            news: entry.news.subscribe(),
        }
    }

    /// The cases that somebody waits for.
    #[must_use]
    pub fn watched(&self) -> Vec<CaseId> {
        lock(&self.watched).keys().copied().collect()
    }

    /// How many pages wait for news.
    #[must_use]
    pub fn watchers(&self) -> usize {
        let watched = lock(&self.watched);
        watched
            .values()
            .map(|watched| watched.news.receiver_count())
            .sum()
    }
}

/// A place in the row of those who wait for news of a case; dropping it leaves the row.
#[derive(Debug)]
pub struct CaseWatch {
    board: Arc<ProgressBoard>,
    case: CaseId,
    news: watch::Receiver<()>,
}

impl CaseWatch {
    /// Waits until there is news since the last call.
    pub async fn news(&mut self) {
        // The sender lives as long as its last receiver.
        let _ = self.news.changed().await;
    }

    /// Says which version the page shows now.
    pub fn shown(&self, version: u64) {
        if let Some(watched) = lock(&self.board.watched).get_mut(&self.case) {
            watched.version = watched.version.max(version);
        }
    }
}

impl Drop for CaseWatch {
    fn drop(&mut self) {
        let mut watched = lock(&self.board.watched);
        let last = watched
            .get(&self.case)
            .is_some_and(|entry| entry.news.receiver_count() <= 1);
        if last {
            watched.remove(&self.case);
        }
    }
}

/// A panic elsewhere leaves these maps whole: each is changed by one call.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(n: u128) -> CaseId {
        CaseId::new(uuid::Uuid::from_u128(n))
    }

    fn has_news(watch: &CaseWatch) -> bool {
        watch.news.has_changed().unwrap_or(false)
    }

    #[test]
    fn news_of_a_case_wakes_those_who_wait_for_it_and_nobody_else() {
        let board = Arc::new(ProgressBoard::default());
        let (one, again, other) = (
            board.watch(case(1)),
            board.watch(case(1)),
            board.watch(case(2)),
        );
        board.touch(case(1));
        assert!(has_news(&one) && has_news(&again) && !has_news(&other));
        assert_eq!(board.watchers(), 3);
        drop((one, again));
        assert_eq!(board.watched(), [case(2)]);
    }

    #[test]
    fn only_a_version_that_was_not_shown_is_news() {
        let board = Arc::new(ProgressBoard::default());
        let page = board.watch(case(1));
        page.shown(4);
        board.touch_older(case(1), 4);
        assert!(!has_news(&page));
        board.touch_older(case(1), 5);
        assert!(has_news(&page));
    }

    #[test]
    fn what_another_node_said_is_forgotten_when_it_says_nothing_more() {
        let board = ProgressBoard::default();
        let progress = Progress {
            phase: Phase::Scanning,
            step: 1,
            steps: 5,
        };
        let soon = Instant::now() + HEARSAY_LIFE;
        board.note(case(1), Some(progress), Some(soon));
        board.set(case(2), Some(progress));
        assert_eq!(board.of(case(1)), Some(progress));
        let past = Instant::now() - Duration::from_millis(1);
        board.note(case(1), Some(progress), Some(past));
        assert_eq!(board.of(case(1)), None);
        assert_eq!(board.of(case(2)), Some(progress), "our own scan still runs");
    }
}
