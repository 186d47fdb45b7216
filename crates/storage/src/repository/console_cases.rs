//! Cases as operators look for them: across platforms, by keyed hashes, page by page.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_vault::Owner;
use shiming_verification::{
    case::Case,
    claim::Claim,
    ids::{CaseId, OperatorId},
    ports::{
        LedgerError, RegistryStatus,
        console::{
            CaseCursor, CaseFilter, ConsoleCases, FieldAnswers, Lookup, Note, Queued, StoryLine,
        },
    },
    words::Realm,
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Db, Result, SealedRow, Store, data_key};
use crate::{
    StoreError,
    api::EnterpriseRecord,
    words::{count, millis, time},
};

/// For what a case's key seals a note.
const NOTE: &str = "note";

const SELECT: &str = "SELECT c.key_owner, k.wrapped, c.body
     FROM verification_case c JOIN data_key k ON k.owner = c.key_owner WHERE ";

type QueuedRow = (String, Vec<u8>, Vec<u8>, Option<Uuid>, Option<i64>);
type NoteRow = (Uuid, Uuid, Vec<u8>, i64);

impl Store {
    fn push_lookup(&self, query: &mut QueryBuilder<Db>, lookup: &Lookup) {
        match lookup {
            Lookup::Case(id) => query.push("c.id = ").push_bind(id.uuid()),
            Lookup::Credential(id) => query
                .push("c.id IN (SELECT case_id FROM credential WHERE id = ")
                .push_bind(id.uuid())
                .push(")"),
            Lookup::Account(id) => query.push("c.account_id = ").push_bind(id.clone()),
            Lookup::Uscc(uscc) => query
                .push("c.uscc_index = ")
                .push_bind(self.indexes.uscc(uscc).0.to_vec()),
            Lookup::Person(id) => query
                .push("c.id_index = ")
                .push_bind(self.indexes.person(id).0.0.to_vec()),
            Lookup::Name(name) => query
                .push("c.name_index = ")
                .push_bind(self.indexes.name(name).0.to_vec()),
        };
    }

    fn push_filter(&self, query: &mut QueryBuilder<Db>, filter: &CaseFilter) {
        query.push("(1 = 1)");
        if !filter.lookups.is_empty() {
            query.push(" AND (");
            for (nth, lookup) in filter.lookups.iter().enumerate() {
                query.push(if nth == 0 { "" } else { " OR " });
                self.push_lookup(query, lookup);
            }
            query.push(")");
        }
        if let Some(platform) = filter.platform {
            query.push(" AND c.platform = ").push_bind(platform.uuid());
        }
        if let Some(realm) = filter.realm {
            query.push(" AND c.realm = ").push_bind(realm.as_str());
        }
        let texts = [
            (" AND c.state = ", &filter.state),
            (" AND c.method = ", &filter.method),
            (" AND c.last_code = ", &filter.code),
        ];
        for (condition, text) in texts {
            if let Some(text) = text {
                query.push(condition).push_bind(text.clone());
            }
        }
        if let Some(since) = filter.since {
            query.push(" AND c.opened_at >= ").push_bind(millis(since));
        }
        if let Some(until) = filter.until {
            query.push(" AND c.opened_at < ").push_bind(millis(until));
        }
    }

    async fn search(
        &self,
        filter: &CaseFilter,
        after: Option<CaseCursor>,
        limit: u32,
    ) -> Result<Vec<Case>> {
        let mut query = QueryBuilder::<Db>::new(SELECT);
        self.push_filter(&mut query, filter);
        if let Some(after) = after {
            query.push(" AND (c.opened_at, c.id) < (");
            query.push_bind(after.opened_at).push(", ");
            query.push_bind(after.id).push(")");
        }
        query.push(" ORDER BY c.opened_at DESC, c.id DESC LIMIT ");
        query.push_bind(i64::from(limit));
        let rows: Vec<SealedRow> = query.build_query_as().fetch_all(&self.reader).await?;
        rows.into_iter().map(|row| self.open_case(row)).collect()
    }

    async fn queue(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Queued>> {
        let rows: Vec<QueuedRow> = sqlx::query_as(
            "SELECT c.key_owner, k.wrapped, c.body, r.operator, r.until
             FROM verification_case c JOIN data_key k ON k.owner = c.key_owner
               LEFT JOIN review_claim r ON r.case_id = c.id AND r.until > $1
             WHERE c.state = 'in_review' ORDER BY c.opened_at, c.id LIMIT $2",
        )
        .bind(millis(now))
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter()
            .map(|(owner, wrapped, body, operator, until)| {
                let until = until.map(time).transpose()?;
                Ok(Queued {
                    case: self.open_case((owner, wrapped, body))?,
                    claim: operator.map(OperatorId::new).zip(until),
                })
            })
            .collect()
    }

    async fn claim(
        &self,
        case: CaseId,
        operator: OperatorId,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool> {
        let query = sqlx::query(
            "INSERT INTO review_claim (case_id, operator, until) VALUES ($1, $2, $3)
             ON CONFLICT (case_id) DO UPDATE SET operator = excluded.operator,
               until = excluded.until
             WHERE review_claim.operator = excluded.operator OR review_claim.until <= $4",
        )
        .bind(case.uuid())
        .bind(operator.uuid())
        .bind(millis(until))
        .bind(millis(now));
        Ok(self.run(query).await? > 0)
    }

    async fn insert_note(&self, case: CaseId, note: &Note) -> Result<()> {
        let mut tx = self.begin().await?;
        let key = data_key::get(&mut tx, &self.seals, Owner::case(case)).await?;
        let key = key.ok_or(StoreError::Missing { what: "case" })?;
        sqlx::query(
            "INSERT INTO case_note (id, case_id, operator, body, at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(note.id)
        .bind(case.uuid())
        .bind(note.operator.uuid())
        .bind(self.seals.seal(&key, NOTE, note.text.as_bytes())?)
        .bind(millis(note.at))
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    async fn wrapped_case_key(&self, case: CaseId) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT wrapped FROM data_key WHERE owner = $1";
        let query = sqlx::query_scalar(sql).bind(Owner::case(case).as_str().to_owned());
        Ok(query.fetch_optional(&self.reader).await?)
    }

    async fn all_notes(&self, case: CaseId) -> Result<Vec<Note>> {
        let Some(wrapped) = self.wrapped_case_key(case).await? else {
            return Ok(Vec::new());
        };
        let key = self.seals.key(Owner::case(case), &wrapped)?;
        let rows: Vec<NoteRow> = sqlx::query_as(
            "SELECT id, operator, body, at FROM case_note WHERE case_id = $1 ORDER BY at, id",
        )
        .bind(case.uuid())
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter()
            .map(|(id, operator, body, at)| {
                let text = String::from_utf8(key.open(NOTE, &body)?.to_vec());
                Ok(Note {
                    id,
                    operator: OperatorId::new(operator),
                    text: text.map_err(|_| StoreError::Unreadable { what: NOTE })?,
                    at: time(at)?,
                })
            })
            .collect()
    }

    async fn lines(&self, case: CaseId) -> Result<Vec<StoryLine>> {
        let rows: Vec<(i64, String, Option<String>, i64)> = sqlx::query_as(
            "SELECT version, kind, code, at FROM case_event WHERE case_id = $1
             ORDER BY version, ordinal",
        )
        .bind(case.uuid())
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter()
            .map(|(version, kind, code, at)| {
                Ok(StoryLine {
                    version: count(version)?,
                    kind,
                    code,
                    at: time(at)?,
                })
            })
            .collect()
    }

    async fn compare_fields(&self, claim: &Claim, realm: Realm) -> Result<Option<FieldAnswers>> {
        let recorded = self.find_enterprise(&claim.uscc, realm).await?;
        let claimed = EnterpriseRecord::of_claim(claim, RegistryStatus::Active, &self.indexes);
        Ok(recorded.map(|recorded| FieldAnswers {
            enterprise_name: recorded.name_key == claimed.name_key,
            legal_representative: recorded.representative == claimed.representative,
            id_number: recorded.person == claimed.person,
            subject_type: recorded
                .subject
                .map(|subject| Some(subject) == claimed.subject),
            active: recorded.status == RegistryStatus::Active,
        }))
    }

    async fn platform_of_case(&self, case: CaseId) -> Result<Option<Uuid>> {
        let sql = "SELECT platform FROM verification_case WHERE id = $1";
        let query = sqlx::query_scalar(sql).bind(case.uuid());
        Ok(query.fetch_optional(&self.reader).await?)
    }

    async fn scans_across(&self, case: CaseId) -> Result<Vec<(u32, DateTime<Utc>, String)>> {
        let Some(platform) = self.platform_of_case(case).await? else {
            return Ok(Vec::new());
        };
        let platform = shiming_verification::ids::PlatformId::new(platform);
        let scans = self.scans_within(platform, case).await?;
        let told = |scan: crate::api::ScanRecord| (scan.seq, scan.at, scan.record);
        Ok(scans.into_iter().map(told).collect())
    }
}

#[async_trait]
impl ConsoleCases for Store {
    async fn find_cases(
        &self,
        filter: &CaseFilter,
        after: Option<CaseCursor>,
        limit: u32,
    ) -> Result<Vec<Case>, LedgerError> {
        Ok(self.search(filter, after, limit).await?)
    }

    async fn review_queue(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Queued>, LedgerError> {
        Ok(self.queue(now, limit).await?)
    }

    async fn claim_review(
        &self,
        case: CaseId,
        operator: OperatorId,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        Ok(self.claim(case, operator, now, until).await?)
    }

    async fn release_review(&self, case: CaseId, operator: OperatorId) -> Result<(), LedgerError> {
        let sql = "DELETE FROM review_claim WHERE case_id = $1 AND operator = $2";
        let query = sqlx::query(sql).bind(case.uuid()).bind(operator.uuid());
        self.run(query).await?;
        Ok(())
    }

    async fn add_note(&self, case: CaseId, note: &Note) -> Result<(), LedgerError> {
        Ok(self.insert_note(case, note).await?)
    }

    async fn notes(&self, case: CaseId) -> Result<Vec<Note>, LedgerError> {
        Ok(self.all_notes(case).await?)
    }

    async fn scans_of(
        &self,
        case: CaseId,
    ) -> Result<Vec<(u32, DateTime<Utc>, String)>, LedgerError> {
        Ok(self.scans_across(case).await?)
    }

    async fn story(&self, case: CaseId) -> Result<Vec<StoryLine>, LedgerError> {
        Ok(self.lines(case).await?)
    }

    async fn field_answers(
        &self,
        claim: &Claim,
        realm: Realm,
    ) -> Result<Option<FieldAnswers>, LedgerError> {
        Ok(self.compare_fields(claim, realm).await?)
    }
}
