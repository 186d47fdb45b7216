//! What platforms are told: the public events, and which of the inner ones become one.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    change::{Change, Event, EventKind},
    code::Code,
    ids::{CaseId, CredentialId, EndpointId, EventId, PlatformId},
    lifecycle::LifeEvent,
};

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal),+ $(,)?) => {
        /// Types of public event. Receivers must pass over types that they don't know.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum PublicKind {
            $($(#[doc = $doc])+ #[serde(rename = $text)] $name,)+
        }

        impl PublicKind {
            /// Every type.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The type as it stands on the wire.
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

kinds! {
    /// A verification was opened.
    VerificationCreated = "verification.created",
    /// A verification went on: to another state, or another step of it.
    VerificationUpdated = "verification.updated",
    /// A try failed: elements, face, transfer or amount. The code says why.
    VerificationAttemptFailed = "verification.attempt_failed",
    /// The legal representative took the consent to the face scan back: what scans have left of the face is gone. What was
    /// decided before stays.
    VerificationConsentWithdrawn = "verification.consent_withdrawn",
    /// A verification waits for a person of the operator.
    VerificationInReview = "verification.in_review",
    /// A verification is locked after too many failures.
    VerificationLocked = "verification.locked",
    /// A verification passed.
    VerificationVerified = "verification.verified",
    /// A verification was refused for good.
    VerificationRejected = "verification.rejected",
    /// A verification was given up.
    VerificationCanceled = "verification.canceled",
    /// A verification ran out of time.
    VerificationExpired = "verification.expired",
    /// An account got a credential.
    CredentialIssued = "credential.issued",
    /// A credential has to be verified again.
    CredentialReverifyDue = "credential.reverify_due",
    /// A credential is not valid for the time being.
    CredentialSuspended = "credential.suspended",
    /// A credential is valid again.
    CredentialReinstated = "credential.reinstated",
    /// A credential ended for good.
    CredentialRevoked = "credential.revoked",
    /// A credential was replaced by a later one of the same account.
    CredentialSuperseded = "credential.superseded",
    /// A sister platform ended what was synchronised from it.
    EnterpriseVerificationRevoked = "enterprise.verification.revoked",
    /// A webhook endpoint was switched off, because it failed for too long or said that it is gone.
    WebhookEndpointDisabled = "webhook_endpoint.disabled",
    /// A trial message that the platform asked for.
    WebhookEndpointTest = "webhook_endpoint.test",
}

impl std::str::FromStr for PublicKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        let known = Self::ALL.iter().find(|kind| kind.as_str() == text);
        known.copied().ok_or(UnknownKind)
    }
}

/// There is no such type of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such type of event")]
pub struct UnknownKind;

/// What an event is about: ids and states, never names or numbers. The receiver fetches the rest with its own key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// The verification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification_id: Option<CaseId>,
    /// The credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_id: Option<CredentialId>,
    /// The platform's own id of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// The webhook endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint_id: Option<EndpointId>,
    /// The state that the verification is in after this event's commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
}

/// One thing that a platform is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicEvent {
    /// Its id, the same on every delivery.
    pub id: EventId,
    /// Who is told.
    pub platform: PlatformId,
    /// What.
    pub kind: PublicKind,
    /// What the order of deliveries is kept for: events of one stream arrive in order.
    pub stream: Uuid,
    /// What it is about.
    pub about: About,
    /// When it happened.
    pub at: DateTime<Utc>,
}

/// The one place that says which inner event becomes which public one. Whatever is not named here is an update.
#[must_use]
pub const fn public_kind(kind: EventKind) -> Option<PublicKind> {
    use EventKind as Inner;
    use PublicKind as Public;
    Some(match kind {
        Inner::Opened => Public::VerificationCreated,
        Inner::RegistryRefused
        | Inner::TryFailed
        | Inner::TransferFailed
        | Inner::AmountWrong
        | Inner::PaymentRefused => Public::VerificationAttemptFailed,
        Inner::ConsentWithdrawn => Public::VerificationConsentWithdrawn,
        Inner::SentToReview => Public::VerificationInReview,
        Inner::Locked => Public::VerificationLocked,
        Inner::Verified => Public::VerificationVerified,
        Inner::Rejected => Public::VerificationRejected,
        Inner::Canceled => Public::VerificationCanceled,
        Inner::Expired => Public::VerificationExpired,
        // Each is followed, in the same commit or the next, by what platforms wait for.
        Inner::Edited
        | Inner::RegistryMatched
        | Inner::LivenessPassed
        | Inner::FaceMatched
        | Inner::AmountMatched
        | Inner::PaymentMatched
        // For operators only.
        | Inner::RiskFound
        | Inner::ReviewApproved => return None,
        _ => Public::VerificationUpdated,
    })
}

/// What a change of a credential's life is called in public.
#[must_use]
pub const fn public_kind_of_life(event: LifeEvent) -> PublicKind {
    match event {
        LifeEvent::ReverifyDue => PublicKind::CredentialReverifyDue,
        LifeEvent::Suspended => PublicKind::CredentialSuspended,
        LifeEvent::Reinstated => PublicKind::CredentialReinstated,
        LifeEvent::Revoked => PublicKind::CredentialRevoked,
        LifeEvent::Superseded => PublicKind::CredentialSuperseded,
    }
}

impl Change {
    /// What the platform is told of this change, in order; `id` names the n-th.
    #[must_use]
    pub fn public_events(&self, id: impl Fn(usize) -> EventId) -> Vec<PublicEvent> {
        let of_event = |event: &Event| {
            let kind = public_kind(event.kind)?;
            Some((kind, event.code, event.at))
        };
        let issued = self
            .credential
            .as_ref()
            .map(|credential| (PublicKind::CredentialIssued, None, credential.verified_at));
        let told = self.events.iter().filter_map(of_event).chain(issued);
        let credential = self.credential.as_ref().map(|credential| credential.id);
        told.enumerate()
            .map(|(nth, (kind, code, at))| PublicEvent {
                id: id(nth),
                platform: self.case.account.platform,
                kind,
                stream: self.case.id.uuid(),
                about: About {
                    verification_id: Some(self.case.id),
                    account_id: Some(self.case.account.id.clone()),
                    credential_id: credential,
                    state: Some(self.case.state.name().to_owned()),
                    code,
                    ..About::default()
                },
                at,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_reads_back_what_it_prints() {
        for kind in PublicKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }

    #[test]
    fn outcomes_have_types_of_their_own_and_news_is_an_update() {
        let kind = |event| public_kind(event).map(PublicKind::as_str);
        assert_eq!(kind(EventKind::Verified), Some("verification.verified"));
        assert_eq!(
            kind(EventKind::TryFailed),
            Some("verification.attempt_failed")
        );
        assert_eq!(
            kind(EventKind::InvitationIssued),
            Some("verification.updated")
        );
        assert_eq!(kind(EventKind::FaceMatched), None);
    }

    #[test]
    fn what_an_event_is_about_is_thin() {
        let about = About {
            account_id: Some("acct-1".to_owned()),
            code: Some(Code::FaceMismatch),
            ..About::default()
        };
        let json = serde_json::to_value(about).unwrap();
        assert_eq!(
            json,
            serde_json::json!({ "account_id": "acct-1", "code": "face_mismatch" })
        );
    }
}
