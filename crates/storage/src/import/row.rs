//! From a row of texts to a record of the registry.

use std::borrow::Cow;

use chrono::NaiveDate;
use shiming_identifiers::{EnterpriseName, IdNumber, PersonName, Uscc};
use shiming_verification::{ports::RegistryStatus, words::SubjectType};

use super::{column::Column, report::Fault};
use crate::{Indexes, api::EnterpriseRecord};

pub(super) const FIELDS: usize = Column::ALL.len();

/// One text per column, in the order of [`Column`].
pub(super) type Row<'a> = [Option<Cow<'a, str>>; FIELDS];

/// A usable row.
pub(super) struct Parsed {
    pub(super) record: EnterpriseRecord,
    /// Where its reference photo lies, if it says.
    pub(super) photo: Option<String>,
}

/// Parses a row's fields in the order of the columns.
pub(super) fn parse(row: &Row<'_>, indexes: &Indexes, today: NaiveDate) -> Result<Parsed, Fault> {
    let fault = |column, reason| Fault::of(column, reason);
    let uscc = Uscc::parse(needed(row, Column::Uscc)?)
        .map_err(|error| fault(Column::Uscc, error.reason()))?;
    let name = EnterpriseName::parse(needed(row, Column::EnterpriseName)?)
        .map_err(|error| fault(Column::EnterpriseName, error.reason()))?;
    let person = PersonName::parse(needed(row, Column::LegalRepresentative)?)
        .map_err(|error| fault(Column::LegalRepresentative, error.reason()))?;
    let id = IdNumber::parse(needed(row, Column::IdNumber)?, today)
        .map_err(|error| fault(Column::IdNumber, error.reason()))?;
    let record = EnterpriseRecord {
        subject: subject(text(row, Column::SubjectType))?,
        status: status(text(row, Column::Status))?,
        representative: indexes.representative(&uscc, &person),
        person: indexes.person(&id),
        name_key: name.key().as_str().to_owned(),
        name: name.into(),
        uscc,
    };
    let photo = Some(text(row, Column::Photo)).filter(|path| !path.is_empty());
    Ok(Parsed {
        record,
        photo: photo.map(str::to_owned),
    })
}

fn text<'a>(row: &'a Row<'_>, column: Column) -> &'a str {
    row[column as usize].as_deref().unwrap_or_default().trim()
}

fn needed<'a>(row: &'a Row<'_>, column: Column) -> Result<&'a str, Fault> {
    Some(text(row, column))
        .filter(|text| !text.is_empty())
        .ok_or(Fault::of(column, "empty"))
}

/// The words that registries use for a status; none means active, as most extracts list only live enterprises.
fn status(text: &str) -> Result<RegistryStatus, Fault> {
    match text.to_lowercase().as_str() {
        "" | "active" | "存续" | "在营" | "开业" | "在业" | "正常" => {
            Ok(RegistryStatus::Active)
        }
        "cancelled" | "canceled" | "注销" | "已注销" => Ok(RegistryStatus::Cancelled),
        "revoked" | "吊销" | "已吊销" => Ok(RegistryStatus::Revoked),
        _ => Err(Fault::of(Column::Status, "unknown_status")),
    }
}

fn subject(text: &str) -> Result<Option<SubjectType>, Fault> {
    match text.to_lowercase().as_str() {
        "" => Ok(None),
        "enterprise" | "企业" => Ok(Some(SubjectType::Enterprise)),
        "individual_business" | "个体工商户" => Ok(Some(SubjectType::IndividualBusiness)),
        _ => Err(Fault::of(Column::SubjectType, "unknown_subject_type")),
    }
}
