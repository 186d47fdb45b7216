//! The store: connections, keys, objects and the notice of commits.

use std::sync::Arc;

use object_store::ObjectStore;
use shiming_vault::{BlindIndex, Owner, TokenKey};
use sqlx::{Pool, Transaction};
use tokio::sync::broadcast;

use super::{Db, Link, Result, audit::AuditKeys, begin_write, data_key};
use crate::{Indexes, Settings, api::CaseChanged, open::Pools, seals::Seals};

/// Commits that a slow listener may fall behind before it is told to catch up by reading.
const CHANGES_KEPT: usize = 1024;

/// All tables of one database.
pub(crate) struct Store {
    pub(super) writer: Pool<Db>,
    pub(super) reader: Pool<Db>,
    pub(super) seals: Seals,
    pub(super) indexes: Indexes,
    pub(super) tokens: TokenKey,
    pub(super) audit: AuditKeys,
    pub(super) objects: Arc<dyn ObjectStore>,
    pub(super) changes: broadcast::Sender<CaseChanged>,
    pub(super) link: Link,
}

impl Store {
    pub(crate) async fn new(pools: Pools<Db>, settings: &Settings) -> Result<Self> {
        let seals = settings.seals();
        let mut tx = begin_write(&pools.writer).await?;
        let index = data_key::get_or_create(&mut tx, &seals, Owner::system("index")).await?;
        let tokens = data_key::get_or_create(&mut tx, &seals, Owner::system("tokens")).await?;
        let audit = data_key::get_or_create(&mut tx, &seals, Owner::system("audit")).await?;
        tx.commit().await?;
        let changes = broadcast::Sender::new(CHANGES_KEPT);
        Ok(Self {
            link: Link::new(&pools.writer, &changes, &*settings.entropy).await?,
            writer: pools.writer,
            reader: pools.reader,
            seals,
            indexes: Indexes::new(&BlindIndex::new(&index)),
            tokens: TokenKey::new(&tokens),
            audit: AuditKeys::new(&audit),
            objects: settings.objects.clone(),
            changes,
        })
    }

    pub(super) async fn begin(&self) -> Result<Transaction<'static, Db>> {
        Ok(begin_write(&self.writer).await?)
    }
}
