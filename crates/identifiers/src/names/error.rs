//! Why a name is refused.

use thiserror::Error;

/// Why text can't be a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing that can be read was entered.
    #[error("enter the name as it is printed on the licence")]
    Empty,
    /// Longer than any registered name.
    #[error("a name has at most {limit} characters, this has {found}")]
    TooLong {
        /// The number of code points found.
        found: usize,
        /// The number of code points allowed.
        limit: usize,
    },
    /// A character that no name contains, or that fonts and registers don't share.
    #[error(
        "character {} of the name (U+{:04X}) is not supported; use the picker",
        .position + 1,
        u32::from(*.character)
    )]
    Unsupported {
        /// Where it stands, counted from zero in the code points of the text as typed.
        position: usize,
        /// The first such character.
        character: char,
    },
}

impl NameError {
    /// Stable code of the API: `name_char_unsupported` for a character, else `invalid_input`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unsupported { .. } => "name_char_unsupported",
            Self::Empty | Self::TooLong { .. } => "invalid_input",
        }
    }

    /// Finer slug: `empty`, `length` or `character`.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong { .. } => "length",
            Self::Unsupported { .. } => "character",
        }
    }
}
