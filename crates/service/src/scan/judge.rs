//! From the script's verdict to the case's outcome: liveness first, then the face, each committed on its own.

use serde_json::Value;
use shiming_face::scan::{Liveness as Seen, Outcome, PassivePad, Prompt, ScanVerdict};
use shiming_verification::{
    case::{Case, State},
    code::{Code, Notice},
    fact::{FaceOutcome, Liveness},
    ids::{CaseId, CredentialId},
    words::EngineGrade,
};

use super::{ReplayFinding, keep::Left, record};
use crate::{Services, error::ServiceError, step::Step};

impl Services {
    /// Judges a finished scan.
    ///
    /// # Errors
    /// `Unavailable`; `Refused` if the case has gone elsewhere meanwhile.
    pub(super) async fn judge(
        &self,
        id: CaseId,
        verdict: &ScanVerdict,
        left: &Left,
    ) -> Result<Case, ServiceError> {
        let replay = self.look_for_replay(id, &verdict.hashes).await?;
        let decision = liveness(verdict, replay.as_ref());
        let record = record::of_liveness(verdict, replay.as_ref(), decision);
        let number = self.keep_record(id, &record).await?;
        let seen_in = replay
            .as_ref()
            .map_or(&[][..], ReplayFinding::counted_cases);
        let signals = self.signals_of_scan(id, decision, seen_in).await?;
        let step = Step::Liveness(decision, signals);
        let case = self.cases.step(id, step).await?;
        let live = matches!(
            case.state,
            State::FaceRunning {
                live_at: Some(_),
                ..
            }
        );
        let case = if live {
            self.compare(case, verdict, left).await?
        } else {
            case
        };
        self.keep_frames(&case, number, left).await;
        Ok(case)
    }

    async fn compare(
        &self,
        case: Case,
        verdict: &ScanVerdict,
        left: &Left,
    ) -> Result<Case, ServiceError> {
        let Some(claim) = &case.claim else {
            return Ok(case);
        };
        let stills = left.stills();
        let comparison = self.authority.compare(claim, case.realm, &stills).await;
        let outcome = capped(comparison.outcome, verdict);
        let lowered = outcome != comparison.outcome;
        let record = record::of_comparison(&comparison.record, outcome, lowered);
        self.keep_record(case.id, &record).await?;
        let credential = CredentialId::new(self.fresh_id()?);
        self.cases
            .step(case.id, Step::Face(outcome, credential))
            .await
    }

    async fn keep_record(&self, id: CaseId, record: &Value) -> Result<u32, ServiceError> {
        Ok(self
            .records
            .add_scan_record(id, &record.to_string(), self.clock.now())
            .await?)
    }
}

/// The script's verdict, unless the frames had been here before.
fn liveness(verdict: &ScanVerdict, replay: Option<&ReplayFinding>) -> Liveness {
    match verdict.liveness {
        Seen::Live if replay.is_some_and(ReplayFinding::refuses) => {
            Liveness::NotLive(Code::LivenessFailed)
        }
        Seen::Live => Liveness::Live,
        Seen::NotLive { reason } => Liveness::NotLive(code(reason.code())),
        Seen::NoTry { reason } => Liveness::NotJudged(code(reason.code())),
    }
}

fn code(text: &str) -> Code {
    let known = Code::ALL.iter().find(|code| code.as_str() == text);
    known.copied().unwrap_or(Code::SystemError)
}

/// A scan without an enforced passive check never counts for more than a demonstration.
fn capped(outcome: FaceOutcome, verdict: &ScanVerdict) -> FaceOutcome {
    let enforced = verdict.policy.passive_pad == PassivePad::Enforce && verdict.passive.is_some();
    match outcome {
        FaceOutcome::Match { .. } if !enforced => FaceOutcome::Match {
            grade: EngineGrade::DemoGrade,
        },
        other => other,
    }
}

/// The last message to the phone: how the case stands after the judgement.
pub(super) fn result(case: &Case, tries: u32) -> Prompt {
    let failed = case.session().map_or(tries, |session| session.failed_tries);
    let tries_left = tries.saturating_sub(failed);
    let (outcome, code) = match (&case.state, &case.last_error) {
        (State::Verified { .. }, _) => (Outcome::Verified, None),
        (State::InReview { .. }, _) => (Outcome::InReview, None),
        (
            _,
            Some(Notice {
                code,
                try_used: true,
                ..
            }),
        ) => (Outcome::Failed, Some(*code)),
        (_, Some(Notice { code, .. })) => (Outcome::NoTryUsed, Some(*code)),
        (_, None) => (Outcome::NoTryUsed, None),
    };
    Prompt::Result {
        outcome,
        code: code.map(|code| code.as_str().to_owned()),
        tries_left,
    }
}

/// The last message when the scan could not even be judged.
pub(super) fn no_try_used(code: Code, tries_left: u32) -> Prompt {
    let code = Some(code.as_str().to_owned());
    Prompt::Result {
        outcome: Outcome::NoTryUsed,
        code,
        tries_left,
    }
}
