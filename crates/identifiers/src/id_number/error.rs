//! Why an identity number is refused, and what is only remarkable about it.

use thiserror::Error;

/// Why text is no identity number of a document that is accepted. Holds nothing of the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IdNumberError {
    /// Nothing was entered.
    #[error("enter the ID number of the legal representative")]
    Empty,
    /// 15 digits: a first-generation card, no longer valid since 2013.
    #[error(
        "15 digits are a first-generation ID, which is no longer valid; enter the 18 \
         characters of the present card"
    )]
    FirstGeneration,
    /// A character other than a digit, or than an X at the end.
    #[error(
        "an ID number has digits only, and sometimes an X at the end; compare it with the card"
    )]
    Character,
    /// Too short or too long.
    #[error("an ID number has 18 characters, this has {found}")]
    Length {
        /// The number of characters found.
        found: usize,
    },
    /// The check character does not fit: a digit is wrong or two are swapped.
    #[error("the ID number has a typing error; compare it with the card")]
    CheckDigit,
    /// The birth date is no day of the calendar.
    #[error("the birth date in the ID number does not exist; compare it with the card")]
    Date,
    /// The birth date is after today.
    #[error("the birth date in the ID number is in the future; compare it with the card")]
    BornInFuture,
    /// The owner would be older than 120.
    #[error("by this ID number its owner is over 120 years old; compare it with the card")]
    Age,
}

impl IdNumberError {
    /// Stable code of the API: always `id_number_invalid`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        "id_number_invalid"
    }

    /// Finer slug: `empty`, `first_generation`, `character`, `length`, `check_digit`, `date`
    /// (impossible or in the future) or `age`.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::FirstGeneration => "first_generation",
            Self::Character => "character",
            Self::Length { .. } => "length",
            Self::CheckDigit => "check_digit",
            Self::Date | Self::BornInFuture => "date",
            Self::Age => "age",
        }
    }
}

/// A soft finding about an [`IdNumber`](crate::IdNumber): worth a second look, no reason to refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdWarning {
    /// The province prefix is in no edition of GB/T 2260.
    UnknownRegion,
    /// The nationality on a foreigner's card is not in ISO 3166-1.
    UnknownCountry,
    /// The old foreigner's card holds no real birth date.
    Date,
    /// The check digit of the old foreigner's card does not fit; printed ones break it too.
    CheckDigit,
    /// The owner is under 18. The owner of an individual business may be 16.
    Minor,
}

impl IdWarning {
    /// Stable slug: `unknown_region`, `unknown_country`, `date`, `check_digit` or `minor`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownRegion => "unknown_region",
            Self::UnknownCountry => "unknown_country",
            Self::Date => "date",
            Self::CheckDigit => "check_digit",
            Self::Minor => "minor",
        }
    }
}
