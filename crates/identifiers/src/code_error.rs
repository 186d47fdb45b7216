//! The refusal shared by public codes that have no error code of their own.

use thiserror::Error;

/// Why a bank code, a legal entity identifier or an old registration number can't be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CodeError {
    /// Nothing was entered.
    #[error("the {0} is empty; enter it as printed")]
    Empty(&'static str),
    /// The text does not have the shape of this code: its length or a character is wrong.
    #[error("this is not a {0}; compare its length and characters with the original")]
    Shape(&'static str),
    /// The check digits do not fit the rest: a character is wrong or two are swapped.
    #[error("the {0} has a typing error; compare it with the original")]
    CheckDigit(&'static str),
}

impl CodeError {
    /// Stable code of the API: always `invalid_input`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        "invalid_input"
    }

    /// Finer slug: `empty`, `shape` or `check_digit`.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Empty(_) => "empty",
            Self::Shape(_) => "shape",
            Self::CheckDigit(_) => "check_digit",
        }
    }
}
