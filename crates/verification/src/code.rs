//! Stable codes of everything a person may be told, and what travels with them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal),+ $(,)?) => {
        /// A stable code; its English and Chinese texts live in `locales/*/error.json`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Code {
            $($(#[doc = $doc])+ #[serde(rename = $text)] $name,)+
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The code as it stands on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// What it means, in a sentence of English, for the documentation.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii_start()),+ }
            }
        }
    };
}

codes! {
    /// The credit code's form or check character is wrong.
    UsccInvalid = "uscc_invalid",
    /// An old registration number instead of a credit code.
    LicenceTypeUnsupported = "licence_type_unsupported",
    /// The ID number's form, date or check is wrong.
    IdNumberInvalid = "id_number_invalid",
    /// A name holds a character outside the allowed sets.
    NameCharUnsupported = "name_char_unsupported",
    /// A field is empty, too long or not of its kind.
    InvalidInput = "invalid_input",
    /// The registry says that the elements do not belong together.
    ElementMismatch = "element_mismatch",
    /// The registry has no record yet.
    RegistryNotFound = "registry_not_found",
    /// The registry says cancelled or revoked.
    RegistryStatusAbnormal = "registry_status_abnormal",
    /// The registry could not be asked.
    RegistryUnavailable = "registry_unavailable",
    /// The limit of checks is reached.
    TooManyChecks = "too_many_checks",
    /// The identity belongs to another account.
    AlreadyVerifiedElsewhere = "already_verified_elsewhere",
    /// The licence has verified as many accounts as it may.
    LicenceAccountLimit = "licence_account_limit",
    /// The QR code is past its time, renewed or unknown.
    QrExpired = "qr_expired",
    /// Another phone has this scan.
    QrAlreadyClaimed = "qr_already_claimed",
    /// Somebody else than the legal representative.
    NotLegalRep = "not_legal_rep",
    /// The legal representative declined the face scan.
    ConsentDeclined = "consent_declined",
    /// The browser refused the camera.
    CameraDenied = "camera_denied",
    /// The browser can't film.
    BrowserUnsupported = "browser_unsupported",
    /// Too little light.
    LightTooDark = "light_too_dark",
    /// Too much light.
    LightTooStrong = "light_too_strong",
    /// No face.
    FaceNotFound = "face_not_found",
    /// More than one face.
    MultipleFaces = "multiple_faces",
    /// A challenge was not answered in time.
    ActionTimeout = "action_timeout",
    /// No live person could be confirmed.
    LivenessFailed = "liveness_failed",
    /// The face is another person's.
    FaceMismatch = "face_mismatch",
    /// The identity authority has no photo.
    ReferencePhotoMissing = "reference_photo_missing",
    /// The face tries are used up.
    FaceAttemptsExceeded = "face_attempts_exceeded",
    /// The phone left or lost the scan before it was judged.
    ScanInterrupted = "scan_interrupted",
    /// A file is no readable picture.
    DocumentUnreadable = "document_unreadable",
    /// The branch is not in the directory.
    BankBranchUnknown = "bank_branch_unknown",
    /// The bank says that the account bears another name.
    AccountNameMismatch = "account_name_mismatch",
    /// The bank does not know the account, or it is closed or blocked.
    AccountRefused = "account_refused",
    /// The bank refused the transfer for another reason.
    TransferFailed = "transfer_failed",
    /// The transfers of this verification are used up.
    TransfersExceeded = "transfers_exceeded",
    /// The transfer is on its way.
    TransferPending = "transfer_pending",
    /// The amount typed is not the one that was sent.
    AmountWrong = "amount_wrong",
    /// Too many wrong amounts.
    AmountFrozen = "amount_frozen",
    /// The transfer is too old.
    AmountExpired = "amount_expired",
    /// The letter of authorisation does not hold.
    LetterInvalid = "letter_invalid",
    /// The last pass or change is too fresh for another change.
    ChangeCoolingOff = "change_cooling_off",
    /// A change must keep the credit code.
    SubjectChangeForbidden = "subject_change_forbidden",
    /// The account is not verified at the sister platform.
    SyncSourceUnverified = "sync_source_unverified",
    /// The sister platform's user did not agree.
    SyncDenied = "sync_denied",
    /// The local registry does not confirm what the sister platform says.
    SyncRegistryMismatch = "sync_registry_mismatch",
    /// Policy or a reviewer refuses.
    RiskRejected = "risk_rejected",
    /// The session is unknown or over; open the link again.
    SessionInvalid = "session_invalid",
    /// The step does not fit the case's present state.
    NotAllowedNow = "not_allowed_now",
    /// There is no such thing, or it is somebody else's.
    NotFound = "not_found",
    /// Name, password, code or passkey do not fit.
    SignInFailed = "sign_in_failed",
    /// The organisation's identity provider can't be asked.
    SignInUnavailable = "sign_in_unavailable",
    /// An operator has to prove again to be there.
    StepUpNeeded = "step_up_needed",
    /// The password is too easy to guess.
    PasswordWeak = "password_weak",
    /// Too many requests.
    TooManyRequests = "too_many_requests",
    /// The link was sent too often: by this verification, to this address, or for this platform.
    LinkSentTooOften = "link_sent_too_often",
    /// The owner of the address takes no links of this verification.
    RecipientRefuses = "recipient_refuses",
    /// The request came from another origin or without the right to it.
    Forbidden = "forbidden",
    /// A body or file over the limit.
    PayloadTooLarge = "payload_too_large",
    /// No API key, or one that is unknown, over or revoked.
    ApiKeyInvalid = "api_key_invalid",
    /// The API key's scopes do not reach so far.
    ScopeMissing = "scope_missing",
    /// Only keys of the test mode may do this.
    TestModeOnly = "test_mode_only",
    /// The address is there, but not for this method.
    MethodNotAllowed = "method_not_allowed",
    /// This request needs an `Idempotency-Key`.
    IdempotencyKeyMissing = "idempotency_key_missing",
    /// The same request is being done right now.
    IdempotencyInProgress = "idempotency_in_progress",
    /// The `Idempotency-Key` was used for another request.
    IdempotencyConflict = "idempotency_conflict",
    /// Something failed on our side.
    SystemError = "system_error",
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A code with what the reader needs to act on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What happened.
    pub code: Code,
    /// Whether a try was used up.
    pub try_used: bool,
    /// Tries that are left, where tries are counted.
    pub tries_left: Option<u32>,
    /// When to try again, where there is a time.
    pub retry_at: Option<DateTime<Utc>>,
    /// When it happened.
    pub at: DateTime<Utc>,
}

impl Notice {
    /// A notice that used no try.
    #[must_use]
    pub const fn free(code: Code, at: DateTime<Utc>) -> Self {
        Self {
            code,
            try_used: false,
            tries_left: None,
            retry_at: None,
            at,
        }
    }

    /// A notice that used a try; `left` remain.
    #[must_use]
    pub const fn used(code: Code, left: u32, at: DateTime<Utc>) -> Self {
        Self {
            code,
            try_used: true,
            tries_left: Some(left),
            retry_at: None,
            at,
        }
    }

    /// The same, to be tried again at a given time.
    #[must_use]
    pub const fn until(mut self, retry_at: DateTime<Utc>) -> Self {
        self.retry_at = Some(retry_at);
        self
    }
}

/// Why a fact does not change a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The fact does not belong to the present state; nothing was done.
    #[error("this step does not fit the present state ({state})")]
    NotNow {
        /// The name of the present state.
        state: &'static str,
    },
    /// A rule says no; the code says which.
    #[error("{}", .0.code)]
    Ruled(Notice),
    /// Nothing is due.
    #[error("nothing is due")]
    NothingDue,
}
