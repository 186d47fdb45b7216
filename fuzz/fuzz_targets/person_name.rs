//! Names of people.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shiming_identifiers::{NameError, PersonName, PersonNameKey};

fuzz_target!(|text: &str| {
    match PersonName::parse(text) {
        Ok(name) => {
            assert_eq!(PersonName::parse(name.as_str()), Ok(name.clone()));
            let key = name.key();
            assert_eq!(
                PersonNameKey::try_from(key.as_str().to_owned()),
                Ok(key.clone())
            );
            assert_eq!(
                PersonName::parse(&name.display()).map(|shown| shown.key()),
                Ok(key)
            );
            assert!(name.masked().contains('*'));
            let _ = name.warnings();
        }
        Err(NameError::Unsupported {
            position,
            character,
        }) => {
            assert_eq!(text.chars().nth(position), Some(character));
        }
        Err(NameError::Empty | NameError::TooLong { .. }) => {}
    }
});
