//! Outcomes: pass, review, cancellation.

use super::Turn;
use crate::{
    case::State,
    change::EventKind,
    code::{Notice, Refusal},
    credential::{Credential, CredentialStatus},
    ids::{CredentialId, OperatorId},
    review::{Message, Verdict},
    words::{AssuranceLevel, EngineGrade, Method},
};

/// How control of the enterprise was shown.
#[derive(Clone, Copy)]
pub(super) enum Proof {
    /// The legal representative's face, judged by an engine of this grade.
    Face(EngineGrade),
    /// The corporate bank account.
    Bank,
}

impl Proof {
    const fn method(self) -> Method {
        match self {
            Self::Face(_) => Method::Face,
            Self::Bank => Method::Bank,
        }
    }

    const fn assurance(self) -> AssuranceLevel {
        match self {
            Self::Face(grade) => grade.highest_assurance(),
            Self::Bank => AssuranceLevel::BankTransfer,
        }
    }

    pub(super) const fn grade(self) -> Option<EngineGrade> {
        match self {
            Self::Face(grade) => Some(grade),
            Self::Bank => None,
        }
    }
}

impl Turn<'_> {
    pub(super) fn reviewed(
        &mut self,
        verdict: Verdict,
        by: OperatorId,
        credential: CredentialId,
    ) -> Result<(), Refusal> {
        if !matches!(self.case.state, State::InReview { .. }) {
            return Err(self.not_now());
        }
        self.by = Some(by);
        match verdict {
            Verdict::Approve => self.approved(by, credential),
            Verdict::Reject { code, message } => {
                self.case.review.message = message;
                let notice = Notice::free(code, self.now);
                self.fall_to(
                    State::Rejected { at: self.now },
                    notice,
                    EventKind::Rejected,
                );
                Ok(())
            }
            Verdict::AskForInfo { message } => {
                self.case.review.message = Some(message);
                self.case.review.answer = None;
                // Whoever approved before has not seen the answer.
                self.case.review.approvals.clear();
                self.case.state = State::NeedsInfo {
                    since: self.now,
                    until: self.now + self.policy.info_life(),
                };
                self.tell(EventKind::InfoRequested);
                Ok(())
            }
        }
    }

    /// With four eyes, the first approval waits for that of somebody else.
    fn approved(&mut self, by: OperatorId, credential: CredentialId) -> Result<(), Refusal> {
        let approvals = &mut self.case.review.approvals;
        if approvals.contains(&by) {
            return Err(self.not_now());
        }
        approvals.push(by);
        if self.policy.review_four_eyes && approvals.len() < 2 {
            self.tell(EventKind::FirstApproval);
            return Ok(());
        }
        self.tell(EventKind::ReviewApproved);
        let proof = match self.case.method {
            Some(Method::Bank) => Proof::Bank,
            _ => Proof::Face(self.case.review.grade.unwrap_or(EngineGrade::Unrated)),
        };
        self.verify(credential, proof)
    }

    pub(super) fn info_given(&mut self, answer: Message) -> Result<(), Refusal> {
        if !matches!(self.case.state, State::NeedsInfo { .. }) {
            return Err(self.not_now());
        }
        self.case.review.answer = Some(answer);
        self.case.state = State::InReview { since: self.now };
        self.tell(EventKind::InfoGiven);
        Ok(())
    }

    pub(super) fn canceled(&mut self) -> Result<(), Refusal> {
        if self.case.state.is_final() {
            return Err(self.not_now());
        }
        self.case.state = State::Canceled { at: self.now };
        self.tell(EventKind::Canceled);
        Ok(())
    }

    /// Passes the case and leaves a credential; needs a claim that the registry confirmed.
    pub(super) fn verify(&mut self, id: CredentialId, proof: Proof) -> Result<(), Refusal> {
        let (Some(claim), Some(_)) = (self.case.claim.clone(), self.case.matched_at) else {
            return Err(self.not_now());
        };
        self.credential = Some(Credential {
            id,
            case: self.case.id,
            account: self.case.account.clone(),
            realm: self.case.realm,
            claim: claim.into(),
            method: proof.method(),
            assurance: proof.assurance(),
            grade: proof.grade(),
            verified_at: self.now,
            status: CredentialStatus::Active,
            source: None,
        });
        self.case.last_error = None;
        self.case.state = State::Verified {
            at: self.now,
            credential: id,
        };
        self.tell(EventKind::Verified);
        Ok(())
    }
}
