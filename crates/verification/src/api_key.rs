//! The keys by which a platform's programs are known.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{ApiKeyId, PlatformId};

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// What a key may be used for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Scope {
            $($(#[$doc])* #[serde(rename = $text)] $name,)+
        }

        impl Scope {
            /// Every scope.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The scope as it stands on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
        }
    };
}

scopes! {
    /// See verifications.
    VerificationsRead = "verifications:read",
    /// Open and cancel verifications.
    VerificationsWrite = "verifications:write",
    /// See accounts' credentials and the verified enterprises.
    CredentialsRead = "credentials:read",
    /// End credentials; close accounts.
    CredentialsWrite = "credentials:write",
    /// See what happened.
    EventsRead = "events:read",
    /// See where webhooks go and how they fared.
    WebhooksRead = "webhooks:read",
    /// Say where webhooks go; replay them.
    WebhooksWrite = "webhooks:write",
    /// Hand out everything that is kept of a person, unmasked.
    PersonsRead = "persons:read",
    /// Erase a person; take a consent back on the person's word.
    PersonsWrite = "persons:write",
    /// Change the platform's settings: the origins that may frame the portal.
    PlatformWrite = "platform:write",
}

impl std::str::FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        let known = Self::ALL.iter().find(|scope| scope.as_str() == text);
        known.copied().ok_or(UnknownScope)
    }
}

/// There is no such scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such scope")]
pub struct UnknownScope;

/// An API key as it is known after its making: without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// Whose it is; a test key's platform is the test platform.
    pub platform: PlatformId,
    /// What people call it.
    pub name: String,
    /// Its first characters, to tell keys apart.
    pub prefix: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops to work: the end of a rotation's overlap.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl ApiKey {
    /// Whether it opens anything at a moment.
    #[must_use]
    pub fn is_good(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_reads_back_what_it_prints() {
        for scope in Scope::ALL {
            assert_eq!(scope.as_str().parse(), Ok(*scope));
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
        }
        assert!("everything".parse::<Scope>().is_err());
    }
}
