//! The line between nodes: `LISTEN` and `NOTIFY`.
//!
//! A `NOTIFY` within the transaction would make every commit of the cluster wait for one lock. So commits only queue
//! what is to be told; one task a node sends all that has gathered in one `NOTIFY`. What a node could not tell before it
//! died, the others find by their slow poll.

use std::{sync::Arc, time::Duration};

use shiming_vault::Entropy;
use shiming_verification::ids::CaseId;
use sqlx::{Pool, postgres::PgListener};
use tokio::{
    sync::{broadcast, mpsc},
    task::JoinSet,
};
use uuid::Uuid;

use super::Db;
use crate::{
    StoreError,
    api::{CaseChanged, Heard},
};

const CHANNEL: &str = "shiming_nodes";
/// PostgreSQL takes payloads below 8000 bytes.
const LONGEST_PAYLOAD: usize = 7900;
/// Longest of a note, so that one always fits.
const LONGEST_NOTE: usize = 200;
/// Lines that may wait to be told; beyond it they are dropped, and the others find out by reading.
const WAITING: usize = 4096;
/// What a slow listener of this node may fall behind.
const HEARD_KEPT: usize = 4096;
/// Pause before a broken line is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// This node's end of the line.
#[derive(Clone)]
pub(super) struct Link {
    told: mpsc::Sender<String>,
    heard: broadcast::Sender<Heard>,
    /// Ends with the last clone.
    _tasks: Arc<JoinSet<()>>,
}

impl Link {
    pub(super) async fn new(
        pool: &Pool<Db>,
        changes: &broadcast::Sender<CaseChanged>,
        entropy: &dyn Entropy,
    ) -> Result<Self, StoreError> {
        let mut own = [0; 8];
        entropy.fill(&mut own)?;
        let own = format!("{:016x}", u64::from_be_bytes(own));
        let heard = broadcast::Sender::new(HEARD_KEPT);
        let (told, waiting) = mpsc::channel(WAITING);
        let ears = Ears {
            own: own.clone(),
            heard: heard.clone(),
            changes: changes.clone(),
        };
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        let mut tasks = JoinSet::new();
        tasks.spawn(ears.listen(listener));
        tasks.spawn(speak(pool.clone(), own, waiting));
        let tasks = Arc::new(tasks);
        Ok(Self {
            told,
            heard,
            _tasks: tasks,
        })
    }

    pub(super) fn hear(&self) -> broadcast::Receiver<Heard> {
        self.heard.subscribe()
    }

    pub(super) fn tell_change(&self, changed: CaseChanged) {
        self.queue(format!(
            "c{} {}",
            changed.case.uuid().as_simple(),
            changed.version
        ));
    }

    pub(super) fn tell_note(&self, note: &str) {
        if note.len() <= LONGEST_NOTE && !note.contains('\n') {
            self.queue(format!("n{note}"));
        }
    }

    fn queue(&self, line: String) {
        if self.told.try_send(line).is_err() {
            tracing::debug!("other nodes are not told of a change; they will find it by reading");
        }
    }
}

/// Sends what has gathered, as few times as possible.
async fn speak(pool: Pool<Db>, own: String, mut waiting: mpsc::Receiver<String>) {
    let mut kept: Option<String> = None;
    while let Some(first) = match kept.take() {
        Some(line) => Some(line),
        None => waiting.recv().await,
    } {
        let mut payload = format!("{own}\n{first}");
        while let Ok(line) = waiting.try_recv() {
            if payload.len() + line.len() >= LONGEST_PAYLOAD {
                kept = Some(line);
                break;
            }
            payload.push('\n');
            payload.push_str(&line);
        }
        let sent = sqlx::query("SELECT pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(payload)
            .execute(&pool)
            .await;
        if let Err(error) = sent {
            tracing::warn!(%error, "other nodes could not be told of changes; they will find them by reading");
        }
    }
}

/// What listens.
struct Ears {
    own: String,
    heard: broadcast::Sender<Heard>,
    changes: broadcast::Sender<CaseChanged>,
}

impl Ears {
    async fn listen(self, mut listener: PgListener) {
        loop {
            match listener.try_recv().await {
                Ok(Some(notice)) => self.take(notice.payload()),
                // The connection was lost; the next call connects and listens again.
                Ok(None) => self.missed(),
                Err(error) => {
                    tracing::warn!(%error, "the line to other nodes is down; trying again");
                    tokio::time::sleep(PAUSE).await;
                    self.missed();
                }
            }
        }
    }

    fn missed(&self) {
        // Nobody listening is no error, here and below.
        let _ = self.heard.send(Heard::Missed);
    }

    fn take(&self, payload: &str) {
        let mut lines = payload.split('\n');
        if lines.next() == Some(&self.own) {
            return;
        }
        for line in lines {
            if let Some(note) = line.strip_prefix('n') {
                let _ = self.heard.send(Heard::Note(note.to_owned()));
            } else if let Some(changed) = changed(line) {
                let _ = self.heard.send(Heard::Changed(changed.case));
                let _ = self.changes.send(changed);
            }
        }
    }
}

/// A line that a newer version of the server may have written in a way that this one does not know is passed over.
fn changed(line: &str) -> Option<CaseChanged> {
    let (id, version) = line.strip_prefix('c')?.split_once(' ')?;
    Some(CaseChanged {
        case: CaseId::new(Uuid::try_parse(id).ok()?),
        version: version.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ears() -> Ears {
        Ears {
            own: "me".to_owned(),
            heard: broadcast::Sender::new(8),
            changes: broadcast::Sender::new(8),
        }
    }

    #[test]
    fn a_node_hears_others_and_not_itself() {
        let ears = ears();
        let (mut heard, mut changes) = (ears.heard.subscribe(), ears.changes.subscribe());
        let case = CaseId::new(Uuid::from_u128(7));
        let line = format!("c{} 3", case.uuid().as_simple());
        ears.take(&format!("me\n{line}"));
        assert!(heard.try_recv().is_err());
        ears.take(&format!("other\nnhello\n{line}\nxunknown\nc7 3"));
        assert_eq!(heard.try_recv(), Ok(Heard::Note("hello".to_owned())));
        assert_eq!(heard.try_recv(), Ok(Heard::Changed(case)));
        assert_eq!(changes.try_recv(), Ok(CaseChanged { case, version: 3 }));
        assert!(
            heard.try_recv().is_err(),
            "what is not understood is passed over"
        );
    }
}
