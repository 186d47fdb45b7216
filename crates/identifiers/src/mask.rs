//! How personal data look where they may not be read in full.

use unicode_normalization::char::is_combining_mark;

use crate::normalise::is_variation_selector;

/// An identity number: the first three and the last four characters, as on receipts and in support
/// tools.
pub(crate) fn mask_id_number(number: &str) -> String {
    mask_between(number, 3, 4)
}

/// A short document or account number: the last four characters only, since three more would give
/// most of it away.
pub(crate) fn mask_short_number(number: &str) -> String {
    mask_between(number, 0, 4)
}

/// A name: first and last character when it has more than two, otherwise the first.
pub(crate) fn mask_name(name: &str) -> String {
    let drawn: String = name
        .chars()
        .filter(|&c| !is_variation_selector(c) && !is_combining_mark(c))
        .collect();
    match drawn.chars().count() {
        0 | 1 => "*".to_owned(),
        2 => mask_between(&drawn, 1, 0),
        _ => mask_between(&drawn, 1, 1),
    }
}

fn mask_between(text: &str, head: usize, tail: usize) -> String {
    let last_hidden = text.chars().count().saturating_sub(tail);
    let show = |(i, c)| if i < head || i >= last_hidden { c } else { '*' };
    text.chars().enumerate().map(show).collect()
}

#[cfg(test)]
mod tests {
    use super::{mask_id_number, mask_name, mask_short_number};

    #[test]
    fn masks_keep_what_the_owner_recognises() {
        assert_eq!(mask_id_number("11010519491231002X"), "110***********002X");
        assert_eq!(mask_short_number("E12345678"), "*****5678");
        assert_eq!(mask_name("张"), "*");
        assert_eq!(mask_name("张三"), "张*");
        assert_eq!(mask_name("买买提·艾力"), "买****力");
    }

    #[test]
    fn a_variation_selector_is_no_character_of_the_name() {
        assert_eq!(mask_name("葛\u{E0100}三"), "葛*");
    }
}
