//! The name of an enterprise as its licence prints it.

use serde::{Deserialize, Serialize};

use super::characters::{as_kept, is_han};
use super::enterprise_key::EnterpriseNameKey;
use super::error::NameError;
use super::plain;
use super::private_use::to_standard;
use crate::mask::mask_name;
use crate::validated::{public_display, validated_string};

/// Code points that a name may have at all, so that storage and work stay bounded.
const LIMIT: usize = 256;

/// Code points that registered names have.
const USUAL_LENGTH: std::ops::RangeInclusive<usize> = 2..=120;

/// An enterprise's name.
///
/// The text stays as typed, in NFC, without invisible characters and surplus white space. Compare
/// two names by their [`key`](Self::key), never by their text.
///
/// ```
/// # use shiming_identifiers::EnterpriseName;
/// let typed = EnterpriseName::parse("示例科技【北京】有限公司")?;
/// assert_eq!(typed.key().as_str(), "示例科技(北京)有限公司");
/// # Ok::<(), shiming_identifiers::NameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EnterpriseName(String);

/// A soft finding about an [`EnterpriseName`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnterpriseNameWarning {
    /// Shorter than 2 or longer than 120 characters.
    UnusualLength,
    /// No Han character, which every mainland enterprise has in its name.
    NoHan,
}

impl EnterpriseNameWarning {
    /// Stable slug: `unusual_length` or `no_han`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnusualLength => "unusual_length",
            Self::NoHan => "no_han",
        }
    }
}

validated_string!(EnterpriseName, NameError, EnterpriseName::parse);
public_display!(EnterpriseName);

impl EnterpriseName {
    /// Reads a name as typed.
    ///
    /// # Errors
    /// [`NameError::Unsupported`] with the position of the first control, private-use or broken
    /// character, [`NameError::Empty`] if nothing is left of it, [`NameError::TooLong`] over 256
    /// code points.
    pub fn parse(value: &str) -> Result<Self, NameError> {
        let text = if plain::enterprise_key(value).is_some() {
            value.to_owned()
        } else {
            EnterpriseNameKey::refuse_unsupported(value)?;
            as_kept(value)
        };
        let found = text.chars().count();
        if found > LIMIT {
            return Err(NameError::TooLong {
                found,
                limit: LIMIT,
            });
        }
        EnterpriseNameKey::parse(&text)?;
        Ok(Self(text))
    }

    /// The compare key.
    ///
    /// # Panics
    /// Never: a name is only constructed from text that has a key.
    #[must_use]
    pub fn key(&self) -> EnterpriseNameKey {
        EnterpriseNameKey::parse(&self.0).expect("parse checked that the name has a key")
    }

    /// The name for the screen: as typed, in full-width brackets, which licences print, and with
    /// private-use characters replaced by the standard ones that fonts can draw. A name without
    /// Han characters keeps its brackets.
    #[must_use]
    pub fn display(&self) -> String {
        let standard = self.0.chars().map(to_standard);
        if !self.0.chars().any(is_han) {
            return standard.collect();
        }
        let full_width = |c| match c {
            '(' => '（',
            ')' => '）',
            c => c,
        };
        standard.map(full_width).collect()
    }

    /// The name with only its first and last character shown, or its first if it has two.
    #[must_use]
    pub fn masked(&self) -> String {
        mask_name(&self.display())
    }

    /// What is unusual about the name.
    #[must_use]
    pub fn warnings(&self) -> Vec<EnterpriseNameWarning> {
        let mut warnings = Vec::new();
        if !USUAL_LENGTH.contains(&self.0.chars().count()) {
            warnings.push(EnterpriseNameWarning::UnusualLength);
        }
        if !self.key().as_str().chars().any(is_han) {
            warnings.push(EnterpriseNameWarning::NoHan);
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    use super::{EnterpriseName, EnterpriseNameWarning, NameError};

    fn parse(text: &str) -> EnterpriseName {
        EnterpriseName::parse(text).expect(text)
    }

    #[test]
    fn the_text_stays_and_the_screen_shows_full_width_brackets() {
        let name = parse(" 示例科技(北京)有限公司\r\n");
        assert_eq!(name.as_str(), "示例科技(北京)有限公司");
        assert_eq!(name.display(), "示例科技（北京）有限公司");
        assert_eq!(
            parse("Example (Beijing) Ltd.").display(),
            "Example (Beijing) Ltd."
        );
    }

    #[test]
    fn characters_that_no_register_holds_are_located() {
        let unsupported = |position, character| {
            Err(NameError::Unsupported {
                position,
                character,
            })
        };
        assert_eq!(EnterpriseName::parse(" 示例\u{7}"), unsupported(3, '\u{7}'));
        assert_eq!(EnterpriseName::parse("示例\n公司"), unsupported(2, '\n'));
        assert_eq!(
            EnterpriseName::parse("示例\u{E000}"),
            unsupported(2, '\u{E000}')
        );
        assert_eq!(
            EnterpriseName::parse("示\u{FFFD}例"),
            unsupported(1, '\u{FFFD}')
        );
        assert_eq!(
            EnterpriseName::parse("示\u{2FFFE}例"),
            unsupported(1, '\u{2FFFE}')
        );
    }

    #[test]
    fn a_name_has_at_least_one_character_and_a_bound() {
        for nothing in ["", "  ", "\u{200B}", "“”"] {
            assert_eq!(
                EnterpriseName::parse(nothing),
                Err(NameError::Empty),
                "{nothing:?}"
            );
        }
        assert!(EnterpriseName::parse(&"例".repeat(256)).is_ok());
        let too_long = NameError::TooLong {
            found: 257,
            limit: 256,
        };
        assert_eq!(EnterpriseName::parse(&"例".repeat(257)), Err(too_long));
    }

    #[test]
    fn soft_findings() {
        assert_eq!(parse("示例科技有限公司").warnings(), []);
        assert_eq!(
            parse("例").warnings(),
            [EnterpriseNameWarning::UnusualLength]
        );
        assert_eq!(
            parse(&"例".repeat(121)).warnings(),
            [EnterpriseNameWarning::UnusualLength]
        );
        assert_eq!(
            parse("Example Ltd.").warnings(),
            [EnterpriseNameWarning::NoHan]
        );
    }

    #[test]
    fn a_mask_keeps_both_ends() {
        assert_eq!(parse("示例科技有限公司").masked(), "示******司");
    }
}
