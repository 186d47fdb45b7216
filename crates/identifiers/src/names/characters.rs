//! Classes of characters that names are made of.

use unicode_normalization::UnicodeNormalization;
use unicode_script::{Script, UnicodeScript};

use super::private_use::{to_standard, was_private_use};
use crate::normalise::{is_invisible, is_variation_selector};

/// The separator inside minority and transliterated names that registers prescribe.
pub(crate) const MIDDLE_DOT: char = '\u{00B7}';

/// The typographic basis of the first GB 2312 and GBK fonts; everything outside it is rare.
pub(super) const COMMON_HAN: std::ops::RangeInclusive<char> = '\u{4E00}'..='\u{9FA5}';

/// Characters that people type for [`MIDDLE_DOT`] wherever they stand. The full stop U+002E is not
/// among them, because it only means one between two Han characters.
pub(crate) fn is_middle_dot(c: char) -> bool {
    matches!(
        c,
        MIDDLE_DOT
            | '\u{0387}'
            | '\u{1427}'
            | '\u{16EB}'
            | '\u{2022}'
            | '\u{2024}'
            | '\u{2027}'
            | '\u{2219}'
            | '\u{22C5}'
            | '\u{25CF}'
            | '\u{25E6}'
            | '\u{2E30}'
            | '\u{2E31}'
            | '\u{2E33}'
            | '\u{30FB}'
            | '\u{318D}'
            | '\u{A78F}'
            | '\u{FF0E}'
            | '\u{FF65}'
    )
}

/// Hyphens, dashes and the minus sign, which `-` stands for in a key.
pub(crate) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The apostrophe and what phones and word processors make of it.
pub(crate) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{02BC}' | '\u{2018}' | '\u{2019}')
}

/// Han characters as GB 18030-2022 and Unicode 17 know them, with the components (U+2E80 – U+2EF3)
/// that some private-use characters stand for.
pub(crate) fn is_han(c: char) -> bool {
    matches!(
        c,
        '\u{2E80}'..='\u{2E99}'
            | '\u{2E9B}'..='\u{2EF3}'
            | '\u{3007}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{20000}'..='\u{2A6DF}'
            | '\u{2A700}'..='\u{2EBEF}'
            | '\u{2EBF0}'..='\u{2EE5F}'
            | '\u{30000}'..='\u{3134F}'
            | '\u{31350}'..='\u{323AF}'
            | '\u{323B0}'..='\u{33479}'
    ) || is_compatibility_han(c)
}

/// Ideographs that exist twice for the sake of old encodings; NFC already turns them into the
/// unified ones, which loses what the register prints.
pub(crate) fn is_compatibility_han(c: char) -> bool {
    matches!(c, '\u{F900}'..='\u{FAFF}' | '\u{2F800}'..='\u{2FA1F}')
}

/// Whether some sources may lack the character or hold it under another number.
pub(crate) fn is_rare_han(c: char) -> bool {
    was_private_use(c) || (is_han(c) && c != '〇' && !COMMON_HAN.contains(&c))
}

/// A letter of the Latin script, with or without diacritics.
pub(crate) fn is_latin_letter(c: char) -> bool {
    c.is_alphabetic() && c.script() == Script::Latin
}

/// A diacritic that may follow a Latin letter. U+0345 is Greek and becomes a letter in capitals.
fn is_diacritic(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}') && c != '\u{0345}'
}

/// Where the first character stands that a person's name can't contain, and which it is.
pub(crate) fn first_unsupported_in_person_name(text: &str) -> Option<(usize, char)> {
    let mut after_latin = false;
    for (position, c) in text.chars().enumerate() {
        if is_invisible(c) || is_variation_selector(c) {
            continue;
        }
        let supported = if is_diacritic(c) {
            after_latin
        } else {
            is_person_name_character(c)
        };
        if !supported {
            return Some((position, c));
        }
        after_latin = is_latin_letter(c) || is_diacritic(c);
    }
    None
}

fn is_person_name_character(c: char) -> bool {
    let c = to_standard(c);
    c.is_whitespace()
        || is_middle_dot(c)
        || is_dash(c)
        || is_apostrophe(c)
        || matches!(c, '.' | '\u{FF07}' | '\u{FF0D}')
        || is_letter(c)
}

/// A Han character or Latin letter, be it in full width or an old radical that NFKC unifies.
fn is_letter(c: char) -> bool {
    is_han(c)
        || (matches!(c.script(), Script::Han | Script::Latin)
            && std::iter::once(c)
                .nfkc()
                .all(|c| is_han(c) || is_latin_letter(c)))
}

/// Whether a key holds anything that can be read as a name.
pub(crate) fn has_letter(key: &str) -> bool {
    key.chars().any(is_letter)
}

/// Characters that no text may carry into storage: controls, private use that the table does not
/// know, noncharacters, the sign for a broken encoding, invisible tags.
pub(crate) fn is_unstorable(c: char) -> bool {
    let c = to_standard(c);
    c.is_control()
        || matches!(
            c,
            '\u{E000}'..='\u{F8FF}'
                | '\u{FDD0}'..='\u{FDEF}'
                | '\u{FFF9}'..='\u{FFFF}'
                | '\u{E0000}'..='\u{E007F}'
                | '\u{F0000}'..='\u{10FFFF}'
        )
        || u32::from(c) & 0xFFFE == 0xFFFE
}

/// The text of a name as it is kept: invisible characters gone, white space collapsed and trimmed,
/// NFC. Compatibility ideographs stay as they are, though NFC by itself would unify them.
pub(crate) fn as_kept(text: &str) -> String {
    let visible: String = text.chars().filter(|&c| !is_invisible(c)).collect();
    let spaced: Vec<char> = visible
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .collect();
    spaced
        .chunk_by(|a, b| is_compatibility_han(*a) == is_compatibility_han(*b))
        .map(|run| match run.iter().copied() {
            run_of_twins if is_compatibility_han(run[0]) => run_of_twins.collect::<String>(),
            others => others.nfc().collect(),
        })
        .collect()
}
