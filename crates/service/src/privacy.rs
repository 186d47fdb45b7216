//! A person's rights: to see what is kept, to have it erased, to take a consent back; and what retention does by itself.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use shiming_audit::{Actor, Record};
use shiming_identifiers::IdNumber;
use shiming_verification::{
    case::Case,
    code::Code,
    credential::Credential,
    ids::{CaseId, CredentialId},
    lifecycle::{LifeFact, Revocation},
    ports::privacy::{DataKind, RetentionRun},
    words::Realm,
};

use crate::{Services, error::ServiceError, operators::Present, step::Step};

/// How many cases or photos one statement erases; the rest follows at once.
const AT_ONCE: u32 = 200;

/// How long each kind of data is kept after it is over; `None` for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Cases that passed.
    pub verified_cases: Option<Duration>,
    /// Cases that ended otherwise.
    pub other_cases: Option<Duration>,
    /// Reference photos, from their last import.
    pub reference_photos: Option<Duration>,
}

impl Retention {
    /// How long a kind is kept. Frames go by the scan's own setting.
    #[must_use]
    pub const fn of(&self, kind: DataKind) -> Option<Duration> {
        match kind {
            DataKind::VerifiedCases => self.verified_cases,
            DataKind::OtherCases => self.other_cases,
            DataKind::ReferencePhotos => self.reference_photos,
            DataKind::ScanFrames => None,
        }
    }
}

/// Everything that is kept of a person, in plain words: what the person has a right to.
#[derive(Debug, Serialize)]
pub struct PersonData {
    /// When it was put together.
    pub at: DateTime<Utc>,
    /// Verifications.
    pub verifications: Vec<Case>,
    /// What they left.
    pub credentials: Vec<Credential>,
    /// What face scans measured, by verification.
    pub scans: Vec<ScanData>,
    /// Reference photos, JPEG or PNG, as base64.
    pub photos: Vec<String>,
}

/// What one face scan measured.
#[derive(Debug, Serialize)]
pub struct ScanData {
    /// The verification.
    pub verification: CaseId,
    /// When.
    pub at: DateTime<Utc>,
    /// Scores, thresholds and versions.
    pub record: serde_json::Value,
}

/// What an erasure came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Erased {
    /// Verifications whose data are gone.
    pub verifications: usize,
    /// Credentials that were ended for it, and whose data are gone.
    pub credentials: usize,
    /// Whether anything was there at all.
    pub anything: bool,
}

impl Services {
    /// Everything that is kept of a person. Recorded, without a trace of who it is.
    ///
    /// # Errors
    /// `Refused` with `step_up_needed`; `Unavailable`.
    pub async fn person_data(
        &self,
        by: &Present,
        id: &IdNumber,
    ) -> Result<PersonData, ServiceError> {
        self.sensitive(by, "person.exported").await?;
        let verifications = self.privacy.cases_of_person(id).await?;
        let mut scans = Vec::new();
        for case in &verifications {
            for (_, at, record) in self.console.scans_of(case.id).await? {
                scans.push(ScanData {
                    verification: case.id,
                    at,
                    record: serde_json::from_str(&record).unwrap_or_default(),
                });
            }
        }
        let mut photos = Vec::new();
        for realm in [Realm::Live, Realm::Demo] {
            let photo = self.photos.photo(id, realm).await?;
            photos.extend(photo.map(|bytes| base64(&bytes)));
        }
        Ok(PersonData {
            at: self.clock.now(),
            credentials: self.privacy.credentials_of_person(id).await?,
            verifications,
            scans,
            photos,
        })
    }

    /// Erases a person: open verifications are given up, credentials end, then everything goes for good.
    ///
    /// # Errors
    /// `Refused` with `step_up_needed`; `Unavailable`.
    pub async fn erase_person(&self, by: &Present, id: &IdNumber) -> Result<Erased, ServiceError> {
        self.sensitive(by, "person.erasure_ordered").await?;
        let cases = self.privacy.cases_of_person(id).await?;
        for case in cases.iter().filter(|case| !case.state.is_final()) {
            self.cases.step(case.id, Step::Cancel).await?;
            self.scans.stop(case.id);
        }
        let credentials = self.privacy.credentials_of_person(id).await?;
        for credential in &credentials {
            self.end_for_erasure(credential.id).await?;
        }
        let now = self.clock.now();
        Ok(Erased {
            anything: self.privacy.erase_person(id, now).await?,
            verifications: cases.len(),
            credentials: credentials.len(),
        })
    }

    async fn end_for_erasure(&self, id: CredentialId) -> Result<(), ServiceError> {
        let fact = LifeFact::Revoked {
            cause: Revocation::Operator,
            told: None,
        };
        match self.step_life(id, fact).await {
            Ok(_) | Err(ServiceError::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The legal representative takes the consent to the face scan back: what scans have left of the face goes. What was decided
    /// before stays decided.
    ///
    /// # Errors
    /// `NotFound` if none was given; `Unavailable`.
    pub async fn withdraw_consent(&self, id: CaseId) -> Result<(), ServiceError> {
        let now = self.clock.now();
        if !self.privacy.withdraw_consents(id, now).await? {
            return Err(ServiceError::NotFound);
        }
        self.scans.stop(id);
        self.privacy.erase_scans(id, now).await?;
        let actor = Actor::unnamed(shiming_audit::ActorKind::LegalRepresentative);
        let record = Record::new(actor, "case.consent_withdrawn", now).about(id);
        self.audit
            .record(vec![record])
            .await
            .map_err(|error| ServiceError::Unavailable(error.to_string()))
    }

    /// Erases what is over and older than it may be, and writes down what that came to.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn keep_retention(&self, retention: &Retention) -> Result<(), ServiceError> {
        let now = self.clock.now();
        for kind in DataKind::ALL {
            let Some(keep) = retention.of(kind) else {
                continue;
            };
            let before = now - keep;
            let mut erased = 0;
            loop {
                let some = self.privacy.erase_older(kind, before, now, AT_ONCE).await?;
                erased += some;
                if some < u64::from(AT_ONCE) {
                    break;
                }
            }
            if erased > 0 {
                let kind = kind.as_str().to_owned();
                let run = RetentionRun {
                    kind,
                    at: now,
                    before,
                    erased,
                };
                self.privacy.note_retention(&run).await?;
            }
        }
        Ok(())
    }

    /// Refused without a fresh proof, recorded before anything is done.
    async fn sensitive(&self, by: &Present, action: &str) -> Result<(), ServiceError> {
        if !self.is_fresh(by) {
            return Err(self.refused(Code::StepUpNeeded));
        }
        self.recorded(by, action, "person", &[]).await
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    STANDARD.encode(bytes)
}
