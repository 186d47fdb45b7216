//! The legal representative's phone of the test mode.

use shiming_verification::{
    case::{Case, Consent, Digest, State},
    code::{Code, Refusal},
    fact::{FaceOutcome, Liveness},
    ids::{CaseId, CredentialId},
    risk::Signals,
};

use super::simulate::wrong;
use crate::{
    Services,
    error::ServiceError,
    phone::NOTICE_VERSION,
    step::Step,
    tokens::{digest, invitation},
};

impl Services {
    pub(super) async fn claim_in_test(&self, case: &Case) -> Result<Case, ServiceError> {
        self.claim_with(case, phone(case.id)).await
    }

    /// Somebody else's phone opens the same link.
    pub(super) async fn claim_again_in_test(&self, case: &Case) -> Result<Case, ServiceError> {
        let other = digest(&format!("another phone of {} in test mode", case.id));
        self.claim_with(case, other).await
    }

    async fn claim_with(&self, case: &Case, phone: Digest) -> Result<Case, ServiceError> {
        let seq = case.invitation().map_or(0, |invitation| invitation.seq);
        let token = invitation(&self.cases.tokens, case.id, seq);
        let step = Step::Claim {
            token: digest(token.expose()),
            phone,
            match_code: "42".to_owned(),
        };
        self.unless_done(case.id, step).await
    }

    pub(super) async fn consent_in_test(
        &self,
        case: &Case,
        agreed: bool,
    ) -> Result<Case, ServiceError> {
        let consent = agreed.then(|| Consent {
            notice_version: NOTICE_VERSION.to_owned(),
            language: "zh-CN".to_owned(),
            at: self.clock.now(),
        });
        let step = Step::Consent(phone(case.id), consent);
        self.unless_done(case.id, step).await
    }

    /// From the QR code to a running scan.
    pub(super) async fn film_in_test(&self, case: Case) -> Result<Case, ServiceError> {
        if matches!(case.state, State::FaceRunning { .. }) {
            return Ok(case);
        }
        let case = self.claim_in_test(&case).await?;
        let case = self.consent_in_test(&case, true).await?;
        let step = Step::StartScan(phone(case.id));
        self.cases.step(case.id, step).await
    }

    /// A live person was filmed, and the authority compared.
    pub(super) async fn judged(
        &self,
        case: Case,
        outcome: FaceOutcome,
    ) -> Result<Case, ServiceError> {
        let case = self.film_in_test(case).await?;
        self.compared(&case, outcome).await
    }

    async fn compared(&self, case: &Case, outcome: FaceOutcome) -> Result<Case, ServiceError> {
        let id = case.id;
        // A command whose answer got lost may have come as far as this.
        let is_live = matches!(
            case.state,
            State::FaceRunning {
                live_at: Some(_),
                ..
            }
        );
        if !is_live {
            let live = Step::Liveness(Liveness::Live, Signals::default());
            self.cases.step(id, live).await?;
        }
        let credential = CredentialId::new(self.fresh_id()?);
        self.cases.step(id, Step::Face(outcome, credential)).await
    }

    pub(super) async fn fail_scan(&self, case: Case, code: Code) -> Result<Case, ServiceError> {
        let verdict = match code {
            Code::FaceMismatch => None,
            Code::LivenessFailed | Code::ActionTimeout => Some(Liveness::NotLive(code)),
            Code::LightTooDark
            | Code::LightTooStrong
            | Code::FaceNotFound
            | Code::MultipleFaces
            | Code::CameraDenied
            | Code::BrowserUnsupported
            | Code::ScanInterrupted
            | Code::SystemError => Some(Liveness::NotJudged(code)),
            _ => return Err(wrong("code", "no_code_of_a_scan")),
        };
        let case = self.film_in_test(case).await?;
        match verdict {
            None => self.compared(&case, FaceOutcome::NoMatch).await,
            Some(verdict) => {
                let judged = Step::Liveness(verdict, Signals::default());
                self.cases.step(case.id, judged).await
            }
        }
    }

    async fn unless_done(&self, id: CaseId, step: Step) -> Result<Case, ServiceError> {
        match self.cases.step(id, step).await {
            Err(ServiceError::Refused(Refusal::NothingDue)) => self.cases.get(id).await,
            other => other,
        }
    }
}

/// The phone that scans in the test mode.
fn phone(case: CaseId) -> Digest {
    digest(&format!("the phone of {case} in test mode"))
}
