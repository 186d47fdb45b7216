//! What may happen to a case: facts from outside, already true when the case hears of them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    bank::{BankDetails, Fen, IncomingPayment, PaymentReference, TransferReport},
    case::{Consent, Digest},
    claim::Claim,
    code::Code,
    ids::{CredentialId, IssuerId, OperatorId, TransferId},
    notification::{HandOffTallies, Recipient},
    review::{Message, Verdict},
    risk::Signals,
    sync::{SyncOutcome, SyncStanding},
    words::{EngineGrade, Method, SubjectType},
};

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Fact {
    /// The applicant chose subject type and method.
    Chosen {
        /// Enterprise or individual business.
        subject: SubjectType,
        /// Face or bank.
        method: Method,
    },
    /// The applicant submitted well-formed elements.
    Submitted {
        /// The elements.
        claim: Box<Claim>,
        /// What counts against them so far.
        tallies: Tallies,
        /// Digest of the token of the next QR code, used if no new check is needed.
        invitation: Digest,
    },
    /// The registry answered.
    RegistryAnswered {
        /// What it said.
        answer: RegistryAnswer,
        /// What counts against the claim so far.
        tallies: Tallies,
        /// Digest of the token of the next QR code.
        invitation: Digest,
    },
    /// The applicant wants to mend the elements or to choose anew.
    EditWanted,
    /// The applicant wants a fresh QR code.
    InvitationWanted {
        /// Digest of its token.
        invitation: Digest,
    },
    /// The applicant wants the link sent to somebody who is elsewhere.
    HandOffWanted {
        /// Whom.
        to: Box<Recipient>,
        /// Digest of the token of the QR code that is sent.
        invitation: Digest,
        /// What counts against it so far.
        tallies: HandOffTallies,
    },
    /// A phone opened the link.
    PhoneClaimed {
        /// Digest of the token that it showed.
        token: Digest,
        /// Digest of the key that this phone keeps.
        phone: Digest,
        /// Two digits for both screens.
        match_code: String,
    },
    /// The legal representative answered the consent; `None` declines.
    ConsentAnswered {
        /// The phone that answers.
        phone: Digest,
        /// The consent, if given.
        consent: Option<Consent>,
    },
    /// The legal representative took a consent back that was given in this case.
    ConsentWithdrawn,
    /// The phone's camera stream began (again).
    ScanStarted {
        /// The phone that films.
        phone: Digest,
        /// What counts against the ID number so far.
        tallies: Tallies,
    },
    /// The scan ended without a judgement: left, lost, or a fault of ours.
    ScanInterrupted {
        /// Why, in the user's words.
        code: Code,
    },
    /// The engine judged whether a live person was in front of the camera.
    LivenessJudged {
        /// Its verdict.
        verdict: Liveness,
        /// What counts against the ID number so far.
        tallies: Tallies,
    },
    /// The identity authority compared the face.
    FaceCompared {
        /// Its answer.
        outcome: FaceOutcome,
        /// The id of the credential to leave on a match.
        credential: CredentialId,
        /// What counts against the ID number so far.
        tallies: Tallies,
    },
    /// The applicant agreed to synchronise from a sister platform and is sent there.
    SyncStarted {
        /// Which.
        issuer: IssuerId,
    },
    /// The applicant is back from the sister platform.
    SyncAnswered {
        /// Which.
        issuer: IssuerId,
        /// What it said.
        outcome: SyncOutcome,
        /// The id of the credential to leave if it is accepted.
        credential: CredentialId,
        /// What is known here.
        standing: SyncStanding,
    },
    /// A reviewer decided a case in review.
    Reviewed {
        /// What the reviewer decided.
        verdict: Verdict,
        /// Who.
        by: OperatorId,
        /// The id of the credential to leave on approval.
        credential: CredentialId,
    },
    /// The applicant submitted well-formed bank details.
    BankDetailsSubmitted {
        /// Account and branch.
        details: Box<BankDetails>,
    },
    /// The applicant confirmed that money may be sent to the account (or will be paid from it).
    TransferConfirmed {
        /// The id of the transfer.
        transfer: TransferId,
        /// A random amount, used for a forward transfer.
        amount: Fen,
        /// A random reference, used for a reverse transfer.
        reference: PaymentReference,
    },
    /// The bank said something about a transfer.
    TransferReported {
        /// Which.
        transfer: TransferId,
        /// What.
        report: TransferReport,
    },
    /// The applicant typed an amount.
    AmountEntered {
        /// The amount.
        amount: Fen,
        /// The id of the credential to leave if it is right.
        credential: CredentialId,
        /// What counts against the claim so far.
        tallies: Tallies,
    },
    /// A payment with a reference of ours came in.
    PaymentSeen {
        /// The transfer whose reference it carries.
        transfer: TransferId,
        /// Who paid, from where.
        payment: IncomingPayment,
        /// The id of the credential to leave if it fits.
        credential: CredentialId,
        /// What counts against the claim so far.
        tallies: Tallies,
    },
    /// The applicant answered a reviewer's question.
    InfoGiven {
        /// The answer.
        answer: Message,
    },
    /// The applicant or the platform gave up.
    Canceled,
    /// Nothing but time passed.
    TimePassed,
    /// In test mode: so much time is to have passed.
    Leapt {
        /// How much.
        by: chrono::Duration,
    },
}

/// A registry's answer on the elements (one vocabulary for every provider).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistryAnswer {
    /// All elements belong together and the enterprise is active.
    Match,
    /// At least one element differs. Which one is not for the user.
    Mismatch,
    /// There is no record of this credit code (yet).
    NotFound,
    /// The elements agree, but the enterprise is cancelled or revoked.
    Inactive,
    /// No answer that could be understood; no try is used.
    Unavailable,
}

/// Whether a live person was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Liveness {
    /// Yes.
    Live,
    /// No; the code says why.
    NotLive(Code),
    /// It could not be judged (light, no face, …); no try is used.
    NotJudged(Code),
}

/// The identity authority's answer on the face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaceOutcome {
    /// The same person.
    Match {
        /// How far the judging engine may be trusted.
        grade: EngineGrade,
    },
    /// Another person.
    NoMatch,
    /// Between the thresholds.
    Unclear {
        /// How far the judging engine may be trusted.
        grade: EngineGrade,
    },
    /// The authority has no photo of this identity.
    ReferenceMissing,
    /// The authority could not be asked; no try is used.
    Unavailable,
}

/// How often something was counted within the lock time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How often.
    pub count: u32,
    /// When the oldest counted one stops counting.
    pub until: Option<DateTime<Utc>>,
}

/// What counts against an account, a credit code and an ID number at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tallies {
    /// Element mismatches of the account.
    pub account_mismatches: Tally,
    /// Element mismatches of the credit code.
    pub uscc_mismatches: Tally,
    /// Element mismatches of the ID number.
    pub id_mismatches: Tally,
    /// Failed face tries of the ID number.
    pub id_face_failures: Tally,
    /// Other accounts that this licence has verified.
    pub accounts_of_licence: u32,
    /// What risk rules have counted.
    pub risk: Signals,
}

impl Tallies {
    /// The mismatch tally nearest to its limit.
    #[must_use]
    pub fn worst_mismatches(&self) -> Tally {
        [
            self.account_mismatches,
            self.uscc_mismatches,
            self.id_mismatches,
        ]
        .into_iter()
        .max_by_key(|tally| (tally.count, tally.until))
        .unwrap_or_default()
    }
}
