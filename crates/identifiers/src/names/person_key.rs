//! The key under which the spellings of a person's name meet.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::characters::{
    MIDDLE_DOT, first_unsupported_in_person_name, has_letter, is_apostrophe, is_dash, is_han,
    is_middle_dot,
};
use super::error::NameError;
use super::plain;
use super::private_use::to_standard;
use crate::mask::mask_name;
use crate::normalise::{is_invisible, is_variation_selector};
use crate::validated::{masked_debug, validated_string};

/// The compare key of a [`PersonName`](super::PersonName): two names are the same person's name if,
/// and only if, their keys are equal.
///
/// Folded: the separators of minority names to `·`, private-use and compatibility characters to
/// the standard ones, full-width letters, letter case, white space, invisible characters and
/// variation selectors. Not folded: traditional and simplified forms, which are different
/// registered names.
///
/// The key is also the canonical spelling to send to a registry. It is personal data like the name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonNameKey(String);

validated_string!(PersonNameKey, NameError, PersonNameKey::parse);
masked_debug!(PersonNameKey);

impl PersonNameKey {
    /// Folds a text of which a name may consist.
    pub(super) fn parse(text: &str) -> Result<Self, NameError> {
        if plain::is_persons_key(text) {
            return Ok(Self(text.to_owned()));
        }
        Self::refuse_unsupported(text)?;
        let key = fold(text);
        if has_letter(&key) {
            Ok(Self(key))
        } else {
            Err(NameError::Empty)
        }
    }

    /// Refuses the first character that a person's name can't contain.
    pub(super) fn refuse_unsupported(text: &str) -> Result<(), NameError> {
        match first_unsupported_in_person_name(text) {
            Some((position, character)) => Err(NameError::Unsupported {
                position,
                character,
            }),
            None => Ok(()),
        }
    }

    /// The key with only its first and last character shown.
    #[must_use]
    pub fn masked(&self) -> String {
        mask_name(&self.0)
    }
}

fn fold(text: &str) -> String {
    // Separators come before NFKC, which would turn some of them into full stops.
    let standard = text
        .chars()
        .filter(|&c| !is_invisible(c) && !is_variation_selector(c))
        .map(|c| match to_standard(c) {
            c if is_middle_dot(c) => MIDDLE_DOT,
            c => c,
        })
        .nfkc()
        .map(fold_punctuation)
        .collect::<Vec<char>>();
    // Capital letters can compose where small ones do not.
    tidy(&dot_between_han(standard))
        .chars()
        .flat_map(char::to_uppercase)
        .nfkc()
        .collect()
}

fn fold_punctuation(c: char) -> char {
    match c {
        c if c.is_whitespace() => ' ',
        c if is_dash(c) => '-',
        c if is_apostrophe(c) => '\'',
        c => c,
    }
}

/// Reads a full stop between two Han characters as the middle dot; after an initial it stays.
pub(super) fn dot_between_han(mut chars: Vec<char>) -> Vec<char> {
    for i in 0..chars.len() {
        if chars[i] == '.' && is_between_han(&chars, i) {
            chars[i] = MIDDLE_DOT;
        }
    }
    chars
}

fn is_between_han(chars: &[char], i: usize) -> bool {
    let before = chars[..i].iter().rfind(|&&c| c != ' ');
    let after = chars[i + 1..].iter().find(|&&c| c != ' ');
    before.is_some_and(|&c| is_han(c)) && after.is_some_and(|&c| is_han(c))
}

/// Collapses runs of dots and of spaces, and drops them where they separate nothing: dots at the
/// ends, spaces at the ends and beside a dot or a Han character.
fn tidy(chars: &[char]) -> String {
    let takes_space = |c: char| c != MIDDLE_DOT && !is_han(c);
    let mut tidied = String::new();
    let mut space = false;
    for &c in chars {
        let last = tidied.chars().next_back();
        if c == ' ' {
            space = true;
            continue;
        }
        if c == MIDDLE_DOT && last.is_none_or(|last| last == MIDDLE_DOT) {
            continue;
        }
        if space && takes_space(c) && last.is_some_and(takes_space) {
            tidied.push(' ');
        }
        tidied.push(c);
        space = false;
    }
    tidied.trim_end_matches(MIDDLE_DOT).to_owned()
}

#[cfg(test)]
mod tests {
    use super::PersonNameKey;

    fn key(text: &str) -> String {
        PersonNameKey::parse(text).expect(text).into()
    }

    #[test]
    fn separators_collapse_and_leave_the_ends() {
        assert_eq!(key("·买买提 •・ 艾力."), "买买提·艾力.");
        assert_eq!(key("买买提·艾力•"), "买买提·艾力");
    }

    #[test]
    fn a_full_stop_is_a_separator_only_between_han_characters() {
        assert_eq!(key("买买提.艾力"), "买买提·艾力");
        assert_eq!(key("买买提 . 艾力"), "买买提·艾力");
        assert_eq!(key("J. Smith"), "J. SMITH");
        assert_eq!(key("J．史密斯"), "J·史密斯");
    }

    #[test]
    fn the_short_way_leads_where_the_long_one_does() {
        for han in '\u{4E00}'..='\u{9FA5}' {
            let name = format!("欧{han}阳");
            assert!(super::plain::is_persons_key(&name));
            assert_eq!(super::fold(&name), name);
            assert_eq!(super::super::characters::as_kept(&name), name);
            assert_eq!(PersonNameKey::refuse_unsupported(&name), Ok(()), "{name}");
        }
        for other in ["", "张 三", "张·三", "张a", "\u{9FA6}三"] {
            assert!(!super::plain::is_persons_key(other), "{other}");
        }
    }

    #[test]
    fn latin_names_keep_one_space_and_their_punctuation() {
        assert_eq!(key("  Anne‑Marie   d’Arc "), "ANNE-MARIE D'ARC");
        assert_eq!(key("Ｊｏｈｎ　Ｏ＇Ｎｅｉｌ"), "JOHN O'NEIL");
        assert_eq!(key("李 John Smith"), "李JOHN SMITH");
    }

    #[test]
    fn debug_shows_a_mask_only() {
        let key = PersonNameKey::parse("买买提·艾力").expect("a name");
        assert_eq!(format!("{key:?}"), "PersonNameKey(买****力)");
    }
}
