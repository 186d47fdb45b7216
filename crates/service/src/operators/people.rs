//! Looking after operators.

use std::collections::BTreeSet;

use shiming_audit::{Actor, ActorKind, Record};
use shiming_verification::{
    code::Code,
    ids::OperatorId,
    operator::{Operator, Role},
};

use super::Present;
use crate::{Services, error::ServiceError};

/// An operator to be added.
#[derive(Debug, Clone)]
pub struct NewOperator {
    /// What is typed to sign in.
    pub login: String,
    /// What colleagues read.
    pub name: String,
    /// What the operator is there for.
    pub roles: BTreeSet<Role>,
}

impl Services {
    /// Every operator.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn all_operators(&self) -> Result<Vec<Operator>, ServiceError> {
        Ok(self.operators.operators().await?)
    }

    /// Adds an operator; answers with the link by which they come in. `by` is `None` on the command line.
    ///
    /// # Errors
    /// `Refused` with `invalid_input` if a name can't be used or the login is taken.
    pub async fn add_operator(
        &self,
        by: Option<&Present>,
        new: NewOperator,
    ) -> Result<(Operator, String), ServiceError> {
        let names = Operator::names(&new.login, &new.name);
        let (login, name) = names.ok_or_else(|| self.refused(Code::InvalidInput))?;
        let operator = Operator {
            id: OperatorId::new(self.fresh_id()?),
            login,
            name,
            roles: new.roles,
            created_at: self.clock.now(),
            disabled_at: None,
        };
        if operator.roles.is_empty() || !self.operators.put_operator(&operator, false).await? {
            return Err(self.refused(Code::InvalidInput));
        }
        self.told(by, "operator.added", &operator).await?;
        let link = self.fresh_link(Some(operator.id)).await?;
        Ok((operator, link))
    }

    /// Changes an operator's name, roles, or whether they may sign in. Sessions end with the right to them.
    ///
    /// # Errors
    /// `NotFound`; `Refused` if no administrator would be left, or it is oneself.
    pub async fn change_operator(
        &self,
        by: Option<&Present>,
        id: OperatorId,
        name: &str,
        roles: BTreeSet<Role>,
        disabled: bool,
    ) -> Result<Operator, ServiceError> {
        let all = self.operators.operators().await?;
        let before = all.iter().find(|operator| operator.id == id);
        let before = before.ok_or(ServiceError::NotFound)?.clone();
        let (_, name) =
            Operator::names(&before.login, name).ok_or_else(|| self.refused(Code::InvalidInput))?;
        let now = self.clock.now();
        let disabled_at = disabled.then(|| before.disabled_at.unwrap_or(now));
        let after = Operator {
            name,
            roles,
            disabled_at,
            ..before.clone()
        };
        let is_other_administrator = |one: &Operator| one.id != id && administers(one);
        let left = administers(&after) || all.iter().any(is_other_administrator);
        let oneself = by.is_some_and(|by| by.operator.id == id) && !administers(&after);
        if after.roles.is_empty() || !left || oneself {
            return Err(self.refused(Code::NotAllowedNow));
        }
        self.operators.put_operator(&after, false).await?;
        let lost = after.disabled_at.is_some() || after.roles != before.roles;
        if lost && by.is_none_or(|by| by.operator.id != id) {
            self.sessions.end_sessions_of(id).await?;
        }
        self.told(by, "operator.changed", &after).await?;
        Ok(after)
    }

    /// A new link for an operator who has lost every way to sign in. The old ways stop, and sessions end.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn renew_link(
        &self,
        by: Option<&Present>,
        id: OperatorId,
    ) -> Result<String, ServiceError> {
        let operator = self.operators.operator(id).await?;
        let operator = operator
            .filter(|operator| operator.disabled_at.is_none())
            .ok_or(ServiceError::NotFound)?;
        self.told(by, "operator.link_renewed", &operator).await?;
        self.operators.set_password(id, None).await?;
        for passkey in self.operators.passkeys_of(id).await? {
            self.operators.remove_passkey(id, &passkey.id).await?;
        }
        self.sessions.end_sessions_of(id).await?;
        self.fresh_link(Some(id)).await
    }

    async fn told(
        &self,
        by: Option<&Present>,
        action: &str,
        operator: &Operator,
    ) -> Result<(), ServiceError> {
        let actor = by.map_or(Actor::unnamed(ActorKind::CommandLine), Present::actor);
        let words: Vec<_> = operator.roles.iter().map(|role| role.as_str()).collect();
        let record = Record::new(actor, action, self.clock.now())
            .about(operator.id)
            .with("roles", words.join(" "))
            .with("disabled", operator.disabled_at.is_some());
        Ok(self.audit.record(vec![record]).await?)
    }
}

fn administers(operator: &Operator) -> bool {
    operator.disabled_at.is_none() && operator.roles.contains(&Role::Administrator)
}
