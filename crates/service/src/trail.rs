//! Anchors and segments of the audit trail, and holding the whole of it against itself.

use shiming_audit::{
    Actor, Anchor, AuditError, AuditTrail, Broken, Chain, GENESIS, Record, segment::Writer,
};
use shiming_verification::code::Code;

use crate::{Services, edge::Clock, error::ServiceError};

/// Entries read at once.
const BATCH: u32 = 1000;
/// Entries of one segment.
const LONGEST: u64 = 1_000_000;

/// Signs the trail's present end, unless that has been done; `None` while the trail is empty.
///
/// # Errors
/// [`AuditError`].
pub async fn anchored(
    trail: &dyn AuditTrail,
    clock: &dyn Clock,
) -> Result<Option<Anchor>, AuditError> {
    let head = trail.head().await?;
    let known = trail.anchors().await?.pop();
    if let Some(known) = known.filter(|known| known.seq == head.seq) {
        return Ok(Some(known));
    }
    if head.seq == 0 {
        return Ok(None);
    }
    let now = clock.now();
    // The use of the signing key is itself recorded, so the anchor is of the entry that says so.
    let record = Record::new(Actor::system(), "key.anchor_signed", now).with("after", head.seq);
    trail.record(vec![record]).await?;
    let head = trail.head().await?;
    let anchor = trail.signer().sign(head.seq, head.hash, now);
    trail.keep_anchor(&anchor).await?;
    Ok(Some(anchor))
}

/// What is wrong with a trail.
#[derive(Debug, thiserror::Error)]
pub enum TrailError {
    /// It can't be read.
    #[error(transparent)]
    Unavailable(#[from] AuditError),
    /// An entry was changed, removed or moved.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The hashes fit, but were not made by this server.
    #[error("entry {seq} was written by somebody who does not have this server's key")]
    Forged {
        /// The entry.
        seq: u64,
    },
    /// The end that is noted is not the last entry.
    #[error("the trail ends at entry {found}, but {expected} were written: its end was removed")]
    Cut {
        /// Entries that were written.
        expected: u64,
        /// The last entry that is there.
        found: u64,
    },
    /// A signed anchor says otherwise.
    #[error(
        "the anchor of entry {seq} says otherwise: the trail was rewritten before it, or its end was removed"
    )]
    Anchor {
        /// The anchor's entry.
        seq: u64,
    },
    /// An anchor was not signed by this server.
    #[error("the anchor of entry {seq} was not signed by this server")]
    ForeignAnchor {
        /// The anchor's entry.
        seq: u64,
    },
}

/// Holds every entry against the one before it, the seals against this server's key, and the anchors against both.
/// `kept` are anchors that were kept elsewhere. Tells how many entries there are.
///
/// # Errors
/// [`TrailError`] for the first thing that is wrong.
pub async fn verify(trail: &dyn AuditTrail, kept: &[Anchor]) -> Result<u64, TrailError> {
    let mut anchors = trail.anchors().await?;
    anchors.extend_from_slice(kept);
    anchors.sort_by_key(|anchor| anchor.seq);
    for anchor in &anchors {
        if anchor.verify().is_err() || anchor.key != trail.signer().public_key() {
            return Err(TrailError::ForeignAnchor { seq: anchor.seq });
        }
    }
    let mut waiting = anchors.into_iter().peekable();
    // Read before the entries: what is written meanwhile lies behind it.
    let head = trail.head().await?;
    let mut chain = Chain::default();
    loop {
        let batch = trail.entries_from(chain.seq() + 1, BATCH).await?;
        if batch.is_empty() {
            break;
        }
        for stored in batch {
            chain.pass(&stored.entry)?;
            if !stored.sealed_by_us {
                return Err(TrailError::Forged {
                    seq: stored.entry.seq,
                });
            }
            while let Some(anchor) = waiting.next_if(|anchor| anchor.seq == chain.seq()) {
                if anchor.hash != *chain.hash() {
                    return Err(TrailError::Anchor { seq: anchor.seq });
                }
            }
        }
    }
    if let Some(anchor) = waiting.next() {
        return Err(TrailError::Anchor { seq: anchor.seq });
    }
    if chain.seq() < head.seq {
        return Err(TrailError::Cut {
            expected: head.seq,
            found: chain.seq(),
        });
    }
    Ok(chain.seq())
}

/// The entries `from..=to` as a segment that verifies elsewhere, bridged to the anchor.
///
/// # Errors
/// [`AuditError`].
pub async fn segment(
    trail: &dyn AuditTrail,
    from: u64,
    to: u64,
    anchor: u64,
) -> Result<Vec<u8>, AuditError> {
    let failed = |error: std::io::Error| AuditError(error.to_string());
    let previous = match from {
        1 => GENESIS,
        _ => trail
            .entries_from(from - 1, 1)
            .await?
            .first()
            .map_or(GENESIS, |stored| stored.entry.hash),
    };
    let mut writer = Writer::begin(Vec::new(), from, to, previous).map_err(failed)?;
    let mut next = from;
    while next <= anchor {
        let batch = trail.entries_from(next, BATCH).await?;
        if batch.is_empty() {
            break;
        }
        for stored in batch
            .into_iter()
            .filter(|stored| stored.entry.seq <= anchor)
        {
            writer
                .push(stored.entry.seq, stored.entry.record)
                .map_err(failed)?;
        }
        next += u64::from(BATCH);
    }
    writer.end().map_err(failed)
}

impl Services {
    /// A signed anchor of the trail's present end.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn anchor(&self) -> Result<Option<Anchor>, ServiceError> {
        Ok(anchored(&*self.audit, &*self.clock).await?)
    }

    /// A segment up to the first anchor that proves it; one is made if there is none. `anchor` names another one.
    ///
    /// # Errors
    /// `Refused` if the range is empty, too long or not there.
    pub async fn segment(
        &self,
        from: u64,
        to: u64,
        anchor: Option<u64>,
    ) -> Result<Vec<u8>, ServiceError> {
        let head = self.audit.head().await?;
        if from == 0 || from > to || to > head.seq || to - from >= LONGEST {
            return Err(self.refused(Code::InvalidInput));
        }
        let known = self.audit.anchors().await?;
        let first = known.iter().map(|anchor| anchor.seq).find(|seq| *seq >= to);
        let until = match anchor.or(first) {
            Some(seq) => seq,
            None => self.anchor().await?.map_or(to, |anchor| anchor.seq),
        };
        Ok(segment(&*self.audit, from, to, until).await?)
    }
}
