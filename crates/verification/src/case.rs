//! The case: one verification from the choice of subject type to an outcome.

mod terms;

pub use terms::{Terms, TermsError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_identifiers::Uscc;

use crate::{
    bank::Course,
    claim::Claim,
    code::{Code, Notice},
    ids::{CaseId, CredentialId, IssuerId},
    policy::Policy,
    review::Review,
    risk::Finding,
    words::{Account, Method, Realm, SubjectType},
};

/// SHA-256 of a secret that only its holder knows: a QR token or a phone's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Digest(pub [u8; 32]);

/// One verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// How often it has changed; also the id of its last event.
    pub version: u64,
    /// Whose account is to be verified.
    pub account: Account,
    /// Real or demonstration.
    pub realm: Realm,
    /// Where the portal sends the applicant at the end, if the platform said so.
    pub return_url: Option<String>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// The credential that it renews, if the account holds one.
    #[serde(default)]
    pub renews: Option<Renewal>,
    /// What the platform asked for when it opened the case.
    #[serde(default)]
    pub terms: Terms,
    /// The chosen subject type.
    pub subject: Option<SubjectType>,
    /// The chosen method.
    pub method: Option<Method>,
    /// The elements last submitted.
    pub claim: Option<Claim>,
    /// When the registry confirmed exactly this claim, if it has.
    pub matched_at: Option<DateTime<Utc>>,
    /// How many QR codes were issued.
    pub invitations: u32,
    /// The phone that last claimed a QR code; outlives its session, so that it can still see the outcome.
    pub phone: Option<Digest>,
    /// How far it is with the bank method.
    #[serde(default)]
    pub bank: Course,
    /// What reviewers have said and heard so far.
    #[serde(default)]
    pub review: Review,
    /// Risk rules that were broken, each with its last count. Never for the applicant.
    #[serde(default)]
    pub risk: Vec<Finding>,
    /// The last thing that went wrong.
    pub last_error: Option<Notice>,
    /// Where it stands.
    pub state: State,
}

/// What a case on an account that holds a credential is for. The old data stay valid until the new pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewal {
    /// Why.
    pub kind: RenewalKind,
    /// The credit code, which must stay the same.
    pub uscc: Uscc,
}

/// Why a credential is renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RenewalKind {
    /// The enterprise's data have changed.
    Change,
    /// The verification is due again, or was stopped.
    Reverify,
}

/// Where a case stands (the table of states).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum State {
    /// Waiting for the applicant's input.
    Draft,
    /// The applicant is at a sister platform.
    SyncPending {
        /// Which.
        issuer: IssuerId,
        /// Until when the answer counts.
        until: DateTime<Utc>,
    },
    /// The registry is being asked.
    Checking {
        /// Since when.
        since: DateTime<Utc>,
        /// Set while a missing record is looked for again: when to stop looking.
        pending_until: Option<DateTime<Utc>>,
    },
    /// The registry had no record; it is asked again from time to time.
    RegistryPending {
        /// Next look.
        next_check_at: DateTime<Utc>,
        /// Last look.
        until: DateTime<Utc>,
    },
    /// A QR code waits for the legal representative's phone.
    AwaitingScan {
        /// The code.
        invitation: Invitation,
        /// A session whose try failed or broke off; the same phone may go on with it.
        resumable: Option<Session>,
    },
    /// A phone has opened the link.
    ScanClaimed {
        /// The code that it opened.
        invitation: Invitation,
        /// The phone's session.
        session: Session,
    },
    /// The phone is filming.
    FaceRunning {
        /// The code that it opened.
        invitation: Invitation,
        /// The phone's session, with a consent.
        session: Session,
        /// Since when.
        since: DateTime<Utc>,
        /// When a live person was confirmed in this try.
        live_at: Option<DateTime<Utc>>,
    },
    /// The bank method waits: for the account, its confirmation, or the transfer's arrival.
    AwaitingTransfer,
    /// The transfer has arrived; the applicant types the amount.
    AmountPending {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// Too many wrong amounts; opens again by itself.
    Frozen {
        /// When.
        until: DateTime<Utc>,
    },
    /// A person of the platform decides.
    InReview {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// A reviewer waits for the applicant's answer.
    NeedsInfo {
        /// Since when.
        since: DateTime<Utc>,
        /// When the case goes back to review without one.
        until: DateTime<Utc>,
    },
    /// Too many failures; opens again by itself.
    Locked {
        /// When.
        until: DateTime<Utc>,
    },
    /// Passed.
    Verified {
        /// When.
        at: DateTime<Utc>,
        /// What it left on the account.
        credential: CredentialId,
    },
    /// Refused for good.
    Rejected {
        /// When.
        at: DateTime<Utc>,
    },
    /// Given up by the applicant or the platform.
    Canceled {
        /// When.
        at: DateTime<Utc>,
    },
    /// Ran out of time.
    Expired {
        /// When.
        at: DateTime<Utc>,
    },
}

impl State {
    /// The state's name, as on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::SyncPending { .. } => "sync_pending",
            Self::Checking { .. } => "checking",
            Self::RegistryPending { .. } => "registry_pending",
            Self::AwaitingScan { .. } => "awaiting_scan",
            Self::ScanClaimed { .. } => "scan_claimed",
            Self::FaceRunning { .. } => "face_running",
            Self::AwaitingTransfer => "awaiting_transfer",
            Self::AmountPending { .. } => "amount_pending",
            Self::Frozen { .. } => "frozen",
            Self::InReview { .. } => "in_review",
            Self::NeedsInfo { .. } => "needs_info",
            Self::Locked { .. } => "locked",
            Self::Verified { .. } => "verified",
            Self::Rejected { .. } => "rejected",
            Self::Canceled { .. } => "canceled",
            Self::Expired { .. } => "expired",
        }
    }

    /// Whether nothing can change it any more.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Verified { .. }
                | Self::Rejected { .. }
                | Self::Canceled { .. }
                | Self::Expired { .. }
        )
    }
}

/// A QR code: an opaque, short-lived token for one phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Its number within the case, from 1.
    pub seq: u32,
    /// Digest of its token.
    pub token: Digest,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// Until when a phone may claim it.
    pub expires_at: DateTime<Utc>,
}

/// One phone's way from claiming the QR code to the last try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Digest of the key that only this phone holds.
    pub phone: Digest,
    /// Two digits shown on both screens, so that a forwarded link can be told from one's own.
    pub match_code: String,
    /// When the phone claimed the code.
    pub claimed_at: DateTime<Utc>,
    /// When the session ends.
    pub expires_at: DateTime<Utc>,
    /// The separate consent, once given.
    pub consent: Option<Consent>,
    /// Tries that failed.
    pub failed_tries: u32,
}

/// The legal representative's separate consent to the face scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Version of the notice that was shown.
    pub notice_version: String,
    /// Language in which it was shown.
    pub language: String,
    /// When it was given.
    pub at: DateTime<Utc>,
}

/// What opens a case.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Its id.
    pub id: CaseId,
    /// Whose account is to be verified.
    pub account: Account,
    /// Real or demonstration.
    pub realm: Realm,
    /// Where to send the applicant at the end.
    pub return_url: Option<String>,
    /// The credential that it is to renew.
    pub renews: Option<Renewal>,
    /// What else the platform asks for.
    pub terms: Terms,
}

impl Case {
    /// A fresh case in `draft`, not yet stored.
    #[must_use]
    pub fn open(opening: Opening, policy: &Policy, now: DateTime<Utc>) -> Self {
        Self {
            id: opening.id,
            version: 0,
            account: opening.account,
            realm: opening.realm,
            return_url: opening.return_url,
            opened_at: now,
            expires_at: now + policy.case_life(),
            renews: opening.renews,
            terms: opening.terms,
            subject: None,
            method: None,
            claim: None,
            matched_at: None,
            invitations: 0,
            phone: None,
            bank: Course::default(),
            review: Review::default(),
            risk: Vec::new(),
            last_error: None,
            state: State::Draft,
        }
    }

    /// The number that the next QR code will have.
    #[must_use]
    pub const fn next_invitation(&self) -> u32 {
        self.invitations + 1
    }

    /// The QR code in use, if any.
    #[must_use]
    pub const fn invitation(&self) -> Option<&Invitation> {
        match &self.state {
            State::AwaitingScan { invitation, .. }
            | State::ScanClaimed { invitation, .. }
            | State::FaceRunning { invitation, .. } => Some(invitation),
            _ => None,
        }
    }

    /// The phone's session, if one has the scan or may resume it.
    #[must_use]
    pub const fn session(&self) -> Option<&Session> {
        match &self.state {
            State::AwaitingScan { resumable, .. } => resumable.as_ref(),
            State::ScanClaimed { session, .. } | State::FaceRunning { session, .. } => {
                Some(session)
            }
            _ => None,
        }
    }

    /// When [`crate::fact::Fact::TimePassed`] will next change this case by itself.
    #[must_use]
    pub fn wakes_at(&self) -> Option<DateTime<Utc>> {
        let own = match &self.state {
            State::RegistryPending { next_check_at, .. } => Some(*next_check_at),
            State::ScanClaimed { session, .. }
            | State::FaceRunning { session, .. }
            | State::AwaitingScan {
                resumable: Some(session),
                ..
            } => Some(session.expires_at),
            State::SyncPending { until, .. }
            | State::NeedsInfo { until, .. }
            | State::Locked { until }
            | State::AmountPending { until }
            | State::Frozen { until } => Some(*until),
            State::AwaitingTransfer => self.bank.awaited_until(),
            state if state.is_final() => return None,
            _ => None,
        };
        Some(own.map_or(self.expires_at, |own| own.min(self.expires_at)))
    }

    /// Whether the applicant has to mend the bank details, because the last transfer failed.
    #[must_use]
    pub fn mends_bank_details(&self) -> bool {
        let failed = self.last_error.as_ref().is_some_and(|notice| {
            matches!(
                notice.code,
                Code::AccountNameMismatch
                    | Code::AccountRefused
                    | Code::BankBranchUnknown
                    | Code::TransferFailed
            )
        });
        matches!(self.state, State::Draft)
            && self.method == Some(Method::Bank)
            && self.bank.details.is_some()
            && failed
    }

    /// Whether the registry's confirmation of this very claim is still good.
    #[must_use]
    pub fn check_is_good(&self, policy: &Policy, now: DateTime<Utc>) -> bool {
        self.matched_at
            .is_some_and(|at| now < at + policy.element_check_life())
    }
}
