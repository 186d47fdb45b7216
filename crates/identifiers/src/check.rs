//! One report for any field of the form, for the command line and for quick checks of lists.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{EnterpriseName, IdNumber, IdNumberError, NameError, PersonName, Uscc, UsccError};

/// What a value is checked as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckKind {
    /// A unified social credit code.
    Uscc,
    /// The ID number of a legal representative: everything that [`IdNumber`] accepts, so the
    /// resident ID and also the residence permits and both foreigner's cards.
    ResidentId,
    /// A person's name.
    PersonName,
    /// An enterprise's name.
    EnterpriseName,
}

/// A word that names no [`CheckKind`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} can't be checked; choose uscc, resident-id, person-name or enterprise-name")]
pub struct UnknownCheckKind(String);

impl CheckKind {
    /// All kinds, in the order of the help text.
    pub const ALL: [Self; 4] = [
        Self::Uscc,
        Self::ResidentId,
        Self::PersonName,
        Self::EnterpriseName,
    ];

    /// The word of the command line, the same as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Uscc => "uscc",
            Self::ResidentId => "resident-id",
            Self::PersonName => "person-name",
            Self::EnterpriseName => "enterprise-name",
        }
    }
}

impl fmt::Display for CheckKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for CheckKind {
    type Err = UnknownCheckKind;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == word);
        known.ok_or_else(|| UnknownCheckKind(word.to_owned()))
    }
}

/// What the check of one value found.
///
/// It repeats the value, which may be personal data: print it where the person who gave the value
/// reads it, and nowhere else. `Debug` therefore leaves value and key out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// The value as it was given.
    pub value: String,
    /// Whether every hard rule holds.
    pub valid: bool,
    /// The slug of the hard rule that is broken, such as `check_digit`; `None` if valid.
    pub reason: Option<String>,
    /// The compare key of a valid name; `None` (and absent in JSON) for codes and numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The slugs of soft rules that a valid value breaks.
    pub warnings: Vec<String>,
}

impl fmt::Debug for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckReport")
            .field("valid", &self.valid)
            .field("reason", &self.reason)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

/// What is known about a value that keeps the hard rules.
struct Accepted {
    key: Option<String>,
    warnings: Vec<&'static str>,
}

/// Checks one value. `today` is the day on which ages are judged.
///
/// ```
/// # use shiming_identifiers::check::{CheckKind, check};
/// # let today = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
/// let report = check(CheckKind::ResidentId, "440524188001010014", today);
/// assert!(!report.valid);
/// assert_eq!(report.reason.as_deref(), Some("age"));
/// ```
#[must_use]
pub fn check(kind: CheckKind, value: &str, today: NaiveDate) -> CheckReport {
    let outcome = match kind {
        CheckKind::Uscc => check_uscc(value),
        CheckKind::ResidentId => check_id_number(value, today),
        CheckKind::PersonName => check_person_name(value),
        CheckKind::EnterpriseName => check_enterprise_name(value),
    };
    let value = value.to_owned();
    match outcome {
        Ok(Accepted { key, warnings }) => CheckReport {
            value,
            valid: true,
            reason: None,
            key,
            warnings: warnings.into_iter().map(str::to_owned).collect(),
        },
        Err(reason) => CheckReport {
            value,
            valid: false,
            reason: Some(reason.to_owned()),
            key: None,
            warnings: Vec::new(),
        },
    }
}

fn check_uscc(value: &str) -> Result<Accepted, &'static str> {
    let code = Uscc::parse(value).map_err(UsccError::reason)?;
    let warnings = code
        .warnings()
        .iter()
        .map(|warning| warning.code())
        .collect();
    Ok(Accepted {
        key: None,
        warnings,
    })
}

fn check_id_number(value: &str, today: NaiveDate) -> Result<Accepted, &'static str> {
    let number = IdNumber::parse(value, today).map_err(IdNumberError::reason)?;
    let warnings = number
        .warnings(today)
        .iter()
        .map(|warning| warning.code())
        .collect();
    Ok(Accepted {
        key: None,
        warnings,
    })
}

fn check_person_name(value: &str) -> Result<Accepted, &'static str> {
    let name = PersonName::parse(value).map_err(NameError::reason)?;
    let warnings = name
        .warnings()
        .iter()
        .map(|warning| warning.code())
        .collect();
    Ok(Accepted {
        key: Some(name.key().into()),
        warnings,
    })
}

fn check_enterprise_name(value: &str) -> Result<Accepted, &'static str> {
    let name = EnterpriseName::parse(value).map_err(NameError::reason)?;
    let warnings = name
        .warnings()
        .iter()
        .map(|warning| warning.code())
        .collect();
    Ok(Accepted {
        key: Some(name.key().into()),
        warnings,
    })
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{CheckKind, check};

    fn json(kind: &str, value: &str) -> String {
        let today = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
        let kind: CheckKind = kind.parse().expect("a kind");
        serde_json::to_string(&check(kind, value, today)).expect("JSON")
    }

    #[test]
    fn a_valid_name_is_reported_with_its_key() {
        assert_eq!(
            json("person-name", "张　三"),
            r#"{"value":"张　三","valid":true,"reason":null,"key":"张三","warnings":[]}"#
        );
    }

    #[test]
    fn a_code_has_no_key_and_may_have_warnings() {
        assert_eq!(
            json("uscc", "G1110000MB00000199"),
            r#"{"value":"G1110000MB00000199","valid":true,"reason":null,"warnings":["unknown_authority"]}"#
        );
    }

    #[test]
    fn a_broken_rule_is_named() {
        assert_eq!(
            json("uscc", "110108000000016"),
            r#"{"value":"110108000000016","valid":false,"reason":"old_registration_number","warnings":[]}"#
        );
        assert_eq!(
            json("enterprise-name", ""),
            r#"{"value":"","valid":false,"reason":"empty","warnings":[]}"#
        );
    }

    #[test]
    fn every_document_of_a_legal_representative_is_a_resident_id() {
        for value in [
            "11010519491231002X",
            "810000199408230021",
            "KAZ110090123105",
        ] {
            assert!(
                json("resident-id", value).contains(r#""valid":true"#),
                "{value}"
            );
        }
    }

    #[test]
    fn an_unknown_kind_is_told_the_known_ones() {
        let error = "passport".parse::<CheckKind>().unwrap_err().to_string();
        assert!(error.contains("resident-id"), "{error}");
    }

    #[test]
    fn debug_leaves_personal_data_out() {
        let today = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
        let report = check(CheckKind::PersonName, "张三", today);
        assert!(!format!("{report:?}").contains('张'));
    }
}
