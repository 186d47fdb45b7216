//! Credentials after the pass: the registry is asked again, operators and platforms stop, lift and end.

use chrono::{DateTime, Utc};
use shiming_verification::{
    case::{Renewal, RenewalKind, Terms},
    code::Refusal,
    fact::RegistryAnswer,
    ids::{CaseId, CredentialId, PlatformId},
    lifecycle::{Life, LifeFact, Revocation, renewal_of},
    ports::{CommitError, listings::CaseFilter, lives::Living},
    words::{Account, Realm},
};

use crate::{Services, error::ServiceError};

/// How often a decision is made anew after a conflict.
const ATTEMPTS: usize = 16;

impl Services {
    /// The credential and how it stands, if it is the platform's.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn living_of(
        &self,
        platform: PlatformId,
        id: CredentialId,
    ) -> Result<Living, ServiceError> {
        let living = self.lives.living(id).await?;
        living
            .filter(|living| living.credential.account.platform == platform)
            .ok_or(ServiceError::NotFound)
    }

    /// Gives a fact to a credential and answers with how it stands afterwards.
    ///
    /// # Errors
    /// `NotFound`; `Refused`; `Unavailable`.
    pub async fn step_life(&self, id: CredentialId, fact: LifeFact) -> Result<Life, ServiceError> {
        for _ in 0..ATTEMPTS {
            let living = self.lives.living(id).await?.ok_or(ServiceError::NotFound)?;
            let now = self.clock.now();
            let change = living
                .life
                .decide(id, fact.clone(), &self.cases.policy, now)?;
            match self.lives.commit_life(&change).await {
                Ok(()) => return Ok(change.life),
                Err(CommitError::Conflict) => {}
                Err(CommitError::Unavailable(error)) => return Err(error.into()),
            }
        }
        Err(ServiceError::Unavailable(
            "the credential is changed too often at once".to_owned(),
        ))
    }

    /// What a job does for a credential: asks the registry if that is due, and lets time pass.
    ///
    /// # Errors
    /// `Unavailable`: the job will try again.
    pub(crate) async fn tend(&self, id: CredentialId) -> Result<(), ServiceError> {
        let Some(living) = self.lives.living(id).await? else {
            return Ok(());
        };
        if living.life.check_is_due(self.clock.now()) {
            let credential = &living.credential;
            let answer = match credential.realm {
                Realm::Test => RegistryAnswer::Match,
                realm => self.registry.confirm(&credential.claim, realm).await,
            };
            harmless(self.step_life(id, LifeFact::RegistryAnswered(answer)).await)?;
        }
        harmless(self.step_life(id, LifeFact::TimePassed).await)
    }

    /// Ends a credential for good.
    ///
    /// # Errors
    /// `NotFound` if it is not the platform's; `Refused` if it is over already.
    pub async fn revoke(
        &self,
        platform: PlatformId,
        id: CredentialId,
        cause: Revocation,
        told: Option<String>,
    ) -> Result<Life, ServiceError> {
        self.living_of(platform, id).await?;
        self.step_life(id, LifeFact::Revoked { cause, told }).await
    }

    /// What a new case on this account is for.
    ///
    /// # Errors
    /// `Refused` during the cooling-off or while an operator has stopped the credential.
    pub(crate) async fn renewal(&self, account: &Account) -> Result<Option<Renewal>, ServiceError> {
        let living = self
            .lives
            .living_of_account(account.platform, &account.id)
            .await?;
        let Some(Living { credential, life }) = living else {
            return Ok(None);
        };
        let now = self.clock.now();
        Ok(renewal_of(&credential, &life, &self.cases.policy, now)?)
    }

    /// Closes an account: its open cases are cancelled, its credential ends. Harmless to repeat.
    ///
    /// # Errors
    /// `NotFound` for an account that never had a case; `Unavailable`: what was not yet ended is ended when it is called again.
    pub async fn close_account(
        &self,
        platform: PlatformId,
        account: &str,
    ) -> Result<(), ServiceError> {
        let all = CaseFilter {
            account_id: Some(account.to_owned()),
            ..CaseFilter::default()
        };
        if self.list_cases(platform, &all, 1).await?.is_empty() {
            return Err(ServiceError::NotFound);
        }
        for case in self.lives.open_cases_of(platform, account).await? {
            harmless(self.cancel(case).await)?;
        }
        let living = self.lives.living_of_account(platform, account).await?;
        let Some(living) = living else { return Ok(()) };
        let fact = LifeFact::Revoked {
            cause: Revocation::AccountClosed,
            told: None,
        };
        harmless(self.step_life(living.credential.id, fact).await)
    }
}

/// What lies ahead of an account's credential, and what its owner may do.
#[derive(Debug, Clone)]
pub struct Outlook {
    /// How the credential stands.
    pub life: Life,
    /// What a new verification would be now.
    pub kind: Option<RenewalKind>,
    /// From when a change can be started, if the last pass is too fresh.
    pub opens_at: Option<DateTime<Utc>>,
    /// The verification that renews it already.
    pub under_way: Option<CaseId>,
}

impl Services {
    /// What lies ahead of the account's credential.
    ///
    /// # Errors
    /// `NotFound` if there is none; `Unavailable`.
    pub async fn outlook(
        &self,
        platform: PlatformId,
        account: &str,
    ) -> Result<Outlook, ServiceError> {
        let living = self.lives.living_of_account(platform, account).await?;
        let Living { credential, life } = living.ok_or(ServiceError::NotFound)?;
        let now = self.clock.now();
        let (kind, opens_at) = match renewal_of(&credential, &life, &self.cases.policy, now) {
            Ok(renewal) => (renewal.map(|renewal| renewal.kind), None),
            Err(Refusal::Ruled(notice)) => (None, notice.retry_at),
            Err(_) => (None, None),
        };
        let open = self.lives.open_cases_of(platform, account).await?;
        Ok(Outlook {
            life,
            kind,
            opens_at,
            under_way: open.into_iter().next(),
        })
    }

    /// Opens a case that renews the account's credential, or goes on with the one that is open. `None` if the credential has
    /// ended: then only the platform can open a case.
    ///
    /// # Errors
    /// `NotFound` without a credential; `Refused` while it may not be changed; `Unavailable`.
    pub async fn start_renewal(
        &self,
        platform: PlatformId,
        account: &str,
    ) -> Result<Option<CaseId>, ServiceError> {
        let outlook = self.outlook(platform, account).await?;
        if outlook.under_way.is_some() || outlook.life.is_over() {
            return Ok(outlook.under_way);
        }
        let living = self.lives.living_of_account(platform, account).await?;
        let credential = living.ok_or(ServiceError::NotFound)?.credential;
        let platform = self.access.platform(platform).await?;
        let platform = platform.ok_or(ServiceError::NotFound)?;
        let last = self.cases.ledger.load(credential.case).await?;
        let (return_url, terms) = last.map_or_else(Default::default, |case| {
            let Terms {
                language, contact, ..
            } = case.terms;
            let kept = Terms {
                language,
                contact,
                ..Terms::default()
            };
            (case.return_url, kept)
        });
        let opened = self
            .open_on_terms(&platform, credential.account, return_url, terms)
            .await?;
        Ok(Some(opened.case.id))
    }
}

/// A fact that no longer fits did no harm: somebody was first.
fn harmless<T>(done: Result<T, ServiceError>) -> Result<(), ServiceError> {
    match done {
        Ok(_) | Err(ServiceError::Refused(Refusal::NothingDue | Refusal::NotNow { .. })) => Ok(()),
        Err(error) => Err(error),
    }
}
