//! Telling the documents apart by their numbers.

use serde::{Deserialize, Serialize};

/// The document that an [`IdNumber`](crate::IdNumber) belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdKind {
    /// 居民身份证, GB 11643-1999.
    ResidentId,
    /// 港澳居民居住证 of a Hong Kong resident, prefix `810000`.
    HongKongResidencePermit,
    /// 港澳居民居住证 of a Macau resident, prefix `820000`.
    MacauResidencePermit,
    /// 台湾居民居住证, prefix `830000`.
    TaiwanResidencePermit,
    /// 外国人永久居留身份证 issued since December 2023: 18 characters that begin with `9`.
    ForeignerCard,
    /// 外国人永久居留身份证 issued before: 3 letters and 12 digits; valid until its expiry.
    OldForeignerCard,
}

impl IdKind {
    /// The kind of a number whose hard rules hold.
    pub(super) fn of(number: &str) -> Self {
        match number {
            _ if number.len() == 15 => Self::OldForeignerCard,
            _ if number.starts_with("810000") => Self::HongKongResidencePermit,
            _ if number.starts_with("820000") => Self::MacauResidencePermit,
            _ if number.starts_with("830000") => Self::TaiwanResidencePermit,
            _ if number.starts_with('9') => Self::ForeignerCard,
            _ => Self::ResidentId,
        }
    }

    /// Whether authorities keep these people in a data set of their own, so that "not found" from
    /// one provider is a reason to ask another.
    #[must_use]
    pub const fn is_residence_permit(self) -> bool {
        matches!(
            self,
            Self::HongKongResidencePermit
                | Self::MacauResidencePermit
                | Self::TaiwanResidencePermit
        )
    }

    /// Stable slug, the same as in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ResidentId => "resident_id",
            Self::HongKongResidencePermit => "hong_kong_residence_permit",
            Self::MacauResidencePermit => "macau_residence_permit",
            Self::TaiwanResidencePermit => "taiwan_residence_permit",
            Self::ForeignerCard => "foreigner_card",
            Self::OldForeignerCard => "old_foreigner_card",
        }
    }
}

/// Three letters of a country and twelve digits.
pub(super) fn has_old_foreigner_shape(normalised: &str) -> bool {
    let bytes = normalised.as_bytes();
    bytes.len() == 15
        && bytes[..3].iter().all(u8::is_ascii_uppercase)
        && bytes[3..].iter().all(u8::is_ascii_digit)
}

/// 15 digits: a resident ID from before 1999, without century and check.
pub(super) fn is_first_generation(normalised: &str) -> bool {
    normalised.len() == 15 && normalised.bytes().all(|b| b.is_ascii_digit())
}
