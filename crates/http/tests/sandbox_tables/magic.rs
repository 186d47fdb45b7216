//! Magic credit codes within actions.

use serde_json::Value;
use shiming_service::sandbox::{MAGIC, Magic};

/// An action with the magic credit codes that it names.
pub fn action(text: &str) -> Value {
    serde_json::from_str(&with_magic(text)).unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub fn with_magic(text: &str) -> String {
    let mut text = text.to_owned();
    for value in &MAGIC {
        let name = serde_json::to_value(value.magic).unwrap();
        let place = format!("{{{}}}", name.as_str().unwrap());
        text = text.replace(&place, value.uscc().unwrap().as_str());
    }
    assert_eq!(MAGIC[0].magic, Magic::Match);
    text
}
