//! Outcomes: pass, review, cancellation.

use super::Turn;
use crate::{
    case::State,
    change::EventKind,
    code::{Code, Notice, Refusal},
    credential::{Credential, CredentialStatus},
    ids::CredentialId,
    words::{EngineGrade, Method},
};

impl Turn<'_> {
    pub(super) fn reviewed(
        &mut self,
        approved: bool,
        credential: CredentialId,
    ) -> Result<(), Refusal> {
        if !matches!(self.case.state, State::InReview { .. }) {
            return Err(self.not_now());
        }
        if approved {
            self.tell(EventKind::ReviewApproved);
            return self.verify(credential, EngineGrade::Unrated);
        }
        let notice = Notice::free(Code::RiskRejected, self.now);
        self.fall_to(
            State::Rejected { at: self.now },
            notice,
            EventKind::Rejected,
        );
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
    pub(super) fn verify(&mut self, id: CredentialId, grade: EngineGrade) -> Result<(), Refusal> {
        let (Some(claim), Some(_)) = (self.case.claim.clone(), self.case.matched_at) else {
            return Err(self.not_now());
        };
        self.credential = Some(Credential {
            id,
            case: self.case.id,
            account: self.case.account.clone(),
            realm: self.case.realm,
            claim: claim.into(),
            method: Method::Face,
            assurance: grade.highest_assurance(),
            grade,
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
