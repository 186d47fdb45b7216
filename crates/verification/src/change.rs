//! What one decision changes; a ledger stores all of it in one commit or nothing.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    bank::TransferOrder,
    case::Case,
    code::Code,
    credential::Credential,
    ids::{CaseId, CredentialId, NotificationId, OperatorId, TransferId},
    lifecycle::Life,
    notification::Order,
};

/// A decision, ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The case as it is afterwards; its version is one more than `expected_version`.
    pub case: Case,
    /// The version that must still be stored for the commit to go through; 0 means that it must be new.
    pub expected_version: u64,
    /// What to tell, in order.
    pub events: Vec<Event>,
    /// What to do later, in the same commit (outbox).
    pub jobs: Vec<Job>,
    /// Failures to count against account, credit code and ID number of the case's claim.
    pub marks: Vec<Mark>,
    /// The credential that a pass leaves.
    pub credential: Option<Credential>,
    /// The transfer that a confirmation plans.
    pub transfer: Option<TransferOrder>,
    /// How that credential begins.
    pub life: Option<Life>,
    /// Messages to people, each sent by a job of its own.
    pub notifications: Vec<Order>,
    /// The operator who decided, where one did.
    pub by: Option<OperatorId>,
}

/// Whose act an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Party {
    /// The server's own: timers, providers' answers, the engine's judgements.
    System,
    /// The platform, over the API.
    Platform,
    /// The applicant at the PC.
    Applicant,
    /// The legal representative at the phone.
    LegalRepresentative,
    /// Somebody at the console.
    Operator,
}

/// One thing that happened, free of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// The code that goes with a failure.
    pub code: Option<Code>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Kinds of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The case was opened.
    Opened,
    /// Subject type and method were chosen.
    Chosen,
    /// The applicant was sent to a sister platform.
    SyncStarted,
    /// The sister platform's answer was not accepted, or there was none.
    SyncRefused,
    /// Elements were submitted.
    ElementsSubmitted,
    /// The registry confirmed the elements.
    RegistryMatched,
    /// The registry did not confirm the elements.
    RegistryRefused,
    /// The registry has no record yet.
    RegistryPending,
    /// A QR code was issued.
    InvitationIssued,
    /// The applicant had its link sent to somebody.
    LinkSent,
    /// The applicant went back to the form.
    Edited,
    /// A phone claimed the QR code.
    PhoneClaimed,
    /// The separate consent was given.
    ConsentGiven,
    /// The separate consent was declined.
    ConsentDeclined,
    /// The separate consent was taken back.
    ConsentWithdrawn,
    /// A try began.
    ScanStarted,
    /// A try ended without a judgement.
    ScanInterrupted,
    /// A live person was confirmed.
    LivenessPassed,
    /// A try failed.
    TryFailed,
    /// The face matched.
    FaceMatched,
    /// Handed to a reviewer.
    SentToReview,
    /// A reviewer approved.
    ReviewApproved,
    /// The first of two reviewers approved.
    FirstApproval,
    /// A reviewer asked the applicant for more.
    InfoRequested,
    /// The applicant answered.
    InfoGiven,
    /// Locked after too many failures.
    Locked,
    /// Opened again after a lock.
    Unlocked,
    /// Passed.
    Verified,
    /// Refused for good.
    Rejected,
    /// Given up.
    Canceled,
    /// Ran out of time.
    Expired,
    /// In test mode: time was made to pass.
    TimeLeapt,
    /// Bank details were submitted.
    BankDetailsSubmitted,
    /// The applicant confirmed a transfer.
    TransferConfirmed,
    /// A transfer arrived.
    TransferArrived,
    /// A transfer failed or came back.
    TransferFailed,
    /// A wrong amount was typed.
    AmountWrong,
    /// The entry of amounts was frozen.
    AmountFrozen,
    /// The entry of amounts opened again.
    AmountThawed,
    /// The amount, or the time for a payment, is over.
    AmountExpired,
    /// The typed amount was the one that was sent.
    AmountMatched,
    /// The enterprise's payment to us fits in name, account and reference.
    PaymentMatched,
    /// A payment with our reference does not fit.
    PaymentRefused,
    /// A risk rule was broken.
    RiskFound,
}

impl EventKind {
    /// Whose act it is, unless an operator decided (then [`Change::by`] names him).
    #[must_use]
    pub const fn party(self) -> Party {
        match self {
            Self::Opened | Self::TimeLeapt => Party::Platform,
            Self::Chosen
            | Self::ElementsSubmitted
            | Self::Edited
            | Self::SyncStarted
            | Self::LinkSent
            | Self::Canceled
            | Self::BankDetailsSubmitted
            | Self::TransferConfirmed
            | Self::AmountWrong
            | Self::AmountMatched
            | Self::InfoGiven => Party::Applicant,
            Self::PhoneClaimed
            | Self::ConsentGiven
            | Self::ConsentDeclined
            | Self::ConsentWithdrawn
            | Self::ScanStarted => Party::LegalRepresentative,
            Self::ReviewApproved | Self::FirstApproval | Self::InfoRequested => Party::Operator,
            Self::RegistryMatched
            | Self::RegistryRefused
            | Self::SyncRefused
            | Self::RegistryPending
            | Self::InvitationIssued
            | Self::ScanInterrupted
            | Self::LivenessPassed
            | Self::TryFailed
            | Self::FaceMatched
            | Self::SentToReview
            | Self::Locked
            | Self::Unlocked
            | Self::Verified
            | Self::Rejected
            | Self::Expired
            | Self::TransferArrived
            | Self::TransferFailed
            | Self::AmountFrozen
            | Self::AmountThawed
            | Self::AmountExpired
            | Self::PaymentMatched
            | Self::PaymentRefused
            | Self::RiskFound => Party::System,
        }
    }
}

/// Something to do later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// What.
    pub kind: JobKind,
    /// Not before.
    pub run_at: DateTime<Utc>,
}

/// Kinds of job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JobKind {
    /// Ask the registry about the case's claim.
    CheckRegistry {
        /// The case.
        case: CaseId,
    },
    /// Tell the case that time has passed.
    Wake {
        /// The case.
        case: CaseId,
    },
    /// Hand a planned transfer to the bank.
    HandOver {
        /// The transfer.
        transfer: TransferId,
    },
    /// Ask the registry about a credential, or tell it that time has passed.
    TendCredential {
        /// The credential.
        credential: CredentialId,
    },
    /// Send a message to a person.
    Notify {
        /// The message.
        notification: NotificationId,
    },
}

/// A failure that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The elements did not belong together.
    ElementMismatch,
    /// A face try failed.
    FaceFailure,
}

impl Mark {
    /// The word used in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ElementMismatch => "element_mismatch",
            Self::FaceFailure => "face_failure",
        }
    }
}
