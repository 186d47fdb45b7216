//! What the platform and its applicant on the PC do.

use chrono::{DateTime, Duration, Utc};
use shiming_vault::random_token;
use shiming_verification::{
    case::{Case, Digest, Opening, State, Terms},
    claim::{Claim, ElementsForm},
    code::Refusal,
    credential::Credential,
    ids::{CaseId, PlatformId},
    ports::{Platform, PortalSession},
    words::{Account, Method, SubjectType},
};

use crate::{
    Services,
    error::ServiceError,
    measure,
    risk::Origin,
    step::Step,
    tokens::{digest, invitation},
};

/// Lifetime of the single-use secret in the link to the portal.
const CLIENT_SECRET_LIFE: Duration = Duration::minutes(30);
/// Lifetime of a portal session.
const PORTAL_SESSION_LIFE: Duration = Duration::hours(12);

/// The id for what a request makes, chosen when the request was first seen.
#[derive(Debug, Clone, Copy)]
pub struct Making {
    /// Id.
    pub id: uuid::Uuid,
    /// Whether an earlier try, whose server died, may have made it.
    pub maybe_made: bool,
}

/// A freshly opened case with the secret that opens the portal for it.
pub struct Opened {
    /// The case.
    pub case: Case,
    /// Single-use; belongs into the fragment of the portal's address.
    pub client_secret: String,
}

impl Services {
    /// Opens a case for an account of a platform. If the account holds a credential, the case renews it.
    ///
    /// # Errors
    /// `Refused` while the credential may not be changed; `Unavailable`.
    pub async fn open(
        &self,
        platform: &Platform,
        account: Account,
        return_url: Option<String>,
    ) -> Result<Opened, ServiceError> {
        self.open_on_terms(platform, account, return_url, Terms::default())
            .await
    }

    /// Opens a case on what the platform asks for; [`Terms::check`] says before whether that can be met.
    ///
    /// # Errors
    /// `Refused` while the credential may not be changed; `Unavailable`.
    pub async fn open_on_terms(
        &self,
        platform: &Platform,
        account: Account,
        return_url: Option<String>,
        terms: Terms,
    ) -> Result<Opened, ServiceError> {
        let making = Making {
            id: self.fresh_id()?,
            maybe_made: false,
        };
        self.open_once(making, platform, account, return_url, terms)
            .await
    }

    /// Opens a case on what the platform asks for, or finds the one that an earlier try has opened.
    ///
    /// # Errors
    /// `Refused` while the credential may not be changed; `Unavailable`.
    pub async fn open_once(
        &self,
        making: Making,
        platform: &Platform,
        account: Account,
        return_url: Option<String>,
        terms: Terms,
    ) -> Result<Opened, ServiceError> {
        let now = self.clock.now();
        let id = CaseId::new(making.id);
        if making.maybe_made
            && let Some(case) = self.made_before(id).await?
        {
            let client_secret = self.client_secret(id, now).await?;
            return Ok(Opened {
                case,
                client_secret,
            });
        }
        let renews = self.renewal(&account).await?;
        let opening = Opening {
            id,
            renews,
            account,
            realm: platform.realm,
            return_url,
            terms,
        };
        let change = Case::opening(opening, &self.cases.policy, now);
        self.cases.ledger.commit(&change).await?;
        measure::stored(&change);
        let client_secret = self.client_secret(id, now).await?;
        Ok(Opened {
            case: change.case,
            client_secret,
        })
    }

    async fn made_before(&self, id: CaseId) -> Result<Option<Case>, ServiceError> {
        match self.cases.get(id).await {
            Ok(case) => Ok(Some(case)),
            Err(ServiceError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A fresh single-use secret that opens the portal for a stored case, for an applicant who comes back.
    ///
    /// # Errors
    /// `NotFound` if the case is not the platform's; `Unavailable`.
    pub async fn reopen(&self, platform: PlatformId, case: CaseId) -> Result<String, ServiceError> {
        let found = self.cases.get(case).await?;
        if found.account.platform != platform {
            return Err(ServiceError::NotFound);
        }
        self.client_secret(case, self.clock.now()).await
    }

    /// A fresh link to an open case.
    ///
    /// # Errors
    /// `Refused` after an outcome; `Unavailable`.
    pub async fn link_again(&self, case: Case) -> Result<Opened, ServiceError> {
        if case.state.is_final() {
            let state = case.state.name();
            return Err(Refusal::NotNow { state }.into());
        }
        let client_secret = self.client_secret(case.id, self.clock.now()).await?;
        Ok(Opened {
            case,
            client_secret,
        })
    }

    async fn client_secret(
        &self,
        case: CaseId,
        now: DateTime<Utc>,
    ) -> Result<String, ServiceError> {
        let secret = random_token(&*self.entropy)?;
        self.access
            .add_client_secret(Digest(secret.digest()), case, now + CLIENT_SECRET_LIFE)
            .await?;
        Ok(secret.expose().to_owned())
    }

    /// Trades the single-use secret for a portal session; answers with the session's key.
    ///
    /// # Errors
    /// `NoSession` if the secret is unknown, used or over.
    pub async fn enter_portal(&self, case: CaseId, secret: &str) -> Result<String, ServiceError> {
        let now = self.clock.now();
        if !self
            .access
            .use_client_secret(digest(secret), case, now)
            .await?
        {
            return Err(ServiceError::NoSession);
        }
        let account = self.cases.get(case).await?.account;
        let session = PortalSession {
            platform: account.platform,
            account_id: account.id,
        };
        let key = random_token(&*self.entropy)?;
        self.access
            .add_portal_session(Digest(key.digest()), &session, now + PORTAL_SESSION_LIFE)
            .await?;
        Ok(key.expose().to_owned())
    }

    /// The portal session of a key.
    ///
    /// # Errors
    /// `NoSession`.
    pub async fn portal_session(&self, key: &str) -> Result<PortalSession, ServiceError> {
        let found = self
            .access
            .portal_session(digest(key), self.clock.now())
            .await?;
        found.ok_or(ServiceError::NoSession)
    }

    /// A case, if the session may see it.
    ///
    /// # Errors
    /// `NotFound`, also for somebody else's.
    pub async fn case_of(&self, session: &PortalSession, id: CaseId) -> Result<Case, ServiceError> {
        let case = self.cases.get(id).await?;
        let own =
            case.account.platform == session.platform && case.account.id == session.account_id;
        if own {
            Ok(case)
        } else {
            Err(ServiceError::NotFound)
        }
    }

    /// The platform that a case belongs to.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn platform_of(&self, case: &Case) -> Result<Platform, ServiceError> {
        let found = self.access.platform(case.account.platform).await?;
        found.ok_or(ServiceError::NotFound)
    }

    /// The account's newest credential.
    ///
    /// # Errors
    /// `NotFound` if there is none.
    pub async fn credential_of(&self, session: &PortalSession) -> Result<Credential, ServiceError> {
        let found = self
            .cases
            .ledger
            .credential(session.platform, &session.account_id)
            .await?;
        found.ok_or(ServiceError::NotFound)
    }

    /// The applicant chooses subject type and method. A passed element check that is still good is not made again.
    ///
    /// # Errors
    /// `Refused`.
    pub async fn choose(
        &self,
        id: CaseId,
        subject: SubjectType,
        method: Method,
    ) -> Result<Case, ServiceError> {
        let case = self.cases.get(id).await?;
        self.must_be_open(&case, method)?;
        let case = self.cases.step(id, Step::Choose(subject, method)).await?;
        self.scans.stop(id);
        let now = self.clock.now();
        let by_face = method == Method::Face && matches!(case.state, State::Draft);
        if by_face && case.check_is_good(&self.cases.policy, now) {
            return self.renew_invitation(id).await;
        }
        Ok(case)
    }

    /// The applicant submits the elements; the registry is asked at once.
    ///
    /// # Errors
    /// `Fields` with every wrong field; `Refused` by a limit.
    pub async fn submit(
        &self,
        id: CaseId,
        form: &ElementsForm,
        origin: &Origin,
    ) -> Result<Case, ServiceError> {
        let case = self.cases.get(id).await?;
        let subject = case.subject.unwrap_or(SubjectType::Enterprise);
        let least_age = self.cases.policy.least_age();
        let claim =
            Claim::parse(form, subject, least_age, self.today()).map_err(ServiceError::Fields)?;
        let signals = self.signals_of_form(&case, &claim, origin).await?;
        let step = Step::Submit(Box::new(claim), signals);
        let case = self.cases.step(id, step).await?;
        self.check_soon(case).await
    }

    /// A fresh QR code; the old one is dead.
    ///
    /// # Errors
    /// `Refused` if the case has none to renew.
    pub async fn renew_invitation(&self, id: CaseId) -> Result<Case, ServiceError> {
        let case = self.cases.step(id, Step::Renew).await?;
        self.scans.stop(id);
        self.check_soon(case).await
    }

    /// Back to the form.
    ///
    /// # Errors
    /// `Refused` where there is nothing to edit any more.
    pub async fn edit(&self, id: CaseId) -> Result<Case, ServiceError> {
        let case = self.cases.step(id, Step::Edit).await?;
        self.scans.stop(id);
        Ok(case)
    }

    /// Gives the case up.
    ///
    /// # Errors
    /// `Refused` after an outcome.
    pub async fn cancel(&self, id: CaseId) -> Result<Case, ServiceError> {
        let case = self.cases.step(id, Step::Cancel).await?;
        self.scans.stop(id);
        Ok(case)
    }

    /// The link behind the present QR code.
    #[must_use]
    pub fn invitation_token(&self, case: &Case) -> Option<String> {
        let seq = case.invitation()?.seq;
        Some(
            invitation(&self.cases.tokens, case.id, seq)
                .expose()
                .to_owned(),
        )
    }

    /// The day in China, by which ages are reckoned.
    #[must_use]
    pub fn today(&self) -> chrono::NaiveDate {
        (self.clock.now() + Duration::hours(8)).date_naive()
    }
}
