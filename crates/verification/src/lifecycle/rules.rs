//! The rules of a credential's life.

use chrono::{DateTime, Duration, Utc};

use super::{Life, LifeChange, LifeEvent, LifeFact, Revocation, Standing, Suspension};
use crate::{
    case::{Renewal, RenewalKind},
    code::{Code, Notice, Refusal},
    credential::Credential,
    fact::RegistryAnswer,
    ids::CredentialId,
    notification,
    policy::Policy,
};

/// What a new case means on an account that holds this credential: nothing to an ended one, a renewal to one that is due
/// or that was stopped by itself, otherwise a change of its data, for which the last pass must lie long enough back.
///
/// # Errors
/// [`Refusal::Ruled`] with `change_cooling_off` and the time from which changes are open, or with `risk_rejected` while an
/// operator has stopped the credential.
pub fn renewal_of(
    credential: &Credential,
    life: &Life,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Result<Option<Renewal>, Refusal> {
    let kind = match life.standing {
        Standing::Revoked { .. } | Standing::Superseded { .. } => return Ok(None),
        Standing::Suspended {
            cause: Suspension::Operator,
            ..
        } => return Err(Refusal::Ruled(Notice::free(Code::RiskRejected, now))),
        Standing::ReverifyDue { .. } | Standing::Suspended { .. } => RenewalKind::Reverify,
        Standing::Active => {
            let leapt = Duration::seconds(life.leapt_seconds);
            let opens_at = credential.verified_at + policy.change_cooling() - leapt;
            if now < opens_at {
                let notice = Notice::free(Code::ChangeCoolingOff, now).until(opens_at);
                return Err(Refusal::Ruled(notice));
            }
            RenewalKind::Change
        }
    };
    let uscc = credential.claim.uscc.clone();
    Ok(Some(Renewal { kind, uscc }))
}

impl Life {
    /// What follows from a fact.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] for an act that does not fit, [`Refusal::NothingDue`] if nothing changes.
    pub fn decide(
        &self,
        credential: CredentialId,
        fact: LifeFact,
        policy: &Policy,
        now: DateTime<Utc>,
    ) -> Result<LifeChange, Refusal> {
        let mut life = self.clone();
        let event = life.apply(fact, policy, now)?;
        if event.is_none() && life == *self {
            return Err(Refusal::NothingDue);
        }
        life.version += 1;
        let told = |event| notification::of_life(event, &life, policy, now);
        Ok(LifeChange {
            credential,
            notices: event.map(told).unwrap_or_default(),
            life,
            event,
            at: now,
        })
    }

    fn apply(
        &mut self,
        fact: LifeFact,
        policy: &Policy,
        now: DateTime<Utc>,
    ) -> Result<Option<LifeEvent>, Refusal> {
        if self.is_over() {
            return Err(self.not_now());
        }
        match fact {
            LifeFact::TimePassed => Ok(self.time_passed(policy, now)),
            LifeFact::RegistryAnswered(answer) => Ok(self.registry_answered(answer, policy, now)),
            LifeFact::Suspended { told } => self.suspend(Suspension::Operator, told, now).map(Some),
            LifeFact::SuspendedAtSource => self.suspend(Suspension::Source, None, now).map(Some),
            LifeFact::Lifted => match self.standing {
                Standing::Suspended { .. } => Ok(Some(self.reinstate(policy, now))),
                _ => Err(self.not_now()),
            },
            LifeFact::ValidAtSource => match self.standing {
                Standing::Suspended {
                    cause: Suspension::Source,
                    ..
                } => Ok(Some(self.reinstate(policy, now))),
                _ => Ok(None),
            },
            LifeFact::Revoked { cause, told } => Ok(Some(self.revoke(cause, told, now))),
            LifeFact::Leapt { by } => {
                self.set_back(by);
                Ok(self.time_passed(policy, now))
            }
        }
    }

    /// Everything that lies ahead comes nearer: the credential grows older, the clock stays.
    fn set_back(&mut self, by: Duration) {
        self.leapt_seconds += by.num_seconds();
        if let Standing::ReverifyDue { grace_until } = &mut self.standing {
            *grace_until -= by;
        }
        for at in [&mut self.due_at, &mut self.ends_at, &mut self.next_check_at] {
            *at = at.map(|at| at - by);
        }
    }

    fn time_passed(&mut self, policy: &Policy, now: DateTime<Utc>) -> Option<LifeEvent> {
        if self.ends_at.is_some_and(|end| end <= now) {
            return Some(self.revoke(Revocation::Expired, None, now));
        }
        match self.standing {
            Standing::Active if self.due_at.is_some_and(|due| due <= now) => {
                self.become_due(policy, now);
                Some(LifeEvent::ReverifyDue)
            }
            Standing::ReverifyDue { grace_until } if grace_until <= now => {
                self.standing = Standing::Suspended {
                    cause: Suspension::Overdue,
                    at: now,
                    told: None,
                };
                Some(LifeEvent::Suspended)
            }
            _ => None,
        }
    }

    /// A registry that can't be asked changes nothing and is asked again soon. A record that now says something else calls
    /// for a new verification instead of ending the credential: the enterprise may have a new legal representative.
    fn registry_answered(
        &mut self,
        answer: RegistryAnswer,
        policy: &Policy,
        now: DateTime<Utc>,
    ) -> Option<LifeEvent> {
        let pause = match answer {
            RegistryAnswer::Unavailable => Some(policy.credential_recheck_retry()),
            _ => policy.credential_recheck(),
        };
        self.next_check_at = pause.map(|pause| now + pause);
        match (answer, &self.standing) {
            (RegistryAnswer::Inactive, Standing::Active | Standing::ReverifyDue { .. }) => {
                self.suspend(Suspension::Registry, None, now).ok()
            }
            (
                RegistryAnswer::Match,
                Standing::Suspended {
                    cause: Suspension::Registry,
                    ..
                },
            ) => Some(self.reinstate(policy, now)),
            (RegistryAnswer::Mismatch, Standing::Active) => {
                self.become_due(policy, now);
                Some(LifeEvent::ReverifyDue)
            }
            _ => None,
        }
    }

    fn become_due(&mut self, policy: &Policy, now: DateTime<Utc>) {
        self.standing = Standing::ReverifyDue {
            grace_until: now + policy.reverify_grace(),
        };
    }

    fn suspend(
        &mut self,
        cause: Suspension,
        told: Option<String>,
        at: DateTime<Utc>,
    ) -> Result<LifeEvent, Refusal> {
        if matches!(self.standing, Standing::Suspended { .. }) {
            return Err(self.not_now());
        }
        self.standing = Standing::Suspended { cause, at, told };
        Ok(LifeEvent::Suspended)
    }

    /// Valid again; with a new grace if the verification became due meanwhile.
    fn reinstate(&mut self, policy: &Policy, now: DateTime<Utc>) -> LifeEvent {
        if self.due_at.is_some_and(|due| due <= now) {
            self.become_due(policy, now);
        } else {
            self.standing = Standing::Active;
        }
        LifeEvent::Reinstated
    }

    fn revoke(&mut self, cause: Revocation, told: Option<String>, at: DateTime<Utc>) -> LifeEvent {
        self.standing = Standing::Revoked { cause, at, told };
        LifeEvent::Revoked
    }

    const fn not_now(&self) -> Refusal {
        Refusal::NotNow {
            state: match self.standing {
                Standing::Active => "active",
                Standing::ReverifyDue { .. } => "reverify_due",
                Standing::Suspended { .. } => "suspended",
                Standing::Revoked { .. } => "revoked",
                Standing::Superseded { .. } => "superseded",
            },
        }
    }
}
