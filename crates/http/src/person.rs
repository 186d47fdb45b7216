//! Everything that is kept of a person, as it is handed out: in full, since the person has a right to it. Only what would undo a
//! check is left out: the amount of a transfer that is under way, and the tokens of a scan.

use chrono::{DateTime, Utc};
use serde::Serialize;
use shiming_service::privacy::{ConsentData, MessageData, NoteData, PersonData, ScanData};
use shiming_verification::{
    bank::BankDetails,
    case::Case,
    claim::Claim,
    credential::{Credential, CredentialStatus},
    notification::{Channel, Contact, Occasion, Status},
    sync::VerifiedElements,
    words::{AssuranceLevel, Method, Realm, SubjectType},
};
use utoipa::ToSchema;

use crate::{
    portal::view::{AccountView, NoticeView},
    words::{
        AssuranceLevelName, ChannelName, CredentialStatusName, MessageStatusName, MethodName,
        OccasionName, RealmName, StateName, SubjectTypeName,
    },
};

/// Everything that is kept of a person.
#[derive(Serialize, ToSchema)]
pub struct PersonExport {
    /// When it was put together.
    pub at: DateTime<Utc>,
    /// Verifications, newest first.
    pub verifications: Vec<PersonVerification>,
    /// What they left, newest first.
    pub credentials: Vec<PersonCredential>,
    /// Consents to the face scan.
    pub consents: Vec<PersonConsent>,
    /// What face scans measured, and which of their frames are kept.
    pub scans: Vec<PersonScan>,
    /// Messages that were sent about the verifications.
    pub messages: Vec<PersonMessage>,
}

/// A verification.
#[derive(Serialize, ToSchema)]
pub struct PersonVerification {
    /// `ver_…`
    pub id: String,
    /// `live`, `demo` or `test`.
    #[schema(value_type = RealmName)]
    pub realm: Realm,
    /// Name of the state.
    #[schema(value_type = StateName)]
    pub state: String,
    /// Whose account.
    pub account: AccountView,
    /// The chosen subject type.
    #[schema(value_type = Option<SubjectTypeName>)]
    pub subject_type: Option<SubjectType>,
    /// The chosen method.
    #[schema(value_type = Option<MethodName>)]
    pub method: Option<Method>,
    /// What was entered.
    pub elements: Option<PersonElements>,
    /// The corporate account that was entered.
    pub bank_account: Option<PersonBankAccount>,
    /// Where outcomes and due dates are told.
    pub contact: Option<PersonContact>,
    /// What went wrong last.
    pub last_error: Option<NoticeView>,
    /// What a reviewer said.
    pub message: Option<String>,
    /// What was answered.
    pub answer: Option<String>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it ends, or would have ended, by itself.
    pub expires_at: DateTime<Utc>,
}

/// The elements, unmasked.
#[derive(Serialize, ToSchema)]
pub struct PersonElements {
    /// As typed.
    pub enterprise_name: String,
    /// The credit code.
    pub uscc: String,
    /// Name of the legal representative.
    pub legal_representative: String,
    /// ID number of the legal representative; a sister platform sends none.
    pub id_number: Option<String>,
}

/// A corporate account, unmasked.
#[derive(Serialize, ToSchema)]
pub struct PersonBankAccount {
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: String,
    /// The branch's CNAPS code.
    pub cnaps: String,
    /// The branch.
    pub branch: String,
}

/// Addresses that the platform named, in full.
#[derive(Serialize, ToSchema)]
pub struct PersonContact {
    /// Mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
}

/// A message, with the address that it went to in full.
#[derive(Serialize, ToSchema)]
pub struct PersonMessage {
    /// `ver_…`
    pub verification_id: String,
    /// What it was about.
    #[schema(value_type = OccasionName)]
    pub occasion: Occasion,
    /// How it went.
    #[schema(value_type = ChannelName)]
    pub channel: Channel,
    /// Whom it went to.
    pub to: String,
    /// How it ended.
    #[schema(value_type = MessageStatusName)]
    pub status: Status,
    /// When it was ordered.
    pub at: DateTime<Utc>,
}

/// A credential.
#[derive(Serialize, ToSchema)]
pub struct PersonCredential {
    /// `crd_…`
    pub id: String,
    /// `ver_…` of the verification that left it.
    pub verification_id: String,
    /// Your own id of the account.
    pub account_id: String,
    /// How it stands.
    #[schema(value_type = CredentialStatusName)]
    pub status: CredentialStatus,
    /// What it says.
    pub elements: PersonElements,
    /// How control was shown.
    #[schema(value_type = MethodName)]
    pub method: Method,
    /// How sure it is.
    #[schema(value_type = AssuranceLevelName)]
    pub assurance_level: AssuranceLevel,
    /// When it was verified.
    pub verified_at: DateTime<Utc>,
}

/// A consent to the face scan.
#[derive(Serialize, ToSchema)]
pub struct PersonConsent {
    /// `ver_…`
    pub verification_id: String,
    /// Version of the notice that was shown.
    pub notice_version: String,
    /// Language in which it was shown.
    pub language: String,
    /// When it was given.
    pub given_at: DateTime<Utc>,
    /// When it was taken back.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// What one face scan left.
#[derive(Serialize, ToSchema)]
pub struct PersonScan {
    /// `ver_…`
    pub verification_id: String,
    /// Number of the record within the verification.
    pub number: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// Scores, thresholds and versions, as they were measured.
    #[schema(value_type = Object)]
    pub record: serde_json::Value,
    /// Frames of it that are still kept; absent if there are none.
    pub frames: Option<PersonFrames>,
}

/// Frames that are kept of a scan. They lie sealed; operators who review see them, at the console.
#[derive(Serialize, ToSchema)]
pub struct PersonFrames {
    /// Until when at most.
    pub keep_until: DateTime<Utc>,
    /// Whether they go as soon as the review is decided.
    pub for_review: bool,
}

/// A note of an operator.
#[derive(Serialize, ToSchema)]
pub struct PersonNote {
    /// `ver_…`
    pub verification_id: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub text: String,
}

/// Everything that the whole server keeps of a person.
#[derive(Serialize, ToSchema)]
pub struct WholePersonExport {
    /// What hangs on verifications.
    #[serde(flatten)]
    pub kept: PersonExport,
    /// What operators wrote.
    pub notes: Vec<PersonNote>,
    /// Reference photos, JPEG or PNG, as base64.
    pub photos: Vec<String>,
}

impl From<PersonData> for PersonExport {
    fn from(data: PersonData) -> Self {
        Self {
            at: data.at,
            verifications: all(data.verifications),
            credentials: all(data.credentials),
            consents: all(data.consents),
            scans: all(data.scans),
            messages: all(data.messages),
        }
    }
}

impl From<PersonData> for WholePersonExport {
    fn from(mut data: PersonData) -> Self {
        Self {
            notes: all(std::mem::take(&mut data.notes)),
            photos: std::mem::take(&mut data.photos),
            kept: data.into(),
        }
    }
}

fn all<T, U: From<T>>(things: Vec<T>) -> Vec<U> {
    things.into_iter().map(U::from).collect()
}

impl From<Case> for PersonVerification {
    fn from(case: Case) -> Self {
        Self {
            id: case.id.to_string(),
            realm: case.realm,
            state: case.state.name().to_owned(),
            account: AccountView {
                id: case.account.id,
                name: case.account.name,
            },
            subject_type: case.subject,
            method: case.method,
            elements: case.claim.map(PersonElements::from),
            bank_account: case.bank.details.map(PersonBankAccount::from),
            contact: case.terms.contact.as_ref().map(PersonContact::from),
            last_error: case.last_error.map(NoticeView::from),
            message: case.review.message.map(String::from),
            answer: case.review.answer.map(String::from),
            created_at: case.opened_at,
            expires_at: case.expires_at,
        }
    }
}

impl From<Claim> for PersonElements {
    fn from(claim: Claim) -> Self {
        VerifiedElements::from(claim).into()
    }
}

impl From<VerifiedElements> for PersonElements {
    fn from(elements: VerifiedElements) -> Self {
        let id = elements.id_number.as_ref();
        Self {
            enterprise_name: elements.enterprise_name.as_str().to_owned(),
            uscc: elements.uscc.as_str().to_owned(),
            legal_representative: elements.legal_representative.as_str().to_owned(),
            id_number: id.map(|id| id.as_str().to_owned()),
        }
    }
}

impl From<BankDetails> for PersonBankAccount {
    fn from(details: BankDetails) -> Self {
        Self {
            name: details.account_name.as_str().to_owned(),
            number: details.account_number.expose().to_owned(),
            cnaps: details.branch.cnaps.as_str().to_owned(),
            branch: details.branch.name,
        }
    }
}

impl From<Credential> for PersonCredential {
    fn from(credential: Credential) -> Self {
        Self {
            id: credential.id.to_string(),
            verification_id: credential.case.to_string(),
            account_id: credential.account.id,
            status: credential.status,
            elements: credential.claim.into(),
            method: credential.method,
            assurance_level: credential.assurance,
            verified_at: credential.verified_at,
        }
    }
}

impl From<ConsentData> for PersonConsent {
    fn from(data: ConsentData) -> Self {
        let consent = data.consent.consent;
        Self {
            verification_id: data.verification.to_string(),
            notice_version: consent.notice_version,
            language: consent.language,
            given_at: consent.at,
            withdrawn_at: data.consent.withdrawn_at,
        }
    }
}

impl From<ScanData> for PersonScan {
    fn from(data: ScanData) -> Self {
        Self {
            verification_id: data.verification.to_string(),
            number: data.number,
            at: data.at,
            record: data.record,
            frames: data.frames.map(|kept| PersonFrames {
                keep_until: kept.keep_until,
                for_review: kept.for_review,
            }),
        }
    }
}

impl From<&Contact> for PersonContact {
    fn from(contact: &Contact) -> Self {
        Self {
            email: contact.email().map(|email| email.expose().to_owned()),
            phone: contact.phone().map(|phone| phone.expose().to_owned()),
        }
    }
}

impl From<MessageData> for PersonMessage {
    fn from(data: MessageData) -> Self {
        let address = &data.message.to.address;
        Self {
            verification_id: data.verification.to_string(),
            occasion: data.message.occasion,
            channel: address.channel(),
            to: address.expose().to_owned(),
            status: data.status,
            at: data.at,
        }
    }
}

impl From<NoteData> for PersonNote {
    fn from(data: NoteData) -> Self {
        Self {
            verification_id: data.verification.to_string(),
            at: data.at,
            text: data.text,
        }
    }
}
