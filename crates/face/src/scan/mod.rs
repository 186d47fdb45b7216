//! The pure course of one face scan: which challenge when, what counts as answered, and what it all adds up to.

mod frame;
mod policy;
mod prompt;
mod script;
mod verdict;

pub use frame::{FrameHeaderError, FrameKind, FrameMeta, PhoneEvent};
pub use policy::{PassivePad, ScanPolicy};
pub use prompt::{Action, Outcome, Prompt, Stage};
pub use script::{ScanStart, Script};
pub use verdict::{
    ChallengeRecord, Liveness, PadOutcome, PadSummary, Reason, RiskSignal, ScanVerdict, Timings,
};
