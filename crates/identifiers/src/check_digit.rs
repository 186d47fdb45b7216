//! Check-character routines shared by several identifiers. All of them expect input whose alphabet
//! was checked before.

/// Value of a digit or letter in base 36: `0`–`9`, then `A` = 10 … `Z` = 35.
pub(crate) fn base36(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => unreachable!("callers check the alphabet first"),
    }
}

/// Σ value × weight, the heart of every weighted check; values are base 36.
pub(crate) fn weighted_sum(characters: &[u8], weights: &[u32]) -> u32 {
    characters
        .iter()
        .zip(weights)
        .map(|(&c, weight)| base36(c) * weight)
        .sum()
}

/// ISO/IEC 7064 MOD 11-2 over 17 digits, as GB 11643 uses it; the result is a digit or `X`.
pub(crate) fn mod_11_2(first_17: &[u8]) -> u8 {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    b"10X98765432"[(weighted_sum(first_17, &WEIGHTS) % 11) as usize]
}

/// ISO/IEC 7064 MOD 11,10 over any number of digits; the result is a digit.
pub(crate) fn mod_11_10(digits: &[u8]) -> u8 {
    let product = digits.iter().fold(10, |product, &digit| {
        let sum = (product + base36(digit)) % 10;
        2 * if sum == 0 { 10 } else { sum } % 11
    });
    b"0123456789"[((11 - product) % 10) as usize]
}

/// Remainder by 97 of the decimal number that results when letters are written as 10 … 35 (ISO/IEC
/// 7064 MOD 97-10).
pub(crate) fn mod_97(characters: &[u8]) -> u32 {
    characters.iter().fold(0, |remainder, &c| {
        let value = base36(c);
        let shift = if value < 10 { 10 } else { 100 };
        (remainder * shift + value) % 97
    })
}

/// Check digit of a machine-readable travel document: weights 7, 3, 1 repeating, modulo 10 (ICAO
/// 9303 part 3).
pub(crate) fn icao_9303(characters: &[u8]) -> u8 {
    let sum: u32 = characters
        .iter()
        .zip([7, 3, 1].iter().cycle())
        .map(|(&c, w)| base36(c) * w)
        .sum();
    b"0123456789"[(sum % 10) as usize]
}

#[cfg(test)]
mod tests {
    use super::{icao_9303, mod_11_2, mod_11_10, mod_97};

    #[test]
    fn worked_examples_of_the_standards() {
        assert_eq!(mod_11_2(b"11010519491231002"), b'X');
        assert_eq!(mod_11_10(b"11010800000001"), b'6');
        assert_eq!(mod_11_10(b"10210009999"), b'6');
        assert_eq!(mod_97(b"529900T8BM49AURSDO55"), 1);
    }

    #[test]
    fn icao_specimen_passport() {
        assert_eq!(icao_9303(b"L898902C3"), b'6');
        assert_eq!(icao_9303(b"740812"), b'2');
        assert_eq!(icao_9303(b"120415"), b'9');
    }
}
