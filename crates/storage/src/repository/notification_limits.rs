//! How many messages there were, what their receivers want no more of, and the port to all of it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_verification::{
    case::{Case, Digest},
    fact::Tally,
    ids::{CaseId, NotificationId, PlatformId},
    notification::{Address, Block, HandOffTallies, Occasion, SentTallies, Status},
    ports::{
        LedgerError,
        notifications::{Notification, Notifications},
    },
};

use super::{Result, Store};
use crate::words::{millis, small, time};

/// From when to when messages count.
#[derive(Clone, Copy)]
struct Window {
    since: DateTime<Utc>,
    now: DateTime<Utc>,
}

impl Window {
    fn tally(self, (count, oldest): (i64, Option<i64>)) -> Result<Tally> {
        let oldest = oldest.map(time).transpose()?;
        Ok(Tally {
            count: small(count)?,
            until: oldest.map(|at| at + (self.now - self.since)),
        })
    }
}

impl Store {
    async fn links_of_case(&self, case: CaseId, window: Window) -> Result<Tally> {
        let row = sqlx::query_as(
            "SELECT COUNT(*), MIN(created_at) FROM notification
             WHERE case_id = $1 AND created_at > $2 AND occasion = $3 AND status <> 'dropped'",
        )
        .bind(case.uuid())
        .bind(millis(window.since))
        .bind(Occasion::HandOff.as_str())
        .fetch_one(&self.reader)
        .await?;
        window.tally(row)
    }

    async fn ordered_for(&self, address: &Address, window: Window) -> Result<Tally> {
        let row = sqlx::query_as(
            "SELECT COUNT(*), MIN(created_at) FROM notification
             WHERE address = $1 AND created_at > $2 AND status <> 'dropped'",
        )
        .bind(self.indexes.address(address).0.to_vec())
        .bind(millis(window.since))
        .fetch_one(&self.reader)
        .await?;
        window.tally(row)
    }

    async fn ordered_by(&self, platform: PlatformId, window: Window) -> Result<Tally> {
        let row = sqlx::query_as(
            "SELECT COUNT(*), MIN(created_at) FROM notification
             WHERE platform = $1 AND created_at > $2 AND status <> 'dropped'",
        )
        .bind(platform.uuid())
        .bind(millis(window.since))
        .fetch_one(&self.reader)
        .await?;
        window.tally(row)
    }

    async fn count_hand_offs(
        &self,
        case: &Case,
        address: &Address,
        window: Window,
    ) -> Result<HandOffTallies> {
        let platform = case.account.platform;
        let against = Block::against(Occasion::HandOff, platform, case.id);
        Ok(HandOffTallies {
            case: self.links_of_case(case.id, window).await?,
            address: self.ordered_for(address, window).await?,
            platform: self.ordered_by(platform, window).await?,
            blocked: !self.blocks(address, &against).await?.is_empty(),
        })
    }

    async fn count_sent(
        &self,
        platform: PlatformId,
        address: &Address,
        window: Window,
    ) -> Result<SentTallies> {
        let to_address = sqlx::query_as(
            "SELECT COUNT(*), MIN(finished_at) FROM notification
             WHERE address = $1 AND finished_at > $2 AND status = 'sent'",
        )
        .bind(self.indexes.address(address).0.to_vec())
        .bind(millis(window.since))
        .fetch_one(&self.reader)
        .await?;
        let for_platform = sqlx::query_as(
            "SELECT COUNT(*), MIN(finished_at) FROM notification
             WHERE platform = $1 AND finished_at > $2 AND status = 'sent'",
        )
        .bind(platform.uuid())
        .bind(millis(window.since))
        .fetch_one(&self.reader)
        .await?;
        Ok(SentTallies {
            address: window.tally(to_address)?,
            platform: window.tally(for_platform)?,
        })
    }

    async fn insert_block(&self, address: &Address, block: Block, at: DateTime<Utc>) -> Result<()> {
        sqlx::query(
            "INSERT INTO notification_block (address, scope, at) VALUES ($1, $2, $3)
             ON CONFLICT (address, scope) DO NOTHING",
        )
        .bind(self.indexes.address(address).0.to_vec())
        .bind(block.scope())
        .bind(millis(at))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn blocks(&self, address: &Address, of: &[Block]) -> Result<Vec<Block>> {
        let scopes: Vec<String> =
            sqlx::query_scalar("SELECT scope FROM notification_block WHERE address = $1")
                .bind(self.indexes.address(address).0.to_vec())
                .fetch_all(&self.reader)
                .await?;
        let stored = |block: &&Block| scopes.contains(&block.scope());
        Ok(of.iter().filter(stored).copied().collect())
    }
}

#[async_trait]
impl Notifications for Store {
    async fn notification(&self, id: NotificationId) -> Result<Option<Notification>, LedgerError> {
        Ok(self.find_notification(id).await?)
    }

    async fn notifications_of(&self, case: CaseId) -> Result<Vec<Notification>, LedgerError> {
        Ok(self.notifications_of_case(case).await?)
    }

    async fn notification_by_link(
        &self,
        link: Digest,
    ) -> Result<Option<Notification>, LedgerError> {
        Ok(self.find_notification_by_link(link.0).await?)
    }

    async fn link_notification(&self, id: NotificationId, link: Digest) -> Result<(), LedgerError> {
        Ok(self.set_link(id, link.0).await?)
    }

    async fn finish_notification(
        &self,
        id: NotificationId,
        status: Status,
        reason: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        Ok(self.end_notification(id, status, reason, at).await?)
    }

    async fn hand_off_tallies(
        &self,
        case: &Case,
        address: &Address,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<HandOffTallies, LedgerError> {
        let window = Window { since, now };
        Ok(self.count_hand_offs(case, address, window).await?)
    }

    async fn sent_tallies(
        &self,
        platform: PlatformId,
        address: &Address,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<SentTallies, LedgerError> {
        let window = Window { since, now };
        Ok(self.count_sent(platform, address, window).await?)
    }

    async fn block(
        &self,
        address: &Address,
        block: Block,
        at: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        Ok(self.insert_block(address, block, at).await?)
    }

    async fn blocked(&self, address: &Address, of: &[Block]) -> Result<Vec<Block>, LedgerError> {
        Ok(self.blocks(address, of).await?)
    }
}
