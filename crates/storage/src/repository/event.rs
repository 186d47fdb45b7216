//! The story of each case, and who listens to it.

use async_trait::async_trait;
use shiming_verification::{
    case::Case, change::Event, code::Code, ids::CaseId, ports::LedgerError,
};
use tokio::sync::broadcast;

use super::{Conn, Result, Store};
use crate::{
    api::{CaseChanged, CaseEvents, StoredEvent},
    words::{count, from_word, millis, small, time, version, word},
};

pub(super) async fn insert(conn: &mut Conn, case: &Case, events: &[Event]) -> Result<()> {
    for (ordinal, event) in (0_i64..).zip(events) {
        sqlx::query(
            "INSERT INTO case_event (case_id, version, ordinal, kind, code, at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(case.id.uuid())
        .bind(version(case.version)?)
        .bind(ordinal)
        .bind(word(&event.kind))
        .bind(event.code.map(Code::as_str))
        .bind(millis(event.at))
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

type EventRow = (i64, i64, String, Option<String>, i64);

fn stored((at_version, ordinal, kind, code, at): EventRow) -> Result<StoredEvent> {
    let event = Event {
        kind: from_word("event", kind)?,
        code: code.map(|code| from_word("code", code)).transpose()?,
        at: time(at)?,
    };
    Ok(StoredEvent {
        version: count(at_version)?,
        ordinal: small(ordinal)?,
        event,
    })
}

impl Store {
    async fn events_after(&self, case: CaseId, after: u64) -> Result<Vec<StoredEvent>> {
        let rows: Vec<EventRow> = sqlx::query_as(
            "SELECT version, ordinal, kind, code, at FROM case_event
             WHERE case_id = $1 AND version > $2 ORDER BY version, ordinal",
        )
        .bind(case.uuid())
        .bind(version(after)?)
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter().map(stored).collect()
    }
}

#[async_trait]
impl CaseEvents for Store {
    async fn events_since(
        &self,
        case: CaseId,
        version: u64,
    ) -> Result<Vec<StoredEvent>, LedgerError> {
        Ok(self.events_after(case, version).await?)
    }

    fn changes(&self) -> broadcast::Receiver<CaseChanged> {
        self.changes.subscribe()
    }
}
