//! The legal representative takes the consent to the face scan back: on the phone, by a link that was kept, at the PC, or through
//! the platform.

use chrono::{DateTime, Utc};
use shiming_audit::{Actor, Record};
use shiming_verification::{
    case::Case,
    ids::{CaseId, PlatformId},
    ports::privacy::ConsentRecord,
};

use crate::{
    Services,
    error::ServiceError,
    step::Step,
    tokens::{consent_key, digest},
};

/// How the consents of a case stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// None was ever given.
    None,
    /// The last one was given then and is good.
    Given(DateTime<Utc>),
    /// The last one was taken back then.
    Withdrawn(DateTime<Utc>),
}

impl Standing {
    /// Of consents as they are on record, oldest first.
    #[must_use]
    pub fn of(consents: &[ConsentRecord]) -> Self {
        match consents.last() {
            None => Self::None,
            Some(last) => last
                .withdrawn_at
                .map_or(Self::Given(last.consent.at), Self::Withdrawn),
        }
    }
}

/// A case, and how the consents in it stand.
#[derive(Debug, Clone)]
pub struct ConsentStanding {
    /// The case.
    pub case: Case,
    /// How they stand.
    pub standing: Standing,
    /// What a link has to carry to come back to this case's consent.
    pub key: String,
}

impl Services {
    /// How the consent stands in the case that this phone holds or last held.
    ///
    /// # Errors
    /// `NoSession`; `Unavailable`.
    pub async fn consent_of_phone(&self, key: &str) -> Result<ConsentStanding, ServiceError> {
        let case = self.case_of_phone(key).await?;
        self.consent_standing(case).await
    }

    /// How the consent stands in the case that a kept link belongs to.
    ///
    /// # Errors
    /// `NotFound` for a link that is none, or whose case was erased; `Unavailable`.
    pub async fn consent_of_link(&self, key: &str) -> Result<ConsentStanding, ServiceError> {
        let (id, _) = key.split_once('.').ok_or(ServiceError::NotFound)?;
        let id: CaseId = id.parse().map_err(|_| ServiceError::NotFound)?;
        // Digests, so that how long it takes tells nothing.
        if digest(key) != digest(&consent_key(&self.cases.tokens, id)) {
            return Err(ServiceError::NotFound);
        }
        let case = self.cases.get(id).await?;
        self.consent_standing(case).await
    }

    /// Takes back whatever consent the case holds: what scans have left of the face goes, and what rests on it and is not
    /// decided ends. What was decided before stays decided.
    ///
    /// # Errors
    /// `NotFound` if none stands; `Unavailable`.
    pub async fn withdraw_consent(&self, id: CaseId) -> Result<Case, ServiceError> {
        let consents = self.privacy.consents_on_record(id).await?;
        if !matches!(Standing::of(&consents), Standing::Given(_)) {
            // An earlier withdrawal may have been cut off before everything was gone.
            self.erase_if_withdrawn(id).await?;
            return Err(ServiceError::NotFound);
        }
        let case = self.cases.step(id, Step::Withdraw).await?;
        self.scans.stop(id);
        self.privacy.erase_scans(id, self.clock.now()).await?;
        Ok(case)
    }

    /// The same on a platform's word, which is recorded.
    ///
    /// # Errors
    /// `NotFound` if none stands; `Unavailable`.
    pub async fn withdraw_consent_for(
        &self,
        platform: PlatformId,
        id: CaseId,
    ) -> Result<Case, ServiceError> {
        let actor = Actor::platform(platform);
        let record = Record::new(actor, "case.withdrawal_passed_on", self.clock.now());
        self.audit.record(vec![record.about(id)]).await?;
        self.withdraw_consent(id).await
    }

    /// Erases what a scan has left that ended only after its consent was taken back.
    pub(crate) async fn erase_if_withdrawn(&self, id: CaseId) -> Result<(), ServiceError> {
        let consents = self.privacy.consents_on_record(id).await?;
        if matches!(Standing::of(&consents), Standing::Withdrawn(_)) {
            self.privacy.erase_scans(id, self.clock.now()).await?;
        }
        Ok(())
    }

    async fn consent_standing(&self, case: Case) -> Result<ConsentStanding, ServiceError> {
        let consents = self.privacy.consents_on_record(case.id).await?;
        Ok(ConsentStanding {
            standing: Standing::of(&consents),
            key: consent_key(&self.cases.tokens, case.id),
            case,
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use shiming_verification::case::Consent;

    use super::*;

    fn consent(day: i64, withdrawn: Option<i64>) -> ConsentRecord {
        let at = |day| DateTime::UNIX_EPOCH + Duration::days(day);
        ConsentRecord {
            consent: Consent {
                notice_version: "1".to_owned(),
                language: "en".to_owned(),
                at: at(day),
            },
            withdrawn_at: withdrawn.map(at),
        }
    }

    #[test]
    fn the_last_consent_counts() {
        let at = |day| DateTime::UNIX_EPOCH + Duration::days(day);
        assert_eq!(Standing::of(&[]), Standing::None);
        let given_again = [consent(1, Some(2)), consent(3, None)];
        assert_eq!(Standing::of(&given_again), Standing::Given(at(3)));
        let withdrawn = [consent(1, Some(2)), consent(3, Some(4))];
        assert_eq!(Standing::of(&withdrawn), Standing::Withdrawn(at(4)));
    }
}
