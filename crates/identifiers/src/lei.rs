//! The legal entity identifier that enterprises use across borders.

use serde::{Deserialize, Serialize};

use crate::check_digit::mod_97;
use crate::code_error::CodeError;
use crate::normalise;
use crate::validated::{public_display, validated_string};

const WHAT: &str = "legal entity identifier";

/// An LEI (ISO 17442): 18 letters or digits and 2 check digits, the whole number congruent to 1
/// modulo 97.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Lei(String);

validated_string!(Lei, CodeError, Lei::parse);
public_display!(Lei);

impl Lei {
    /// Reads an identifier of 20 characters.
    ///
    /// # Errors
    /// Any [`CodeError`]; the check is hard.
    pub fn parse(value: &str) -> Result<Self, CodeError> {
        let code = normalise(value);
        if code.is_empty() {
            return Err(CodeError::Empty(WHAT));
        }
        if !has_lei_shape(code.as_bytes()) {
            return Err(CodeError::Shape(WHAT));
        }
        if mod_97(code.as_bytes()) == 1 {
            Ok(Self(code))
        } else {
            Err(CodeError::CheckDigit(WHAT))
        }
    }
}

fn has_lei_shape(code: &[u8]) -> bool {
    code.len() == 20
        && code[..18].iter().all(u8::is_ascii_alphanumeric)
        && code[18..].iter().all(u8::is_ascii_digit)
}
