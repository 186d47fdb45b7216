//! Sessions: how they begin, how long they last, and what needs a fresh one. Links that begin the first one.

use chrono::{DateTime, Duration, Utc};
use shiming_audit::{Actor, ActorKind, Record};
use shiming_vault::random_token;
use shiming_verification::{
    case::Digest,
    code::Code,
    ids::OperatorId,
    operator::{Operator, Role},
    ports::operators::OperatorSession,
};

use super::{Present, Source};
use crate::{Services, error::ServiceError, tokens::digest};

/// Life of a session, whatever is done in it.
const LIFE: Duration = Duration::hours(12);
/// Life without a request.
const IDLE: Duration = Duration::hours(1);
/// Life of a session that a link began: enough to set up a passkey.
const LINK_SESSION: Duration = Duration::minutes(30);
/// For how long a proof of being there lasts.
pub(super) const FRESH: Duration = Duration::minutes(5);
/// Life of a link.
const LINK: Duration = Duration::hours(24);
/// How often a session's last request is noted.
const NOTED: Duration = Duration::minutes(1);

/// A session that has just begun.
pub struct SignedIn {
    /// The session's key, for the cookie.
    pub key: String,
    /// Proof for this browser that it has been signed in.
    pub device: String,
    /// Who.
    pub present: Present,
}

/// What a link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    /// The operator whom it lets in; `None` for the first administrator, who is still to be named.
    pub operator: Option<Operator>,
}

impl Services {
    /// A link for the first administrator, while there is no operator.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn first_link(&self) -> Result<Option<String>, ServiceError> {
        if self.operators.operators().await?.is_empty() {
            return Ok(Some(self.fresh_link(None).await?));
        }
        Ok(None)
    }

    pub(super) async fn fresh_link(
        &self,
        operator: Option<OperatorId>,
    ) -> Result<String, ServiceError> {
        let token = random_token(&*self.entropy)?;
        let until = self.clock.now() + LINK;
        self.sessions
            .add_link(Digest(token.digest()), operator, until)
            .await?;
        Ok(token.expose().to_owned())
    }

    /// Looks at a link without using it up.
    ///
    /// # Errors
    /// `NoSession` if it is unknown, used or over.
    pub async fn look_at_link(&self, token: &str) -> Result<LinkView, ServiceError> {
        let found = self
            .sessions
            .link(digest(token), self.clock.now())
            .await?
            .ok_or(ServiceError::NoSession)?;
        let operator = match found {
            Some(id) => Some(self.enabled(id).await?),
            None => None,
        };
        Ok(LinkView { operator })
    }

    /// Uses a link up: it begins a short session, in which a passkey or a password is set up. The first administrator's
    /// link makes that operator.
    ///
    /// # Errors
    /// `NoSession`; `Fields` if the names can't be used.
    pub async fn use_link(
        &self,
        token: &str,
        names: Option<(String, String)>,
        source: &Source,
    ) -> Result<SignedIn, ServiceError> {
        let LinkView { operator } = self.look_at_link(token).await?;
        let now = self.clock.now();
        let operator = match (operator, names) {
            (Some(operator), _) => operator,
            (None, Some((login, name))) => self.first(&login, &name, now)?,
            (None, None) => return Err(self.refused(Code::InvalidInput)),
        };
        let used = self.sessions.use_link(digest(token), now).await?;
        let is_first = used.ok_or(ServiceError::NoSession)?.is_none();
        if is_first && !self.operators.put_operator(&operator, true).await? {
            return Err(ServiceError::NoSession);
        }
        if is_first {
            let actor = Actor::unnamed(ActorKind::CommandLine);
            let record = Record::new(actor, "operator.added", now).about(operator.id);
            self.audit
                .record(vec![record.with("roles", "administrator")])
                .await?;
        }
        self.begin_session(operator, "link", source).await
    }

    fn first(&self, login: &str, name: &str, now: DateTime<Utc>) -> Result<Operator, ServiceError> {
        let (login, name) =
            Operator::names(login, name).ok_or_else(|| self.refused(Code::InvalidInput))?;
        Ok(Operator {
            id: OperatorId::new(self.fresh_id()?),
            login,
            name,
            roles: [Role::Administrator].into(),
            created_at: now,
            disabled_at: None,
        })
    }

    /// Begins a session. The caller has seen a proof.
    pub(super) async fn begin_session(
        &self,
        operator: Operator,
        method: &str,
        source: &Source,
    ) -> Result<SignedIn, ServiceError> {
        let now = self.clock.now();
        self.begin_session_proved(operator, method, source, Some(now))
            .await
    }

    /// Begins a session of which somebody else has seen the proof, at a moment if that is known.
    pub(super) async fn begin_session_proved(
        &self,
        operator: Operator,
        method: &str,
        source: &Source,
        proved_at: Option<DateTime<Utc>>,
    ) -> Result<SignedIn, ServiceError> {
        let now = self.clock.now();
        let life = if method == "link" { LINK_SESSION } else { LIFE };
        let session = OperatorSession {
            id: self.fresh_id()?,
            operator: operator.id,
            method: method.to_owned(),
            agent: source.agent(),
            created_at: now,
            seen_at: now,
            fresh_at: proved_at.unwrap_or(now - FRESH),
            expires_at: now + life,
        };
        let present = Present { operator, session };
        self.recorded(
            &present,
            "operator.signed_in",
            present.operator.id,
            &[("method", method)],
        )
        .await?;
        let key = random_token(&*self.entropy)?;
        self.sessions
            .add_session(Digest(key.digest()), &present.session)
            .await?;
        Ok(SignedIn {
            key: key.expose().to_owned(),
            device: self.device_proof(&present.operator.login),
            present,
        })
    }

    /// The session of somebody who has just set up a way to sign in: a link's becomes a whole one, another is as fresh as new.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn continued(
        &self,
        by: &Present,
        method: &str,
        source: &Source,
    ) -> Result<SignedIn, ServiceError> {
        self.sessions.end_session(by.session.id).await?;
        self.begin_session(by.operator.clone(), method, source)
            .await
    }

    /// The operator with this id, unless disabled.
    pub(super) async fn enabled(&self, id: OperatorId) -> Result<Operator, ServiceError> {
        let found = self.operators.operator(id).await?;
        found
            .filter(|operator| operator.disabled_at.is_none())
            .ok_or(ServiceError::NoSession)
    }

    /// Who is present with this key.
    ///
    /// # Errors
    /// `NoSession`.
    pub async fn present(&self, key: &str) -> Result<Present, ServiceError> {
        let now = self.clock.now();
        let session = self.sessions.session(digest(key), now).await?;
        let session = session
            .filter(|session| now < session.seen_at + IDLE)
            .ok_or(ServiceError::NoSession)?;
        let operator = self.enabled(session.operator).await?;
        if now >= session.seen_at + NOTED {
            self.sessions.session_seen(session.id, now, false).await?;
        }
        Ok(Present { operator, session })
    }

    /// Whether the operator has proved to be there a short while ago.
    #[must_use]
    pub fn is_fresh(&self, present: &Present) -> bool {
        self.clock.now() < present.session.fresh_at + FRESH
    }

    /// Ends the session.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn sign_out(&self, present: &Present) -> Result<(), ServiceError> {
        self.recorded(present, "operator.signed_out", present.operator.id, &[])
            .await?;
        self.sessions.end_session(present.session.id).await?;
        Ok(())
    }

    /// Every session, of one operator or of all.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn sessions_of(
        &self,
        operator: Option<OperatorId>,
    ) -> Result<Vec<OperatorSession>, ServiceError> {
        Ok(self.sessions.sessions(operator, self.clock.now()).await?)
    }

    /// Ends a session by its id; one's own, or with `any` somebody else's.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn end_session(
        &self,
        by: &Present,
        id: uuid::Uuid,
        any: bool,
    ) -> Result<(), ServiceError> {
        let scope = (!any).then_some(by.operator.id);
        let sessions = self.sessions_of(scope).await?;
        let found = sessions.into_iter().find(|session| session.id == id);
        let found = found.ok_or(ServiceError::NotFound)?;
        self.recorded(by, "operator.session_ended", found.operator, &[])
            .await?;
        self.sessions.end_session(id).await?;
        Ok(())
    }
}
