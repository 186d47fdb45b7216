//! Credit codes that command an outcome. Valid check characters, issued to nobody as far as we know.

use serde::Serialize;
use shiming_identifiers::Uscc;
use shiming_verification::claim::ElementsForm;

/// What a magic credit code commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Magic {
    /// The elements belong together.
    Match,
    /// They don't.
    Mismatch,
    /// The registry has no record yet.
    NotFound,
    /// The enterprise is cancelled or revoked.
    Inactive,
    /// The registry does not answer.
    Unavailable,
    /// The registry answers after eight seconds.
    Slow,
    /// The registry answers nonsense.
    Lying,
    /// The licence has verified as many accounts as it may.
    LicenceAccountLimit,
    /// Too many mismatches were counted.
    TooManyChecks,
    /// Too many face tries were counted.
    FaceAttemptsExceeded,
}

/// A magic value, as it is documented.
#[derive(Debug, Clone, Copy)]
pub struct MagicValue {
    /// Organisation number within the credit code (without its check character).
    organisation: &'static str,
    /// What it commands.
    pub magic: Magic,
    /// The stable code that the form then meets, if it meets one.
    pub code: Option<&'static str>,
    /// The state that follows.
    pub state: &'static str,
}

const fn value(
    organisation: &'static str,
    magic: Magic,
    code: Option<&'static str>,
    state: &'static str,
) -> MagicValue {
    MagicValue {
        organisation,
        magic,
        code,
        state,
    }
}

/// Every magic value. Any other well-formed credit code matches.
pub const MAGIC: [MagicValue; 10] = [
    value("MATE0001", Magic::Match, None, "awaiting_scan"),
    value(
        "MATE0002",
        Magic::Mismatch,
        Some("element_mismatch"),
        "draft",
    ),
    value(
        "MATE0003",
        Magic::NotFound,
        Some("registry_not_found"),
        "registry_pending",
    ),
    value(
        "MATE0004",
        Magic::Inactive,
        Some("registry_status_abnormal"),
        "draft",
    ),
    value(
        "MATE0005",
        Magic::Unavailable,
        Some("registry_unavailable"),
        "draft",
    ),
    value("MATE0006", Magic::Slow, None, "checking"),
    value(
        "MATE0007",
        Magic::Lying,
        Some("registry_unavailable"),
        "draft",
    ),
    value(
        "MATE0008",
        Magic::LicenceAccountLimit,
        Some("licence_account_limit"),
        "draft",
    ),
    value(
        "MATE0009",
        Magic::TooManyChecks,
        Some("too_many_checks"),
        "draft",
    ),
    value(
        "MATE0010",
        Magic::FaceAttemptsExceeded,
        Some("face_attempts_exceeded"),
        "draft",
    ),
];

impl MagicValue {
    /// The whole credit code.
    #[must_use]
    pub fn uscc(&self) -> Option<Uscc> {
        Uscc::from_parts("91", "110000", self.organisation)
    }
}

impl Magic {
    /// What a credit code commands, if it is a magic one.
    #[must_use]
    pub fn of(uscc: &Uscc) -> Option<Self> {
        let organisation = uscc.as_str().get(8..16)?;
        let known = MAGIC
            .iter()
            .find(|value| value.organisation == organisation);
        known.map(|value| value.magic)
    }
}

/// Elements that pass: the sample's.
#[must_use]
pub fn sample() -> ElementsForm {
    let born = chrono::NaiveDate::from_ymd_opt(1985, 6, 15).unwrap_or_default();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let id = shiming_identifiers::IdNumber::from_parts("110101", born, 1);
    let uscc = MAGIC.first().and_then(MagicValue::uscc);
    ElementsForm {
        enterprise_name: "测试样例科技有限公司".to_owned(),
        uscc: text(uscc.as_ref().map(Uscc::as_str)),
        legal_representative: "张测试".to_owned(),
        id_number: text(id.as_ref().map(shiming_identifiers::IdNumber::as_str)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiming_verification::code::Code;

    #[test]
    fn every_magic_value_is_a_valid_credit_code_with_its_own_effect() {
        for value in MAGIC {
            let uscc = value.uscc().expect("of the alphabet");
            assert!(Uscc::parse(uscc.as_str()).is_ok());
            assert_eq!(Magic::of(&uscc), Some(value.magic));
            let is_code = |text| Code::ALL.iter().any(|code| code.as_str() == text);
            assert!(value.code.is_none_or(is_code), "{:?}", value.code);
        }
        let other = Uscc::parse("91350100M000100Y43").expect("the standard's own example");
        assert_eq!(Magic::of(&other), None);
    }
}
