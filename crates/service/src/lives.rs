//! Credentials after the pass: the registry is asked again, operators and platforms stop, lift and end.

use shiming_verification::{
    case::Renewal,
    code::Refusal,
    ids::{CredentialId, PlatformId},
    lifecycle::{Life, LifeFact, Revocation, renewal_of},
    ports::{CommitError, lives::Living},
    words::Account,
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
            let answer = self
                .registry
                .confirm(&credential.claim, credential.realm)
                .await;
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
    /// `Unavailable`; what was not yet ended is ended when it is called again.
    pub async fn close_account(
        &self,
        platform: PlatformId,
        account: &str,
    ) -> Result<(), ServiceError> {
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

/// A fact that no longer fits did no harm: somebody was first.
fn harmless<T>(done: Result<T, ServiceError>) -> Result<(), ServiceError> {
    match done {
        Ok(_) | Err(ServiceError::Refused(Refusal::NothingDue | Refusal::NotNow { .. })) => Ok(()),
        Err(error) => Err(error),
    }
}
