//! What a scan was fed, in order and time, so that the same frames give the same verdict again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{FrameMeta, PhoneEvent, ScanPolicy, ScanStart, ScanVerdict, Script};
use crate::engine::{Engine, EngineError};
use crate::track::Track;

/// What a scan was fed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tape {
    seed: [u8; 32],
    reduced_motion: bool,
    camera_label: String,
    policy: ScanPolicy,
    started_ms: u64,
    entries: Vec<Entry>,
}

/// One thing that came in, and when by the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Entry {
    at_ms: u64,
    what: Input,
}

/// What came in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// A frame; its picture is kept under its sequence number.
    Frame(FrameMeta),
    /// A frame that could not be read.
    Unreadable,
    /// Something happened to page or camera.
    Note(PhoneEvent),
    /// Nothing but time.
    Tick,
}

/// Why a tape gives no verdict.
#[derive(Debug, thiserror::Error)]
pub enum TapeError {
    /// A frame of the tape is not there.
    #[error("frame {0} is missing")]
    Missing(u32),
    /// A frame that could be read then can't be read now.
    #[error("frame {seq}: {source}")]
    Frame {
        /// Its sequence number.
        seq: u32,
        /// Why.
        source: EngineError,
    },
    /// The tape ends before the verdict.
    #[error("the tape ends before the verdict")]
    TooShort,
}

impl Tape {
    /// A tape of a scan that begins.
    #[must_use]
    pub fn new(policy: ScanPolicy, start: &ScanStart, started_ms: u64) -> Self {
        Self {
            seed: start.seed,
            reduced_motion: start.reduced_motion,
            camera_label: start.camera_label.clone(),
            policy,
            started_ms,
            entries: Vec::new(),
        }
    }

    /// Notes what the script is told.
    pub fn note(&mut self, what: Input, at_ms: u64) {
        self.entries.push(Entry { at_ms, what });
    }

    /// Measures and judges the frames again, by sequence number, as they were measured and judged the first time.
    ///
    /// # Errors
    /// [`TapeError`].
    pub fn judge_again(
        &self,
        engine: &Engine,
        frames: &BTreeMap<u32, Vec<u8>>,
    ) -> Result<ScanVerdict, TapeError> {
        let start = ScanStart {
            seed: self.seed,
            reduced_motion: self.reduced_motion,
            camera_label: self.camera_label.clone(),
            engine: engine.info().clone(),
        };
        let mut script = Script::new(self.policy.clone(), start, self.started_ms);
        let mut track = Track::default();
        for Entry { at_ms, what } in &self.entries {
            match what {
                Input::Tick => drop(script.tick(*at_ms)),
                Input::Note(event) => drop(script.on_note(*event, *at_ms)),
                Input::Unreadable => {
                    // The first time it was lost with the frame, too.
                    track = Track::default();
                    script.on_unreadable_frame(*at_ms);
                }
                Input::Frame(meta) => {
                    let jpeg = frames.get(&meta.seq).ok_or(TapeError::Missing(meta.seq))?;
                    let report = engine
                        .analyse_frame(&mut track, jpeg, script.want())
                        .map_err(|source| TapeError::Frame {
                            seq: meta.seq,
                            source,
                        })?;
                    script.on_frame(&report, *meta, *at_ms);
                }
            }
            if let Some(verdict) = script.verdict() {
                return Ok(verdict.clone());
            }
        }
        Err(TapeError::TooShort)
    }
}
