//! Values of the domain as they stand in columns, and back.

use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use shiming_verification::{
    ports::RegistryStatus,
    words::{Realm, SubjectType},
};

use crate::StoreError;

/// UTC milliseconds since 1970.
pub(crate) const fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

pub(crate) fn time(millis: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_millis(millis).ok_or(StoreError::Unreadable { what: "time" })
}

/// The wire word of a unit-like enum, as its serde names say.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("only enums of words are stored as words, not {other:?}"),
    }
}

pub(crate) fn from_word<T: DeserializeOwned>(
    what: &'static str,
    word: String,
) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word))
        .map_err(|_| StoreError::Unreadable { what })
}

pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("the domain's types have text keys only")
}

pub(crate) fn from_json<T: DeserializeOwned>(
    what: &'static str,
    json: &[u8],
) -> Result<T, StoreError> {
    serde_json::from_slice(json).map_err(|_| StoreError::Unreadable { what })
}

pub(crate) fn realm(word: String) -> Result<Realm, StoreError> {
    from_word("realm", word)
}

pub(crate) const fn status_word(status: RegistryStatus) -> &'static str {
    match status {
        RegistryStatus::Active => "active",
        RegistryStatus::Cancelled => "cancelled",
        RegistryStatus::Revoked => "revoked",
    }
}

pub(crate) fn status(word: &str) -> Result<RegistryStatus, StoreError> {
    [
        RegistryStatus::Active,
        RegistryStatus::Cancelled,
        RegistryStatus::Revoked,
    ]
    .into_iter()
    .find(|status| status_word(*status) == word)
    .ok_or(StoreError::Unreadable {
        what: "registry status",
    })
}

pub(crate) const fn subject_word(subject: SubjectType) -> &'static str {
    match subject {
        SubjectType::Enterprise => "enterprise",
        SubjectType::IndividualBusiness => "individual_business",
    }
}

/// A count or version from a column.
pub(crate) fn count(value: i64) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(|_| StoreError::Unreadable { what: "count" })
}

/// A small count from a column.
pub(crate) fn small(value: i64) -> Result<u32, StoreError> {
    u32::try_from(value).map_err(|_| StoreError::Unreadable { what: "count" })
}

/// A version for a column.
pub(crate) fn version(value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| StoreError::Unreadable { what: "version" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiming_verification::change::EventKind;

    #[test]
    fn a_subject_type_is_stored_as_it_stands_on_the_wire() {
        for subject in [SubjectType::Enterprise, SubjectType::IndividualBusiness] {
            assert_eq!(subject_word(subject), word(&subject));
        }
    }

    #[test]
    fn words_read_back_and_unknown_ones_are_named() {
        assert_eq!(word(&EventKind::PhoneClaimed), "phone_claimed");
        let back: EventKind = from_word("event", "phone_claimed".to_owned()).expect("known");
        assert_eq!(back, EventKind::PhoneClaimed);
        let unknown = from_word::<EventKind>("event", "teleported".to_owned());
        assert!(matches!(
            unknown,
            Err(StoreError::Unreadable { what: "event" })
        ));
        assert_eq!(realm("demo".to_owned()).expect("known"), Realm::Demo);
        assert_eq!(status("revoked").expect("known"), RegistryStatus::Revoked);
        assert!(status("closed").is_err());
    }
}
