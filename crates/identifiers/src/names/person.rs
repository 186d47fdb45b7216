//! The name of a person as a licence or an identity card prints it.

use serde::{Deserialize, Serialize};

use super::characters::{as_kept, is_han, is_latin_letter, is_rare_han};
use super::error::NameError;
use super::person_key::PersonNameKey;
use super::plain;
use super::private_use::to_standard;
use crate::mask::mask_name;
use crate::validated::{masked_debug, validated_string};

/// Code points that a name may have. Registers hold 25 Chinese characters; transliterated and
/// foreign names need more.
const LIMIT: usize = 64;

/// A person's name: Han characters of every Unicode plane, Latin letters, separators.
///
/// The text stays as typed, in NFC, without invisible characters and surplus white space. Compare
/// two names by their [`key`](Self::key), never by their text. `Debug` shows the mask; there is no
/// `Display`.
///
/// ```
/// # use shiming_identifiers::PersonName;
/// let typed = PersonName::parse("买买提•艾力")?;
/// assert_eq!(typed.as_str(), "买买提•艾力");
/// assert_eq!(typed.key(), PersonName::parse("买买提 · 艾力")?.key());
/// # Ok::<(), shiming_identifiers::NameError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

/// A soft finding about a [`PersonName`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonNameWarning {
    /// A single character; family and given name are expected.
    SingleCharacter,
    /// Han characters and Latin letters together.
    MixedScripts,
    /// A character that some sources lack or hold under a private-use number, see
    /// [`PersonName::has_rare_character`].
    RareCharacter,
}

impl PersonNameWarning {
    /// Stable slug: `single_character`, `mixed_scripts` or `rare_character`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SingleCharacter => "single_character",
            Self::MixedScripts => "mixed_scripts",
            Self::RareCharacter => "rare_character",
        }
    }
}

validated_string!(PersonName, NameError, PersonName::parse);
masked_debug!(PersonName);

impl PersonName {
    /// Reads a name as typed.
    ///
    /// # Errors
    /// [`NameError::Unsupported`] with the position of the first character that a name can't
    /// contain, [`NameError::Empty`] if no letter is left, [`NameError::TooLong`] over 64 code
    /// points.
    pub fn parse(value: &str) -> Result<Self, NameError> {
        let text = if plain::is_persons_key(value) {
            value.to_owned()
        } else {
            PersonNameKey::refuse_unsupported(value)?;
            as_kept(value)
        };
        let found = text.chars().count();
        if found > LIMIT {
            return Err(NameError::TooLong {
                found,
                limit: LIMIT,
            });
        }
        PersonNameKey::parse(&text)?;
        Ok(Self(text))
    }

    /// The compare key, also the canonical spelling for a registry.
    ///
    /// # Panics
    /// Never: a name is only constructed from text that has a key.
    #[must_use]
    pub fn key(&self) -> PersonNameKey {
        PersonNameKey::parse(&self.0).expect("parse checked that the name has a key")
    }

    /// The name for the screen: as typed, with private-use characters replaced by the standard ones
    /// that fonts can draw.
    #[must_use]
    pub fn display(&self) -> String {
        self.0.chars().map(to_standard).collect()
    }

    /// The name with only its first and last character shown, or its first if it has two.
    #[must_use]
    pub fn masked(&self) -> String {
        mask_name(&self.display())
    }

    /// Whether a character lies outside the common 20,902 or once lived in the private-use area.
    /// If a source denies such a name, a person should look before the answer counts.
    #[must_use]
    pub fn has_rare_character(&self) -> bool {
        self.key().as_str().chars().any(is_rare_han)
    }

    /// What is unusual about the name.
    #[must_use]
    pub fn warnings(&self) -> Vec<PersonNameWarning> {
        let key = self.key();
        let has = |class: fn(char) -> bool| key.as_str().chars().any(class);
        [
            (
                key.as_str().chars().count() == 1,
                PersonNameWarning::SingleCharacter,
            ),
            (
                has(is_han) && has(is_latin_letter),
                PersonNameWarning::MixedScripts,
            ),
            (has(is_rare_han), PersonNameWarning::RareCharacter),
        ]
        .into_iter()
        .filter_map(|(applies, warning)| applies.then_some(warning))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{NameError, PersonName, PersonNameWarning};

    fn parse(text: &str) -> PersonName {
        PersonName::parse(text).expect(text)
    }

    #[test]
    fn the_text_stays_as_typed_except_for_what_cannot_be_seen() {
        assert_eq!(parse(" 张\u{200B}　三 ").as_str(), "张 三");
        assert_eq!(parse("买买提．艾力").as_str(), "买买提．艾力");
        assert_eq!(parse("葛\u{E0100}三").as_str(), "葛\u{E0100}三");
        assert_eq!(parse("Zoe\u{308}").as_str(), "Zoë");
    }

    #[test]
    fn compatibility_ideographs_stay_in_the_text_and_unify_in_the_key() {
        assert_eq!(parse("王\u{F900}").as_str(), "王\u{F900}");
        assert_eq!(parse("王\u{F900}").key(), parse("王\u{8C48}").key());
    }

    #[test]
    fn private_use_characters_are_shown_as_the_standard_ones() {
        assert_eq!(parse("王\u{E863}").as_str(), "王\u{E863}");
        assert_eq!(parse("王\u{E863}").display(), "王䶮");
        assert_eq!(parse("王\u{E863}").masked(), "王*");
    }

    #[test]
    fn the_offending_character_is_located_in_the_text_as_typed() {
        let unsupported = |position, character| {
            Err(NameError::Unsupported {
                position,
                character,
            })
        };
        assert_eq!(PersonName::parse(" 张\u{200B}3"), unsupported(3, '3'));
        assert_eq!(PersonName::parse("张\u{E900}"), unsupported(1, '\u{E900}'));
        assert_eq!(PersonName::parse("张\u{308}"), unsupported(1, '\u{308}'));
        assert_eq!(PersonName::parse("张🙂"), unsupported(1, '🙂'));
    }

    #[test]
    fn the_message_counts_from_one_and_does_not_show_the_name() {
        let message = PersonName::parse("张\u{E900}三").unwrap_err().to_string();
        assert_eq!(
            message,
            "character 2 of the name (U+E900) is not supported; use the picker"
        );
    }

    #[test]
    fn a_name_has_one_to_sixty_four_characters() {
        assert_eq!(PersonName::parse("\u{3000}\u{200B}"), Err(NameError::Empty));
        assert_eq!(PersonName::parse("··"), Err(NameError::Empty));
        assert!(PersonName::parse(&"赵".repeat(64)).is_ok());
        let too_long = NameError::TooLong {
            found: 65,
            limit: 64,
        };
        assert_eq!(PersonName::parse(&"赵".repeat(65)), Err(too_long));
    }

    #[test]
    fn soft_findings() {
        assert_eq!(parse("张三").warnings(), []);
        assert_eq!(parse("张").warnings(), [PersonNameWarning::SingleCharacter]);
        assert_eq!(
            parse("李 John").warnings(),
            [PersonNameWarning::MixedScripts]
        );
        for rare in ["王䶮", "王\u{E863}", "王\u{30000}", "王\u{9FB4}"] {
            assert_eq!(
                parse(rare).warnings(),
                [PersonNameWarning::RareCharacter],
                "{rare}"
            );
        }
    }
}
