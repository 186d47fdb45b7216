//! The elements an applicant claims belong together, parsed so that a wrong one can't exist.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shiming_identifiers::{EnterpriseName, IdNumber, PersonName, Uscc};

use crate::{code::Code, words::SubjectType};

/// The form as typed: one text per element.
#[derive(Clone, Deserialize)]
pub struct ElementsForm {
    /// Enterprise name as on the licence.
    pub enterprise_name: String,
    /// Unified social credit code.
    pub uscc: String,
    /// Legal representative's name as on the licence.
    pub legal_representative: String,
    /// Legal representative's ID number.
    pub id_number: String,
}

/// The four elements: enterprise name, credit code, legal representative's name and ID number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Enterprise or individual business.
    pub subject: SubjectType,
    /// Enterprise name as typed, with its compare key.
    pub enterprise_name: EnterpriseName,
    /// Unified social credit code.
    pub uscc: Uscc,
    /// Legal representative's name as typed, with its compare key.
    pub legal_representative: PersonName,
    /// Legal representative's ID number.
    pub id_number: IdNumber,
}

/// What is wrong with one field of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The form's name of the field.
    pub field: &'static str,
    /// The code whose text the user reads.
    pub code: Code,
    /// A finer reason for programs, for example `check_digit`.
    pub reason: &'static str,
}

impl Claim {
    /// Parses every field and reports all that is wrong at once.
    ///
    /// # Errors
    /// One [`FieldError`] for each field that can't be used, in the form's order.
    pub fn parse(
        form: &ElementsForm,
        subject: SubjectType,
        minimum_age: u32,
        today: NaiveDate,
    ) -> Result<Self, Vec<FieldError>> {
        let name = EnterpriseName::parse(&form.enterprise_name)
            .map_err(|e| field("enterprise_name", e.code(), e.reason()));
        let uscc = Uscc::parse(&form.uscc).map_err(|e| field("uscc", e.code(), e.reason()));
        let person = PersonName::parse(&form.legal_representative)
            .map_err(|e| field("legal_representative", e.code(), e.reason()));
        let id = parse_id_number(&form.id_number, minimum_age, today);
        match (name, uscc, person, id) {
            (Ok(enterprise_name), Ok(uscc), Ok(legal_representative), Ok(id_number)) => Ok(Self {
                subject,
                enterprise_name,
                uscc,
                legal_representative,
                id_number,
            }),
            (name, uscc, person, id) => Err([name.err(), uscc.err(), person.err(), id.err()]
                .into_iter()
                .flatten()
                .collect()),
        }
    }
}

fn parse_id_number(text: &str, minimum_age: u32, today: NaiveDate) -> Result<IdNumber, FieldError> {
    let id = IdNumber::parse(text, today).map_err(|e| field("id_number", e.code(), e.reason()))?;
    if id.age_on(today).is_some_and(|age| age < minimum_age) {
        return Err(FieldError {
            field: "id_number",
            code: Code::IdNumberInvalid,
            reason: "minor",
        });
    }
    Ok(id)
}

fn field(field: &'static str, code: &str, reason: &'static str) -> FieldError {
    let code = Code::ALL.iter().find(|known| known.as_str() == code);
    FieldError {
        field,
        code: code.copied().unwrap_or(Code::InvalidInput),
        reason,
    }
}
