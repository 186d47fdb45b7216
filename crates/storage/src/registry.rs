//! What the embedded registry answers: an exact comparison of what is recorded with what is claimed.

use shiming_verification::{
    claim::Claim, fact::RegistryAnswer, ports::RegistryStatus, sync::VerifiedElements,
};

use crate::{Indexes, PersonIndex, api::EnterpriseRecord};

impl EnterpriseRecord {
    /// The record that a claim amounts to.
    #[must_use]
    pub fn of_claim(claim: &Claim, status: RegistryStatus, indexes: &Indexes) -> Self {
        Self {
            uscc: claim.uscc.clone(),
            subject: Some(claim.subject),
            name: claim.enterprise_name.as_str().to_owned(),
            name_key: claim.enterprise_name.key().as_str().to_owned(),
            representative: indexes.representative(&claim.uscc, &claim.legal_representative),
            person: indexes.person(&claim.id_number),
            status,
        }
    }

    /// The record that imported elements amount to. Their source sends no ID number: the recorded person is taken as it is.
    pub(crate) fn of_imported(
        elements: &VerifiedElements,
        person: PersonIndex,
        indexes: &Indexes,
    ) -> Self {
        Self {
            uscc: elements.uscc.clone(),
            subject: Some(elements.subject),
            name: elements.enterprise_name.as_str().to_owned(),
            name_key: elements.enterprise_name.key().as_str().to_owned(),
            representative: indexes.representative(&elements.uscc, &elements.legal_representative),
            person,
            status: RegistryStatus::Active,
        }
    }

    /// Whether every element agrees: credit code, name by its key, legal representative, ID number, and the subject type where
    /// the source has told it.
    fn agrees_with(&self, claimed: &Self) -> bool {
        self.uscc == claimed.uscc
            && self.name_key == claimed.name_key
            && self.representative == claimed.representative
            && self.person == claimed.person
            && (self.subject.is_none() || self.subject == claimed.subject)
    }
}

/// The answer for a claim, given what is recorded under its credit code.
pub(crate) fn answer(
    recorded: Option<&EnterpriseRecord>,
    claimed: &EnterpriseRecord,
) -> RegistryAnswer {
    match recorded {
        None => RegistryAnswer::NotFound,
        Some(recorded) if !recorded.agrees_with(claimed) => RegistryAnswer::Mismatch,
        Some(recorded) if recorded.status == RegistryStatus::Active => RegistryAnswer::Match,
        Some(_) => RegistryAnswer::Inactive,
    }
}
