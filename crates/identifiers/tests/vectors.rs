//! Every vector of `vectors/`, which the tests of the pages load as well.

use chrono::NaiveDate;
use serde::Deserialize;
use shiming_identifiers::check::{CheckKind, check};
use shiming_identifiers::documents::{
    DocumentError, ForeignPassport, HkMacauTravelPermit, HongKongId, PrcPassport, TaiwanId,
    TaiwanTravelPermit, mrz_check_digit,
};
use shiming_identifiers::{
    Cnaps, CnapsWarning, CodeError, EnterpriseName, IdNumber, Lei, PersonName, RegistrationNumber,
    RegistrationWarning, Uscc,
};

macro_rules! vectors {
    ($file:literal) => {
        serde_json::from_str(include_str!(concat!("../vectors/", $file))).expect($file)
    };
}

/// The day on which `vectors/README.md` has ages judged.
fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day")
}

#[derive(Deserialize)]
struct Vector {
    value: String,
    valid: bool,
    reason: Option<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    warning: Option<String>,
    #[serde(default)]
    warnings: Vec<String>,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    document: String,
    why: String,
}

impl Vector {
    fn assert_reason(&self, reason: Option<&str>) {
        let told = format!("{:?}: {}", self.value, self.why);
        assert_eq!(self.valid, self.reason.is_none(), "{told}");
        assert_eq!(reason, self.reason.as_deref(), "{told}");
    }

    fn assert_report(&self, kind: CheckKind) {
        let report = check(kind, &self.value, today());
        self.assert_reason(report.reason.as_deref());
        assert_eq!(report.valid, self.valid, "{:?}", self.value);
        assert_eq!(report.key, self.key, "{:?}", self.value);
        assert_eq!(report.value, self.value);
    }
}

#[test]
fn credit_codes() {
    let vectors: Vec<Vector> = vectors!("uscc.json");
    for vector in vectors {
        vector.assert_report(CheckKind::Uscc);
        let report = check(CheckKind::Uscc, &vector.value, today());
        assert_eq!(report.warnings, vector.warnings, "{}", vector.value);
        let kind = Uscc::parse(&vector.value)
            .ok()
            .map(|code| code.subject_kind().code());
        assert_eq!(kind, vector.kind.as_deref(), "{}", vector.value);
    }
}

#[test]
fn old_registration_numbers() {
    let vectors: Vec<Vector> = vectors!("registration-number.json");
    for vector in vectors {
        let parsed = RegistrationNumber::parse(&vector.value);
        vector.assert_reason(parsed.as_ref().err().map(|error| error.reason()));
        let warning = parsed
            .ok()
            .and_then(|number| number.warning())
            .map(RegistrationWarning::code);
        assert_eq!(warning, vector.warning.as_deref(), "{}", vector.value);
    }
}

#[test]
fn id_numbers() {
    let vectors: Vec<Vector> = vectors!("id-number.json");
    for vector in vectors {
        vector.assert_report(CheckKind::ResidentId);
        let report = check(CheckKind::ResidentId, &vector.value, today());
        assert_eq!(report.warnings, vector.warnings, "{}", vector.value);
        let number = IdNumber::parse(&vector.value, today());
        let kind = number.ok().map(|number| number.kind().code());
        assert_eq!(kind, vector.kind.as_deref(), "{}", vector.value);
    }
}

#[test]
fn first_generation_numbers_convert_for_a_search() {
    #[derive(Deserialize)]
    struct Conversion {
        value: String,
        converted: String,
    }
    let vectors: Vec<Conversion> = vectors!("first-generation.json");
    for vector in vectors {
        let converted = IdNumber::from_first_generation(&vector.value).expect("convertible");
        assert_eq!(converted.as_str(), vector.converted);
    }
}

#[test]
fn documents() {
    let vectors: Vec<Vector> = vectors!("document.json");
    for vector in vectors {
        vector.assert_reason(document_refusal(&vector).map(DocumentError::reason));
    }
}

fn document_refusal(vector: &Vector) -> Option<DocumentError> {
    let value = vector.value.as_str();
    match vector.document.as_str() {
        "prc_passport" => PrcPassport::parse(value).err(),
        "foreign_passport" => ForeignPassport::parse(value).err(),
        "hk_macau_travel_permit" => HkMacauTravelPermit::parse(value).err(),
        "taiwan_travel_permit" => TaiwanTravelPermit::parse(value).err(),
        "hong_kong_id" => HongKongId::parse(value).err(),
        "taiwan_id" => TaiwanId::parse(value).err(),
        other => panic!("no such document: {other}"),
    }
}

#[test]
fn machine_readable_check_digits() {
    #[derive(Deserialize)]
    struct Field {
        field: String,
        check: char,
    }
    let vectors: Vec<Field> = vectors!("mrz-check-digit.json");
    for vector in vectors {
        assert_eq!(
            mrz_check_digit(&vector.field),
            Some(vector.check),
            "{}",
            vector.field
        );
    }
}

#[test]
fn legal_entity_identifiers() {
    let vectors: Vec<Vector> = vectors!("lei.json");
    for vector in vectors {
        vector.assert_reason(Lei::parse(&vector.value).err().map(CodeError::reason));
    }
}

#[test]
fn bank_codes() {
    let vectors: Vec<Vector> = vectors!("cnaps.json");
    for vector in vectors {
        let parsed = Cnaps::parse(&vector.value);
        vector.assert_reason(parsed.as_ref().err().map(|error| error.reason()));
        let warning = parsed
            .ok()
            .and_then(|code| code.warning())
            .map(CnapsWarning::code);
        assert_eq!(warning, vector.warning.as_deref(), "{}", vector.value);
    }
}

#[test]
fn names() {
    let people: Vec<Vector> = vectors!("person-name.json");
    for vector in people {
        vector.assert_report(CheckKind::PersonName);
    }
    let enterprises: Vec<Vector> = vectors!("enterprise-name.json");
    for vector in enterprises {
        vector.assert_report(CheckKind::EnterpriseName);
    }
}

#[derive(Deserialize)]
struct Pair {
    a: String,
    b: String,
    equal: bool,
    why: String,
}

#[test]
fn spellings_of_a_persons_name() {
    let key = |text: &str| PersonName::parse(text).expect(text).key();
    let pairs: Vec<Pair> = vectors!("person-name-pairs.json");
    for Pair { a, b, equal, why } in pairs {
        assert_eq!(key(&a) == key(&b), equal, "{a:?} and {b:?}: {why}");
    }
}

#[test]
fn spellings_of_an_enterprises_name() {
    let key = |text: &str| EnterpriseName::parse(text).expect(text).key();
    let pairs: Vec<Pair> = vectors!("enterprise-name-pairs.json");
    for Pair { a, b, equal, why } in pairs {
        assert_eq!(key(&a) == key(&b), equal, "{a:?} and {b:?}: {why}");
    }
}

#[test]
fn private_use_characters_of_old_systems() {
    #[derive(Deserialize)]
    struct Mapping {
        private: String,
        standard: String,
    }
    let character = |written: &str| {
        let hex = written.strip_prefix("U+").expect(written);
        char::from_u32(u32::from_str_radix(hex, 16).expect(written)).expect(written)
    };
    let mappings: Vec<Mapping> = vectors!("private-use.json");
    assert_eq!(mappings.len(), 80);
    for mapping in mappings {
        let old = PersonName::parse(&format!("王{}", character(&mapping.private))).expect("mapped");
        let new = PersonName::parse(&format!("王{}", character(&mapping.standard))).expect("Han");
        assert_eq!(old.key(), new.key(), "{}", mapping.private);
        assert_eq!(old.display(), new.as_str(), "{}", mapping.private);
        assert!(
            old.has_rare_character() && new.has_rare_character(),
            "{}",
            mapping.private
        );
    }
}
