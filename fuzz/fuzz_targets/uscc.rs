//! Credit codes and the registration numbers they must not be mistaken for.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shiming_identifiers::{RegistrationNumber, Uscc, normalise};

fuzz_target!(|text: &str| {
    let normal = normalise(text);
    assert_eq!(normalise(&normal), normal);
    if let Ok(code) = Uscc::parse(text) {
        assert_eq!(Uscc::parse(code.as_str()), Ok(code.clone()));
        assert_eq!(code.as_str(), normal);
        assert!(RegistrationNumber::parse(text).is_err());
        let _ = code.warnings();
    }
    if let Some(check) = Uscc::check_character(text) {
        assert!(Uscc::parse(&format!("{text}{check}")).is_ok());
    }
});
