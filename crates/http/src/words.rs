//! The words of the wire, for the OpenAPI document: the pages' types become unions of them. The domain's own types
//! make the values; a test holds the two together.

use shiming_verification::{api_key::Scope, code::Code, feed::PublicKind};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use crate::language::Language;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($word:ident),+ $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, ToSchema, serde::Serialize)]
            #[serde(rename_all = "snake_case")]
            #[allow(missing_docs)] // The words are explained where the domain defines them.
            pub enum $name { $($word),+ }

            impl $name {
                /// Every word.
                pub const ALL: &[Self] = &[$(Self::$word),+];
            }
        )+
    };
}

words! {
    /// Subject type.
    SubjectTypeName { Enterprise, IndividualBusiness }
    /// Method.
    MethodName { Face, Bank, Sync }
    /// Method that an applicant may choose.
    OfferedMethodName { Face, Bank }
    /// State of a verification.
    StateName {
        Draft, SyncPending, Checking, RegistryPending, AwaitingScan, ScanClaimed, FaceRunning,
        AwaitingTransfer, AmountPending, Frozen, InReview, NeedsInfo, Locked, Verified, Rejected,
        Canceled, Expired,
    }
    /// How far the phone is.
    PhaseName { Opened, Consented, Scanning, Judging, Paused }
    /// Who pays whom in the bank method.
    BankDirectionName { Forward, Reverse }
    /// What the bank method waits for: the account, its confirmation, the transfer's arrival, the enterprise's payment,
    /// the amount.
    BankStepName { Details, Confirm, Underway, Payment, Amount }
    /// State of a credential.
    CredentialStatusName { Active, ChangePending, ReverifyDue, Superseded, Suspended, Revoked }
    /// Why a credential is renewed.
    RenewalKindName { Change, Reverify }
    /// Assurance level, ascending.
    AssuranceLevelName { RegistryOnly, BankTransfer, LegalRepFace }
    /// How far the figures of the face engine that judged may be trusted.
    EngineGradeName { Rated, Unrated, DemoGrade }
    /// How the consent to the face scan stands.
    ConsentStandingName { None, Given, Withdrawn }
    /// Real data, those of the demonstration, or of the test mode.
    RealmName { Live, Demo, Test }
    /// Whose data an API key reaches.
    ModeName { Test, Live }
    /// Where a webhook message stands.
    DeliveryStatusName { Pending, Delivered, Failed }
    /// Why a webhook endpoint is off.
    OffReasonName { Platform, Failing, Gone }
    /// What a magic credit code commands.
    MagicName {
        Match, Mismatch, NotFound, Inactive, Unavailable, Slow, Lying, LicenceAccountLimit, TooManyChecks,
        FaceAttemptsExceeded,
    }
    /// Why a transfer failed: the account bears another name; it is unknown, closed or blocked; the branch is unknown; a fault
    /// of the operator, which uses no transfer up; something else.
    TransferFailName { NameMismatch, AccountRefused, BranchUnknown, Operator, Other }
    /// How a message travels.
    ChannelName { Mail, Sms }
    /// Where a message stands: waiting; given to the mail server or the gateway; its address refused by them; not sent, because
    /// it was no longer true or is not wanted.
    MessageStatusName { Pending, Sent, Refused, Dropped }
    /// What a message is about.
    OccasionName {
        HandOff, Verified, Rejected, InfoWanted, AmountWanted, AccountWanted, Suspended, Reinstated, Revoked,
        ReverifyDue, GraceEnds,
    }
    /// State of a registry record.
    RegistryStatusName { Active, Cancelled, Revoked }
}

impl StateName {
    /// Whether a state is called so.
    #[must_use]
    pub fn is_one(word: &str) -> bool {
        let name = |state: &Self| serde_json::to_value(state).unwrap_or_default();
        Self::ALL.iter().any(|state| name(state) == word)
    }
}

/// Languages that the pages have.
pub struct LanguageName;

impl PartialSchema for LanguageName {
    fn schema() -> RefOr<Schema> {
        one_of(
            [Language::ZhCn, Language::En]
                .into_iter()
                .map(Language::tag),
        )
    }
}

impl ToSchema for LanguageName {}

/// Types of public event; the list is the domain's own.
pub struct EventTypeName;

impl PartialSchema for EventTypeName {
    fn schema() -> RefOr<Schema> {
        one_of(PublicKind::ALL.iter().map(|kind| kind.as_str()))
    }
}

impl ToSchema for EventTypeName {}

/// Stable codes; the list is the domain's own.
pub struct CodeName;

impl PartialSchema for CodeName {
    fn schema() -> RefOr<Schema> {
        one_of(Code::ALL.iter().map(|code| code.as_str()))
    }
}

impl ToSchema for CodeName {}

/// Scopes of API keys; the list is the domain's own.
pub struct ScopeName;

impl PartialSchema for ScopeName {
    fn schema() -> RefOr<Schema> {
        one_of(Scope::ALL.iter().map(|scope| scope.as_str()))
    }
}

impl ToSchema for ScopeName {}

fn one_of(words: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    let words: Vec<_> = words.collect();
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;
    use shiming_service::scan::Phase;
    use shiming_verification::{
        case::RenewalKind,
        credential::CredentialStatus,
        notification::{Channel, Occasion, Status},
        words::{AssuranceLevel, BankDirection, EngineGrade, Method, SubjectType},
    };

    fn text(word: impl Serialize) -> String {
        serde_json::to_value(word)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn all<T: Serialize + Copy>(words: &[T]) -> Vec<String> {
        words.iter().map(|word| text(*word)).collect()
    }

    #[test]
    fn the_document_uses_the_domain_s_words() {
        let subjects = [SubjectType::Enterprise, SubjectType::IndividualBusiness];
        assert_eq!(all(SubjectTypeName::ALL), all(&subjects));
        assert_eq!(
            all(MethodName::ALL),
            all(&[Method::Face, Method::Bank, Method::Sync])
        );
        let directions = [BankDirection::Forward, BankDirection::Reverse];
        assert_eq!(all(BankDirectionName::ALL), all(&directions));
        let levels = [
            AssuranceLevel::RegistryOnly,
            AssuranceLevel::BankTransfer,
            AssuranceLevel::LegalRepFace,
        ];
        assert_eq!(all(AssuranceLevelName::ALL), all(&levels));
        let grades = [
            EngineGrade::Rated,
            EngineGrade::Unrated,
            EngineGrade::DemoGrade,
        ];
        assert_eq!(all(EngineGradeName::ALL), all(&grades));
        let statuses = [
            CredentialStatus::Active,
            CredentialStatus::ChangePending,
            CredentialStatus::ReverifyDue,
            CredentialStatus::Superseded,
            CredentialStatus::Suspended,
            CredentialStatus::Revoked,
        ];
        assert_eq!(all(CredentialStatusName::ALL), all(&statuses));
        assert_eq!(all(ChannelName::ALL), all(&[Channel::Mail, Channel::Sms]));
        assert_eq!(all(OccasionName::ALL), all(&Occasion::ALL));
        let fates = [
            Status::Pending,
            Status::Sent,
            Status::Refused,
            Status::Dropped,
        ];
        assert_eq!(all(MessageStatusName::ALL), all(&fates));
        let renewals = [RenewalKind::Change, RenewalKind::Reverify];
        assert_eq!(all(RenewalKindName::ALL), all(&renewals));
        let phases = [
            Phase::Opened,
            Phase::Consented,
            Phase::Scanning,
            Phase::Judging,
            Phase::Paused,
        ];
        assert_eq!(all(PhaseName::ALL), all(&phases));
    }
}
