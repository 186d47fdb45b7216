//! ID numbers, judged on a day that the input chooses.

#![no_main]

use chrono::NaiveDate;
use libfuzzer_sys::fuzz_target;
use shiming_identifiers::IdNumber;

fuzz_target!(|input: (u16, &str)| {
    let (days, text) = input;
    let since_1970 = i32::from(days);
    let today = NaiveDate::from_epoch_days(since_1970).expect("within 180 years of 1970");
    if let Ok(number) = IdNumber::parse(text, today) {
        assert_eq!(IdNumber::parse(number.as_str(), today), Ok(number.clone()));
        assert_eq!(number.as_str().parse(), Ok(number.clone()));
        assert!(number.age_on(today).is_none_or(|age| age <= 120));
        assert!(number.masked().contains("****"));
        let _ = number.warnings(today);
    }
    if let Ok(number) = IdNumber::from_first_generation(text) {
        assert_eq!(number.as_str().parse(), Ok(number));
    }
    if let Some(check) = IdNumber::check_character(text) {
        let reason = format!("{text}{check}")
            .parse::<IdNumber>()
            .err()
            .map(|e| e.reason());
        assert!(matches!(reason, None | Some("date")));
    }
});
