//! The bank code of China's payment system (联行号).

use serde::{Deserialize, Serialize};

use crate::check_digit::mod_11_10;
use crate::code_error::CodeError;
use crate::normalise;
use crate::validated::{public_display, validated_string};

const WHAT: &str = "CNAPS bank code";

/// A CNAPS code: 3 digits bank, 4 digits area, 4 digits branch, 1 check digit.
///
/// No public text describes the check digit. It behaves as ISO/IEC 7064 MOD 11,10 on every
/// published code that was tried, so a misfit is a warning and the branch directory decides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cnaps(String);

/// A soft finding about a [`Cnaps`] code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CnapsWarning {
    /// The last digit is not the one that MOD 11,10 gives.
    CheckDigit,
}

impl CnapsWarning {
    /// Stable slug: `check_digit`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::CheckDigit => "check_digit",
        }
    }
}

validated_string!(Cnaps, CodeError, Cnaps::parse);
public_display!(Cnaps);

impl Cnaps {
    /// Reads a code of 12 digits.
    ///
    /// # Errors
    /// [`CodeError::Empty`] and [`CodeError::Shape`]; the check digit only warns, see
    /// [`Self::warning`].
    pub fn parse(value: &str) -> Result<Self, CodeError> {
        let code = normalise(value);
        if code.is_empty() {
            return Err(CodeError::Empty(WHAT));
        }
        let shaped = code.len() == 12 && code.bytes().all(|b| b.is_ascii_digit());
        if shaped {
            Ok(Self(code))
        } else {
            Err(CodeError::Shape(WHAT))
        }
    }

    /// What is doubtful about the code, if anything.
    #[must_use]
    pub fn warning(&self) -> Option<CnapsWarning> {
        let (first, check) = self.0.as_bytes().split_at(11);
        (mod_11_10(first) != check[0]).then_some(CnapsWarning::CheckDigit)
    }

    /// The three digits that name the bank, such as `102` for ICBC.
    #[must_use]
    pub fn bank(&self) -> &str {
        &self.0[..3]
    }
}
