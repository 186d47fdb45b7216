//! From the choice of method to the registry's answer and the QR code.

use super::Turn;
use crate::{
    case::{Digest, State},
    change::{EventKind, Job, JobKind, Mark},
    claim::Claim,
    code::{Code, Notice, Refusal},
    fact::{RegistryAnswer, Tallies},
    words::{Method, SubjectType},
};

impl Turn<'_> {
    pub(super) fn chosen(&mut self, subject: SubjectType, method: Method) -> Result<(), Refusal> {
        if !(method == Method::Bank && self.is_locked_for_the_face()) {
            self.must_be_waiting()?;
        }
        let offered = self.policy.methods.contains(&method);
        if method == Method::Sync || !offered || !self.case.terms.allow(subject, method) {
            return Err(self.ruled(Code::InvalidInput));
        }
        if method == Method::Bank && self.bank_is_used_up() {
            return Err(self.ruled(Code::TransfersExceeded));
        }
        if self.case.subject != Some(subject) {
            self.case.claim = None;
            self.case.matched_at = None;
            self.forget_account();
        }
        self.case.subject = Some(subject);
        self.case.method = Some(method);
        self.case.state = State::Draft;
        self.case.last_error = None;
        self.tell(EventKind::Chosen);
        if method == Method::Bank && self.case.check_is_good(self.policy, self.now) {
            self.enter_bank();
        }
        Ok(())
    }

    pub(super) fn edit_wanted(&mut self) -> Result<(), Refusal> {
        if self.case.mends_bank_details() {
            self.case.last_error = None;
        } else if matches!(self.case.state, State::Draft) {
            return Err(Refusal::NothingDue);
        }
        self.must_be_waiting()?;
        self.case.state = State::Draft;
        self.tell(EventKind::Edited);
        Ok(())
    }

    pub(super) fn submitted(
        &mut self,
        claim: Claim,
        tallies: &Tallies,
        invitation: Digest,
    ) -> Result<(), Refusal> {
        let ready = matches!(
            self.case.state,
            State::Draft | State::RegistryPending { .. }
        ) && self.case.method.is_some()
            && self.case.subject == Some(claim.subject);
        if !ready {
            return Err(self.not_now());
        }
        let renewed = self.case.renews.as_ref();
        if renewed.is_some_and(|renewal| renewal.uscc != claim.uscc) {
            return Err(self.ruled(Code::SubjectChangeForbidden));
        }
        self.within_limits(tallies)?;
        let known = self.case.claim.as_ref() == Some(&claim);
        self.tell(EventKind::ElementsSubmitted);
        self.case.last_error = None;
        if self.stopped_by_risk(tallies.risk) {
            return Ok(());
        }
        if known && self.case.check_is_good(self.policy, self.now) {
            self.go_on_with(invitation);
        } else {
            if !known {
                self.forget_account();
            }
            self.case.claim = Some(claim);
            self.ask_registry();
        }
        Ok(())
    }

    pub(super) fn registry_answered(
        &mut self,
        answer: RegistryAnswer,
        tallies: &Tallies,
        invitation: Digest,
    ) -> Result<(), Refusal> {
        let State::Checking { pending_until, .. } = self.case.state else {
            return Err(self.not_now());
        };
        match answer {
            RegistryAnswer::Match => {
                self.case.matched_at = Some(self.now);
                self.case.last_error = None;
                self.tell(EventKind::RegistryMatched);
                self.go_on_with(invitation);
            }
            RegistryAnswer::Mismatch => self.mismatched(Code::ElementMismatch, tallies),
            RegistryAnswer::Inactive => self.mismatched(Code::RegistryStatusAbnormal, tallies),
            RegistryAnswer::NotFound => self.look_again(pending_until, Code::RegistryNotFound),
            RegistryAnswer::Unavailable if pending_until.is_some() => {
                self.look_again(pending_until, Code::RegistryUnavailable);
            }
            RegistryAnswer::Unavailable => {
                let notice = Notice::free(Code::RegistryUnavailable, self.now);
                self.fall_to(State::Draft, notice, EventKind::RegistryRefused);
            }
        }
        Ok(())
    }

    pub(super) fn invitation_wanted(&mut self, invitation: Digest) -> Result<(), Refusal> {
        let ready = matches!(self.case.state, State::Draft)
            && self.case.method == Some(Method::Face)
            && self.case.check_is_good(self.policy, self.now);
        if self.case.invitation().is_none() && !ready {
            return Err(self.not_now());
        }
        self.case.last_error = None;
        if self.case.check_is_good(self.policy, self.now) {
            self.issue_invitation(invitation);
        } else {
            self.tell(EventKind::ElementsSubmitted);
            self.ask_registry();
        }
        Ok(())
    }

    /// The chosen method's first step after a passed element check.
    fn go_on_with(&mut self, invitation: Digest) {
        if self.case.method == Some(Method::Bank) {
            self.enter_bank();
        } else {
            self.issue_invitation(invitation);
        }
    }

    /// Forgets the last confirmation and asks anew.
    pub(super) fn ask_registry(&mut self) {
        self.case.matched_at = None;
        self.case.state = State::Checking {
            since: self.now,
            pending_until: None,
        };
        let kind = JobKind::CheckRegistry { case: self.case.id };
        let run_at = self.now + self.policy.registry_job_delay();
        self.jobs.push(Job { kind, run_at });
    }

    fn within_limits(&self, tallies: &Tallies) -> Result<(), Refusal> {
        let mismatches = tallies.worst_mismatches();
        if mismatches.count >= self.policy.element_mismatches {
            return Err(self.ruled_until(Code::TooManyChecks, mismatches.until));
        }
        let by_face = self.case.method == Some(Method::Face);
        if by_face && tallies.id_face_failures.count >= self.policy.face_tries_per_id {
            let until = tallies.id_face_failures.until;
            return Err(self.ruled_until(Code::FaceAttemptsExceeded, until));
        }
        if tallies.accounts_of_licence >= self.policy.accounts_per_licence {
            return Err(self.ruled(Code::LicenceAccountLimit));
        }
        Ok(())
    }

    fn mismatched(&mut self, code: Code, tallies: &Tallies) {
        self.marks.push(Mark::ElementMismatch);
        let used = tallies.worst_mismatches().count + 1;
        let left = self.policy.element_mismatches.saturating_sub(used);
        self.tell_code(EventKind::RegistryRefused, code);
        if left == 0 {
            self.lock(Code::TooManyChecks);
        } else {
            self.case.last_error = Some(Notice::used(code, left, self.now));
            self.case.state = State::Draft;
        }
    }

    fn look_again(&mut self, until: Option<chrono::DateTime<chrono::Utc>>, code: Code) {
        let until = until.unwrap_or(self.now + self.policy.registry_pending_life());
        let notice = Notice::free(code, self.now);
        let next_check_at = self.now + self.policy.registry_recheck();
        if next_check_at > until {
            self.fall_to(State::Draft, notice, EventKind::RegistryRefused);
        } else {
            let notice = notice.until(next_check_at);
            let state = State::RegistryPending {
                next_check_at,
                until,
            };
            self.fall_to(state, notice, EventKind::RegistryPending);
        }
    }

    const fn ruled_until(
        &self,
        code: Code,
        until: Option<chrono::DateTime<chrono::Utc>>,
    ) -> Refusal {
        let mut notice = Notice::free(code, self.now);
        notice.retry_at = until;
        Refusal::Ruled(notice)
    }

    /// The applicant may go back from every state that waits for somebody, but not from a lock or a review.
    pub(super) fn must_be_waiting(&self) -> Result<(), Refusal> {
        match self.case.state {
            State::Draft
            | State::SyncPending { .. }
            | State::Checking { .. }
            | State::RegistryPending { .. }
            | State::AwaitingScan { .. }
            | State::ScanClaimed { .. }
            | State::FaceRunning { .. }
            | State::AwaitingTransfer
            | State::AmountPending { .. }
            | State::Frozen { .. } => Ok(()),
            _ => Err(self.not_now()),
        }
    }

    /// Used-up face tries lock the face, not the enterprise: the bank method stays open.
    fn is_locked_for_the_face(&self) -> bool {
        let face = |notice: &Notice| notice.code == Code::FaceAttemptsExceeded;
        matches!(self.case.state, State::Locked { .. })
            && self.case.last_error.as_ref().is_some_and(face)
    }
}
