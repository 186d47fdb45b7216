//! Characters that old GBK systems kept in the private-use area.

/// Where the table begins; it runs without a gap to U+E864.
const FIRST: u32 = 0xE815;

/// What U+E815 – U+E864 stand for, 80 characters that GB 18030 has since given a place of their
/// own.
#[rustfmt::skip]
const STANDARD: [char; 80] = [
    '\u{2E81}', '\u{20087}', '\u{20089}', '\u{200CC}', '\u{2E84}', '\u{3473}', '\u{3447}', '\u{2E88}',
    '\u{2E8B}', '\u{9FB4}', '\u{359E}', '\u{361A}', '\u{360E}', '\u{2E8C}', '\u{2E97}', '\u{396E}',
    '\u{3918}', '\u{9FB5}', '\u{39CF}', '\u{39DF}', '\u{3A73}', '\u{39D0}', '\u{9FB6}', '\u{9FB7}',
    '\u{3B4E}', '\u{3C6E}', '\u{3CE0}', '\u{2EA7}', '\u{215D7}', '\u{9FB8}', '\u{2EAA}', '\u{4056}',
    '\u{415F}', '\u{2EAE}', '\u{4337}', '\u{2EB3}', '\u{2EB6}', '\u{2EB7}', '\u{2298F}', '\u{43B1}',
    '\u{43AC}', '\u{2EBB}', '\u{43DD}', '\u{44D6}', '\u{4661}', '\u{464C}', '\u{9FB9}', '\u{4723}',
    '\u{4729}', '\u{477C}', '\u{478D}', '\u{2ECA}', '\u{4947}', '\u{497A}', '\u{497D}', '\u{4982}',
    '\u{4983}', '\u{4985}', '\u{4986}', '\u{499F}', '\u{499B}', '\u{49B7}', '\u{49B6}', '\u{9FBA}',
    '\u{241FE}', '\u{4CA3}', '\u{4C9F}', '\u{4CA0}', '\u{4CA1}', '\u{4C77}', '\u{4CA2}', '\u{4D13}',
    '\u{4D14}', '\u{4D15}', '\u{4D16}', '\u{4D17}', '\u{4D18}', '\u{4D19}', '\u{4DAE}', '\u{9FBB}',
];

/// The standard character for a private-use one of the table; every other character is its own.
pub(crate) fn to_standard(c: char) -> char {
    let index = u32::from(c)
        .checked_sub(FIRST)
        .and_then(|i| usize::try_from(i).ok());
    index.and_then(|i| STANDARD.get(i)).copied().unwrap_or(c)
}

/// Whether the character once lived in the private-use area, so that some sources still hold it
/// under its old number.
pub(crate) fn was_private_use(c: char) -> bool {
    STANDARD.contains(&c)
}

#[cfg(test)]
mod tests {
    use super::to_standard;

    #[test]
    fn the_table_begins_and_ends_where_the_old_systems_put_it() {
        assert_eq!(to_standard('\u{E815}'), '\u{2E81}');
        assert_eq!(to_standard('\u{E831}'), '\u{215D7}');
        assert_eq!(to_standard('\u{E863}'), '䶮');
        assert_eq!(to_standard('\u{E864}'), '\u{9FBB}');
    }

    #[test]
    fn what_lies_outside_stays() {
        for c in ['\u{E814}', '\u{E865}', '\u{E000}', '䶮', 'A', '\0'] {
            assert_eq!(to_standard(c), c);
        }
    }
}
