//! Asking the registry: at once when the form is submitted, later by a job.

use std::time::Duration;

use shiming_verification::{
    case::{Case, State},
    code::Refusal,
    fact::RegistryAnswer,
    ids::CaseId,
    words::Realm,
};

use crate::{Services, error::ServiceError, sandbox, step::Step};

/// How long the applicant's own request waits for the registry before the page goes on by events.
const PATIENCE: Duration = Duration::from_secs(3);

impl Services {
    /// Asks the registry about a case in `checking`. Asking twice is harmless: the second answer finds the case
    /// elsewhere and changes nothing.
    ///
    /// # Errors
    /// `Unavailable`: the job that was stored with the case will ask again.
    pub async fn check_registry(&self, id: CaseId) -> Result<Case, ServiceError> {
        let case = self.cases.get(id).await?;
        let (State::Checking { .. }, Some(claim)) = (&case.state, &case.claim) else {
            return Ok(case);
        };
        let answer: RegistryAnswer = match case.realm {
            Realm::Test => sandbox::registry_answer(&claim.uscc).await,
            Realm::Live | Realm::Demo => self.registry.check(claim, case.realm).await,
        };
        match self.cases.step(id, Step::RegistryAnswer(answer)).await {
            Err(ServiceError::Refused(Refusal::NotNow { .. })) => self.cases.get(id).await,
            other => other,
        }
    }

    /// Asks at once, but lets the applicant's request go on when the registry is slow.
    pub(crate) async fn check_soon(&self, case: Case) -> Result<Case, ServiceError> {
        if !matches!(case.state, State::Checking { .. }) {
            return Ok(case);
        }
        let services = self.clone();
        let id = case.id;
        let check = tokio::spawn(async move { services.check_registry(id).await });
        match tokio::time::timeout(PATIENCE, check).await {
            Ok(Ok(Ok(checked))) => Ok(checked),
            Ok(Ok(Err(error))) => {
                tracing::warn!(case = %id, %error, "the registry check will be made again by its job");
                Ok(case)
            }
            Ok(Err(_)) | Err(_) => Ok(case),
        }
    }
}
