//! The key under which the spellings of an enterprise's name meet.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::characters::{MIDDLE_DOT, is_dash, is_middle_dot, is_unstorable};
use super::error::NameError;
use super::person_key::dot_between_han;
use super::plain;
use super::private_use::to_standard;
use crate::normalise::{is_invisible, is_variation_selector};
use crate::validated::{public_display, validated_string};

/// The compare key of an [`EnterpriseName`](super::EnterpriseName): two names are the same
/// registered name if, and only if, their keys are equal.
///
/// Folded: width, letter case, every kind of bracket, dash and middle dot, quotation marks, white
/// space and invisible characters. Not folded: legal forms (`有限公司` is not `有限责任公司`), regions,
/// the content of brackets, word order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EnterpriseNameKey(String);

validated_string!(EnterpriseNameKey, NameError, EnterpriseNameKey::parse);
public_display!(EnterpriseNameKey);

impl EnterpriseNameKey {
    /// Folds a text of which a name may consist.
    pub(super) fn parse(text: &str) -> Result<Self, NameError> {
        if let Some(key) = plain::enterprise_key(text) {
            return Ok(Self(key));
        }
        Self::refuse_unsupported(text)?;
        let key = fold(text);
        if key.is_empty() {
            Err(NameError::Empty)
        } else {
            Ok(Self(key))
        }
    }

    /// Refuses the first character that can't be kept. Line breaks and tabs around a name, as
    /// spreadsheets paste them, are white space; inside they are control characters.
    pub(super) fn refuse_unsupported(text: &str) -> Result<(), NameError> {
        let leading = text.chars().take_while(|c| c.is_whitespace()).count();
        match text
            .trim()
            .chars()
            .enumerate()
            .find(|&(_, c)| is_unstorable(c))
        {
            Some((index, character)) => Err(NameError::Unsupported {
                position: leading + index,
                character,
            }),
            None => Ok(()),
        }
    }
}

fn fold(text: &str) -> String {
    let folded = text
        .chars()
        .filter(|&c| !is_invisible(c) && !is_variation_selector(c))
        .map(to_standard)
        .map(unlike_its_compatibility_form)
        .nfkc()
        .filter(|&c| !c.is_whitespace() && !is_quotation_mark(c))
        .map(fold_punctuation)
        .collect::<Vec<char>>();
    // Taking a character out, or raising its case, can bring together two that NFKC composes.
    dot_between_han(folded)
        .into_iter()
        .flat_map(char::to_uppercase)
        .nfkc()
        .collect()
}

/// NFKC makes a Hangul letter of U+318D, which people type for its looks, as a middle dot.
fn unlike_its_compatibility_form(c: char) -> char {
    if c == '\u{318D}' { MIDDLE_DOT } else { c }
}

fn fold_punctuation(c: char) -> char {
    match c {
        '【' | '〔' | '〖' | '[' | '{' => '(',
        '】' | '〕' | '〗' | ']' | '}' => ')',
        c if is_middle_dot(c) => MIDDLE_DOT,
        c if is_dash(c) => '-',
        c => c,
    }
}

/// Quotation marks, which registers write or leave out; book-title marks belong to the name.
fn is_quotation_mark(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '\u{2018}' | '\u{2019}' | '\u{201C}' | '\u{201D}' | '「' | '」' | '『' | '』'
    )
}

#[cfg(test)]
mod tests {
    use super::EnterpriseNameKey;

    fn key(text: &str) -> String {
        EnterpriseNameKey::parse(text).expect(text).into()
    }

    #[test]
    fn every_bracket_becomes_a_round_one() {
        for pair in [
            "()", "（）", "【】", "〔〕", "［］", "〖〗", "{}", "｛｝", "[]",
        ] {
            let mut pair = pair.chars();
            let (open, close) = (pair.next().expect("open"), pair.next().expect("close"));
            assert_eq!(key(&format!("示例{open}北京{close}公司")), "示例(北京)公司");
        }
    }

    #[test]
    fn dots_and_dashes_become_one() {
        assert_eq!(key("示例•科技–公司"), "示例·科技-公司");
        assert_eq!(key("示例．科技—公司"), "示例·科技-公司");
        assert_eq!(key("示例\u{318D}科技－公司"), "示例·科技-公司");
        assert_eq!(key("Example Co．，Ltd."), "EXAMPLECO.,LTD.");
    }

    #[test]
    fn quotation_marks_go_and_book_titles_stay() {
        assert_eq!(
            key("“示例”「科技」《读者》'杂志'社"),
            "示例科技《读者》杂志社"
        );
    }

    #[test]
    fn the_short_way_leads_where_the_long_one_does() {
        let han = ('\u{4E00}'..='\u{9FA5}').map(String::from);
        let others = ('A'..='Z').chain('0'..='9').chain("()（）".chars());
        for plain in han.chain(others.map(String::from)) {
            for text in [plain.clone(), format!("示{plain}例")] {
                let key = super::plain::enterprise_key(&text);
                assert_eq!(key.as_deref(), Some(super::fold(&text).as_str()), "{text}");
                assert_eq!(super::super::characters::as_kept(&text), text);
            }
        }
        for other in [
            "",
            "示例 公司",
            "ａ",
            "示例·公司",
            "示例\u{E863}",
            "\u{9FA6}",
        ] {
            assert_eq!(super::plain::enterprise_key(other), None, "{other}");
        }
    }

    #[test]
    fn private_use_characters_are_standard_ones() {
        assert_eq!(key("\u{E863}科技公司"), "䶮科技公司");
    }
}
