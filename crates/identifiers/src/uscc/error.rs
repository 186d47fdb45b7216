//! Why a credit code is refused, and what is only remarkable about it.

use thiserror::Error;

/// Why text is no unified social credit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UsccError {
    /// Nothing was entered.
    #[error("enter the 18-character credit code that is printed on the licence")]
    Empty,
    /// 13 or 15 digits: the registration number of an old licence, which is not accepted.
    #[error(
        "{digits} digits are an old registration number; only licences with an 18-character \
         credit code are accepted, have the licence renewed first"
    )]
    OldRegistrationNumber {
        /// 13 or 15.
        digits: usize,
    },
    /// A character that no code contains, such as the letter O or a hyphen.
    #[error("a credit code has no {character:?}; compare it with the licence")]
    Character {
        /// The first such character, after normalisation.
        character: char,
    },
    /// Too short or too long.
    #[error("a credit code has 18 characters, this has {found}")]
    Length {
        /// The number of characters found.
        found: usize,
    },
    /// The check character does not fit: a character is wrong or two are swapped.
    #[error("the credit code has a typing error; compare it with the licence")]
    CheckDigit,
}

impl UsccError {
    /// Stable code of the API: `licence_type_unsupported` for an old number, else `uscc_invalid`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OldRegistrationNumber { .. } => "licence_type_unsupported",
            _ => "uscc_invalid",
        }
    }

    /// Finer slug: `empty`, `old_registration_number`, `character`, `length` or `check_digit`.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::OldRegistrationNumber { .. } => "old_registration_number",
            Self::Character { .. } => "character",
            Self::Length { .. } => "length",
            Self::CheckDigit => "check_digit",
        }
    }
}

/// A soft finding about a [`Uscc`](crate::Uscc): worth a second look, no reason to refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsccWarning {
    /// The first character is not in the table of 2015; later ones are in use (G, J, Q).
    UnknownAuthority,
    /// The authority's table does not have the second character.
    UnknownCategory,
    /// Characters 3–8 are not six digits that begin with a province, nor `100000`.
    UnknownRegion,
    /// The check of the embedded organisation code does not fit.
    OrganisationCheck,
}

impl UsccWarning {
    /// Stable slug: `unknown_authority`, `unknown_category`, `unknown_region` or
    /// `organisation_check`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownAuthority => "unknown_authority",
            Self::UnknownCategory => "unknown_category",
            Self::UnknownRegion => "unknown_region",
            Self::OrganisationCheck => "organisation_check",
        }
    }
}
