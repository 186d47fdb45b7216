//! What one entry says, and its canonical bytes.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Who acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// The server itself: timers, jobs, providers' answers.
    System,
    /// Somebody at the console.
    Operator,
    /// Somebody at the server's command line.
    CommandLine,
    /// A platform, over the API.
    Platform,
    /// The applicant at the PC.
    Applicant,
    /// The legal representative at the phone.
    LegalRepresentative,
}

impl ActorKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::System,
        Self::Operator,
        Self::CommandLine,
        Self::Platform,
        Self::Applicant,
        Self::LegalRepresentative,
    ];

    /// The word in storage and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Operator => "operator",
            Self::CommandLine => "command_line",
            Self::Platform => "platform",
            Self::Applicant => "applicant",
            Self::LegalRepresentative => "legal_representative",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Who acted, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Our id of the actor (`op_…`, `plt_…`); none for actors without one.
    pub id: Option<String>,
    /// What kind of actor.
    pub kind: ActorKind,
}

impl Actor {
    /// An actor without an id.
    #[must_use]
    pub const fn unnamed(kind: ActorKind) -> Self {
        Self { id: None, kind }
    }

    /// The server itself.
    #[must_use]
    pub const fn system() -> Self {
        Self::unnamed(ActorKind::System)
    }

    /// An operator.
    #[must_use]
    pub fn operator(id: impl std::fmt::Display) -> Self {
        Self {
            id: Some(id.to_string()),
            kind: ActorKind::Operator,
        }
    }

    /// A platform's program.
    #[must_use]
    pub fn platform(id: impl std::fmt::Display) -> Self {
        Self {
            id: Some(id.to_string()),
            kind: ActorKind::Platform,
        }
    }
}

/// What happened. The fields stand in the order of their names, as RFC 8785 (JSON canonicalisation) wants them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// What was done: `case.verified`, `operator.disabled`, `key.erased`.
    pub action: String,
    /// By whom.
    pub actor: Actor,
    /// When, to the millisecond.
    #[serde(serialize_with = "write_time", deserialize_with = "read_time")]
    pub at: DateTime<Utc>,
    /// More words: state, code, version. No personal data.
    pub detail: BTreeMap<String, String>,
    /// To what: an id with its prefix.
    pub subject: Option<String>,
}

impl Record {
    /// A record without subject or details.
    #[must_use]
    pub fn new(actor: Actor, action: impl Into<String>, at: DateTime<Utc>) -> Self {
        Self {
            action: action.into(),
            actor,
            at: at.trunc_subsecs(3),
            detail: BTreeMap::new(),
            subject: None,
        }
    }

    /// With the id of what was acted upon.
    #[must_use]
    pub fn about(mut self, subject: impl std::fmt::Display) -> Self {
        self.subject = Some(subject.to_string());
        self
    }

    /// With one more detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.detail.insert(name.to_owned(), value.to_string());
        self
    }

    /// The one form that is hashed: JSON after RFC 8785. Names are ASCII and sorted, values are texts, so that
    /// serde's compact form is the canonical one.
    ///
    /// # Panics
    /// Never: a record has text keys only.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a record has text keys only")
    }
}

const TIME: &str = "%Y-%m-%dT%H:%M:%S%.3fZ";

pub(crate) fn write_time<S: Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&at.format(TIME))
}

pub(crate) fn read_time<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime<Utc>, D::Error> {
    let text = String::deserialize(from)?;
    let read = chrono::NaiveDateTime::parse_from_str(&text, TIME);
    read.map(|naive| naive.and_utc())
        .map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_form_is_the_same_everywhere() {
        let at = DateTime::from_timestamp_millis(1_767_323_045_678).expect("a time");
        let record = Record::new(Actor::operator("op_7"), "case.revealed", at)
            .about("ver_1")
            .with("version", 3)
            .with("field", "id_number");
        assert_eq!(
            String::from_utf8(record.canonical()).expect("text"),
            r#"{"action":"case.revealed","actor":{"id":"op_7","kind":"operator"},"at":"2026-01-02T03:04:05.678Z","detail":{"field":"id_number","version":"3"},"subject":"ver_1"}"#
        );
    }

    #[test]
    fn a_record_reads_back_and_an_added_field_is_refused() {
        let record = Record::new(Actor::system(), "server.started", DateTime::UNIX_EPOCH);
        let text = String::from_utf8(record.canonical()).expect("text");
        assert_eq!(
            serde_json::from_str::<Record>(&text).expect("reads"),
            record
        );
        let more = text.replacen('{', r#"{"note":"x","#, 1);
        assert!(serde_json::from_str::<Record>(&more).is_err());
    }

    #[test]
    fn every_kind_of_actor_has_its_own_word() {
        for kind in ActorKind::ALL {
            assert_eq!(ActorKind::of(kind.as_str()), Some(kind));
            assert_eq!(serde_json::to_value(kind).expect("a word"), kind.as_str());
        }
    }
}
