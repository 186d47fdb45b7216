//! Frames that are kept for a while: how they are put together, when, and judging them again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shiming_face::scan::{Input, ScanStart, ScanVerdict, Tape};
use shiming_verification::{
    case::{Case, State},
    ids::CaseId,
    ports_scan::KeepUntil,
};

use super::{
    ScanSettings,
    seen::{KeptFrame, Seen},
};
use crate::{Services, error::ServiceError};

/// Longest time that frames wait for a reviewer.
const REVIEW: chrono::Duration = chrono::Duration::days(7);

/// What was kept of a scan: a line of JSON, then the pictures one after another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Head {
    /// What the script was fed; `None` if only the stills are kept.
    tape: Option<Tape>,
    /// Sequence numbers of the frames that were compared, best first.
    stills: Vec<u32>,
    /// Sequence number and length of each picture that follows.
    pictures: Vec<(u32, usize)>,
    /// What was seen in each, by sequence number; absent in what was kept before this was noted.
    #[serde(default)]
    seen: BTreeMap<u32, Seen>,
}

/// Frames of a scan, while it runs and after.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Film {
    tape: Option<Tape>,
    pictures: BTreeMap<u32, Vec<u8>>,
    seen: BTreeMap<u32, Seen>,
}

/// The frames that an ended scan leaves.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Left {
    film: Film,
    stills: Vec<u32>,
}

/// What judging kept frames again came to.
#[derive(Debug, Clone, Serialize)]
pub struct Rejudged {
    /// Number of the record within its case.
    pub record: u32,
    /// Whether frames of it are still kept.
    pub frames_kept: bool,
    /// Whether the script's verdict is the same; `None` if the whole film is not kept.
    pub liveness_same: Option<bool>,
    /// Whether the authority's answer is the same; `None` if nothing was compared.
    pub comparison_same: Option<bool>,
    /// Why it could not be judged again.
    pub failed: Option<String>,
}

impl Film {
    /// A film that begins; everything is kept only if the settings say so.
    pub fn begin(settings: &ScanSettings, start: &ScanStart, now_ms: u64) -> Self {
        let whole = settings.keep_frames_days > 0;
        Self {
            tape: whole.then(|| Tape::new(settings.script.clone(), start, now_ms)),
            pictures: BTreeMap::new(),
            seen: BTreeMap::new(),
        }
    }

    /// Notes what the script is told.
    pub fn note(&mut self, what: Input, at_ms: u64) {
        if let Some(tape) = &mut self.tape {
            tape.note(what, at_ms);
        }
    }

    /// Takes a picture with what was seen in it, and lets those go that neither the whole film nor the comparison wants.
    pub fn add(&mut self, seq: u32, jpeg: Vec<u8>, seen: Seen, wanted: &[u32]) {
        self.pictures.insert(seq, jpeg);
        self.seen.insert(seq, seen);
        if self.tape.is_none() {
            self.pictures.retain(|seq, _| wanted.contains(seq));
            self.seen.retain(|seq, _| wanted.contains(seq));
        }
    }

    /// The film of a scan that has ended.
    pub fn end(self, verdict: &ScanVerdict) -> Left {
        Left {
            film: self,
            stills: verdict.best_stills.clone(),
        }
    }
}

impl Left {
    /// The frames to compare, best first.
    pub fn stills(&self) -> Vec<Vec<u8>> {
        let picture = |seq: &u32| self.film.pictures.get(seq).cloned();
        self.stills.iter().filter_map(picture).collect()
    }

    /// Each picture that was kept, with what was seen in it and whether it was compared.
    pub fn frames(&self) -> Vec<KeptFrame> {
        let pictures = self.film.pictures.keys();
        pictures
            .map(|seq| KeptFrame {
                seq: *seq,
                compared: self.stills.contains(seq),
                seen: self.film.seen.get(seq).copied(),
            })
            .collect()
    }

    /// One picture.
    pub fn picture(mut self, seq: u32) -> Option<Vec<u8>> {
        self.film.pictures.remove(&seq)
    }

    fn to_bytes(&self) -> Option<Vec<u8>> {
        let pictures = &self.film.pictures;
        let head = Head {
            tape: self.film.tape.clone(),
            stills: self.stills.clone(),
            pictures: pictures
                .iter()
                .map(|(seq, jpeg)| (*seq, jpeg.len()))
                .collect(),
            seen: self.film.seen.clone(),
        };
        let mut bytes = serde_json::to_vec(&head).ok()?;
        bytes.push(b'\n');
        for jpeg in pictures.values() {
            bytes.extend_from_slice(jpeg);
        }
        Some(bytes)
    }

    /// What was kept, unless it can't be read.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let head: Head = serde_json::from_slice(&bytes[..end]).ok()?;
        let mut rest = &bytes[end + 1..];
        let mut pictures = BTreeMap::new();
        for (seq, length) in head.pictures {
            let (picture, after) = rest.split_at_checked(length)?;
            pictures.insert(seq, picture.to_vec());
            rest = after;
        }
        let film = Film {
            tape: head.tape,
            pictures,
            seen: head.seen,
        };
        Some(Self {
            film,
            stills: head.stills,
        })
    }
}

impl Services {
    /// Keeps an ended scan's frames as long as they may be: for the days of the settings, or for the reviewer.
    pub(super) async fn keep_frames(&self, case: &Case, record: u32, left: &Left) {
        let now = self.clock.now();
        let days = chrono::Duration::days(self.settings.keep_frames_days.into());
        let how_long = match &case.state {
            State::InReview { .. } => KeepUntil::Reviewed(now + REVIEW),
            _ if self.settings.keep_frames_days > 0 => KeepUntil::Time(now + days),
            _ => return,
        };
        let Some(bytes) = left.to_bytes() else {
            return;
        };
        // The decision stands without them.
        if let Err(error) = self
            .kept_scans
            .keep_scan(case.id, record, &bytes, how_long)
            .await
        {
            tracing::warn!(case = %case.id, %error, "frames could not be kept");
        }
    }

    /// Judges the kept frames of a case's scans again and holds the verdicts against the records.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn judge_again(
        &self,
        id: CaseId,
        records: &[(u32, String)],
    ) -> Result<Vec<Rejudged>, ServiceError> {
        let case = self.cases.get(id).await?;
        let mut answers = Vec::new();
        for (number, record) in records {
            let record: Value = serde_json::from_str(record).unwrap_or(Value::Null);
            if record["kind"] != "liveness" {
                continue;
            }
            let next = records.iter().find(|(other, _)| *other == number + 1);
            let comparison = next
                .and_then(|(_, text)| serde_json::from_str::<Value>(text).ok())
                .filter(|record| record["kind"] == "comparison");
            answers.push(
                self.again(&case, *number, &record, comparison.as_ref())
                    .await?,
            );
        }
        Ok(answers)
    }

    async fn again(
        &self,
        case: &Case,
        number: u32,
        record: &Value,
        comparison: Option<&Value>,
    ) -> Result<Rejudged, ServiceError> {
        let mut answer = Rejudged {
            record: number,
            frames_kept: false,
            liveness_same: None,
            comparison_same: None,
            failed: None,
        };
        let kept = self.kept_scans.kept_scan(case.id, number).await?;
        let Some(left) = kept.as_deref().and_then(Left::from_bytes) else {
            return Ok(answer);
        };
        answer.frames_kept = true;
        let stills = left.stills();
        if let Some(tape) = left.film.tape {
            let pictures = left.film.pictures;
            let judged = self
                .faces
                .run(move |engine| tape.judge_again(engine, &pictures))
                .await?;
            match judged.map(|verdict| serde_json::to_value(verdict).unwrap_or(Value::Null)) {
                Ok(verdict) => answer.liveness_same = Some(same(&verdict, &record["scan"])),
                Err(error) => answer.failed = Some(error.to_string()),
            }
        }
        if let (Some(comparison), Some(claim)) = (comparison, &case.claim) {
            let again = self.authority.compare(claim, case.realm, &stills).await;
            let again: Value = serde_json::from_str(&again.record).unwrap_or(Value::Null);
            answer.comparison_same = Some(same(&again, &comparison["authority"]));
        }
        Ok(answer)
    }
}

/// Whether two records say the same. Numbers may differ in the last digit of 16, which reading them back does to them.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (
                a.as_f64().unwrap_or(f64::NAN),
                b.as_f64().unwrap_or(f64::NAN),
            );
            (a - b).abs() <= 1e-12 * a.abs().max(b.abs())
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_record_is_told_from_another() {
        let record = |score: f64| serde_json::json!({ "a": [1, { "score": score }], "b": "text" });
        assert!(same(
            &record(0.400_000_005_960_464_5),
            &record(0.400_000_005_960_464_55)
        ));
        assert!(!same(&record(0.4), &record(0.400_001)));
        assert!(!same(
            &record(0.4),
            &serde_json::json!({ "a": [], "b": "text" })
        ));
        assert!(!same(&record(0.4), &Value::Null));
    }

    #[test]
    fn what_is_kept_reads_back() {
        let mut film = Film::default();
        let seen = Seen::default();
        film.add(1, b"one\n".to_vec(), seen, &[1]);
        film.add(3, b"three".to_vec(), seen, &[1, 3]);
        film.add(4, b"four".to_vec(), seen, &[3, 1]);
        let left = Left {
            film,
            stills: vec![3, 1],
        };
        assert_eq!(left.stills(), [b"three".to_vec(), b"one\n".to_vec()]);
        let frame = |seq| KeptFrame {
            seq,
            compared: true,
            seen: Some(seen),
        };
        assert_eq!(left.frames(), [frame(1), frame(3)]);
        assert_eq!(left.clone().picture(3), Some(b"three".to_vec()));
        assert_eq!(left.clone().picture(4), None, "let go");
        let bytes = left.to_bytes().expect("JSON");
        assert_eq!(Left::from_bytes(&bytes), Some(left));
        assert_eq!(Left::from_bytes(&bytes[..bytes.len() - 1]), None, "cut off");
        assert_eq!(Left::from_bytes(b"{}"), None);
    }
}
