//! The phone's part: claim, consent, scan, judgement.

use super::{Turn, review::Proof};
use crate::{
    case::{Consent, Digest, Invitation, Session, State},
    change::{EventKind, Mark},
    code::{Code, Notice, Refusal},
    fact::{FaceOutcome, Liveness, Tallies},
    ids::CredentialId,
    review::Review,
    words::{EngineGrade, Method},
};

impl Turn<'_> {
    pub(super) fn phone_claimed(
        &mut self,
        token: Digest,
        phone: Digest,
        match_code: String,
    ) -> Result<(), Refusal> {
        let Some(invitation) = self.case.invitation().cloned() else {
            return Err(self.ruled(Code::QrExpired));
        };
        if invitation.token != token {
            return Err(self.ruled(Code::QrExpired));
        }
        match self.case.session() {
            Some(session) if session.phone == phone => return Err(Refusal::NothingDue),
            Some(_) => return Err(self.ruled(Code::QrAlreadyClaimed)),
            None if self.now >= invitation.expires_at => return Err(self.ruled(Code::QrExpired)),
            None => {}
        }
        let session = Session {
            phone,
            match_code,
            claimed_at: self.now,
            expires_at: self.now + self.policy.scan_life(),
            consent: None,
            failed_tries: 0,
        };
        self.case.last_error = None;
        self.case.phone = Some(phone);
        self.case.state = State::ScanClaimed {
            invitation,
            session,
        };
        self.tell(EventKind::PhoneClaimed);
        Ok(())
    }

    pub(super) fn consent_answered(
        &mut self,
        phone: Digest,
        consent: Option<Consent>,
    ) -> Result<(), Refusal> {
        let (invitation, mut session) = self.scan_of(phone)?;
        let Some(consent) = consent else {
            let kind = match session.consent {
                Some(_) => EventKind::ConsentWithdrawn,
                None => EventKind::ConsentDeclined,
            };
            self.leave_face_scan(kind);
            return Ok(());
        };
        if session.consent.is_some() {
            return Err(Refusal::NothingDue);
        }
        session.consent = Some(consent);
        self.case.state = State::ScanClaimed {
            invitation,
            session,
        };
        self.tell(EventKind::ConsentGiven);
        Ok(())
    }

    /// A consent that is taken back ends whatever rests on the face and is not decided yet; an outcome stays.
    pub(super) fn consent_withdrawn(&mut self) {
        let by_face = self.case.method == Some(Method::Face);
        let undecided = matches!(
            self.case.state,
            State::AwaitingScan { .. }
                | State::ScanClaimed { .. }
                | State::FaceRunning { .. }
                | State::InReview { .. }
                | State::NeedsInfo { .. }
        );
        if by_face && undecided {
            self.case.review = Review::default();
            self.leave_face_scan(EventKind::ConsentWithdrawn);
        } else {
            self.tell(EventKind::ConsentWithdrawn);
        }
    }

    fn leave_face_scan(&mut self, kind: EventKind) {
        self.case.method = None;
        let notice = Notice::free(Code::ConsentDeclined, self.now);
        self.fall_to(State::Draft, notice, kind);
    }

    pub(super) fn scan_started(&mut self, phone: Digest, tallies: &Tallies) -> Result<(), Refusal> {
        let (invitation, session) = self.scan_of(phone)?;
        if session.consent.is_none() {
            return Err(self.not_now());
        }
        if tallies.id_face_failures.count >= self.policy.face_tries_per_id {
            return Err(self.ruled(Code::FaceAttemptsExceeded));
        }
        let state = State::FaceRunning {
            invitation,
            session,
            since: self.now,
            live_at: None,
        };
        self.case.state = state;
        self.case.last_error = None;
        self.tell(EventKind::ScanStarted);
        Ok(())
    }

    pub(super) fn scan_interrupted(&mut self, code: Code) -> Result<(), Refusal> {
        let (invitation, session, _) = self.running()?;
        let notice = Notice::free(code, self.now);
        let state = State::AwaitingScan {
            invitation,
            resumable: Some(session),
        };
        self.fall_to(state, notice, EventKind::ScanInterrupted);
        Ok(())
    }

    pub(super) fn liveness_judged(
        &mut self,
        verdict: Liveness,
        tallies: &Tallies,
    ) -> Result<(), Refusal> {
        let (invitation, session, live) = self.running()?;
        if live {
            return Err(self.not_now());
        }
        match verdict {
            Liveness::NotJudged(code) => self.scan_interrupted(code),
            Liveness::NotLive(code) => {
                self.try_failed(invitation, session, code, tallies);
                Ok(())
            }
            Liveness::Live if self.stopped_by_risk(tallies.risk) => Ok(()),
            Liveness::Live => {
                let live_at = Some(self.now);
                self.case.state = State::FaceRunning {
                    invitation,
                    session,
                    since: self.now,
                    live_at,
                };
                self.tell(EventKind::LivenessPassed);
                Ok(())
            }
        }
    }

    pub(super) fn face_compared(
        &mut self,
        outcome: FaceOutcome,
        credential: CredentialId,
        tallies: &Tallies,
    ) -> Result<(), Refusal> {
        let (invitation, session, live) = self.running()?;
        if !live || session.consent.is_none() || self.case.matched_at.is_none() {
            return Err(self.not_now());
        }
        match outcome {
            FaceOutcome::Match { grade } => self.matched(credential, grade, tallies)?,
            FaceOutcome::Unclear { .. } if self.policy.review_unclear_faces => {
                self.case.state = State::InReview { since: self.now };
                self.tell(EventKind::SentToReview);
            }
            FaceOutcome::NoMatch | FaceOutcome::Unclear { .. } => {
                self.try_failed(invitation, session, Code::FaceMismatch, tallies);
            }
            FaceOutcome::ReferenceMissing => {
                self.case.method = None;
                let notice = Notice::free(Code::ReferencePhotoMissing, self.now);
                self.fall_to(State::Draft, notice, EventKind::ScanInterrupted);
            }
            FaceOutcome::Unavailable => self.scan_interrupted(Code::SystemError)?,
        }
        Ok(())
    }

    fn matched(
        &mut self,
        credential: CredentialId,
        grade: EngineGrade,
        tallies: &Tallies,
    ) -> Result<(), Refusal> {
        self.tell(EventKind::FaceMatched);
        if tallies.accounts_of_licence >= self.policy.accounts_per_licence {
            let notice = Notice::free(Code::LicenceAccountLimit, self.now);
            self.fall_to(State::Draft, notice, EventKind::TryFailed);
            return Ok(());
        }
        self.pass(credential, Proof::Face(grade))
    }

    fn try_failed(
        &mut self,
        mut invitation: Invitation,
        mut session: Session,
        code: Code,
        tallies: &Tallies,
    ) {
        self.marks.push(Mark::FaceFailure);
        self.tell_code(EventKind::TryFailed, code);
        session.failed_tries += 1;
        let left_of_id = self
            .policy
            .face_tries_per_id
            .saturating_sub(tallies.id_face_failures.count + 1);
        let left = self
            .policy
            .face_tries
            .saturating_sub(session.failed_tries)
            .min(left_of_id);
        if left_of_id == 0 {
            self.lock(Code::FaceAttemptsExceeded);
        } else if left == 0 {
            invitation.expires_at = invitation.expires_at.min(self.now);
            self.case.last_error = Some(Notice::used(Code::FaceAttemptsExceeded, 0, self.now));
            self.case.state = State::AwaitingScan {
                invitation,
                resumable: None,
            };
        } else {
            self.case.last_error = Some(Notice::used(code, left, self.now));
            self.case.state = State::AwaitingScan {
                invitation,
                resumable: Some(session),
            };
        }
    }

    fn running(&self) -> Result<(Invitation, Session, bool), Refusal> {
        match &self.case.state {
            State::FaceRunning {
                invitation,
                session,
                live_at,
                ..
            } => Ok((invitation.clone(), session.clone(), live_at.is_some())),
            _ => Err(self.not_now()),
        }
    }
}
