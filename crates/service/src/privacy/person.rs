//! Everything that is kept of a person: handed out, or erased. An operator answers for the whole server, a platform for its own.

use chrono::{DateTime, Utc};
use serde::Serialize;
use shiming_audit::{Actor, Record};
use shiming_identifiers::IdNumber;
use shiming_verification::{
    case::Case,
    claim::FieldError,
    code::{Code, Refusal},
    credential::Credential,
    ids::{CaseId, CredentialId, PlatformId},
    lifecycle::{LifeFact, Revocation},
    notification::{Order, Status},
    ports::{
        listings::CaseFilter,
        privacy::{ConsentRecord, KeptFrames, Reach},
    },
    words::Realm,
};

use crate::{Services, error::ServiceError, operators::Present, step::Step};

/// Cases of an account that are read at once.
const AT_ONCE: u32 = 100;

/// How a platform names a person whose rights it answers for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// By the ID number.
    IdNumber(IdNumber),
    /// As the legal representative that a verification names.
    Verification(CaseId),
    /// As the legal representative of an account.
    Account(String),
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
    /// Consents to the face scan, by verification.
    pub consents: Vec<ConsentData>,
    /// What face scans measured, by verification.
    pub scans: Vec<ScanData>,
    /// What operators wrote about the verifications.
    pub notes: Vec<NoteData>,
    /// Messages about the verifications, and the addresses that they went to.
    pub messages: Vec<MessageData>,
    /// Reference photos, JPEG or PNG, as base64.
    pub photos: Vec<String>,
}

/// One consent.
#[derive(Debug, Serialize)]
pub struct ConsentData {
    /// The verification.
    pub verification: CaseId,
    /// What was agreed to, when, and when it was taken back.
    #[serde(flatten)]
    pub consent: ConsentRecord,
}

/// What one face scan measured.
#[derive(Debug, Serialize)]
pub struct ScanData {
    /// The verification.
    pub verification: CaseId,
    /// The record's number within it.
    pub number: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// Scores, thresholds and versions.
    pub record: serde_json::Value,
    /// Its frames, as long as they are kept.
    pub frames: Option<KeptFrames>,
}

/// What an operator wrote.
#[derive(Debug, Serialize)]
pub struct NoteData {
    /// The verification.
    pub verification: CaseId,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub text: String,
}

/// One message that was sent, or was to be.
#[derive(Debug, Serialize)]
pub struct MessageData {
    /// The verification.
    pub verification: CaseId,
    /// When it was ordered.
    pub at: DateTime<Utc>,
    /// Whom it went to, and what it was about.
    pub message: Order,
    /// How it ended.
    pub status: Status,
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
    /// Everything that this server keeps of a person. Recorded, without a trace of who it is.
    ///
    /// # Errors
    /// `Refused` with `step_up_needed`; `Unavailable`.
    pub async fn person_data(
        &self,
        by: &Present,
        id: &IdNumber,
    ) -> Result<PersonData, ServiceError> {
        self.sensitive(by, "person.exported").await?;
        let mut photos = Vec::new();
        for realm in [Realm::Live, Realm::Demo] {
            let photo = self.photos.photo(id, realm).await?;
            photos.extend(photo.map(|bytes| base64(&bytes)));
        }
        Ok(PersonData {
            photos,
            ..self.kept_of(id, Reach::Server).await?
        })
    }

    /// Everything that is kept of a person in one platform's data. Reference photos are the server's, and not among them.
    ///
    /// # Errors
    /// `NotFound` and `Fields` if nobody, or more than one person, is named; `Unavailable`.
    pub async fn person_data_of(
        &self,
        platform: PlatformId,
        named: &Named,
    ) -> Result<PersonData, ServiceError> {
        let id = self.person_named(platform, named).await?;
        self.noted(platform, "person.exported").await?;
        self.kept_of(&id, Reach::Platform(platform)).await
    }

    /// Erases a person: open verifications are given up, credentials end, then everything goes for good.
    ///
    /// # Errors
    /// `Refused` with `step_up_needed`; `Unavailable`.
    pub async fn erase_person(&self, by: &Present, id: &IdNumber) -> Result<Erased, ServiceError> {
        self.sensitive(by, "person.erasure_ordered").await?;
        self.erase(id, Reach::Server, Revocation::Operator).await
    }

    /// The same within one platform's data; whatever other platforms keep of the person stays.
    ///
    /// # Errors
    /// `NotFound` and `Fields` if nobody, or more than one person, is named; `Unavailable`.
    pub async fn erase_person_of(
        &self,
        platform: PlatformId,
        named: &Named,
    ) -> Result<Erased, ServiceError> {
        let id = self.person_named(platform, named).await?;
        self.noted(platform, "person.erasure_ordered").await?;
        let reach = Reach::Platform(platform);
        self.erase(&id, reach, Revocation::Platform).await
    }

    async fn kept_of(&self, id: &IdNumber, reach: Reach) -> Result<PersonData, ServiceError> {
        let verifications = self.privacy.cases_of_person(id, reach).await?;
        let mut data = PersonData {
            at: self.clock.now(),
            credentials: self.privacy.credentials_of_person(id, reach).await?,
            verifications: Vec::new(),
            consents: Vec::new(),
            scans: Vec::new(),
            notes: Vec::new(),
            messages: Vec::new(),
            photos: Vec::new(),
        };
        for case in &verifications {
            self.add_what_hangs_on(case.id, &mut data).await?;
        }
        data.verifications = verifications;
        Ok(data)
    }

    async fn add_what_hangs_on(
        &self,
        verification: CaseId,
        data: &mut PersonData,
    ) -> Result<(), ServiceError> {
        let consents = self.privacy.consents_on_record(verification).await?;
        data.consents
            .extend(consents.into_iter().map(|consent| ConsentData {
                verification,
                consent,
            }));
        let frames = self.privacy.frames_kept(verification).await?;
        let scans = self.console.scans_of(verification).await?;
        data.scans
            .extend(scans.into_iter().map(|(number, at, record)| ScanData {
                verification,
                number,
                at,
                record: serde_json::from_str(&record).unwrap_or_default(),
                frames: frames.iter().find(|kept| kept.record == number).copied(),
            }));
        let store = &self.notifications.store;
        let sent = store.notifications_of(verification).await?;
        data.messages
            .extend(sent.into_iter().map(|sent| MessageData {
                verification,
                at: sent.created_at,
                message: sent.order,
                status: sent.status,
            }));
        let notes = self.console.notes(verification).await?;
        data.notes.extend(notes.into_iter().map(|note| NoteData {
            verification,
            at: note.at,
            text: note.text,
        }));
        Ok(())
    }

    async fn erase(
        &self,
        id: &IdNumber,
        reach: Reach,
        cause: Revocation,
    ) -> Result<Erased, ServiceError> {
        let cases = self.privacy.cases_of_person(id, reach).await?;
        for case in cases.iter().filter(|case| !case.state.is_final()) {
            self.close(case.id).await?;
        }
        let credentials = self.privacy.credentials_of_person(id, reach).await?;
        for credential in &credentials {
            self.end_for_erasure(credential.id, cause).await?;
        }
        let now = self.clock.now();
        Ok(Erased {
            anything: self.privacy.erase_person(id, reach, now).await?,
            verifications: cases.len(),
            credentials: credentials.len(),
        })
    }

    /// Gives up what is open. What has run out of time meanwhile has only to be told so.
    async fn close(&self, case: CaseId) -> Result<(), ServiceError> {
        let given_up = self.cases.step(case, Step::Cancel).await;
        self.scans.stop(case);
        match given_up {
            Err(ServiceError::Refused(Refusal::NotNow { .. })) => {
                unless_over(self.cases.step(case, Step::Wake).await)
            }
            done => done.map(|_| ()),
        }
    }

    async fn end_for_erasure(
        &self,
        id: CredentialId,
        cause: Revocation,
    ) -> Result<(), ServiceError> {
        let fact = LifeFact::Revoked { cause, told: None };
        unless_over(self.step_life(id, fact).await)
    }

    async fn person_named(
        &self,
        platform: PlatformId,
        named: &Named,
    ) -> Result<IdNumber, ServiceError> {
        match named {
            Named::IdNumber(id) => Ok(id.clone()),
            Named::Verification(id) => {
                let case = self.cases.get(*id).await?;
                let own = case.account.platform == platform;
                let claim = case.claim.filter(|_| own);
                Ok(claim.ok_or(ServiceError::NotFound)?.id_number)
            }
            Named::Account(account) => {
                let cases = self.all_cases_of(platform, account).await?;
                the_one_person(&cases)
            }
        }
    }

    async fn all_cases_of(
        &self,
        platform: PlatformId,
        account: &str,
    ) -> Result<Vec<Case>, ServiceError> {
        let mut filter = CaseFilter {
            account_id: Some(account.to_owned()),
            ..CaseFilter::default()
        };
        let mut all = Vec::new();
        loop {
            let some = self.list_cases(platform, &filter, AT_ONCE).await?;
            let last = some.last().map(|case| case.id);
            let over = some.len() < AT_ONCE as usize;
            all.extend(some);
            if over {
                return Ok(all);
            }
            filter.after = last;
        }
    }

    /// Refused without a fresh proof, recorded before anything is done.
    async fn sensitive(&self, by: &Present, action: &str) -> Result<(), ServiceError> {
        if !self.is_fresh(by) {
            return Err(self.refused(Code::StepUpNeeded));
        }
        self.recorded(by, action, "person", &[]).await
    }

    async fn noted(&self, platform: PlatformId, action: &str) -> Result<(), ServiceError> {
        let record = Record::new(Actor::platform(platform), action, self.clock.now());
        Ok(self.audit.record(vec![record.about("person")]).await?)
    }
}

/// The one legal representative whom an account's verifications name. An account may have changed hands: then nobody may be handed
/// the other's data, and a verification has to be named.
fn the_one_person(cases: &[Case]) -> Result<IdNumber, ServiceError> {
    let mut people = cases.iter().filter_map(|case| case.claim.as_ref());
    let first = people.next().ok_or(ServiceError::NotFound)?;
    if people.any(|claim| claim.id_number != first.id_number) {
        return Err(ServiceError::Fields(vec![FieldError {
            field: "account_id",
            code: Code::InvalidInput,
            reason: "more_than_one_person",
        }]));
    }
    Ok(first.id_number.clone())
}

/// Somebody else was first to end it.
fn unless_over<T>(done: Result<T, ServiceError>) -> Result<(), ServiceError> {
    match done {
        Ok(_) | Err(ServiceError::Refused(Refusal::NotNow { .. } | Refusal::NothingDue)) => Ok(()),
        Err(error) => Err(error),
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    STANDARD.encode(bytes)
}
