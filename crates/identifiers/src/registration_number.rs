//! The registration number that licences carried before the unified social credit code.

use serde::{Deserialize, Serialize};

use crate::check_digit::mod_11_10;
use crate::code_error::CodeError;
use crate::normalise;
use crate::validated::{public_display, validated_string};

const WHAT: &str = "registration number";

/// A business registration number: 15 digits (GS 15-2006) or 13 digits (before 2007).
///
/// It is no longer accepted on a licence, but registers still list it beside the
/// [`Uscc`](crate::Uscc) of the same company. A wrong check digit is only a warning: the register
/// decides, and some registers hold such numbers.
///
/// ```
/// # use shiming_identifiers::RegistrationNumber;
/// let number = RegistrationNumber::parse("110108000000016")?;
/// assert_eq!(number.warning(), None);
/// # Ok::<(), shiming_identifiers::CodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RegistrationNumber(String);

/// A soft finding about a [`RegistrationNumber`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationWarning {
    /// 15 digits whose last one does not fit MOD 11,10.
    CheckDigit,
    /// 13 digits, which carry no check at all.
    Unchecked,
}

impl RegistrationWarning {
    /// Stable slug: `check_digit` or `unchecked`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::CheckDigit => "check_digit",
            Self::Unchecked => "unchecked",
        }
    }
}

/// Whom a 15-digit number was given to, read from its first serial digit; registers keep to it only
/// loosely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationOwner {
    /// `0`–`3`: a domestic enterprise.
    Domestic,
    /// `4`–`5`: a foreign-invested enterprise.
    ForeignInvested,
    /// `6`–`9`: an individual business.
    IndividualBusiness,
}

validated_string!(RegistrationNumber, CodeError, RegistrationNumber::parse);
public_display!(RegistrationNumber);

impl RegistrationNumber {
    /// Reads a number of 15 or 13 digits.
    ///
    /// # Errors
    /// [`CodeError::Empty`] and [`CodeError::Shape`]; the check digit only warns, see
    /// [`Self::warning`].
    pub fn parse(value: &str) -> Result<Self, CodeError> {
        let number = normalise(value);
        if number.is_empty() {
            return Err(CodeError::Empty(WHAT));
        }
        if has_registration_number_shape(&number) {
            Ok(Self(number))
        } else {
            Err(CodeError::Shape(WHAT))
        }
    }

    /// Appends the check digit to 14 digits; `None` if they are not 14 digits.
    #[must_use]
    pub fn from_first_14(digits: &str) -> Option<Self> {
        let shaped = digits.len() == 14 && digits.bytes().all(|b| b.is_ascii_digit());
        shaped.then(|| {
            Self(format!(
                "{digits}{}",
                char::from(mod_11_10(digits.as_bytes()))
            ))
        })
    }

    /// What is doubtful about the number, if anything.
    #[must_use]
    pub fn warning(&self) -> Option<RegistrationWarning> {
        match self.0.as_bytes() {
            [first @ .., check] if first.len() == 14 => {
                (mod_11_10(first) != *check).then_some(RegistrationWarning::CheckDigit)
            }
            _ => Some(RegistrationWarning::Unchecked),
        }
    }

    /// Whom the number was given to; `None` for 13 digits, which do not say.
    #[must_use]
    pub fn owner(&self) -> Option<RegistrationOwner> {
        if self.0.len() != 15 {
            return None;
        }
        Some(match self.0.as_bytes()[6] {
            b'0'..=b'3' => RegistrationOwner::Domestic,
            b'4'..=b'5' => RegistrationOwner::ForeignInvested,
            _ => RegistrationOwner::IndividualBusiness,
        })
    }
}

/// Whether normalised text is 13 or 15 digits, which no other licence number is.
pub(crate) fn has_registration_number_shape(normalised: &str) -> bool {
    matches!(normalised.len(), 13 | 15) && normalised.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{RegistrationNumber, RegistrationOwner, RegistrationWarning};

    fn parse(value: &str) -> RegistrationNumber {
        RegistrationNumber::parse(value).expect("13 or 15 digits")
    }

    #[test]
    fn the_owner_is_read_from_the_first_serial_digit() {
        assert_eq!(
            parse("110108000000016").owner(),
            Some(RegistrationOwner::Domestic)
        );
        assert_eq!(
            parse("440301501123140").owner(),
            Some(RegistrationOwner::ForeignInvested)
        );
        assert_eq!(
            parse("370200600000121").owner(),
            Some(RegistrationOwner::IndividualBusiness)
        );
        assert_eq!(parse("1101081234567").owner(), None);
    }

    #[test]
    fn thirteen_digits_are_accepted_unchecked() {
        assert_eq!(
            parse("1101081234567").warning(),
            Some(RegistrationWarning::Unchecked)
        );
    }
}
