//! Coming in through the organisation's own identity provider: `OpenID` Connect, authorization code with PKCE, `state` bound to
//! the browser. Roles come from the provider at each sign-in, and from nowhere else.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use shiming_audit::{Actor, ActorKind, Record};
use shiming_federation::relying::{Answer, Provider, Registration, Visit, VisitError, Wishes};
use shiming_vault::random_token;
use shiming_verification::{
    case::Digest,
    code::Code,
    ids::OperatorId,
    operator::{Operator, Role},
    ports::federation::{SecretText, Ticket, TicketKind, Used},
    sso::{RoleRule, SsoIdentity, roles_of},
};
use uuid::Uuid;

use super::{
    Present, SignedIn, Source,
    sessions::FRESH,
    sso_refusal::{SsoError, SsoRefusal},
};
use crate::{
    Services,
    error::ServiceError,
    federation::{consumer::Return, json},
    tokens::digest,
};

/// Time at the provider.
const AWAY: Duration = Duration::minutes(10);
/// How far the provider's clock may be ahead.
const SKEW: Duration = Duration::minutes(2);
/// Logins that are tried for somebody new.
const LOGINS: usize = 3;

/// The identity provider, as configured.
#[derive(Debug, Clone)]
pub struct SsoProvider {
    /// Its identifier (`iss`), exactly as it writes it.
    pub issuer: String,
    /// Our id there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: SecretText,
    /// What the button says that it is.
    pub name: Option<String>,
    /// Scopes beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that tells the groups; dots lead into objects.
    pub claim: String,
    /// Which group gives which role.
    pub rules: Vec<RoleRule>,
}

impl SsoProvider {
    /// How we are known there; `origin` is our own address, without a trailing slash.
    #[must_use]
    pub fn registration(&self, origin: &str) -> Registration {
        Registration {
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.expose().to_owned(),
            redirect_uri: format!("{origin}/console/api/session/sso/callback"),
        }
    }
}

/// Where the browser goes, and what it has to bring back.
pub struct SsoStart {
    /// An address of the provider.
    pub redirect_to: String,
    /// For the browser's cookie: the answer counts in the same browser only.
    pub browser: String,
}

/// What came of it.
pub enum SsoDone {
    /// Somebody came in.
    SignedIn(Box<SignedIn>),
    /// Somebody who was in has proved again to be there.
    Proved,
}

/// What a visit is remembered by.
#[derive(Serialize, Deserialize)]
struct Remembered {
    visit: Visit,
    browser: Digest,
    /// Whose session is to become fresh; none to sign in.
    proves: Option<(OperatorId, Uuid)>,
}

impl Services {
    /// Begins to sign in through the identity provider; `origin` is our own address.
    ///
    /// # Errors
    /// `NotFound` if there is none; `Refused` with `too_many_requests`, or `sign_in_unavailable` if it can't be asked.
    pub async fn start_sso(&self, source: &Source, origin: &str) -> Result<SsoStart, ServiceError> {
        self.may_set_out(source).await?;
        self.set_out(None, origin).await
    }

    /// Begins to prove again to be there, at the identity provider.
    ///
    /// # Errors
    /// As of [`Services::start_sso`].
    pub async fn start_sso_proof(
        &self,
        by: &Present,
        origin: &str,
    ) -> Result<SsoStart, ServiceError> {
        self.set_out(Some((by.operator.id, by.session.id)), origin)
            .await
    }

    async fn set_out(
        &self,
        proves: Option<(OperatorId, Uuid)>,
        origin: &str,
    ) -> Result<SsoStart, ServiceError> {
        let provider = self.sso.as_ref().ok_or(ServiceError::NotFound)?;
        let visit = self.fresh_visit()?;
        let wishes = Wishes {
            scopes: &provider.scopes,
            claims: None,
            proof: proves.is_some(),
        };
        let redirect_to = Provider::new(self.outbound.clone())
            .authorize_url(&provider.registration(origin), &visit, wishes)
            .await
            .map_err(|error| {
                tracing::warn!(%error, "the identity provider can't be asked; `shiming doctor` says more");
                self.refused(Code::SignInUnavailable)
            })?;
        let browser = random_token(&*self.entropy)?;
        let state = digest(&visit.state);
        let remembered = Remembered {
            visit,
            browser: Digest(browser.digest()),
            proves,
        };
        let ticket = Ticket {
            kind: TicketKind::SignIn,
            digest: state,
            parent: None,
            body: json(&remembered)?,
            expires_at: self.clock.now() + AWAY,
        };
        self.federation.put_ticket(&ticket).await?;
        Ok(SsoStart {
            redirect_to,
            browser: browser.expose().to_owned(),
        })
    }

    /// The browser is back from the identity provider; `browser` is its cookie. What is refused of an answer that was waited for is
    /// in the trail; what anybody may make up is not.
    ///
    /// # Errors
    /// [`SsoError`].
    pub async fn finish_sso(
        &self,
        back: &Return,
        browser: &str,
        source: &Source,
        origin: &str,
    ) -> Result<SsoDone, SsoError> {
        let provider = self.sso.as_ref().ok_or(SsoRefusal::Over)?;
        let remembered = self.waiting_for(&back.state, browser).await?;
        let answer = self.said(provider, &remembered.visit, back, origin).await;
        let done = match answer {
            Ok(answer) => match remembered.proves {
                None => self.comes_in(provider, &answer, source).await,
                Some(whose) => self.proves(&answer, provider, whose).await,
            },
            Err(refusal) => Err(refusal.into()),
        };
        if let Err(SsoError::Refused(refusal)) = &done {
            self.sso_refused(*refusal).await?;
        }
        done
    }

    /// What waits for this `state`, used up. Whoever shows it in another browser gets nothing and spoils nothing.
    async fn waiting_for(&self, state: &str, browser: &str) -> Result<Remembered, SsoError> {
        let known: Remembered = match self.ticket(TicketKind::SignIn, state).await {
            Err(ServiceError::NoSession) => return Err(SsoRefusal::Over.into()),
            other => other?,
        };
        if known.browser != digest(browser) {
            return Err(SsoRefusal::Over.into());
        }
        let used = self
            .federation
            .use_ticket(TicketKind::SignIn, digest(state), self.clock.now())
            .await
            .map_err(ServiceError::from)?;
        match used {
            Used::First(_) => Ok(known),
            Used::Again | Used::Unknown => Err(SsoRefusal::Over.into()),
        }
    }

    /// What the provider says, if it is believed.
    async fn said(
        &self,
        provider: &SsoProvider,
        visit: &Visit,
        back: &Return,
        origin: &str,
    ) -> Result<Answer, SsoRefusal> {
        // Not every provider names itself (RFC 9207); one that does has to be ours.
        let is_other = |issuer: &String| *issuer != provider.issuer;
        if back.issuer.as_ref().is_some_and(is_other) {
            tracing::warn!("a sign-in came back in another provider's name");
            return Err(SsoRefusal::NotBelieved);
        }
        if let Some(error) = &back.error {
            return Err(broken_off(error));
        }
        let code = back.code.as_deref().ok_or(SsoRefusal::NotBelieved)?;
        Provider::new(self.outbound.clone())
            .answer(
                &provider.registration(origin),
                visit,
                code,
                self.clock.now(),
            )
            .await
            .map_err(|error| {
                tracing::warn!(%error, "a sign-in through the identity provider brought nothing");
                match error {
                    VisitError::Forged(_) => SsoRefusal::NotBelieved,
                    VisitError::Unavailable(_) | VisitError::Configuration(_) => {
                        SsoRefusal::Unavailable
                    }
                }
            })
    }

    async fn comes_in(
        &self,
        provider: &SsoProvider,
        answer: &Answer,
        source: &Source,
    ) -> Result<SsoDone, SsoError> {
        let identity = SsoIdentity::new(&provider.issuer, &answer.subject);
        let identity = identity.ok_or(SsoRefusal::NotBelieved)?;
        let known = self.operators.operator_by_sso(&identity).await;
        let known = known.map_err(ServiceError::from)?;
        let roles = roles_of(&provider.rules, &answer.texts_at(&provider.claim));
        if roles.is_empty() {
            if let Some(operator) = known {
                // Who has no role left has no business in sessions that an earlier one began.
                let ended = self.sessions.end_sessions_of(operator.id).await;
                ended.map_err(ServiceError::from)?;
            }
            return Err(SsoRefusal::NoRole.into());
        }
        let operator = match known {
            Some(operator) if operator.disabled_at.is_some() => {
                return Err(SsoRefusal::Disabled.into());
            }
            Some(operator) => self.brought_up_to_date(operator, answer, roles).await?,
            None => self.newcomer(&identity, answer, roles).await?,
        };
        let fresh_at = proved_at(answer, self.clock.now());
        let begun = self.begin_session_proved(operator, "sso", source, fresh_at);
        Ok(SsoDone::SignedIn(Box::new(begun.await?)))
    }

    /// Roles and name are the provider's of today.
    async fn brought_up_to_date(
        &self,
        before: Operator,
        answer: &Answer,
        roles: BTreeSet<Role>,
    ) -> Result<Operator, ServiceError> {
        let name = match &answer.name {
            Some(name) => Operator::names_from(&before.login, name).1,
            None => before.name.clone(),
        };
        let after = Operator {
            name,
            roles,
            ..before.clone()
        };
        if after == before {
            return Ok(after);
        }
        self.noted_of_provider("operator.changed", &after).await?;
        self.operators.put_operator(&after, false).await?;
        Ok(after)
    }

    /// Somebody whom the provider has sent for the first time. An operator of the same login is somebody else.
    async fn newcomer(
        &self,
        identity: &SsoIdentity,
        answer: &Answer,
        roles: BTreeSet<Role>,
    ) -> Result<Operator, ServiceError> {
        let wish = answer.login.as_deref().unwrap_or_default();
        let (base, name) = Operator::names_from(wish, answer.name.as_deref().unwrap_or(wish));
        for nth in 0..LOGINS {
            let id = OperatorId::new(self.fresh_id()?);
            let login = match nth {
                0 => base.clone(),
                _ => format!("{base}-{}", &id.uuid().simple().to_string()[26..]),
            };
            let operator = Operator {
                id,
                login,
                name: name.clone(),
                roles: roles.clone(),
                created_at: self.clock.now(),
                disabled_at: None,
            };
            if self.operators.add_sso_operator(&operator, identity).await? {
                self.noted_of_provider("operator.added", &operator).await?;
                return Ok(operator);
            }
            // The other thing that may be taken: another browser was first with the same person.
            if let Some(known) = self.operators.operator_by_sso(identity).await? {
                return Ok(known);
            }
        }
        Err(ServiceError::Unavailable(
            "no login is free for somebody new".to_owned(),
        ))
    }

    /// The person behind a session has proved again to be there.
    async fn proves(
        &self,
        answer: &Answer,
        provider: &SsoProvider,
        (operator, session): (OperatorId, Uuid),
    ) -> Result<SsoDone, SsoError> {
        let now = self.clock.now();
        let identity = SsoIdentity::new(&provider.issuer, &answer.subject);
        let known = self.operators.sso_of(operator).await;
        let same = identity.is_some() && known.map_err(ServiceError::from)? == identity;
        let asked_again = proved_at(answer, now).is_some_and(|at| now - at < FRESH);
        if !same || !asked_again || self.enabled(operator).await.is_err() {
            return Err(SsoRefusal::NotProved.into());
        }
        let record = Record::new(Actor::operator(operator), "operator.proved", now);
        let record = record.about(operator).with("method", "sso");
        let audit = self.audit.record(vec![record]).await;
        audit.map_err(ServiceError::from)?;
        let seen = self.sessions.session_seen(session, now, true).await;
        seen.map_err(ServiceError::from)?;
        Ok(SsoDone::Proved)
    }

    /// What the provider's word does to an operator is nobody's act here.
    async fn noted_of_provider(
        &self,
        action: &str,
        operator: &Operator,
    ) -> Result<(), ServiceError> {
        let words: Vec<_> = operator.roles.iter().map(|role| role.as_str()).collect();
        let record = Record::new(Actor::system(), action, self.clock.now())
            .about(operator.id)
            .with("roles", words.join(" "))
            .with("by", "sso");
        Ok(self.audit.record(vec![record]).await?)
    }

    async fn sso_refused(&self, refusal: SsoRefusal) -> Result<(), ServiceError> {
        let actor = Actor::unnamed(ActorKind::Operator);
        let record = Record::new(actor, "operator.sign_in_failed", self.clock.now())
            .with("method", "sso")
            .with("reason", refusal.as_str());
        Ok(self.audit.record(vec![record]).await?)
    }

    /// Whether the operator comes from the identity provider.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn comes_by_sso(&self, id: OperatorId) -> Result<bool, ServiceError> {
        Ok(self.operators.sso_of(id).await?.is_some())
    }

    /// Refuses a session of the identity provider to set up a way past it.
    pub(super) fn may_set_up(&self, by: &Present) -> Result<(), ServiceError> {
        if by.session.method == "sso" {
            return Err(self.refused(Code::NotAllowedNow));
        }
        Ok(())
    }
}

/// What an error of the authorization endpoint means (RFC 6749, section 4.1.2.1; `OpenID` Connect Core 1.0, section 3.1.2.6).
fn broken_off(error: &str) -> SsoRefusal {
    match error {
        "access_denied"
        | "login_required"
        | "consent_required"
        | "interaction_required"
        | "account_selection_required" => SsoRefusal::Declined,
        "server_error" | "temporarily_unavailable" => SsoRefusal::Unavailable,
        _ => SsoRefusal::NotBelieved,
    }
}

/// When the person proved who they are, if the provider tells and it is no time to come.
fn proved_at(answer: &Answer, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let at = answer.proved_at.filter(|at| *at <= now + SKEW)?;
    Some(at.min(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_breaks_off_at_the_provider_is_told_apart() {
        for (error, refusal) in [
            ("access_denied", SsoRefusal::Declined),
            ("login_required", SsoRefusal::Declined),
            ("temporarily_unavailable", SsoRefusal::Unavailable),
            ("invalid_request", SsoRefusal::NotBelieved),
            ("", SsoRefusal::NotBelieved),
        ] {
            assert_eq!(broken_off(error), refusal, "{error}");
        }
    }

    #[test]
    fn the_secret_at_the_provider_is_not_printed() {
        let provider = SsoProvider {
            issuer: "https://id.example".to_owned(),
            client_id: "console".to_owned(),
            client_secret: SecretText::new("hush".to_owned()),
            name: None,
            scopes: Vec::new(),
            claim: "groups".to_owned(),
            rules: Vec::new(),
        };
        assert!(!format!("{provider:?}").contains("hush"));
    }
}
