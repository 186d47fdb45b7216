//! Identifiers of our own things: `UUIDv7` with a prefix that says what they name.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text is not an identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of the form {prefix}_…")]
pub struct IdError {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

macro_rules! prefixed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// Names the thing that has this UUID.
            #[must_use]
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare UUID, as stored.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.as_simple())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let wrong = IdError { prefix: $prefix };
                let hex = text.strip_prefix(concat!($prefix, "_")).ok_or(wrong.clone())?;
                Uuid::try_parse(hex).map(Self).map_err(|_| wrong)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

prefixed_id!(
    /// One verification: `ver_…`.
    CaseId,
    "ver"
);
prefixed_id!(
    /// What a passed verification leaves on the account: `crd_…`.
    CredentialId,
    "crd"
);
prefixed_id!(
    /// A platform, the tenant of every query: `plt_…`.
    PlatformId,
    "plt"
);
prefixed_id!(
    /// One transfer of the bank method: `trf_…`.
    TransferId,
    "trf"
);
prefixed_id!(
    /// Somebody who works at the console: `op_…`.
    OperatorId,
    "op"
);
prefixed_id!(
    /// A sister platform that a platform trusts: `iss_…`.
    IssuerId,
    "iss"
);
prefixed_id!(
    /// A sister platform that may ask us: `cli_…`.
    ClientId,
    "cli"
);
prefixed_id!(
    /// A public event; also the id of its webhook messages: `evt_…`.
    EventId,
    "evt"
);
prefixed_id!(
    /// An API key, without its secret: `key_…`.
    ApiKeyId,
    "key"
);
prefixed_id!(
    /// Where webhooks go: `whe_…`.
    EndpointId,
    "whe"
);
prefixed_id!(
    /// One message to a person: `ntf_…`.
    NotificationId,
    "ntf"
);
prefixed_id!(
    /// One message for one endpoint: `whd_…`.
    DeliveryId,
    "whd"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_prints() {
        let id = CaseId::new(Uuid::from_u128(7));
        assert_eq!(id.to_string(), "ver_00000000000000000000000000000007");
        assert_eq!(id.to_string().parse::<CaseId>(), Ok(id));
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let credential = CredentialId::new(Uuid::from_u128(7)).to_string();
        assert!(credential.parse::<CaseId>().is_err());
        assert!("ver_".parse::<CaseId>().is_err());
    }
}
