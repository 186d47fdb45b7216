//! A step is a fact without its context: tallies and the next QR code's digest are added when it is decided.

use shiming_verification::{
    bank::{BankDetails, Fen, IncomingPayment, PaymentReference, TransferReport},
    case::{Case, Consent, Digest},
    claim::Claim,
    code::Code,
    fact::{FaceOutcome, Fact, Liveness, RegistryAnswer, Tallies},
    ids::{CredentialId, IssuerId, OperatorId, TransferId},
    notification::{HandOffTallies, Recipient},
    review::{Message, Verdict},
    risk::Signals,
    sync::{SyncOutcome, SyncStanding},
    words::{Method, SubjectType},
};

/// Something that somebody did or that happened, as the use cases know it.
#[derive(Debug, Clone)]
pub enum Step {
    /// The applicant chose.
    Choose(SubjectType, Method),
    /// The applicant submitted elements; what risk rules have counted of it.
    Submit(Box<Claim>, Signals),
    /// The registry answered.
    RegistryAnswer(RegistryAnswer),
    /// The applicant goes back to the form.
    Edit,
    /// The applicant wants a fresh QR code.
    Renew,
    /// The applicant has the link sent to somebody; what counts against it.
    HandOff(Box<Recipient>, HandOffTallies),
    /// A phone opened the link.
    Claim {
        /// Digest of the token shown.
        token: Digest,
        /// Digest of the phone's key.
        phone: Digest,
        /// Two digits for both screens.
        match_code: String,
    },
    /// The legal representative answered the consent.
    Consent(Digest, Option<Consent>),
    /// The legal representative took the consent back.
    Withdraw,
    /// A phone's stream began.
    StartScan(Digest),
    /// A scan ended without a judgement.
    Interrupt(Code),
    /// Liveness was judged; what risk rules have counted of the scan.
    Liveness(Liveness, Signals),
    /// The face was compared.
    Face(FaceOutcome, CredentialId),
    /// The applicant is sent to a sister platform.
    StartSync(IssuerId),
    /// The applicant is back from there; the id is that of the credential to leave.
    SyncAnswer(IssuerId, SyncOutcome, CredentialId, SyncStanding),
    /// The applicant submitted bank details.
    BankDetails(Box<BankDetails>),
    /// The applicant confirmed the account.
    ConfirmTransfer {
        /// The id of the transfer.
        transfer: TransferId,
        /// A random amount.
        amount: Fen,
        /// A random reference.
        reference: PaymentReference,
    },
    /// The bank said something about a transfer.
    TransferReport(TransferId, TransferReport),
    /// The applicant typed an amount.
    Amount(Fen, CredentialId),
    /// A payment with a reference of ours came in.
    Payment(TransferId, IncomingPayment, CredentialId),
    /// A reviewer decided; the id is that of the credential to leave.
    Review(Verdict, OperatorId, CredentialId),
    /// The applicant answered a reviewer.
    Answer(Message),
    /// The applicant or the platform gives up.
    Cancel,
    /// Time passed.
    Wake,
    /// In test mode: time is made to pass.
    Leap(chrono::Duration),
}

impl Step {
    /// Whether the limits have to be looked up to decide it.
    #[must_use]
    pub const fn needs_tallies(&self) -> bool {
        matches!(
            self,
            Self::Submit(..)
                | Self::RegistryAnswer(_)
                | Self::StartScan(_)
                | Self::Liveness(..)
                | Self::Face(..)
                | Self::Amount(..)
                | Self::Payment(..)
        )
    }

    /// The claim that limits are looked up for: the submitted one, else the case's own.
    #[must_use]
    pub fn claim<'a>(&'a self, case: &'a Case) -> Option<&'a Claim> {
        match self {
            Self::Submit(claim, _) => Some(claim),
            _ => case.claim.as_ref(),
        }
    }

    /// The fact, with its context.
    #[must_use]
    pub fn with(self, tallies: Tallies, invitation: Digest) -> Fact {
        match self {
            Self::Choose(subject, method) => Fact::Chosen { subject, method },
            Self::Submit(claim, risk) => Fact::Submitted {
                claim,
                tallies: Tallies { risk, ..tallies },
                invitation,
            },
            Self::RegistryAnswer(answer) => Fact::RegistryAnswered {
                answer,
                tallies,
                invitation,
            },
            Self::Edit => Fact::EditWanted,
            Self::Renew => Fact::InvitationWanted { invitation },
            Self::HandOff(to, tallies) => Fact::HandOffWanted {
                to,
                invitation,
                tallies,
            },
            Self::Claim {
                token,
                phone,
                match_code,
            } => Fact::PhoneClaimed {
                token,
                phone,
                match_code,
            },
            Self::Consent(phone, consent) => Fact::ConsentAnswered { phone, consent },
            Self::Withdraw => Fact::ConsentWithdrawn,
            Self::StartScan(phone) => Fact::ScanStarted { phone, tallies },
            Self::Interrupt(code) => Fact::ScanInterrupted { code },
            Self::Liveness(verdict, risk) => Fact::LivenessJudged {
                verdict,
                tallies: Tallies { risk, ..tallies },
            },
            Self::Face(outcome, credential) => Fact::FaceCompared {
                outcome,
                credential,
                tallies,
            },
            Self::StartSync(issuer) => Fact::SyncStarted { issuer },
            Self::SyncAnswer(issuer, outcome, credential, standing) => Fact::SyncAnswered {
                issuer,
                outcome,
                credential,
                standing,
            },
            Self::BankDetails(details) => Fact::BankDetailsSubmitted { details },
            Self::ConfirmTransfer {
                transfer,
                amount,
                reference,
            } => Fact::TransferConfirmed {
                transfer,
                amount,
                reference,
            },
            Self::TransferReport(transfer, report) => Fact::TransferReported { transfer, report },
            Self::Amount(amount, credential) => Fact::AmountEntered {
                amount,
                credential,
                tallies,
            },
            Self::Payment(transfer, payment, credential) => Fact::PaymentSeen {
                transfer,
                payment,
                credential,
                tallies,
            },
            Self::Review(verdict, by, credential) => Fact::Reviewed {
                verdict,
                by,
                credential,
            },
            Self::Answer(answer) => Fact::InfoGiven { answer },
            Self::Cancel => Fact::Canceled,
            Self::Wake => Fact::TimePassed,
            Self::Leap(by) => Fact::Leapt { by },
        }
    }
}
