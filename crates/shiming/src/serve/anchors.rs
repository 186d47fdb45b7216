//! Once a day the audit trail's end is signed and put where it can be copied away, so that cutting or rewriting shows.

use std::{fs, path::PathBuf};

use anyhow::Result;
use chrono::{DateTime, Duration, Utc};
use shiming_audit::{Anchor, AuditTrail};
use shiming_service::trail;

use crate::wiring::SystemClock;

const EVERY: Duration = Duration::days(1);

/// Where anchors go.
pub struct Anchors {
    /// A folder, one file an anchor.
    pub folder: PathBuf,
}

impl Anchors {
    /// Signs and puts away, if a day has passed.
    pub async fn keep(&self, audit: &dyn AuditTrail, now: DateTime<Utc>) -> Result<()> {
        let last = self.newest()?;
        if last.is_some_and(|at| now < at + EVERY) {
            return Ok(());
        }
        let Some(anchor) = trail::anchored(audit, &SystemClock::default()).await? else {
            return Ok(());
        };
        self.write(&anchor)?;
        tracing::info!(entry = anchor.seq, "signed the audit trail");
        Ok(())
    }

    fn newest(&self) -> Result<Option<DateTime<Utc>>> {
        if !self.folder.is_dir() {
            return Ok(None);
        }
        let mut newest = None;
        for entry in fs::read_dir(&self.folder)? {
            let text = fs::read_to_string(entry?.path())?;
            let at = serde_json::from_str::<Anchor>(&text)
                .ok()
                .map(|anchor| anchor.at);
            newest = newest.max(at);
        }
        Ok(newest)
    }

    fn write(&self, anchor: &Anchor) -> Result<()> {
        fs::create_dir_all(&self.folder)?;
        let name = format!("{}-{}.json", anchor.at.format("%Y-%m-%d"), anchor.seq);
        let beside = self.folder.join(format!("{name}.part"));
        fs::write(&beside, serde_json::to_string(anchor)?)?;
        Ok(fs::rename(beside, self.folder.join(name))?)
    }
}
