//! Announcing commits, on this node and to the others, and what catches up on announcements that were lost.

use async_trait::async_trait;
use shiming_verification::{ids::CaseId, ports::LedgerError, ports_nodes::CaseVersions};
use sqlx::QueryBuilder;
use tokio::sync::broadcast;
use uuid::Uuid;

use super::{Db, Link, Result, Store};
use crate::{
    api::{CaseChanged, Heard, NodeLink},
    words::count,
};

/// Cases of one statement.
const AT_ONCE: usize = 500;

/// Tells a commit to whoever listens, near and far.
pub(super) struct Announcer {
    near: broadcast::Sender<CaseChanged>,
    far: Link,
}

impl Announcer {
    pub(super) fn announce(&self, changed: CaseChanged) {
        // Nobody listening is no error.
        let _heard_by = self.near.send(changed);
        self.far.tell_change(changed);
    }
}

impl Store {
    pub(super) fn announcer(&self) -> Announcer {
        Announcer {
            near: self.changes.clone(),
            far: self.link.clone(),
        }
    }

    async fn versions(&self, cases: &[CaseId]) -> Result<Vec<(CaseId, u64)>> {
        let mut query =
            QueryBuilder::<Db>::new("SELECT id, version FROM verification_case WHERE id IN (");
        let mut ids = query.separated(", ");
        for case in cases {
            ids.push_bind(case.uuid());
        }
        query.push(")");
        let query = query.build_query_as::<(Uuid, i64)>();
        let rows = query.persistent(false).fetch_all(&self.reader).await?;
        rows.into_iter()
            .map(|(id, version)| Ok((CaseId::new(id), count(version)?)))
            .collect()
    }
}

#[async_trait]
impl CaseVersions for Store {
    async fn versions_of(&self, cases: &[CaseId]) -> Result<Vec<(CaseId, u64)>, LedgerError> {
        let mut all = Vec::with_capacity(cases.len());
        for some in cases.chunks(AT_ONCE) {
            all.extend(self.versions(some).await?);
        }
        Ok(all)
    }
}

impl NodeLink for Store {
    fn hear(&self) -> broadcast::Receiver<Heard> {
        self.link.hear()
    }

    fn tell(&self, note: &str) {
        self.link.tell_note(note);
    }
}
