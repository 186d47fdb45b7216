//! Region codes of GB/T 2260, as far as identifiers need them: the province in front.
//!
//! The full list of six-digit codes changes every year and identifiers keep the code of the year
//! they were issued in, so a list could only ever warn. The province prefixes are stable and catch
//! typing errors just as early.

/// Whether two digits are a province-level prefix of GB/T 2260, `91` (abroad) included.
pub(crate) fn is_province(prefix: &str) -> bool {
    matches!(
        prefix,
        "11" | "12"
            | "13"
            | "14"
            | "15"
            | "21"
            | "22"
            | "23"
            | "31"
            | "32"
            | "33"
            | "34"
            | "35"
            | "36"
            | "37"
            | "41"
            | "42"
            | "43"
            | "44"
            | "45"
            | "46"
            | "50"
            | "51"
            | "52"
            | "53"
            | "54"
            | "61"
            | "62"
            | "63"
            | "64"
            | "65"
            | "71"
            | "81"
            | "82"
            | "83"
            | "91"
    )
}

/// Whether a six-character code looks like the region of a registration authority; `100000` is the
/// nation.
pub(crate) fn is_authority_region(code: &str) -> bool {
    let digits = code.bytes().all(|b| b.is_ascii_digit());
    digits && (code == "100000" || is_province(&code[..2]))
}
