//! Commands that take a verification of the test mode on, in the place of phone, camera, registry, reviewer and clock. They go
//! through the same rules as everything else: what the rules refuse, a simulation can't do either.

use chrono::Duration;
use serde::Deserialize;
use shiming_verification::{
    case::{Case, Consent, State},
    claim::ElementsForm,
    code::{Code, Refusal},
    fact::{FaceOutcome, Liveness},
    ids::{CaseId, CredentialId},
    risk::Signals,
    words::{EngineGrade, Method, Realm, SubjectType},
};

use crate::{
    Services,
    error::ServiceError,
    phone::NOTICE_VERSION,
    risk::Origin,
    step::Step,
    tokens::{digest, invitation},
};

/// The longest leap in time.
const LONGEST_LEAP: u32 = 400 * 24 * 3_600;

/// What is to happen.
#[derive(Clone, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Simulation {
    /// The applicant chooses.
    Choose {
        /// Subject type.
        subject_type: SubjectType,
        /// Method.
        method: Method,
    },
    /// The applicant submits the form; the registry answers as the credit code commands.
    SubmitElements {
        /// Enterprise name.
        enterprise_name: String,
        /// Credit code; see the magic values.
        uscc: String,
        /// Legal representative's name.
        legal_representative: String,
        /// Legal representative's ID number.
        id_number: String,
    },
    /// The applicant goes back to the form.
    Edit,
    /// The applicant asks for a fresh QR code.
    RenewQr,
    /// A phone opens the link.
    ClaimPhone,
    /// The legal representative agrees to the scan.
    GiveConsent,
    /// The legal representative declines the scan.
    DeclineConsent,
    /// A scan begins.
    StartScan,
    /// A scan passes: a live person with the right face. Whatever is missing before it is done first.
    PassScan,
    /// A scan fails.
    FailScan {
        /// `face_mismatch`, `liveness_failed` or `action_timeout`, which use a try; or another code of the scan, which does not.
        code: String,
    },
    /// The authority has no photo.
    ReferencePhotoMissing,
    /// The face is neither clearly the right nor clearly another one.
    UnclearFace,
    /// Time passes for this verification.
    AdvanceTime {
        /// Seconds, at most 400 days.
        seconds: u32,
    },
}

impl Services {
    /// Makes something happen to a verification of the test mode.
    ///
    /// # Errors
    /// `NotFound` outside the test mode; `Refused` by the rules; `Fields`; `Unavailable`.
    pub async fn simulate(&self, id: CaseId, what: Simulation) -> Result<Case, ServiceError> {
        let case = self.cases.get(id).await?;
        if case.realm != Realm::Test {
            return Err(ServiceError::NotFound);
        }
        match what {
            Simulation::Choose {
                subject_type,
                method,
            } => self.choose(id, subject_type, method).await,
            Simulation::SubmitElements {
                enterprise_name,
                uscc,
                legal_representative,
                id_number,
            } => {
                let form = ElementsForm {
                    enterprise_name,
                    uscc,
                    legal_representative,
                    id_number,
                };
                self.submit(id, &form, &Origin::default()).await
            }
            Simulation::Edit => self.edit(id).await,
            Simulation::RenewQr => self.renew_invitation(id).await,
            Simulation::ClaimPhone => self.claim_in_test(&case).await,
            Simulation::GiveConsent => self.consent_in_test(&case, true).await,
            Simulation::DeclineConsent => self.consent_in_test(&case, false).await,
            Simulation::StartScan => self.film_in_test(case).await,
            Simulation::PassScan => {
                self.film_in_test(case).await?;
                let grade = EngineGrade::Rated;
                self.compared(id, FaceOutcome::Match { grade }).await
            }
            Simulation::FailScan { code } => self.fail_scan(case, &code).await,
            Simulation::ReferencePhotoMissing => {
                self.film_in_test(case).await?;
                self.compared(id, FaceOutcome::ReferenceMissing).await
            }
            Simulation::UnclearFace => {
                self.film_in_test(case).await?;
                let grade = EngineGrade::Rated;
                self.compared(id, FaceOutcome::Unclear { grade }).await
            }
            Simulation::AdvanceTime { seconds } => {
                let by = Duration::seconds(i64::from(seconds.min(LONGEST_LEAP)));
                self.cases.step(id, Step::Leap(by)).await
            }
        }
    }

    async fn claim_in_test(&self, case: &Case) -> Result<Case, ServiceError> {
        let seq = case.invitation().map_or(0, |invitation| invitation.seq);
        let token = invitation(&self.cases.tokens, case.id, seq);
        let step = Step::Claim {
            token: digest(token.expose()),
            phone: phone(case.id),
            match_code: "42".to_owned(),
        };
        self.unless_done(case.id, step).await
    }

    async fn consent_in_test(&self, case: &Case, agreed: bool) -> Result<Case, ServiceError> {
        let consent = agreed.then(|| Consent {
            notice_version: NOTICE_VERSION.to_owned(),
            language: "zh-CN".to_owned(),
            at: self.clock.now(),
        });
        let step = Step::Consent(phone(case.id), consent);
        self.unless_done(case.id, step).await
    }

    /// From the QR code to a running scan.
    async fn film_in_test(&self, case: Case) -> Result<Case, ServiceError> {
        if matches!(case.state, State::FaceRunning { .. }) {
            return Ok(case);
        }
        let case = self.claim_in_test(&case).await?;
        let case = self.consent_in_test(&case, true).await?;
        let step = Step::StartScan(phone(case.id));
        self.cases.step(case.id, step).await
    }

    async fn compared(&self, id: CaseId, outcome: FaceOutcome) -> Result<Case, ServiceError> {
        self.cases
            .step(id, Step::Liveness(Liveness::Live, Signals::default()))
            .await?;
        let credential = CredentialId::new(self.fresh_id()?);
        self.cases.step(id, Step::Face(outcome, credential)).await
    }

    async fn fail_scan(&self, case: Case, code: &str) -> Result<Case, ServiceError> {
        let known = Code::ALL.iter().find(|known| known.as_str() == code);
        let code = *known.ok_or_else(unknown_code)?;
        let id = self.film_in_test(case).await?.id;
        match code {
            Code::FaceMismatch => self.compared(id, FaceOutcome::NoMatch).await,
            Code::LivenessFailed | Code::ActionTimeout => {
                let verdict = Liveness::NotLive(code);
                self.cases
                    .step(id, Step::Liveness(verdict, Signals::default()))
                    .await
            }
            Code::LightTooDark
            | Code::LightTooStrong
            | Code::FaceNotFound
            | Code::MultipleFaces
            | Code::CameraDenied
            | Code::ScanInterrupted
            | Code::SystemError => {
                let verdict = Liveness::NotJudged(code);
                self.cases
                    .step(id, Step::Liveness(verdict, Signals::default()))
                    .await
            }
            _ => Err(unknown_code()),
        }
    }

    async fn unless_done(&self, id: CaseId, step: Step) -> Result<Case, ServiceError> {
        match self.cases.step(id, step).await {
            Err(ServiceError::Refused(Refusal::NothingDue)) => self.cases.get(id).await,
            other => other,
        }
    }
}

/// The phone that scans in the test mode.
fn phone(case: CaseId) -> shiming_verification::case::Digest {
    digest(&format!("the phone of {case} in test mode"))
}

fn unknown_code() -> ServiceError {
    ServiceError::Fields(vec![shiming_verification::claim::FieldError {
        field: "code",
        code: Code::InvalidInput,
        reason: "no_code_of_a_scan",
    }])
}
