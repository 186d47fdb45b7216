//! Frames seen before, found by multi-index hashing.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_verification::{
    ids::CaseId,
    ports::LedgerError,
    ports_scan::{FrameHash, SeenFrame, SeenFrames},
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Db, Result, Store};
use crate::{
    StoreError,
    words::{millis, time},
};

/// Bits of a band that are alike in many frames, an even background for one, find everything and tell nothing.
const TELLING_BITS: std::ops::RangeInclusive<u32> = 4..=28;

/// Keys of one statement; both engines take many more.
const KEYS_AT_ONCE: usize = 2_000;

/// Rows of one statement that are looked at more closely.
const MOST_CANDIDATES: i64 = 20_000;

/// The keys under which a hash is found: the number of each band, then its bits.
fn keys(hash: FrameHash) -> impl Iterator<Item = i64> {
    let bands = hash.0.as_chunks::<4>().0.to_vec();
    (0_i64..).zip(bands).filter_map(|(number, bytes)| {
        let bits = u32::from_be_bytes(bytes);
        let telling = TELLING_BITS.contains(&bits.count_ones());
        telling.then_some(number << 32 | i64::from(bits))
    })
}

impl Store {
    async fn insert_frames(
        &self,
        case: CaseId,
        frames: &[FrameHash],
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        for frame in frames {
            let id: i64 = sqlx::query_scalar(
                "INSERT INTO scan_frame_hash (case_id, hash, at) VALUES ($1, $2, $3) RETURNING id",
            )
            .bind(case.uuid())
            .bind(frame.0.to_vec())
            .bind(millis(now))
            .fetch_one(&mut *tx)
            .await?;
            let mut bands: Vec<i64> = keys(*frame).collect();
            bands.sort_unstable();
            if bands.is_empty() {
                continue;
            }
            QueryBuilder::<Db>::new("INSERT INTO scan_frame_band (key, hash_id) ")
                .push_values(bands, |mut row, key| {
                    row.push_bind(key).push_bind(id);
                })
                .build()
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }

    async fn candidates(&self, case: CaseId, keys: &[i64]) -> Result<Vec<SeenFrame>> {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT h.case_id, h.at, h.hash FROM scan_frame_hash h WHERE h.id IN
               (SELECT b.hash_id FROM scan_frame_band b WHERE b.key IN (",
        );
        let mut list = query.separated(", ");
        for key in keys {
            list.push_bind(*key);
        }
        query.push(")) AND h.case_id <> ").push_bind(case.uuid());
        query
            .push(" ORDER BY h.id DESC LIMIT ")
            .push_bind(MOST_CANDIDATES);
        let rows: Vec<(Uuid, i64, Vec<u8>)> =
            query.build_query_as().fetch_all(&self.reader).await?;
        rows.into_iter().map(seen).collect()
    }

    async fn near(
        &self,
        case: CaseId,
        frames: &[FrameHash],
        distance: u32,
    ) -> Result<Vec<SeenFrame>> {
        let keys: BTreeSet<i64> = frames.iter().flat_map(|frame| keys(*frame)).collect();
        let keys: Vec<i64> = keys.into_iter().collect();
        let mut found = Vec::new();
        for some in keys.chunks(KEYS_AT_ONCE) {
            let candidates = self.candidates(case, some).await?;
            let near = |seen: &SeenFrame| {
                let closest = frames.iter().map(|frame| frame.distance(seen.hash)).min();
                closest.is_some_and(|closest| closest <= distance)
            };
            found.extend(candidates.into_iter().filter(near));
        }
        Ok(found)
    }
}

fn seen((case, at, hash): (Uuid, i64, Vec<u8>)) -> Result<SeenFrame> {
    let hash = hash.try_into().map_err(|_| StoreError::Unreadable {
        what: "frame's hash",
    })?;
    Ok(SeenFrame {
        case: CaseId::new(case),
        at: time(at)?,
        hash: FrameHash(hash),
    })
}

#[async_trait]
impl SeenFrames for Store {
    async fn remember_frames(
        &self,
        case: CaseId,
        frames: &[FrameHash],
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        Ok(self.insert_frames(case, frames, now).await?)
    }

    async fn frames_near(
        &self,
        case: CaseId,
        frames: &[FrameHash],
        distance: u32,
    ) -> Result<Vec<SeenFrame>, LedgerError> {
        Ok(self.near(case, frames, distance).await?)
    }
}
