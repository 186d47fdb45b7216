//! Why a way through the organisation's identity provider led nowhere.

use crate::error::ServiceError;

/// Why somebody does not come in; the sign-in page has a text for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SsoRefusal {
    /// Nobody waits for this answer: it came too late, twice, or in another browser.
    Over,
    /// The person or the provider broke it off.
    Declined,
    /// The provider can't be asked.
    Unavailable,
    /// What came back is not to be believed.
    NotBelieved,
    /// The provider names no group that has a role here.
    NoRole,
    /// The operator was disabled here.
    Disabled,
    /// The provider did not ask the person again, or somebody else answered.
    NotProved,
}

impl SsoRefusal {
    /// Every refusal.
    pub const ALL: [Self; 7] = [
        Self::Over,
        Self::Declined,
        Self::Unavailable,
        Self::NotBelieved,
        Self::NoRole,
        Self::Disabled,
        Self::NotProved,
    ];

    /// The word in the page's address and in the trail.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Over => "over",
            Self::Declined => "declined",
            Self::Unavailable => "unavailable",
            Self::NotBelieved => "not_believed",
            Self::NoRole => "no_role",
            Self::Disabled => "disabled",
            Self::NotProved => "not_proved",
        }
    }
}

/// Why a way through the provider led nowhere.
#[derive(Debug, thiserror::Error)]
pub enum SsoError {
    /// By rule.
    #[error("refused: {}", .0.as_str())]
    Refused(SsoRefusal),
    /// Our own store is not available.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<SsoRefusal> for SsoError {
    fn from(refusal: SsoRefusal) -> Self {
        Self::Refused(refusal)
    }
}
