//! What the portal shows of a case: enough to act on, personal data masked.

use super::{
    bank_view::{BankTermsView, BankView},
    hand_off::HandOffView,
};
use crate::words::{MethodName, PhaseName, StateName, SubjectTypeName};
use chrono::{DateTime, Utc};
use serde::Serialize;
use shiming_service::{progress::Progress, scan::Phase};
use shiming_verification::{
    case::{Case, State},
    claim::Claim,
    code::Notice,
    policy::Policy,
    ports::bank::OwnAccount,
    words::{Method, Realm, SubjectType},
};
use utoipa::ToSchema;

/// A case as its applicant sees it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CaseView {
    /// `ver_…`
    pub id: String,
    /// Counts changes; the id of the last event.
    pub version: u64,
    /// Name of the state.
    #[schema(value_type = StateName)]
    pub state: String,
    /// Whether this is the demonstration, with synthetic data.
    pub demo: bool,
    /// Who asks for the verification.
    pub platform: PlatformView,
    /// For which account.
    pub account: AccountView,
    /// Where to go at the end.
    pub return_url: Option<String>,
    /// `enterprise` or `individual_business`.
    #[schema(value_type = Option<SubjectTypeName>)]
    pub subject_type: Option<SubjectType>,
    /// `face` or `bank`.
    #[schema(value_type = Option<MethodName>)]
    pub method: Option<Method>,
    /// Subject types to choose from.
    #[schema(value_type = Vec<SubjectTypeName>)]
    pub subject_types: Vec<SubjectType>,
    /// Methods, with whether they can be chosen.
    pub methods: Vec<MethodView>,
    /// Sister platforms whose word this platform takes.
    pub sync_sources: Vec<SyncSourceView>,
    /// The visit to a sister platform, while it lasts.
    pub sync: Option<SyncView>,
    /// What was entered, masked.
    pub elements: Option<ElementsView>,
    /// What went wrong last.
    pub last_error: Option<NoticeView>,
    /// The QR code.
    pub invitation: Option<InvitationView>,
    /// How its link may be sent to somebody; absent where it can't.
    pub hand_off: Option<HandOffView>,
    /// How far the phone is.
    pub scan: Option<ScanProgressView>,
    /// What the bank method is like here.
    pub bank_terms: BankTermsView,
    /// How far the bank method is.
    pub bank: Option<BankView>,
    /// When a missing registry record is looked for again.
    pub registry_pending: Option<RegistryPendingView>,
    /// What a reviewer asks, or has said when refusing.
    pub review: Option<ReviewView>,
    /// When a lock opens.
    pub locked_until: Option<DateTime<Utc>>,
    /// `crd_…` once verified.
    pub credential_id: Option<String>,
    /// When the case ends by itself.
    pub expires_at: DateTime<Utc>,
    /// The server's time, for countdowns.
    pub server_time: DateTime<Utc>,
}

/// The platform that asks.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PlatformView {
    /// Its name.
    pub name: String,
}

/// The account that is verified.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AccountView {
    /// The platform's own id.
    pub id: String,
    /// What the platform calls it.
    pub name: String,
}

/// A method and whether it can be chosen here.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MethodView {
    /// `face` or `bank`.
    #[schema(value_type = MethodName)]
    pub method: Method,
    /// Whether it can be chosen.
    pub available: bool,
}

/// A sister platform that the status may be synchronised from.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SyncSourceView {
    /// `iss_…`
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A visit to a sister platform.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SyncView {
    /// `iss_…`
    pub issuer_id: String,
    /// Until when its answer counts.
    pub until: DateTime<Utc>,
}

/// The elements; person data masked.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ElementsView {
    /// As typed.
    pub enterprise_name: String,
    /// The credit code.
    pub uscc: String,
    /// The first character, the rest masked.
    pub legal_representative: String,
    /// First three and last four characters.
    pub id_number: String,
}

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NoticeView {
    /// The stable code.
    pub code: String,
    /// Whether a try was used.
    pub try_used: bool,
    /// Tries left, where they are counted.
    pub tries_left: Option<u32>,
    /// When to try again.
    pub retry_at: Option<DateTime<Utc>>,
    /// When it happened.
    pub at: DateTime<Utc>,
}

/// The QR code in use.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct InvitationView {
    /// Its number within the case.
    pub seq: u32,
    /// The link behind it, to be forwarded to the legal representative.
    pub url: String,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// Until when a phone may open it.
    pub expires_at: DateTime<Utc>,
}

/// How far the phone is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ScanProgressView {
    /// `opened`, `consented`, `scanning`, `judging` or `paused` (a try failed or broke off; the phone may go on).
    #[schema(value_type = PhaseName)]
    pub phase: Phase,
    /// The two digits on both screens.
    pub match_code: String,
    /// When the phone's session ends.
    pub expires_at: DateTime<Utc>,
    /// Challenge that is being shown, from 1; 0 before the first.
    pub step: u32,
    /// How many there are.
    pub steps: u32,
    /// Tries left in this session.
    pub tries_left: u32,
}

/// A record that is not in the registry yet.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RegistryPendingView {
    /// The next look.
    pub next_check_at: DateTime<Utc>,
    /// The last look.
    pub until: DateTime<Utc>,
}

/// What a reviewer has said.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReviewView {
    /// The last message to the applicant.
    pub message: Option<String>,
    /// Until when an answer is waited for.
    pub until: Option<DateTime<Utc>>,
}

/// What a view needs besides the case.
pub struct Surroundings<'a> {
    /// The platform's name.
    pub platform_name: &'a str,
    /// The link behind the present QR code.
    pub invitation_url: Option<String>,
    /// What the phone is doing right now.
    pub progress: Option<Progress>,
    /// Sister platforms whose word the platform takes.
    pub sync_sources: Vec<SyncSourceView>,
    /// How the link may be sent.
    pub hand_off: Option<HandOffView>,
    /// Limits in force.
    pub policy: &'a Policy,
    /// Methods that can be chosen for this case.
    pub methods: Vec<Method>,
    /// The operator's bank account, to which a reverse transfer is paid.
    pub payee: Option<OwnAccount>,
    /// The time.
    pub now: DateTime<Utc>,
}

impl CaseView {
    /// A case, seen now.
    #[must_use]
    pub fn of(case: Case, around: Surroundings) -> Self {
        let case = case.settled(around.policy, around.now);
        Self {
            id: case.id.to_string(),
            version: case.version,
            state: case.state.name().to_owned(),
            demo: case.realm != Realm::Live,
            platform: PlatformView {
                name: around.platform_name.to_owned(),
            },
            account: AccountView {
                id: case.account.id.clone(),
                name: case.account.name.clone(),
            },
            subject_types: [SubjectType::Enterprise, SubjectType::IndividualBusiness]
                .into_iter()
                .filter(|subject| case.terms.allow_subject(*subject))
                .collect(),
            sync_sources: around.sync_sources,
            sync: sync(&case),
            methods: methods(&around.methods, &case.terms),
            bank_terms: BankTermsView::of(around.policy),
            bank: BankView::of(&case, around.policy, around.payee.as_ref()),
            elements: case.claim.as_ref().map(ElementsView::of),
            invitation: invitation(&case, around.invitation_url),
            hand_off: around.hand_off,
            scan: scan(&case, around.policy, around.progress.as_ref()),
            registry_pending: match case.state {
                State::RegistryPending {
                    next_check_at,
                    until,
                } => Some(RegistryPendingView {
                    next_check_at,
                    until,
                }),
                _ => None,
            },
            review: review(&case),
            locked_until: match case.state {
                State::Locked { until } => Some(until),
                _ => None,
            },
            credential_id: match case.state {
                State::Verified { credential, .. } => Some(credential.to_string()),
                _ => None,
            },
            return_url: case.return_url,
            subject_type: case.subject,
            method: case.method,
            last_error: case.last_error.map(NoticeView::from),
            expires_at: case.expires_at,
            server_time: around.now,
        }
    }
}

fn review(case: &Case) -> Option<ReviewView> {
    let until = match case.state {
        State::NeedsInfo { until, .. } => Some(until),
        State::Rejected { .. } => None,
        _ => return None,
    };
    let message = case.review.message.as_ref();
    Some(ReviewView {
        message: message.map(|text| text.as_str().to_owned()),
        until,
    })
}

fn methods(open: &[Method], terms: &shiming_verification::case::Terms) -> Vec<MethodView> {
    [Method::Face, Method::Bank]
        .map(|method| MethodView {
            method,
            available: open.contains(&method) && terms.allow_method(method),
        })
        .to_vec()
}

fn sync(case: &Case) -> Option<SyncView> {
    let State::SyncPending { issuer, until } = case.state else {
        return None;
    };
    Some(SyncView {
        issuer_id: issuer.to_string(),
        until,
    })
}

fn invitation(case: &Case, url: Option<String>) -> Option<InvitationView> {
    let invitation = case.invitation()?;
    Some(InvitationView {
        seq: invitation.seq,
        url: url?,
        issued_at: invitation.issued_at,
        expires_at: invitation.expires_at,
    })
}

fn scan(case: &Case, policy: &Policy, progress: Option<&Progress>) -> Option<ScanProgressView> {
    let session = case.session()?;
    let running = matches!(case.state, State::FaceRunning { .. });
    let progress = progress.filter(|_| running);
    let phase = match (&case.state, progress) {
        (State::AwaitingScan { .. }, _) => Phase::Paused,
        (State::ScanClaimed { .. }, _) if session.consent.is_some() => Phase::Consented,
        (State::ScanClaimed { .. }, _) => Phase::Opened,
        (_, Some(progress)) => progress.phase,
        (_, None) => Phase::Scanning,
    };
    Some(ScanProgressView {
        phase,
        match_code: session.match_code.clone(),
        expires_at: session.expires_at,
        step: progress.map_or(0, |progress| progress.step),
        steps: progress.map_or(0, |progress| progress.steps),
        tries_left: policy.face_tries.saturating_sub(session.failed_tries),
    })
}

impl ElementsView {
    /// A claim, masked.
    #[must_use]
    pub fn of(claim: &Claim) -> Self {
        Self {
            enterprise_name: claim.enterprise_name.as_str().to_owned(),
            uscc: claim.uscc.as_str().to_owned(),
            legal_representative: claim.legal_representative.masked(),
            id_number: claim.id_number.masked(),
        }
    }
}

impl From<Notice> for NoticeView {
    fn from(notice: Notice) -> Self {
        Self {
            code: notice.code.as_str().to_owned(),
            try_used: notice.try_used,
            tries_left: notice.tries_left,
            retry_at: notice.retry_at,
            at: notice.at,
        }
    }
}

impl CaseView {
    /// Whether two views differ in nothing but the time at which they were made.
    #[must_use]
    pub fn shows_the_same_as(&self, other: &Self) -> bool {
        let server_time = self.server_time;
        *self
            == Self {
                server_time,
                ..other.clone()
            }
    }
}
