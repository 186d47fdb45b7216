//! The one way in for identifiers made of letters and digits.

use unicode_normalization::UnicodeNormalization;

/// Turns what a person typed or pasted into the form in which codes are checked.
///
/// NFKC (full-width letters and digits become ASCII), all white space and invisible characters
/// gone, ASCII letters upper-case. Punctuation stays, so that a hyphen inside a code is refused and
/// not silently dropped. Keep the original beside the result where an audit trail needs it.
///
/// ```
/// # use shiming_identifiers::normalise;
/// assert_eq!(normalise(" ９１35\u{200B}01x "), "913501X");
/// ```
#[must_use]
pub fn normalise(value: &str) -> String {
    // Nearly all are typed so, and NFKC has nothing to say about them.
    if value.bytes().all(|b| b.is_ascii_graphic()) {
        return value.to_ascii_uppercase();
    }
    let visible: String = value
        .nfkc()
        .filter(|&c| !c.is_whitespace() && !is_invisible(c))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    // Taking a character out, or raising its case, can bring together two that NFKC composes.
    visible.nfkc().collect()
}

/// Characters that take no room on paper: soft hyphen, zero-width and direction marks, byte order
/// mark.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}'
        | '\u{061C}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}'
        | '\u{FEFF}')
}

/// Selectors that ask a font for another drawing of the character before them.
pub(crate) fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn full_width_lower_case_and_spaces_disappear() {
        assert_eq!(
            normalise("\u{FEFF}９１ ｍ\u{3000}a\u{00A0}x\u{200D}\t"),
            "91MAX"
        );
    }

    #[test]
    fn punctuation_stays() {
        assert_eq!(normalise("91-35·01"), "91-35·01");
    }

    #[test]
    fn a_letter_that_only_composes_in_upper_case_is_composed() {
        assert_eq!(normalise("i\u{307}"), "\u{130}");
        assert_eq!(normalise("\u{130}"), "\u{130}");
    }
}
