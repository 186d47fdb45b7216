//! What holds for every value, not only for the vectors.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use proptest::sample::select;
use shiming_identifiers::check::{CheckKind, check};
use shiming_identifiers::{
    Cnaps, EnterpriseName, IdNumber, IdNumberError, Lei, PersonName, RegistrationNumber, Uscc,
    UsccError, normalise,
};

const USCC_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day")
}

fn uscc() -> impl Strategy<Value = Uscc> {
    let part = |length: usize| {
        prop::collection::vec(select(USCC_ALPHABET.chars().collect::<Vec<_>>()), length)
            .prop_map(|chars| chars.into_iter().collect::<String>())
    };
    (part(2), part(6), part(8)).prop_map(|(category, region, organisation)| {
        Uscc::from_parts(&category, &region, &organisation).expect("parts of the alphabet")
    })
}

/// Numbers of people of up to 120 years, of every 18-character document.
fn id_number() -> impl Strategy<Value = IdNumber> {
    (100_000..1_000_000_u32, 0..43_800_u64, 0..1000_u16).prop_map(
        |(prefix, age_in_days, sequence)| {
            let birth = today() - Days::new(age_in_days);
            IdNumber::from_parts(&prefix.to_string(), birth, sequence)
                .expect("parts of the right size")
        },
    )
}

/// Texts in which letters, separators, invisible and odd characters of every sort are likely.
fn name_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[张三李王买提艾力欧阳〇]",
        3 => "[a-zA-ZéüßŉǰİıſŁ]",
        2 => "[·•・．.‧ \u{3000}\u{200B}\u{FE00}\u{E0100}'’\u{2011}-]",
        1 => "[（）【】〔〕《》“”\"「」{}—]",
        1 => "[\u{E815}-\u{E864}\u{F900}-\u{FAFF}\u{300}-\u{36F}\u{2F00}-\u{2FD5}\u{FF01}-\u{FF5E}]",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

/// The same code as a careless person types it: full width, lower case, spaced.
fn careless(code: &str) -> String {
    let wide = |c: char| char::from_u32(u32::from(c.to_ascii_lowercase()) + 0xFEE0).expect("wide");
    code.chars().flat_map(|c| [wide(c), ' ']).collect()
}

/// The code with one character replaced by another of the alphabet.
fn replaced(code: &str, place: usize, with: char) -> Option<String> {
    let differs = code.chars().nth(place)? != with;
    let swap = |(i, c)| if i == place { with } else { c };
    differs.then(|| code.chars().enumerate().map(swap).collect())
}

/// Every character of the basic plane that folding may touch: ideographs and Hangul syllables stay
/// what they are.
fn foldable() -> impl Iterator<Item = char> {
    ('\0'..'\u{3400}')
        .chain('\u{A000}'..'\u{AC00}')
        .chain('\u{D7B0}'..='\u{FFFF}')
}

#[test]
fn the_key_of_a_name_with_any_odd_character_is_its_own_key() {
    for c in foldable() {
        for text in [format!("{c}"), format!("张{c}三"), format!("A{c}b")] {
            assert_person_key_is_its_own(&text);
            assert_enterprise_key_is_its_own(&text);
        }
    }
}

fn assert_person_key_is_its_own(text: &str) {
    if let Ok(name) = PersonName::parse(text) {
        let key = name.key();
        assert_eq!(
            PersonName::parse(key.as_str()).map(|name| name.key()),
            Ok(key),
            "{text:?}"
        );
    }
}

fn assert_enterprise_key_is_its_own(text: &str) {
    if let Ok(name) = EnterpriseName::parse(text) {
        let key = name.key();
        assert_eq!(
            EnterpriseName::parse(key.as_str()).map(|name| name.key()),
            Ok(key),
            "{text:?}"
        );
    }
}

proptest! {
    #[test]
    fn normalising_twice_changes_nothing(text in any::<String>(), odd in name_like()) {
        for text in [text, odd] {
            let once = normalise(&text);
            prop_assert_eq!(normalise(&once), once);
        }
    }

    #[test]
    fn a_generated_credit_code_is_accepted_however_it_is_typed(code in uscc()) {
        prop_assert_eq!(Uscc::parse(code.as_str()), Ok(code.clone()));
        prop_assert_eq!(Uscc::parse(&careless(code.as_str())), Ok(code));
    }

    #[test]
    fn one_wrong_character_spoils_a_credit_code(
        code in uscc(),
        place in 0..18_usize,
        with in select(USCC_ALPHABET.chars().collect::<Vec<_>>()),
    ) {
        if let Some(wrong) = replaced(code.as_str(), place, with) {
            prop_assert_eq!(Uscc::parse(&wrong), Err(UsccError::CheckDigit));
        }
    }

    #[test]
    fn swapped_neighbours_spoil_a_credit_code(code in uscc(), place in 0..17_usize) {
        let mut chars: Vec<char> = code.as_str().chars().collect();
        chars.swap(place, place + 1);
        let swapped: String = chars.into_iter().collect();
        prop_assume!(swapped != code.as_str());
        prop_assert_eq!(Uscc::parse(&swapped), Err(UsccError::CheckDigit));
    }

    #[test]
    fn a_generated_id_number_is_accepted_however_it_is_typed(number in id_number()) {
        prop_assert_eq!(IdNumber::parse(number.as_str(), today()), Ok(number.clone()));
        prop_assert_eq!(IdNumber::parse(&careless(number.as_str()), today()), Ok(number));
    }

    #[test]
    fn one_wrong_digit_spoils_an_id_number(
        number in id_number(),
        place in 0..17_usize,
        with in select(('0'..='9').collect::<Vec<_>>()),
    ) {
        if let Some(wrong) = replaced(number.as_str(), place, with) {
            prop_assert_eq!(IdNumber::parse(&wrong, today()), Err(IdNumberError::CheckDigit));
        }
    }

    #[test]
    fn only_one_check_character_fits_an_id_number(
        number in id_number(),
        with in select("0123456789X".chars().collect::<Vec<_>>()),
    ) {
        if let Some(wrong) = replaced(number.as_str(), 17, with) {
            prop_assert_eq!(IdNumber::parse(&wrong, today()), Err(IdNumberError::CheckDigit));
        }
    }

    #[test]
    fn nobody_has_an_age_before_birth_and_everybody_grows_older(
        number in id_number(),
        days in 0..40_000_u64,
    ) {
        let birth = number.birth_date(today()).expect("18 characters hold a date");
        let age = |offset| number.age_on(birth + Days::new(offset)).expect("born");
        prop_assert_eq!(number.age_on(birth - Days::new(1)), None);
        prop_assert_eq!(age(0), 0);
        prop_assert!(age(days) <= age(days + 1));
    }

    #[test]
    fn one_wrong_digit_spoils_a_registration_number(
        digits in "[0-9]{14}",
        place in 0..15_usize,
        with in select(('0'..='9').collect::<Vec<_>>()),
    ) {
        let number = RegistrationNumber::from_first_14(&digits).expect("14 digits");
        prop_assert_eq!(number.warning(), None);
        if let Some(wrong) = replaced(number.as_str(), place, with) {
            prop_assert!(RegistrationNumber::parse(&wrong).expect("15 digits").warning().is_some());
        }
    }

    #[test]
    fn one_wrong_digit_is_noticed_in_bank_codes_and_legal_entity_identifiers(
        place in 0..20_usize,
        with in select(('0'..='9').collect::<Vec<_>>()),
    ) {
        if let Some(wrong) = replaced("102100099996", place, with) {
            prop_assert!(Cnaps::parse(&wrong).expect("12 digits").warning().is_some());
        }
        let lei = "529900T8BM49AURSDO55";
        let was_digit = lei.as_bytes()[place].is_ascii_digit();
        if let Some(wrong) = replaced(lei, place, with).filter(|_| was_digit) {
            prop_assert!(Lei::parse(&wrong).is_err());
        }
    }

    #[test]
    fn a_persons_name_survives_storage_and_its_key_is_its_own_key(text in name_like()) {
        if let Ok(name) = PersonName::parse(&text) {
            let stored = serde_json::to_string(&name).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<PersonName>(&stored).expect("stored"), name.clone());
        }
        assert_person_key_is_its_own(&text);
    }

    #[test]
    fn an_enterprises_name_survives_storage_and_its_key_is_its_own_key(text in name_like()) {
        if let Ok(name) = EnterpriseName::parse(&text) {
            let stored = serde_json::to_string(&name).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<EnterpriseName>(&stored).expect("stored"), name.clone());
        }
        assert_enterprise_key_is_its_own(&text);
    }

    #[test]
    fn white_space_and_invisible_characters_never_change_a_chinese_name(
        name in "[\u{4E00}-\u{9FA5}]{2,4}",
        noise in select(" \t\u{3000}\u{A0}\u{200B}\u{FEFF}\u{AD}\u{FE0F}".chars().collect::<Vec<_>>()),
    ) {
        let noisy: String = name.chars().flat_map(|c| [noise, c, noise]).collect();
        let key = |text: &str| PersonName::parse(text).map(|name| name.key());
        prop_assert_eq!(key(&noisy), key(&name));
    }

    #[test]
    fn nothing_that_is_typed_panics(text in any::<String>(), odd in name_like()) {
        for kind in CheckKind::ALL {
            for text in [&text, &odd] {
                let report = check(kind, text, today());
                prop_assert_eq!(report.valid, report.reason.is_none());
            }
        }
    }
}
