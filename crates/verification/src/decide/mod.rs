//! `Case::decide`: the only way a case changes. Pure: the same case, fact, policy and time give the same change.

mod bank;
mod elements;
mod hand_off;
mod leap;
mod review;
mod risk;
mod scan;
mod sync;
mod timers;

use chrono::{DateTime, Utc};

use crate::{
    bank::TransferOrder,
    case::{Case, Digest, Invitation, Opening, Session, State},
    change::{Change, Event, EventKind, Job, JobKind, Mark},
    code::{Code, Notice, Refusal},
    credential::Credential,
    fact::Fact,
    ids::OperatorId,
    lifecycle::Life,
    notification::{self, Order},
    policy::Policy,
};

impl Case {
    /// What follows from a fact.
    ///
    /// Timers that are due are applied first, so that a fact never meets an outdated state.
    ///
    /// # Errors
    /// A [`Refusal`]; the stored case stays as it was.
    pub fn decide(
        self,
        fact: Fact,
        policy: &Policy,
        now: DateTime<Utc>,
    ) -> Result<Change, Refusal> {
        let mut turn = Turn::new(self, policy, now);
        turn.settle();
        match fact {
            Fact::Chosen { subject, method } => turn.chosen(subject, method)?,
            Fact::Submitted {
                claim,
                tallies,
                invitation,
            } => {
                turn.submitted(*claim, &tallies, invitation)?;
            }
            Fact::RegistryAnswered {
                answer,
                tallies,
                invitation,
            } => {
                turn.registry_answered(answer, &tallies, invitation)?;
            }
            Fact::EditWanted => turn.edit_wanted()?,
            Fact::InvitationWanted { invitation } => turn.invitation_wanted(invitation)?,
            Fact::HandOffWanted {
                to,
                invitation,
                tallies,
            } => turn.hand_off_wanted(*to, invitation, &tallies)?,
            Fact::PhoneClaimed {
                token,
                phone,
                match_code,
            } => {
                turn.phone_claimed(token, phone, match_code)?;
            }
            Fact::ConsentAnswered { phone, consent } => turn.consent_answered(phone, consent)?,
            Fact::ConsentWithdrawn => turn.consent_withdrawn(),
            Fact::ScanStarted { phone, tallies } => turn.scan_started(phone, &tallies)?,
            Fact::ScanInterrupted { code } => turn.scan_interrupted(code)?,
            Fact::LivenessJudged { verdict, tallies } => turn.liveness_judged(verdict, &tallies)?,
            Fact::FaceCompared {
                outcome,
                credential,
                tallies,
            } => {
                turn.face_compared(outcome, credential, &tallies)?;
            }
            Fact::SyncStarted { issuer } => turn.sync_started(issuer)?,
            Fact::SyncAnswered {
                issuer,
                outcome,
                credential,
                standing,
            } => turn.sync_answered(issuer, outcome, credential, standing)?,
            Fact::Reviewed {
                verdict,
                by,
                credential,
            } => turn.reviewed(verdict, by, credential)?,
            Fact::InfoGiven { answer } => turn.info_given(answer)?,
            Fact::BankDetailsSubmitted { details } => turn.bank_details_submitted(*details)?,
            Fact::TransferConfirmed {
                transfer,
                amount,
                reference,
            } => turn.transfer_confirmed(transfer, amount, reference)?,
            Fact::TransferReported { transfer, report } => {
                turn.transfer_reported(transfer, report)?;
            }
            Fact::AmountEntered {
                amount,
                credential,
                tallies,
            } => turn.amount_entered(amount, credential, &tallies)?,
            Fact::PaymentSeen {
                transfer,
                payment,
                credential,
                tallies,
            } => turn.payment_seen(transfer, &payment, credential, &tallies)?,
            Fact::Canceled => turn.canceled()?,
            Fact::TimePassed => {}
            Fact::Leapt { by } => turn.leapt(by)?,
        }
        turn.finish()
    }

    /// The change that stores a freshly opened case.
    #[must_use]
    pub fn opening(opening: Opening, policy: &Policy, now: DateTime<Utc>) -> Change {
        let mut turn = Turn::new(Self::open(opening, policy, now), policy, now);
        turn.tell(EventKind::Opened);
        turn.into_change()
    }

    /// The case as it stands at a moment: with every timer applied that is due. For showing, not for storing.
    #[must_use]
    pub fn settled(self, policy: &Policy, now: DateTime<Utc>) -> Self {
        let mut turn = Turn::new(self, policy, now);
        turn.settle();
        turn.case
    }
}

/// One decision in the making.
struct Turn<'a> {
    case: Case,
    policy: &'a Policy,
    now: DateTime<Utc>,
    events: Vec<Event>,
    jobs: Vec<Job>,
    marks: Vec<Mark>,
    credential: Option<Credential>,
    transfer: Option<TransferOrder>,
    notifications: Vec<Order>,
    by: Option<OperatorId>,
}

impl<'a> Turn<'a> {
    fn new(case: Case, policy: &'a Policy, now: DateTime<Utc>) -> Self {
        let (events, jobs, marks) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            case,
            policy,
            now,
            events,
            jobs,
            marks,
            credential: None,
            transfer: None,
            notifications: Vec::new(),
            by: None,
        }
    }

    fn finish(self) -> Result<Change, Refusal> {
        if self.events.is_empty() {
            Err(Refusal::NothingDue)
        } else {
            Ok(self.into_change())
        }
    }

    fn into_change(mut self) -> Change {
        let expected_version = self.case.version;
        self.case.version += 1;
        if let Some(run_at) = self.case.wakes_at() {
            self.jobs.push(Job {
                kind: JobKind::Wake { case: self.case.id },
                run_at,
            });
        }
        let life = self.credential.as_ref().map(|credential| {
            let life = Life::begin(credential, self.policy);
            self.jobs.extend(life.next_job(credential.id));
            life
        });
        let told = notification::of_case(&self.case, &self.events, self.policy, self.now);
        self.notifications.extend(told);
        Change {
            case: self.case,
            expected_version,
            events: self.events,
            jobs: self.jobs,
            marks: self.marks,
            credential: self.credential,
            transfer: self.transfer,
            life,
            notifications: self.notifications,
            by: self.by,
        }
    }

    fn tell(&mut self, kind: EventKind) {
        self.events.push(Event {
            kind,
            code: None,
            at: self.now,
        });
    }

    fn tell_code(&mut self, kind: EventKind, code: Code) {
        self.events.push(Event {
            kind,
            code: Some(code),
            at: self.now,
        });
    }

    /// Goes to a state and remembers what went wrong on the way there.
    fn fall_to(&mut self, state: State, notice: Notice, kind: EventKind) {
        self.tell_code(kind, notice.code);
        self.case.last_error = Some(notice);
        self.case.state = state;
    }

    fn lock(&mut self, code: Code) {
        let until = self.now + self.policy.lock_time();
        let notice = Notice::used(code, 0, self.now).until(until);
        self.fall_to(State::Locked { until }, notice, EventKind::Locked);
    }

    fn issue_invitation(&mut self, token: Digest) {
        self.issue_invitation_for(token, self.policy.qr_life());
    }

    fn issue_invitation_for(&mut self, token: Digest, life: chrono::Duration) {
        let seq = self.case.next_invitation();
        let expires_at = self.now + life;
        let invitation = Invitation {
            seq,
            token,
            issued_at: self.now,
            expires_at,
        };
        self.case.invitations = seq;
        self.case.state = State::AwaitingScan {
            invitation,
            resumable: None,
        };
        self.tell(EventKind::InvitationIssued);
    }

    const fn not_now(&self) -> Refusal {
        Refusal::NotNow {
            state: self.case.state.name(),
        }
    }

    const fn ruled(&self, code: Code) -> Refusal {
        Refusal::Ruled(Notice::free(code, self.now))
    }

    /// The scan that a phone has or may resume, if it is this phone's.
    fn scan_of(&self, phone: Digest) -> Result<(Invitation, Session), Refusal> {
        let (Some(invitation), Some(session)) = (self.case.invitation(), self.case.session())
        else {
            return Err(self.not_now());
        };
        if session.phone != phone {
            return Err(self.ruled(Code::QrAlreadyClaimed));
        }
        Ok((invitation.clone(), session.clone()))
    }
}
