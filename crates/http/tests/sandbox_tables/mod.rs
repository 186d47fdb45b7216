//! What leads where in the test mode, and the book's page about it.

mod magic;
mod page;

pub use magic::action;
pub use page::page;

use shiming_verification::code::Code;

/// One step of a way.
#[derive(Debug, Clone, Copy)]
pub enum Do {
    /// `POST /v1/test/verifications/{id}/simulate`
    Simulate(&'static str),
    /// `POST /v1/test/credentials/{id}/simulate`
    Life(&'static str),
    /// `POST /v1/verifications/{id}/cancel`
    Cancel,
    /// `POST /v1/verifications` for the same account
    OpenAgain,
}

use Do::{Cancel, Life, OpenAgain, Simulate as Sim};

/// How a code is reached.
#[derive(Debug, Clone, Copy)]
pub enum How {
    /// By these steps.
    Steps(&'static [Do]),
    /// By a request that is refused before any rule is asked: in English and Chinese.
    Call([&'static str; 2]),
    /// It has no place in a verification: why, in English and Chinese.
    AnswerWith([&'static str; 2]),
}

use How::{AnswerWith, Call, Steps};

const FACE: Do = Sim(r#"{"action": "choose", "subject_type": "enterprise", "method": "face"}"#);
const BANK: Do = Sim(r#"{"action": "choose", "subject_type": "enterprise", "method": "bank"}"#);
const FORM: Do = Sim(r#"{"action": "submit_elements"}"#);
const MISMATCH: Do = Sim(r#"{"action": "submit_elements", "uscc": "{mismatch}"}"#);
const UNCLEAR: Do = Sim(r#"{"action": "unclear_face"}"#);
const PASS: Do = Sim(r#"{"action": "pass_scan"}"#);
const ACCOUNT: Do = Sim(r#"{"action": "submit_account"}"#);
const CONFIRM: Do = Sim(r#"{"action": "confirm_transfer"}"#);
const ARRIVES: Do = Sim(r#"{"action": "transfer_arrives"}"#);
const LOST: Do = Sim(r#"{"action": "transfer_fails", "reason": "other"}"#);
const WRONG: Do = Sim(r#"{"action": "enter_amount", "amount": "1.00"}"#);
const CLAIM: Do = Sim(r#"{"action": "claim_phone"}"#);
const AWAY: Do = Sim(r#"{"action": "start_sync"}"#);
const A_MONTH: Do = Life(r#"{"action": "advance_time", "seconds": 2592000}"#);

/// To a pass by face.
pub const VERIFIED: &[Do] = &[FACE, FORM, PASS];
/// To a transfer that has arrived.
pub const TRANSFERRED: &[Do] = &[BANK, FORM, ACCOUNT, CONFIRM, ARRIVES];

/// Ways to every state of a verification.
pub const STATES: &[(&str, &[Do])] = &[
    ("draft", &[]),
    ("sync_pending", &[AWAY]),
    (
        "checking",
        &[
            FACE,
            Sim(r#"{"action": "submit_elements", "uscc": "{slow}"}"#),
        ],
    ),
    (
        "registry_pending",
        &[
            FACE,
            Sim(r#"{"action": "submit_elements", "uscc": "{not_found}"}"#),
        ],
    ),
    ("awaiting_scan", &[FACE, FORM]),
    ("scan_claimed", &[FACE, FORM, CLAIM]),
    (
        "face_running",
        &[FACE, FORM, Sim(r#"{"action": "start_scan"}"#)],
    ),
    ("awaiting_transfer", &[BANK, FORM]),
    ("amount_pending", TRANSFERRED),
    (
        "frozen",
        &[
            BANK, FORM, ACCOUNT, CONFIRM, ARRIVES, WRONG, WRONG, WRONG, WRONG, WRONG,
        ],
    ),
    ("in_review", &[FACE, FORM, UNCLEAR]),
    (
        "needs_info",
        &[
            FACE,
            FORM,
            UNCLEAR,
            Sim(r#"{"action": "ask_for_info", "message": "?"}"#),
        ],
    ),
    (
        "locked",
        &[FACE, MISMATCH, MISMATCH, MISMATCH, MISMATCH, MISMATCH],
    ),
    ("verified", VERIFIED),
    (
        "rejected",
        &[FACE, FORM, UNCLEAR, Sim(r#"{"action": "reject"}"#)],
    ),
    ("canceled", &[Cancel]),
    (
        "expired",
        &[Sim(r#"{"action": "advance_time", "seconds": 864000}"#)],
    ),
];

/// Ways from a pass to every state of the credential that it left.
pub const CREDENTIAL_STATES: &[(&str, &[Do])] = &[
    ("active", &[]),
    ("change_pending", &[A_MONTH, OpenAgain]),
    (
        "reverify_due",
        &[Life(r#"{"action": "advance_time", "seconds": 31536000}"#)],
    ),
    ("suspended", &[Life(r#"{"action": "registry_struck_off"}"#)]),
    ("superseded", &[A_MONTH, OpenAgain, FACE, FORM, PASS]),
    ("revoked", &[Life(r#"{"action": "revoke"}"#)]),
];

const fn failed(action: &'static str) -> [Do; 3] {
    [FACE, FORM, Sim(action)]
}

const fn rejected(action: &'static str) -> [Do; 4] {
    [FACE, FORM, UNCLEAR, Sim(action)]
}

const fn lost(action: &'static str) -> [Do; 5] {
    [BANK, FORM, ACCOUNT, CONFIRM, Sim(action)]
}

const fn typed(action: &'static str) -> [Do; 2] {
    [FACE, Sim(action)]
}

const fn back(action: &'static str) -> [Do; 2] {
    [AWAY, Sim(action)]
}

const CONSOLE: [&str; 2] = ["operators at the console only", "仅出现在运营人员的控制台"];
/// Nothing leaves the test mode.
const MESSAGES: [&str; 2] = ["links sent by mail or SMS", "发送邮件或短信链接时"];

/// Ways to every code.
pub const CODES: &[(Code, How)] = &[
    (
        Code::UsccInvalid,
        Steps(&typed(
            r#"{"action": "submit_elements", "uscc": "91350100M000100Y44"}"#,
        )),
    ),
    (
        Code::LicenceTypeUnsupported,
        Steps(&typed(
            r#"{"action": "submit_elements", "uscc": "110108000000016"}"#,
        )),
    ),
    (
        Code::IdNumberInvalid,
        Steps(&typed(
            r#"{"action": "submit_elements", "id_number": "110101198506150010"}"#,
        )),
    ),
    (
        Code::NameCharUnsupported,
        Steps(&typed(
            r#"{"action": "submit_elements", "legal_representative": "张☃"}"#,
        )),
    ),
    (
        Code::InvalidInput,
        Steps(&[Sim(
            r#"{"action": "choose", "subject_type": "enterprise", "method": "sync"}"#,
        )]),
    ),
    (Code::ElementMismatch, Steps(&[FACE, MISMATCH])),
    (
        Code::RegistryNotFound,
        Steps(&typed(
            r#"{"action": "submit_elements", "uscc": "{not_found}"}"#,
        )),
    ),
    (
        Code::RegistryStatusAbnormal,
        Steps(&typed(
            r#"{"action": "submit_elements", "uscc": "{inactive}"}"#,
        )),
    ),
    (
        Code::RegistryUnavailable,
        Steps(&typed(
            r#"{"action": "submit_elements", "uscc": "{unavailable}"}"#,
        )),
    ),
    (
        Code::TooManyChecks,
        Steps(&typed(
            r#"{"action": "submit_elements", "uscc": "{too_many_checks}"}"#,
        )),
    ),
    (
        Code::AlreadyVerifiedElsewhere,
        Steps(&back(
            r#"{"action": "finish_sync", "code": "already_verified_elsewhere"}"#,
        )),
    ),
    (
        Code::LicenceAccountLimit,
        Steps(&typed(
            r#"{"action": "submit_elements", "uscc": "{licence_account_limit}"}"#,
        )),
    ),
    (
        Code::QrExpired,
        Steps(&[
            FACE,
            FORM,
            Sim(r#"{"action": "advance_time", "seconds": 300}"#),
            CLAIM,
        ]),
    ),
    (
        Code::QrAlreadyClaimed,
        Steps(&[FACE, FORM, CLAIM, Sim(r#"{"action": "claim_other_phone"}"#)]),
    ),
    (
        Code::NotLegalRep,
        Steps(&rejected(
            r#"{"action": "reject", "code": "not_legal_rep"}"#,
        )),
    ),
    (
        Code::ConsentDeclined,
        Steps(&[FACE, FORM, CLAIM, Sim(r#"{"action": "decline_consent"}"#)]),
    ),
    (
        Code::CameraDenied,
        Steps(&failed(
            r#"{"action": "fail_scan", "code": "camera_denied"}"#,
        )),
    ),
    (
        Code::BrowserUnsupported,
        Steps(&failed(
            r#"{"action": "fail_scan", "code": "browser_unsupported"}"#,
        )),
    ),
    (
        Code::LightTooDark,
        Steps(&failed(
            r#"{"action": "fail_scan", "code": "light_too_dark"}"#,
        )),
    ),
    (
        Code::LightTooStrong,
        Steps(&failed(
            r#"{"action": "fail_scan", "code": "light_too_strong"}"#,
        )),
    ),
    (
        Code::FaceNotFound,
        Steps(&failed(
            r#"{"action": "fail_scan", "code": "face_not_found"}"#,
        )),
    ),
    (
        Code::MultipleFaces,
        Steps(&failed(
            r#"{"action": "fail_scan", "code": "multiple_faces"}"#,
        )),
    ),
    (
        Code::ActionTimeout,
        Steps(&failed(
            r#"{"action": "fail_scan", "code": "action_timeout"}"#,
        )),
    ),
    (
        Code::LivenessFailed,
        Steps(&failed(
            r#"{"action": "fail_scan", "code": "liveness_failed"}"#,
        )),
    ),
    (
        Code::FaceMismatch,
        Steps(&failed(
            r#"{"action": "fail_scan", "code": "face_mismatch"}"#,
        )),
    ),
    (
        Code::ReferencePhotoMissing,
        Steps(&failed(r#"{"action": "reference_photo_missing"}"#)),
    ),
    (
        Code::FaceAttemptsExceeded,
        Steps(&typed(
            r#"{"action": "submit_elements", "uscc": "{face_attempts_exceeded}"}"#,
        )),
    ),
    (
        Code::ScanInterrupted,
        Steps(&failed(
            r#"{"action": "fail_scan", "code": "scan_interrupted"}"#,
        )),
    ),
    (
        Code::DocumentUnreadable,
        Steps(&rejected(
            r#"{"action": "reject", "code": "document_unreadable"}"#,
        )),
    ),
    (
        Code::BankBranchUnknown,
        Steps(&[
            BANK,
            FORM,
            Sim(r#"{"action": "submit_account", "cnaps": "990999999999"}"#),
        ]),
    ),
    (
        Code::AccountNameMismatch,
        Steps(&lost(
            r#"{"action": "transfer_fails", "reason": "name_mismatch"}"#,
        )),
    ),
    (
        Code::AccountRefused,
        Steps(&lost(
            r#"{"action": "transfer_fails", "reason": "account_refused"}"#,
        )),
    ),
    (
        Code::TransferFailed,
        Steps(&lost(r#"{"action": "transfer_fails", "reason": "other"}"#)),
    ),
    (
        Code::TransfersExceeded,
        Steps(&[
            BANK, FORM, ACCOUNT, CONFIRM, LOST, ACCOUNT, CONFIRM, LOST, ACCOUNT, CONFIRM, LOST,
        ]),
    ),
    (
        Code::TransferPending,
        Steps(&lost(r#"{"action": "enter_amount"}"#)),
    ),
    (
        Code::AmountWrong,
        Steps(&[BANK, FORM, ACCOUNT, CONFIRM, ARRIVES, WRONG]),
    ),
    (
        Code::AmountFrozen,
        Steps(&[
            BANK, FORM, ACCOUNT, CONFIRM, ARRIVES, WRONG, WRONG, WRONG, WRONG, WRONG,
        ]),
    ),
    (
        Code::AmountExpired,
        Steps(&[
            BANK,
            FORM,
            ACCOUNT,
            CONFIRM,
            ARRIVES,
            Sim(r#"{"action": "advance_time", "seconds": 604800}"#),
        ]),
    ),
    (
        Code::LetterInvalid,
        Steps(&rejected(
            r#"{"action": "reject", "code": "letter_invalid"}"#,
        )),
    ),
    (
        Code::ChangeCoolingOff,
        Steps(&[FACE, FORM, PASS, OpenAgain]),
    ),
    (
        Code::SubjectChangeForbidden,
        Steps(&[FACE, FORM, PASS, A_MONTH, OpenAgain, FACE, MISMATCH]),
    ),
    (
        Code::SyncSourceUnverified,
        Steps(&back(
            r#"{"action": "finish_sync", "code": "sync_source_unverified"}"#,
        )),
    ),
    (
        Code::SyncDenied,
        Steps(&back(r#"{"action": "finish_sync", "code": "sync_denied"}"#)),
    ),
    (
        Code::SyncRegistryMismatch,
        Steps(&back(
            r#"{"action": "finish_sync", "code": "sync_registry_mismatch"}"#,
        )),
    ),
    (
        Code::RiskRejected,
        Steps(&rejected(r#"{"action": "reject"}"#)),
    ),
    (
        Code::SystemError,
        Steps(&failed(
            r#"{"action": "fail_scan", "code": "system_error"}"#,
        )),
    ),
    (
        Code::NotAllowedNow,
        Steps(&[
            Sim(r#"{"action": "pass_scan"}"#),
            Sim(r#"{"action": "edit"}"#),
        ]),
    ),
    (
        Code::SessionInvalid,
        Call([
            "the portal's own API without its cookie",
            "不带 Cookie 访问门户自身的接口",
        ]),
    ),
    (
        Code::NotFound,
        Call([
            "an id that is nobody's, or somebody else's",
            "不存在的或他人的编号",
        ]),
    ),
    (Code::SignInFailed, AnswerWith(CONSOLE)),
    (Code::SignInUnavailable, AnswerWith(CONSOLE)),
    (Code::StepUpNeeded, AnswerWith(CONSOLE)),
    (Code::PasswordWeak, AnswerWith(CONSOLE)),
    (
        Code::TooManyRequests,
        Call(["more than 100 requests at once", "一次发出超过 100 个请求"]),
    ),
    (Code::LinkSentTooOften, AnswerWith(MESSAGES)),
    (Code::RecipientRefuses, AnswerWith(MESSAGES)),
    (
        Code::Forbidden,
        Call([
            "a browser on another site (`Sec-Fetch-Site: cross-site`)",
            "由其他站点的浏览器发出（`Sec-Fetch-Site: cross-site`）",
        ]),
    ),
    (
        Code::PayloadTooLarge,
        Call(["a body over 64 KiB", "正文超过 64 KiB"]),
    ),
    (
        Code::ApiKeyInvalid,
        Call(["no key, or a wrong one", "不带密钥，或密钥有误"]),
    ),
    (
        Code::ScopeMissing,
        Call(["a key without the scope", "密钥缺少所需权限范围"]),
    ),
    (
        Code::TestModeOnly,
        Call([
            "`/v1/test/…` with a live key",
            "以正式密钥访问 `/v1/test/…`",
        ]),
    ),
    (
        Code::MethodNotAllowed,
        Call([
            "`DELETE /v1/verifications/{id}`",
            "`DELETE /v1/verifications/{id}`",
        ]),
    ),
    (
        Code::IdempotencyKeyMissing,
        Call([
            "`POST /v1/verifications` without the header",
            "`POST /v1/verifications` 不带该请求头",
        ]),
    ),
    (
        Code::IdempotencyConflict,
        Call(["the same key with another body", "同一键值、不同正文"]),
    ),
    (
        Code::IdempotencyInProgress,
        AnswerWith(["a race of two requests", "两个请求竞争时"]),
    ),
];
