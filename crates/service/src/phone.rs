//! What the legal representative's phone does before the camera starts.

use shiming_vault::random_token;
use shiming_verification::{
    case::{Case, Consent},
    code::Refusal,
    ids::CaseId,
};

use crate::{Services, edge::match_code, error::ServiceError, step::Step, tokens::digest};

/// Version of the notice and consent texts (`locales/*/server.json`). A changed text is a new version.
pub const NOTICE_VERSION: &str = "2026-11";

/// A case that a phone holds, with the key that binds it.
pub struct Claimed {
    /// The case.
    pub case: Case,
    /// The phone's key; only this phone has it.
    pub key: String,
}

impl Services {
    /// A phone opens the link. The same phone (by its key) comes back to its scan as often as it likes.
    ///
    /// # Errors
    /// `Refused` with `qr_expired` (also for an unknown token) or `qr_already_claimed`.
    pub async fn claim(&self, token: &str, key: Option<&str>) -> Result<Claimed, ServiceError> {
        let token = digest(token);
        let Some(case) = self.cases.by_token(token).await? else {
            return Err(self.qr_expired());
        };
        let known = key.filter(|key| case.session().is_some_and(|s| s.phone == digest(key)));
        let key = match known {
            Some(key) => key.to_owned(),
            None => random_token(&*self.entropy)?.expose().to_owned(),
        };
        let match_code = match_code(&*self.entropy)?;
        let step = Step::Claim {
            token,
            phone: digest(&key),
            match_code,
        };
        let case = match self.cases.step(case.id, step).await {
            Err(ServiceError::Refused(Refusal::NothingDue)) => self.cases.get(case.id).await?,
            other => other?,
        };
        Ok(Claimed { case, key })
    }

    /// The case that this phone holds or last held.
    ///
    /// # Errors
    /// `NoSession`.
    pub async fn case_of_phone(&self, key: &str) -> Result<Case, ServiceError> {
        self.cases.by_phone(digest(key)).await
    }

    /// The legal representative agrees to the face scan, or declines.
    ///
    /// # Errors
    /// `NoSession`; `Refused`.
    pub async fn answer_consent(
        &self,
        key: &str,
        language: &str,
        agreed: bool,
    ) -> Result<Case, ServiceError> {
        let id = self.case_of_phone(key).await?.id;
        let consent = agreed.then(|| Consent {
            notice_version: NOTICE_VERSION.to_owned(),
            language: language.to_owned(),
            at: self.clock.now(),
        });
        match self
            .cases
            .step(id, Step::Consent(digest(key), consent))
            .await
        {
            Err(ServiceError::Refused(Refusal::NothingDue)) => self.cases.get(id).await,
            Ok(case) if agreed => Ok(case),
            Ok(_) => self.declined(id).await,
            other => other,
        }
    }

    /// A "no" also takes back a "yes" that was given before, in this session or an earlier one.
    async fn declined(&self, id: CaseId) -> Result<Case, ServiceError> {
        self.scans.stop(id);
        match self.withdraw_consent(id).await {
            Err(ServiceError::NotFound) => self.cases.get(id).await,
            done => done,
        }
    }

    fn qr_expired(&self) -> ServiceError {
        use shiming_verification::code::{Code, Notice};
        Refusal::Ruled(Notice::free(Code::QrExpired, self.clock.now())).into()
    }
}
