//! The pure course of one face scan: which challenge when, what counts as answered, and what it all adds up to.
//!
//! [`Script`] follows `docs/src/scan-protocol.md`. Its modules are its concerns: [`Prompt`] is what the phone is told,
//! `baseline` what neutral is for this person, `gesture` one action, `colour` the reflection of the screen, `presence`
//! that the same face stays, `evidence` what is gathered for the end, `risk` what is odd.

mod baseline;
mod colour;
mod course;
mod evidence;
mod frame;
mod gesture;
mod guide;
mod hashes;
mod policy;
mod presence;
mod prompt;
mod risk;
mod script;
mod tape;
mod verdict;

pub use evidence::{PadOutcome, PadSummary};
pub use frame::{FrameHeaderError, FrameKind, FrameMeta, PhoneEvent};
pub use policy::{Gestures, MIN_COLOUR_HOLD_MS, PassivePad, ScanPolicy};
pub use prompt::{Action, Outcome, Prompt, Stage};
pub use risk::RiskSignal;
pub use script::{ScanStart, Script};
pub use tape::{Input, Tape, TapeError};
pub use verdict::{Caveat, ChallengeRecord, Ground, Liveness, Reason, ScanVerdict, Timings};
