//! Which changes are told, to whom, and whether it is still true when the message leaves.

use chrono::{DateTime, Utc};

use super::{Contact, Occasion, Order, Ways};
use crate::{
    case::{Case, State},
    change::{Event, EventKind},
    ids::CredentialId,
    lifecycle::{Life, LifeEvent, Revocation, Standing},
    policy::Policy,
    words::Realm,
};

/// What an account's owner is told of its credential. Whom that is, the verification knows that has left the credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub occasion: Occasion,
    /// The day that it speaks of.
    pub until: Option<DateTime<Utc>>,
    /// Not to be told before.
    pub not_before: DateTime<Utc>,
    /// By which channels messages leave.
    pub ways: Ways,
}

impl Notice {
    /// The message for a contact, if a channel leads there.
    #[must_use]
    pub fn order(
        &self,
        credential: CredentialId,
        contact: &Contact,
        realm: Realm,
    ) -> Option<Order> {
        let to = contact.reached_by(|channel| self.ways.serve(channel, realm))?;
        Some(Order {
            occasion: self.occasion,
            to,
            invitation: None,
            credential: Some(credential),
            until: self.until,
            not_before: self.not_before,
        })
    }
}

/// What the contact is told of a change of a case: the last thing that calls for it.
pub(crate) fn of_case(
    case: &Case,
    events: &[Event],
    policy: &Policy,
    now: DateTime<Utc>,
) -> Option<Order> {
    let contact = case.terms.contact.as_ref()?;
    let wanted = |event: &Event| occasion_of(event.kind, case);
    let (occasion, until) = events.iter().rev().find_map(wanted)?;
    let ways = policy.notification.ways;
    let to = contact.reached_by(|channel| ways.serve(channel, case.realm))?;
    Some(Order {
        occasion,
        to,
        invitation: None,
        credential: None,
        until,
        not_before: now,
    })
}

fn occasion_of(kind: EventKind, case: &Case) -> Option<(Occasion, Option<DateTime<Utc>>)> {
    match (kind, &case.state) {
        (EventKind::Verified, State::Verified { .. }) => Some((Occasion::Verified, None)),
        (EventKind::Rejected, State::Rejected { .. }) => Some((Occasion::Rejected, None)),
        (EventKind::InfoRequested, State::NeedsInfo { until, .. }) => {
            Some((Occasion::InfoWanted, Some(*until)))
        }
        (EventKind::TransferArrived, State::AmountPending { until }) => {
            Some((Occasion::AmountWanted, Some(*until)))
        }
        (EventKind::TransferFailed, _) if case.mends_bank_details() => {
            Some((Occasion::AccountWanted, None))
        }
        _ => None,
    }
}

/// What an account's owner is told of a change of its credential, and what later on unless it has changed again by then.
pub(crate) fn of_life(
    event: LifeEvent,
    life: &Life,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Vec<Notice> {
    let occasion = match (event, &life.standing) {
        (LifeEvent::ReverifyDue, _) => Occasion::ReverifyDue,
        (LifeEvent::Suspended, _) => Occasion::Suspended,
        (LifeEvent::Reinstated, _) => Occasion::Reinstated,
        // Whoever closed the account knows.
        (
            LifeEvent::Revoked,
            Standing::Revoked {
                cause: Revocation::AccountClosed,
                ..
            },
        )
        | (LifeEvent::Superseded, _) => return Vec::new(),
        (LifeEvent::Revoked, _) => Occasion::Revoked,
    };
    let ways = policy.notification.ways;
    let told = |occasion, until, not_before| Notice {
        occasion,
        until,
        not_before,
        ways,
    };
    let Standing::ReverifyDue { grace_until } = life.standing else {
        return vec![told(occasion, None, now)];
    };
    let mut notices = vec![told(occasion, Some(grace_until), now)];
    let reminder = chrono::Duration::days(i64::from(policy.notification.reminder_days));
    let at = grace_until - reminder;
    if !reminder.is_zero() && now < at {
        notices.push(told(Occasion::GraceEnds, Some(grace_until), at));
    }
    notices
}

impl Order {
    /// Whether the message is still true of its case. A link that a phone has opened, or that a fresh code has replaced, leads
    /// nowhere any more.
    #[must_use]
    pub fn fits_case(&self, case: &Case, now: DateTime<Utc>) -> bool {
        match self.occasion {
            Occasion::HandOff => {
                let open = matches!(
                    case.state,
                    State::AwaitingScan {
                        resumable: None,
                        ..
                    }
                );
                let present = case.invitation().filter(|code| now < code.expires_at);
                open && present.map(|code| code.seq) == self.invitation
            }
            Occasion::InfoWanted => matches!(case.state, State::NeedsInfo { .. }),
            Occasion::AmountWanted => matches!(case.state, State::AmountPending { .. }),
            Occasion::AccountWanted => case.mends_bank_details(),
            _ => true,
        }
    }

    /// Whether the message is still true of its credential.
    #[must_use]
    pub fn fits_life(&self, life: &Life) -> bool {
        match (self.occasion, &life.standing) {
            (
                Occasion::ReverifyDue | Occasion::GraceEnds,
                Standing::ReverifyDue { grace_until },
            ) => self.until == Some(*grace_until),
            (Occasion::ReverifyDue | Occasion::GraceEnds, _) => false,
            (Occasion::Suspended, standing) => matches!(standing, Standing::Suspended { .. }),
            (Occasion::Reinstated, standing) => {
                matches!(standing, Standing::Active | Standing::ReverifyDue { .. })
            }
            _ => true,
        }
    }
}
