//! From the script's verdict to the case's outcome: liveness first, then the face, each committed on its own.

use serde_json::json;
use shiming_face::scan::{Liveness as Seen, Outcome, PassivePad, Prompt, ScanVerdict};
use shiming_verification::{
    case::{Case, State},
    code::{Code, Notice},
    fact::{FaceOutcome, Liveness},
    ids::{CaseId, CredentialId},
    words::EngineGrade,
};

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
        stills: &[Vec<u8>],
    ) -> Result<Case, ServiceError> {
        self.keep_record(id, &json!({ "scan": verdict }).to_string())
            .await?;
        let case = self
            .cases
            .step(id, Step::Liveness(liveness(verdict)))
            .await?;
        if !matches!(
            case.state,
            State::FaceRunning {
                live_at: Some(_),
                ..
            }
        ) {
            return Ok(case);
        }
        let Some(claim) = &case.claim else {
            return Ok(case);
        };
        let comparison = self.authority.compare(claim, case.realm, stills).await;
        self.keep_record(id, &comparison.record).await?;
        let credential = CredentialId::new(self.fresh_id()?);
        let outcome = capped(comparison.outcome, verdict);
        self.cases.step(id, Step::Face(outcome, credential)).await
    }

    async fn keep_record(&self, id: CaseId, record: &str) -> Result<(), ServiceError> {
        Ok(self
            .records
            .add_scan_record(id, record, self.clock.now())
            .await?)
    }
}

fn liveness(verdict: &ScanVerdict) -> Liveness {
    match verdict.liveness {
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
