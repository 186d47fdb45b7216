//! The short way for names of nothing but common characters, which is nearly every name of a register: no step of keeping
//! or folding changes those, so that none has to be taken.

/// The key of an enterprise's name of common Han characters, capital letters, digits and round brackets, of which only the
/// width is folded. The text itself is kept as it is. `None` for every other text.
pub(super) fn enterprise_key(text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let folded = |c| match c {
        '（' => Some('('),
        '）' => Some(')'),
        '(' | ')' | 'A'..='Z' | '0'..='9' => Some(c),
        c if is_common_han(c) => Some(c),
        _ => None,
    };
    text.chars().map(folded).collect()
}

/// Whether a person's name is its own key, being of common Han characters alone.
pub(super) fn is_persons_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_common_han)
}

fn is_common_han(c: char) -> bool {
    super::characters::COMMON_HAN.contains(&c)
}
