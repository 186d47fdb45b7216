//! The outbox of transfers. A transfer is written with the decision that plans it, and moves by compare-and-set only, so of
//! two workers one moves it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_vault::{DataKey, Owner};
use shiming_verification::{
    bank::{AccountNumber, FailReason, Fen, OrderBody, TransferOrder, TransferStatus},
    ids::{CaseId, TransferId},
    ports::{
        LedgerError,
        bank::{Entry, Matched, StoredTransfer, Transfers, UnmatchedEntry},
    },
    words::Realm,
};
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use super::{Conn, Db, Result, Store};
use crate::words::{from_word, millis, realm, small, time, word};

/// For what a case's key seals a transfer's account and amount.
const PURPOSE: &str = "transfer";

const COLUMNS: &str = "SELECT t.id, t.case_id, t.seq, t.realm, t.transfer_key, t.status, t.reason,
       t.key_owner, k.wrapped, t.body, t.planned_at, t.updated_at
     FROM bank_transfer t LEFT JOIN data_key k ON k.owner = t.key_owner ";

#[derive(FromRow)]
struct TransferRow {
    id: Uuid,
    case_id: Uuid,
    seq: i64,
    realm: String,
    transfer_key: String,
    status: String,
    reason: Option<String>,
    key_owner: String,
    wrapped: Option<Vec<u8>>,
    body: Vec<u8>,
    planned_at: i64,
    updated_at: i64,
}

impl Store {
    /// Writes a planned transfer into the transaction of its decision.
    pub(super) async fn insert_transfer(
        &self,
        conn: &mut Conn,
        order: &TransferOrder,
        key: &DataKey,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO bank_transfer (id, case_id, seq, realm, transfer_key, status, account,
               key_owner, body, planned_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        )
        .bind(order.id.uuid())
        .bind(order.case.uuid())
        .bind(i64::from(order.seq))
        .bind(order.realm.as_str())
        .bind(&order.key)
        .bind(word(&order.status))
        .bind(self.account_hash(&order.body.details.account_number))
        .bind(key.owner().as_str().to_owned())
        .bind(self.seals.seal_json(key, PURPOSE, &order.body)?)
        .bind(millis(order.at))
        .execute(conn)
        .await?;
        Ok(())
    }

    fn account_hash(&self, account: &AccountNumber) -> Vec<u8> {
        self.indexes.bank_account(account).0.to_vec()
    }

    fn open_transfer(&self, row: TransferRow) -> Result<StoredTransfer> {
        let body: Option<OrderBody> = row
            .wrapped
            .map(|wrapped| {
                let owner = Owner::stored(row.key_owner);
                self.seals.open_json(owner, &wrapped, PURPOSE, &row.body)
            })
            .transpose()?;
        Ok(StoredTransfer {
            id: TransferId::new(row.id),
            case: CaseId::new(row.case_id),
            seq: small(row.seq)?,
            realm: realm(row.realm)?,
            key: row.transfer_key,
            status: from_word("transfer status", row.status)?,
            reason: row
                .reason
                .map(|reason| from_word("transfer reason", reason))
                .transpose()?,
            body,
            planned_at: time(row.planned_at)?,
            updated_at: time(row.updated_at)?,
        })
    }

    async fn find_transfer(&self, id: TransferId) -> Result<Option<StoredTransfer>> {
        let mut query = QueryBuilder::<Db>::new(COLUMNS);
        query.push("WHERE t.id = ").push_bind(id.uuid());
        let row = query.build_query_as().fetch_optional(&self.reader).await?;
        row.map(|row| self.open_transfer(row)).transpose()
    }

    async fn find_transfer_by_key(&self, key: &str) -> Result<Option<StoredTransfer>> {
        let mut query = QueryBuilder::<Db>::new(COLUMNS);
        query
            .push("WHERE t.transfer_key = ")
            .push_bind(key.to_owned());
        let row = query.build_query_as().fetch_optional(&self.reader).await?;
        row.map(|row| self.open_transfer(row)).transpose()
    }

    async fn outstanding(&self, limit: u32) -> Result<Vec<StoredTransfer>> {
        let mut query = QueryBuilder::<Db>::new(COLUMNS);
        query.push("WHERE t.status NOT IN ('settled', 'failed', 'returned') ");
        query
            .push("ORDER BY t.planned_at, t.id LIMIT ")
            .push_bind(i64::from(limit));
        let rows: Vec<TransferRow> = query.build_query_as().fetch_all(&self.reader).await?;
        rows.into_iter()
            .map(|row| self.open_transfer(row))
            .collect()
    }

    async fn compare_and_move(
        &self,
        id: TransferId,
        from: &[TransferStatus],
        to: TransferStatus,
        reason: Option<FailReason>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let mut query = QueryBuilder::<Db>::new("UPDATE bank_transfer SET status = ");
        query.push_bind(word(&to));
        query
            .push(", reason = ")
            .push_bind(reason.map(|reason| word(&reason)));
        query.push(", updated_at = ").push_bind(millis(now));
        query.push(" WHERE id = ").push_bind(id.uuid());
        query.push(" AND status IN (");
        let mut statuses = query.separated(", ");
        for status in from {
            statuses.push_bind(word(status));
        }
        query.push(")");
        Ok(query.build().execute(&self.writer).await?.rows_affected() == 1)
    }

    async fn amounts_since(
        &self,
        account: &AccountNumber,
        realm: Realm,
        since: DateTime<Utc>,
    ) -> Result<Vec<Fen>> {
        let mut query = QueryBuilder::<Db>::new(COLUMNS);
        query
            .push("WHERE t.account = ")
            .push_bind(self.account_hash(account));
        query.push(" AND t.realm = ").push_bind(realm.as_str());
        query.push(" AND t.planned_at >= ").push_bind(millis(since));
        let rows: Vec<TransferRow> = query.build_query_as().fetch_all(&self.reader).await?;
        let mut amounts = Vec::with_capacity(rows.len());
        for row in rows {
            amounts.extend(self.open_transfer(row)?.body.map(|body| body.amount));
        }
        Ok(amounts)
    }
}

#[async_trait]
impl Transfers for Store {
    async fn transfer(&self, id: TransferId) -> Result<Option<StoredTransfer>, LedgerError> {
        Ok(self.find_transfer(id).await?)
    }

    async fn transfer_by_key(&self, key: &str) -> Result<Option<StoredTransfer>, LedgerError> {
        Ok(self.find_transfer_by_key(key).await?)
    }

    async fn move_transfer(
        &self,
        id: TransferId,
        from: &[TransferStatus],
        to: TransferStatus,
        reason: Option<FailReason>,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        Ok(self.compare_and_move(id, from, to, reason, now).await?)
    }

    async fn recent_amounts(
        &self,
        account: &AccountNumber,
        realm: Realm,
        since: DateTime<Utc>,
    ) -> Result<Vec<Fen>, LedgerError> {
        Ok(self.amounts_since(account, realm, since).await?)
    }

    async fn outstanding_transfers(&self, limit: u32) -> Result<Vec<StoredTransfer>, LedgerError> {
        Ok(self.outstanding(limit).await?)
    }

    async fn knows_report(&self, digest: [u8; 32]) -> Result<bool, LedgerError> {
        Ok(self.has_report(digest).await?)
    }

    async fn note_report(
        &self,
        digest: [u8; 32],
        name: &str,
        records: u64,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        Ok(self.insert_report(digest, name, records, now).await?)
    }

    async fn known_entries(&self, ids: &[&str]) -> Result<Vec<bool>, LedgerError> {
        Ok(self.which_are_stored(ids).await?)
    }

    async fn store_entries(
        &self,
        entries: &[(Entry, Matched)],
        source: &str,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        Ok(self.insert_entries(entries, source, now).await?)
    }

    async fn unmatched_entries(&self, limit: u32) -> Result<Vec<UnmatchedEntry>, LedgerError> {
        Ok(self.unmatched(limit).await?)
    }

    async fn resolve_entry(
        &self,
        id: Uuid,
        note: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        Ok(self.mark_resolved(id, note, now).await?)
    }
}
