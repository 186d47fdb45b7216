//! What the phone shows of the scan that it holds.

use chrono::{DateTime, Utc};
use serde::Serialize;
use shiming_service::tokens::digest;
use shiming_verification::{
    case::{Case, State},
    policy::Policy,
    words::Realm,
};
use utoipa::ToSchema;

use crate::portal::view::{AccountView, NoticeView, PlatformView};

/// A scan as the legal representative's phone sees it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ScanView {
    /// Where this phone stands.
    pub state: ScanState,
    /// Whether this is the demonstration.
    pub demo: bool,
    /// Who asks.
    pub platform: PlatformView,
    /// For which account.
    pub account: AccountView,
    /// Which enterprise.
    pub enterprise_name: String,
    /// Its credit code.
    pub uscc: String,
    /// Who must scan; masked.
    pub legal_representative: String,
    /// The two digits on both screens.
    pub match_code: Option<String>,
    /// Tries left in this session.
    pub tries_left: u32,
    /// When the session ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub last_error: Option<NoticeView>,
}

/// Where a phone stands with its scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScanState {
    /// The consent is wanted.
    Consent,
    /// Consented; may scan.
    Ready,
    /// The camera runs.
    Scanning,
    /// The consent was declined.
    Declined,
    /// Passed.
    Verified,
    /// The tries are used up.
    Failed,
    /// A person decides.
    InReview,
    /// Canceled, expired, or renewed on the PC.
    Closed,
}

impl ScanView {
    /// The scan of the phone with this key.
    #[must_use]
    pub fn of(case: Case, key: &str, platform_name: &str, policy: &Policy) -> Self {
        let state = state(&case, key);
        let session = case
            .session()
            .filter(|session| session.phone == digest(key));
        let failed = session.map_or(0, |session| session.failed_tries);
        let claim = case.claim.as_ref();
        Self {
            state,
            demo: case.realm != Realm::Live,
            platform: PlatformView {
                name: platform_name.to_owned(),
            },
            enterprise_name: claim.map_or_else(String::new, |claim| {
                claim.enterprise_name.as_str().to_owned()
            }),
            uscc: claim.map_or_else(String::new, |claim| claim.uscc.as_str().to_owned()),
            legal_representative: claim
                .map_or_else(String::new, |claim| claim.legal_representative.masked()),
            match_code: session.map(|session| session.match_code.clone()),
            tries_left: policy.face_tries.saturating_sub(failed),
            expires_at: session.map(|session| session.expires_at),
            account: AccountView {
                id: case.account.id,
                name: case.account.name,
            },
            last_error: case.last_error.map(NoticeView::from),
        }
    }
}

fn state(case: &Case, key: &str) -> ScanState {
    use shiming_verification::code::Code;
    let session = case
        .session()
        .filter(|session| session.phone == digest(key));
    let error = case.last_error.as_ref().map(|notice| notice.code);
    match (&case.state, session) {
        (State::Verified { .. }, _) => ScanState::Verified,
        (State::InReview { .. } | State::NeedsInfo { .. }, _) => ScanState::InReview,
        (State::FaceRunning { .. }, Some(_)) => ScanState::Scanning,
        (_, Some(session)) if session.consent.is_some() => ScanState::Ready,
        (_, Some(_)) => ScanState::Consent,
        (State::Draft, None) if error == Some(Code::ConsentDeclined) => ScanState::Declined,
        (_, None) if error == Some(Code::FaceAttemptsExceeded) => ScanState::Failed,
        (State::Draft, None) if error.is_some() => ScanState::Failed,
        _ => ScanState::Closed,
    }
}
