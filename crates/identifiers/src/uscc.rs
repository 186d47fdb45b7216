//! The unified social credit code, the one number of an organisation (GB 32100-2015).

mod authority;
mod error;

use serde::{Deserialize, Serialize};

use crate::check_digit::weighted_sum;
use crate::normalise;
use crate::region::is_authority_region;
use crate::registration_number::has_registration_number_shape;
use crate::validated::{public_display, validated_string};
pub use authority::{Authority, SubjectKind};
pub use error::{UsccError, UsccWarning};

/// The 31 characters of GB 32100, in the order of their values; I, O, S, V and Z are left out.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A unified social credit code whose check character is right.
///
/// | characters | content |
/// |---|---|
/// | 1–2 | [`Self::authority`] and its category, [`Self::subject_kind`] |
/// | 3–8 | region of the authority (GB/T 2260) |
/// | 9–17 | organisation code with its own check (GB 11714) |
/// | 18 | check character over the first 17 |
///
/// Only the last row is a hard rule; [`Self::warnings`] tells about the others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uscc(String);

validated_string!(Uscc, UsccError, Uscc::parse);
public_display!(Uscc);

impl Uscc {
    /// Reads a code as typed; see [`normalise`] for what is forgiven.
    ///
    /// # Errors
    /// The first [`UsccError`] that applies, in the order of its variants. 13 or 15 digits are a
    /// registration number from an old licence and have a variant of their own.
    pub fn parse(value: &str) -> Result<Self, UsccError> {
        let code = normalise(value);
        if code.is_empty() {
            return Err(UsccError::Empty);
        }
        if has_registration_number_shape(&code) {
            return Err(UsccError::OldRegistrationNumber { digits: code.len() });
        }
        if let Some(character) = code.chars().find(|&c| value_of(c).is_none()) {
            return Err(UsccError::Character { character });
        }
        if code.len() != 18 {
            return Err(UsccError::Length { found: code.len() });
        }
        match Self::check_character(&code[..17]) {
            Some(check) if code.ends_with(check) => Ok(Self(code)),
            _ => Err(UsccError::CheckDigit),
        }
    }

    /// Builds a code from its parts and computes both checks, for synthetic and test data.
    ///
    /// `category` is characters 1–2, `region` 3–8, `organisation` the first eight characters of
    /// the organisation code. `None` if a part has another length or a character that codes do not
    /// use.
    ///
    /// ```
    /// # use shiming_identifiers::Uscc;
    /// let code = Uscc::from_parts("91", "350100", "M000100Y").unwrap();
    /// assert_eq!(code.as_str(), "91350100M000100Y43");
    /// ```
    #[must_use]
    pub fn from_parts(category: &str, region: &str, organisation: &str) -> Option<Self> {
        if (category.len(), region.len(), organisation.len()) != (2, 6, 8) {
            return None;
        }
        let inner = Self::organisation_check_character(organisation)?;
        let first_17 = format!("{category}{region}{organisation}{inner}");
        let check = Self::check_character(&first_17)?;
        Some(Self(format!("{first_17}{check}")))
    }

    /// The check character that belongs after 17 characters of the alphabet, `None` for anything
    /// else.
    ///
    /// Each value is weighted with 3^i mod 31; the check brings the sum to a multiple of 31.
    #[must_use]
    pub fn check_character(first_17: &str) -> Option<char> {
        if first_17.chars().count() != 17 {
            return None;
        }
        let mut sum = 0;
        let mut weight = 1;
        for character in first_17.chars() {
            sum += value_of(character)? * weight;
            weight = weight * 3 % 31;
        }
        Some(char::from(ALPHABET[(31 - sum % 31) % 31]))
    }

    /// The check character of an organisation code (GB 11714) after its first eight characters,
    /// `None` unless they are eight digits or capital letters.
    #[must_use]
    pub fn organisation_check_character(first_8: &str) -> Option<char> {
        const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
        let shaped = first_8
            .bytes()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        if first_8.len() != 8 || !shaped {
            return None;
        }
        let remainder = weighted_sum(first_8.as_bytes(), &WEIGHTS) % 11;
        // 11 − remainder, where 10 is written X and 11 is written 0.
        Some(char::from(b"0X987654321"[remainder as usize]))
    }

    /// The authority that registered the organisation, `None` if its character is newer than the
    /// table of 2015.
    #[must_use]
    pub fn authority(&self) -> Option<Authority> {
        Authority::from_character(self.0.as_bytes()[0])
    }

    /// What kind of subject the first two characters stand for.
    #[must_use]
    pub fn subject_kind(&self) -> SubjectKind {
        SubjectKind::from_prefix(&self.0[..2])
    }

    /// The region of the registering authority, characters 3–8.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.0[2..8]
    }

    /// The embedded organisation code with its own check, characters 9–17.
    #[must_use]
    pub fn organisation_code(&self) -> &str {
        &self.0[8..17]
    }

    /// What is unusual about the code though its check is right.
    #[must_use]
    pub fn warnings(&self) -> Vec<UsccWarning> {
        let mut warnings = Vec::new();
        match self.authority() {
            None => warnings.push(UsccWarning::UnknownAuthority),
            Some(authority) if !authority.has_category(self.0.as_bytes()[1]) => {
                warnings.push(UsccWarning::UnknownCategory);
            }
            Some(_) => {}
        }
        if !is_authority_region(self.region()) {
            warnings.push(UsccWarning::UnknownRegion);
        }
        let (first_8, check) = self.organisation_code().split_at(8);
        if !Self::organisation_check_character(first_8).is_some_and(|c| check.starts_with(c)) {
            warnings.push(UsccWarning::OrganisationCheck);
        }
        warnings
    }
}

fn value_of(character: char) -> Option<usize> {
    ALPHABET.iter().position(|&c| char::from(c) == character)
}

#[cfg(test)]
mod tests {
    use super::{SubjectKind, Uscc, UsccWarning};

    #[test]
    fn the_parts_of_a_code_can_be_read() {
        let code = Uscc::parse("91350100M000100Y43").expect("the sample of the standard");
        assert_eq!(code.region(), "350100");
        assert_eq!(code.organisation_code(), "M000100Y4");
        assert_eq!(code.subject_kind(), SubjectKind::Enterprise);
    }

    #[test]
    fn an_organisation_check_of_ten_is_x_and_of_eleven_is_zero() {
        assert_eq!(Uscc::organisation_check_character("71430580"), Some('X'));
        assert_eq!(Uscc::organisation_check_character("500000TE"), Some('6'));
        assert_eq!(Uscc::organisation_check_character("00000000"), Some('0'));
    }

    #[test]
    fn each_soft_rule_has_its_warning() {
        let warnings = |first_17: &str| {
            let check = Uscc::check_character(first_17).expect("17 characters");
            Uscc::parse(&format!("{first_17}{check}"))
                .expect("checked")
                .warnings()
        };
        assert_eq!(warnings("91350100M000100Y4"), []);
        assert_eq!(
            warnings("G1350100M000100Y4"),
            [UsccWarning::UnknownAuthority]
        );
        assert_eq!(
            warnings("98350100M000100Y4"),
            [UsccWarning::UnknownCategory]
        );
        assert_eq!(warnings("91990100M000100Y4"), [UsccWarning::UnknownRegion]);
        assert_eq!(warnings("9135A100M000100Y4"), [UsccWarning::UnknownRegion]);
        assert_eq!(
            warnings("91350100M000100Y5"),
            [UsccWarning::OrganisationCheck]
        );
    }

    #[test]
    fn parts_of_the_wrong_shape_make_no_code() {
        assert_eq!(Uscc::from_parts("9", "350100", "M000100Y"), None);
        assert_eq!(Uscc::from_parts("91", "35010O", "M000100Y"), None);
        assert_eq!(Uscc::from_parts("91", "350100", "m000100y"), None);
    }
}
