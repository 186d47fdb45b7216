//! The life of a credential after the pass: due dates, looks at the registry, suspension, revocation. Pure, like the
//! case: [`Life::decide`] takes a [`LifeFact`] and answers with a [`LifeChange`] to store whole.
//!
//! Whether a change is pending is not stored here: it follows from the account having an open case for it.

mod rules;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use rules::renewal_of;

use crate::{
    change::{Job, JobKind},
    credential::{Credential, CredentialStatus},
    fact::RegistryAnswer,
    ids::CredentialId,
    notification::Notice,
    policy::Policy,
};

/// Where a credential stands, and what will move it next. Holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// How often it has changed.
    pub version: u64,
    /// Where it stands.
    pub standing: Standing,
    /// When the enterprise has to verify again.
    pub due_at: Option<DateTime<Utc>>,
    /// When it ends by itself, for one that was imported.
    #[serde(default)]
    pub ends_at: Option<DateTime<Utc>>,
    /// When the registry is asked again whether the enterprise still exists.
    pub next_check_at: Option<DateTime<Utc>>,
    /// In test mode: how many seconds were made to pass since the pass.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub leapt_seconds: i64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_zero(seconds: &i64) -> bool {
    *seconds == 0
}

/// Where a credential stands (the table of credential states).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Standing {
    /// Valid.
    Active,
    /// Valid for the time being; a new verification is due.
    ReverifyDue {
        /// Until when it stays valid without one.
        grace_until: DateTime<Utc>,
    },
    /// Not valid for the time being.
    Suspended {
        /// Who or what stopped it.
        cause: Suspension,
        /// Since when.
        at: DateTime<Utc>,
        /// What the account's owner is told, in the operator's words.
        told: Option<String>,
    },
    /// Ended for good.
    Revoked {
        /// Why.
        cause: Revocation,
        /// When.
        at: DateTime<Utc>,
        /// What the account's owner is told, in the operator's words.
        told: Option<String>,
    },
    /// A later verification of the same account took its place.
    Superseded {
        /// When.
        at: DateTime<Utc>,
    },
}

/// What suspends a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suspension {
    /// The registry says cancelled 注销 or revoked 吊销.
    Registry,
    /// The verification was due and the grace is over.
    Overdue,
    /// A person of the operator.
    Operator,
    /// The sister platform that it came from has stopped it.
    Source,
}

/// What revokes a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revocation {
    /// A person of the operator.
    Operator,
    /// The platform, over its API.
    Platform,
    /// The account was closed.
    AccountClosed,
    /// The sister platform that it came from has ended it.
    Source,
    /// The time for which an imported status holds is over.
    Expired,
}

/// What may happen to a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LifeFact {
    /// The registry was asked again.
    RegistryAnswered(RegistryAnswer),
    /// An operator stops it for the time being.
    Suspended {
        /// What the account's owner is told.
        told: Option<String>,
    },
    /// An operator lifts a suspension.
    Lifted,
    /// The sister platform that it came from has stopped it for the time being.
    SuspendedAtSource,
    /// It stands at the sister platform that it came from.
    ValidAtSource,
    /// It ends for good.
    Revoked {
        /// Why.
        cause: Revocation,
        /// What the account's owner is told.
        told: Option<String>,
    },
    /// Nothing but time passed.
    TimePassed,
    /// In test mode: so much time is to have passed.
    Leapt {
        /// How much.
        by: chrono::Duration,
    },
}

/// A decision, ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifeChange {
    /// The credential.
    pub credential: CredentialId,
    /// How it stands afterwards; its version is one more than the stored one must be.
    pub life: Life,
    /// What to tell; `None` if only the next look was moved.
    pub event: Option<LifeEvent>,
    /// What the account's owner is told.
    pub notices: Vec<Notice>,
    /// When it was decided.
    pub at: DateTime<Utc>,
}

/// What a change of a credential's life is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LifeEvent {
    /// A new verification is due.
    ReverifyDue,
    /// Not valid for the time being.
    Suspended,
    /// Valid again.
    Reinstated,
    /// Ended for good.
    Revoked,
    /// Replaced by a later verification.
    Superseded,
}

impl LifeEvent {
    /// The word used in storage and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReverifyDue => "reverify_due",
            Self::Suspended => "suspended",
            Self::Reinstated => "reinstated",
            Self::Revoked => "revoked",
            Self::Superseded => "superseded",
        }
    }
}

impl Life {
    /// The life of a fresh credential.
    #[must_use]
    pub fn begin(credential: &Credential, policy: &Policy) -> Self {
        let at = credential.verified_at;
        Self {
            version: 1,
            standing: Standing::Active,
            due_at: policy.credential_life().map(|life| at + life),
            ends_at: credential.source.as_ref().map(|source| source.expires_at),
            next_check_at: policy.credential_recheck().map(|pause| at + pause),
            leapt_seconds: 0,
        }
    }

    /// The status on the wire.
    #[must_use]
    pub const fn status(&self) -> CredentialStatus {
        match self.standing {
            Standing::Active => CredentialStatus::Active,
            Standing::ReverifyDue { .. } => CredentialStatus::ReverifyDue,
            Standing::Suspended { .. } => CredentialStatus::Suspended,
            Standing::Revoked { .. } => CredentialStatus::Revoked,
            Standing::Superseded { .. } => CredentialStatus::Superseded,
        }
    }

    /// When [`LifeFact::TimePassed`] or a look at the registry will next be needed.
    #[must_use]
    pub fn wakes_at(&self) -> Option<DateTime<Utc>> {
        let timer = match self.standing {
            Standing::Active => self.due_at,
            Standing::ReverifyDue { grace_until } => Some(grace_until),
            Standing::Suspended { .. } => None,
            Standing::Revoked { .. } | Standing::Superseded { .. } => return None,
        };
        [timer, self.ends_at, self.next_check_at]
            .into_iter()
            .flatten()
            .min()
    }

    /// The job that looks after it next, if anything will ever happen by itself.
    #[must_use]
    pub fn next_job(&self, credential: CredentialId) -> Option<Job> {
        let kind = JobKind::TendCredential { credential };
        self.wakes_at().map(|run_at| Job { kind, run_at })
    }

    /// The life of a credential whose place a later one takes; `None` if it is over already.
    #[must_use]
    pub fn superseded(self, at: DateTime<Utc>) -> Option<Self> {
        (!self.is_over()).then(|| Self {
            version: self.version + 1,
            standing: Standing::Superseded { at },
            ..self
        })
    }

    /// Whether the registry should be asked now.
    #[must_use]
    pub fn check_is_due(&self, now: DateTime<Utc>) -> bool {
        !self.is_over() && self.next_check_at.is_some_and(|at| at <= now)
    }

    /// Whether nothing can change it any more.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(
            self.standing,
            Standing::Revoked { .. } | Standing::Superseded { .. }
        )
    }
}
