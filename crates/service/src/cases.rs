//! The one way to change a stored case: load, decide, commit; decide again when somebody was first.

use std::{borrow::Cow, sync::Arc};

use shiming_vault::TokenKey;
use shiming_verification::{
    case::{Case, Digest},
    fact::Tallies,
    ids::CaseId,
    policy::Policy,
    ports::{CommitError, Ledger},
    words::Realm,
};

use crate::{
    edge::Clock, error::ServiceError, measure, progress::ProgressBoard, sandbox, step::Step,
    tokens::invitation,
};

/// How often a decision is made anew after a conflict. Each conflict means that another writer got through.
const ATTEMPTS: usize = 16;

/// Stored cases and what is needed to decide on them.
pub struct Cases {
    /// Where they are kept.
    pub ledger: Arc<dyn Ledger>,
    /// Limits in force.
    pub policy: Policy,
    /// Derives the tokens of QR codes.
    pub tokens: TokenKey,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Tells the pages that a case changed.
    pub board: Arc<ProgressBoard>,
}

impl Cases {
    /// The limits in force for cases of a realm.
    #[must_use]
    pub fn policy_for(&self, realm: Realm) -> Cow<'_, Policy> {
        match realm {
            Realm::Test => Cow::Owned(sandbox::policy(&self.policy)),
            Realm::Live | Realm::Demo => Cow::Borrowed(&self.policy),
        }
    }

    /// The case with this id, every due timer applied.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn get(&self, id: CaseId) -> Result<Case, ServiceError> {
        let case = self.ledger.load(id).await?.ok_or(ServiceError::NotFound)?;
        Ok(case.settled(&self.policy, self.clock.now()))
    }

    /// Takes a step and answers with the case as it is afterwards.
    ///
    /// # Errors
    /// `NotFound`; `Refused` by a rule; `Unavailable`.
    pub async fn step(&self, id: CaseId, step: Step) -> Result<Case, ServiceError> {
        for _ in 0..ATTEMPTS {
            let case = self.ledger.load(id).await?.ok_or(ServiceError::NotFound)?;
            let now = self.clock.now();
            let tallies = self.tallies(&case, &step).await?;
            let token = invitation(&self.tokens, case.id, case.next_invitation());
            let fact = step.clone().with(tallies, Digest(token.digest()));
            let policy = self.policy_for(case.realm);
            let change = case.decide(fact, &policy, now)?;
            match self.ledger.commit(&change).await {
                Ok(()) => {
                    measure::stored(&change);
                    self.board.touch(id);
                    return Ok(change.case);
                }
                Err(CommitError::Conflict) => measure::conflict(),
                Err(CommitError::Unavailable(error)) => return Err(error.into()),
            }
        }
        Err(ServiceError::Unavailable(
            "the case is changed too often at once".to_owned(),
        ))
    }

    /// The case whose present QR code has this token.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn by_token(&self, token: Digest) -> Result<Option<Case>, ServiceError> {
        Ok(self.ledger.find_by_token(token).await?)
    }

    /// The case whose scan session belongs to this phone, every due timer applied.
    ///
    /// # Errors
    /// `NoSession`; `Unavailable`.
    pub async fn by_phone(&self, phone: Digest) -> Result<Case, ServiceError> {
        let case = self
            .ledger
            .find_by_phone(phone)
            .await?
            .ok_or(ServiceError::NoSession)?;
        Ok(case.settled(&self.policy, self.clock.now()))
    }

    async fn tallies(&self, case: &Case, step: &Step) -> Result<Tallies, ServiceError> {
        if !step.needs_tallies() {
            return Ok(Tallies::default());
        }
        let now = self.clock.now();
        let since = now - self.policy.lock_time();
        let claim = step.claim(case);
        let counted = self
            .ledger
            .tallies(&case.account, claim, case.realm, since, now)
            .await?;
        Ok(match case.realm {
            Realm::Test => sandbox::tallies(counted, claim, &self.policy, now),
            Realm::Live | Realm::Demo => counted,
        })
    }
}
