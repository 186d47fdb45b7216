//! The records that a try leaves: what was measured, what was decided, why, and what it can't show.

use serde::Serialize;
use serde_json::{Value, json};
use shiming_face::scan::{Ground, ScanVerdict};
use shiming_verification::{
    code::Code,
    fact::{FaceOutcome, Liveness},
    words::EngineGrade,
};

use super::ReplayFinding;

/// Format of the records; readers look at it before anything else.
const FORMAT: u32 = 1;

/// Why a scan was not taken for a live person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Reason {
    /// The script saw it.
    Seen(Ground),
    /// The frames had been here before.
    Replay(Replayed),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Replayed {
    ReplayedRecording,
}

/// The record of the liveness judgement.
pub(super) fn of_liveness(
    verdict: &ScanVerdict,
    replay: Option<&ReplayFinding>,
    decision: Liveness,
) -> Value {
    let (outcome, code) = match decision {
        Liveness::Live => ("live", None),
        Liveness::NotLive(code) => ("refused", Some(code)),
        Liveness::NotJudged(code) => ("not_judged", Some(code)),
    };
    let seen = verdict.grounds.iter().copied().map(Reason::Seen);
    let replayed = replay
        .filter(|finding| finding.refuses())
        .map(|_| Reason::Replay(Replayed::ReplayedRecording));
    let reasons: Vec<Reason> = seen.chain(replayed).collect();
    json!({
        "format": FORMAT,
        "kind": "liveness",
        "decision": { "outcome": outcome, "code": code, "reasons": reasons },
        "scan": verdict,
        "replay": replay,
    })
}

/// The record of the comparison with the authority's photo. `capped` says that the scan's own weakness lowered the
/// grade.
pub(super) fn of_comparison(authority: &str, outcome: FaceOutcome, capped: bool) -> Value {
    let (word, code, grade) = match outcome {
        FaceOutcome::Match { grade } => ("match", None, Some(grade)),
        FaceOutcome::Unclear { grade } => ("unclear", None, Some(grade)),
        FaceOutcome::NoMatch => ("no_match", Some(Code::FaceMismatch), None),
        FaceOutcome::ReferenceMissing => {
            ("reference_missing", Some(Code::ReferencePhotoMissing), None)
        }
        FaceOutcome::Unavailable => ("unavailable", Some(Code::SystemError), None),
    };
    let authority: Value = serde_json::from_str(authority).unwrap_or(Value::Null);
    json!({
        "format": FORMAT,
        "kind": "comparison",
        "decision": {
            "outcome": word,
            "code": code,
            "grade": grade,
            "assurance": grade.map(EngineGrade::highest_assurance),
            "reasons": capped.then_some("no_enforced_passive_detection").into_iter().collect::<Vec<_>>(),
        },
        "authority": authority,
    })
}
