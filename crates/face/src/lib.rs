//! CPU face engine: decode, detect, landmarks, pose, quality, presentation attacks, embed, compare, and the script
//! of a face scan.
//!
//! The crate knows nothing of cases, HTTP or SQL. It has two halves:
//!
//! - [`Engine`] turns image bytes into judgements. Every stage is a small function from one typed shape to the
//!   next, in a file of its own, so that each can be measured and replaced alone.
//! - [`scan::Script`] is the pure course of one scan: reports of frames go in, prompts for the phone come out, and
//!   at the end a [`scan::ScanVerdict`]. It has no clock and no randomness of its own.
//!
//! ```text
//! bytes → decode → detect → mesh → pose, eyes, mouth, quality → hint        (every frame)
//!                              ↘ pad, align → embed                        (some frames)
//! reports → Script → prompts … → verdict;   best stills + reference → judge → decision
//! ```
//!
//! Engine and script meet in three calls per frame, all made by the caller's bounded worker pool:
//!
//! ```no_run
//! use std::collections::BTreeMap;
//! use shiming_face::scan::{FrameMeta, Prompt, Script};
//! use shiming_face::{Engine, EngineError, Track};
//!
//! fn take_frame(
//!     engine: &Engine,
//!     track: &mut Track,
//!     script: &mut Script,
//!     kept: &mut BTreeMap<u32, Vec<u8>>,
//!     (meta, jpeg): (FrameMeta, Vec<u8>),
//!     now_ms: u64,
//! ) -> Result<Vec<Prompt>, EngineError> {
//!     let report = engine.analyse_frame(track, &jpeg, script.want())?;
//!     let prompts = script.on_frame(&report, meta, now_ms);
//!     kept.insert(meta.seq, jpeg);
//!     kept.retain(|seq, _| script.kept_frames().contains(seq));
//!     Ok(prompts)
//! }
//! ```

pub mod accuracy;
mod align;
mod compare;
mod decode;
mod detect;
mod embed;
mod engine;
mod eyes;
mod geometry;
mod hint;
mod light;
mod mesh;
mod models;
mod mouth;
mod noise;
mod pad;
mod phash;
mod picture;
mod points;
mod pose;
mod quality;
mod report;
pub mod scan;
mod track;

pub use compare::{Decision, Measured, Rating, Thresholds};
pub use decode::{DecodeError, MAX_PIXELS, picture_size};
pub use embed::Embedding;
pub use engine::{
    Comparison, Engine, EngineError, EngineInfo, EngineOptions, EnrolError, FaceDecision,
    InspectedFace, Inspection, Reference,
};
pub use eyes::Eyes;
pub use geometry::{FaceBox, Point};
pub use hint::Hint;
pub use mesh::Landmarks;
pub use models::{ModelError, ModelInfo, ModelSetName, PinnedFile};
pub use noise::NoisePrint;
pub use pad::PadScores;
pub use phash::{NotAHash, PerceptualHash};
pub use pose::Pose;
pub use quality::{Quality, QualityPolicy};
pub use report::{FaceReport, FrameReport, Want};
pub use track::Track;
