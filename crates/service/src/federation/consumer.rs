//! Synchronising from a sister platform: away with the applicant's consent, and back with its word.

use serde::{Deserialize, Serialize};
use shiming_federation::{
    claims::{self, TrustIn, Unacceptable},
    relying::{Provider, Registration, Visit, VisitError, Wishes},
};
use shiming_vault::random_token;
use shiming_verification::{
    case::{Case, Digest},
    code::{Code, Notice, Refusal},
    fact::{Fact, RegistryAnswer},
    ids::{CaseId, CredentialId, IssuerId},
    ports::{
        CommitError,
        federation::{Ticket, TicketKind, TrustedIssuer, Used},
    },
    sync::{Imported, SyncOutcome, SyncStanding},
    words::Realm,
};

use super::json;
use crate::{Services, error::ServiceError, sandbox, tokens::digest};

/// How often the answer is decided upon anew after somebody else was first.
const ATTEMPTS: usize = 8;

/// What a visit is remembered by.
#[derive(Serialize, Deserialize)]
struct Remembered {
    case: CaseId,
    issuer: IssuerId,
    /// The browser's session: the answer counts in the same browser only.
    session: Digest,
    visit: Visit,
}

/// What the browser brings back.
#[derive(Debug, Clone, Default)]
pub struct Return {
    /// `state`.
    pub state: String,
    /// `iss` (RFC 9207).
    pub issuer: Option<String>,
    /// `code`.
    pub code: Option<String>,
    /// `error`.
    pub error: Option<String>,
}

fn callback(origin: &str) -> String {
    format!("{origin}/federation/callback")
}

pub(super) fn registration(issuer: &TrustedIssuer, origin: &str) -> Registration {
    Registration {
        issuer: issuer.url.clone(),
        client_id: issuer.client_id.clone(),
        client_secret: issuer.client_secret.expose().to_owned(),
        redirect_uri: callback(origin),
    }
}

impl Services {
    /// Sister platforms from which this case's account may synchronise.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn sync_sources(&self, case: &Case) -> Result<Vec<TrustedIssuer>, ServiceError> {
        if case.state.is_final() {
            return Ok(Vec::new());
        }
        Ok(self.federation.issuers(case.account.platform).await?)
    }

    /// The applicant agreed: answers with where to go. `session` is the browser's session key, `origin` our own address.
    ///
    /// # Errors
    /// `NotFound` for an issuer that is not the platform's; `Refused` if the case does not stand at its beginning, or with
    /// `registry_unavailable` if the sister platform can't be asked; `Unavailable`.
    pub async fn start_sync(
        &self,
        case: &Case,
        issuer: IssuerId,
        session: &str,
        origin: &str,
    ) -> Result<String, ServiceError> {
        let issuer = self.federation.issuer(issuer).await?;
        let issuer = issuer.filter(|issuer| issuer.platform == case.account.platform);
        let issuer = issuer.ok_or(ServiceError::NotFound)?;
        let visit = self.fresh_visit()?;
        let claims = claims::request(&issuer.policy);
        let wishes = Wishes {
            claims: Some(&claims),
            ..Wishes::default()
        };
        let url = Provider::new(self.outbound.clone())
            .authorize_url(&registration(&issuer, origin), &visit, wishes)
            .await
            .map_err(|error| self.out_of_reach(issuer.id, &error))?;
        let remembered = Remembered {
            case: case.id,
            issuer: issuer.id,
            session: digest(session),
            visit,
        };
        let ticket = Ticket {
            kind: TicketKind::Visit,
            digest: digest(&remembered.visit.state),
            parent: None,
            body: json(&remembered)?,
            expires_at: self.clock.now() + self.cases.policy.sync_life(),
        };
        self.federation.put_ticket(&ticket).await?;
        self.decide_sync(case.id, &|_| Fact::SyncStarted { issuer: issuer.id }, None)
            .await?;
        Ok(url)
    }

    /// The secrets of a visit to a provider.
    pub(crate) fn fresh_visit(&self) -> Result<Visit, ServiceError> {
        let draw = || Ok::<_, ServiceError>(random_token(&*self.entropy)?.expose().to_owned());
        Ok(Visit {
            state: draw()?,
            nonce: draw()?,
            verifier: draw()?,
        })
    }

    fn out_of_reach(&self, issuer: IssuerId, error: &VisitError) -> ServiceError {
        tracing::warn!(%issuer, %error, "a sister platform can't be asked");
        let notice = Notice::free(Code::RegistryUnavailable, self.clock.now());
        Refusal::Ruled(notice).into()
    }

    /// The applicant is back. Answers with the case, whatever came of it.
    ///
    /// # Errors
    /// `NoSession` for an unknown, used or foreign visit; `Refused` if the case no longer waits; `Unavailable`.
    pub async fn finish_sync(
        &self,
        back: &Return,
        session: &str,
        origin: &str,
    ) -> Result<CaseId, ServiceError> {
        let remembered = self.visit_of(&back.state, session).await?;
        let case = self.cases.get(remembered.case).await?;
        let issuer = self
            .federation
            .issuer(remembered.issuer)
            .await?
            .ok_or(ServiceError::NotFound)?;
        let outcome = match self.word_of(&issuer, &remembered.visit, back, origin).await {
            Err(code) => SyncOutcome::Refused(code),
            Ok(imported) => SyncOutcome::Granted {
                registry: self.confirmed(&imported, &issuer, case.realm).await,
                imported: Box::new(imported),
            },
        };
        let credential = CredentialId::new(self.fresh_id()?);
        let fact = |standing| Fact::SyncAnswered {
            issuer: issuer.id,
            outcome: outcome.clone(),
            credential,
            standing,
        };
        let imported = match &outcome {
            SyncOutcome::Granted { imported, .. } => Some(&**imported),
            SyncOutcome::Refused(_) => None,
        };
        self.decide_sync(case.id, &fact, imported).await?;
        Ok(case.id)
    }

    /// The visit with this `state`, used up. Whoever shows it in another browser gets nothing and spoils nothing.
    async fn visit_of(&self, state: &str, session: &str) -> Result<Remembered, ServiceError> {
        let known: Remembered = self.ticket(TicketKind::Visit, state).await?;
        if known.session != digest(session) {
            return Err(ServiceError::NoSession);
        }
        let used = self
            .federation
            .use_ticket(TicketKind::Visit, digest(state), self.clock.now())
            .await?;
        match used {
            Used::First(_) => Ok(known),
            Used::Again | Used::Unknown => Err(ServiceError::NoSession),
        }
    }

    /// What the local registry says of it; `None` if the issuer's policy does not ask.
    async fn confirmed(
        &self,
        imported: &Imported,
        issuer: &TrustedIssuer,
        realm: Realm,
    ) -> Option<RegistryAnswer> {
        if !issuer.policy.confirm_in_registry {
            return None;
        }
        Some(match realm {
            Realm::Test => sandbox::registry_answer(&imported.elements.uscc).await,
            Realm::Live | Realm::Demo => self.registry.confirm(&imported.elements, realm).await,
        })
    }

    /// What the issuer says, if it is believed and let in; else the code that tells the applicant.
    async fn word_of(
        &self,
        issuer: &TrustedIssuer,
        visit: &Visit,
        back: &Return,
        origin: &str,
    ) -> Result<Imported, Code> {
        // Without it, another issuer's code could be passed off as this one's (RFC 9207).
        if back.issuer.as_deref() != Some(&issuer.url) {
            tracing::warn!(issuer = %issuer.id, "a sync came back in another issuer's name");
            return Err(Code::SyncSourceUnverified);
        }
        if let Some(error) = &back.error {
            let asked = [
                "access_denied",
                "login_required",
                "consent_required",
                "interaction_required",
            ];
            return Err(if asked.contains(&error.as_str()) {
                Code::SyncDenied
            } else {
                Code::SyncSourceUnverified
            });
        }
        let code = back.code.as_deref().ok_or(Code::SyncSourceUnverified)?;
        let now = self.clock.now();
        let answer = Provider::new(self.outbound.clone())
            .answer(&registration(issuer, origin), visit, code, now)
            .await
            .map_err(|error| {
                tracing::warn!(issuer = %issuer.id, %error, "a sync brought nothing");
                match error {
                    VisitError::Forged(_) => Code::SyncSourceUnverified,
                    VisitError::Unavailable(_) | VisitError::Configuration(_) => {
                        Code::RegistryUnavailable
                    }
                }
            })?;
        let trust = TrustIn {
            issuer: issuer.id,
            name: &issuer.name,
            url: &issuer.url,
            policy: &issuer.policy,
            longest: self.cases.policy.synced_life(),
        };
        let (said, status) = (answer.claim("verified_claims"), answer.claim("status"));
        claims::accept(said, &answer.subject, status, &trust, now).map_err(|why| {
            tracing::info!(issuer = %issuer.id, %why, "a sync was not accepted");
            match why {
                Unacceptable::Inactive => Code::RegistryStatusAbnormal,
                _ => Code::SyncSourceUnverified,
            }
        })
    }

    /// Decides and commits; looks anew at what is known here when somebody else was first.
    async fn decide_sync(
        &self,
        id: CaseId,
        fact: &(dyn Fn(SyncStanding) -> Fact + Sync),
        imported: Option<&Imported>,
    ) -> Result<(), ServiceError> {
        for _ in 0..ATTEMPTS {
            let case = self
                .cases
                .ledger
                .load(id)
                .await?
                .ok_or(ServiceError::NotFound)?;
            let standing = match imported {
                Some(imported) => {
                    let known = self
                        .federation
                        .sync_standing(imported, &case.account, case.realm);
                    known.await?
                }
                None => SyncStanding::default(),
            };
            let change = case.decide(fact(standing), &self.cases.policy, self.clock.now())?;
            match self.cases.ledger.commit(&change).await {
                Ok(()) => {
                    self.cases.board.touch(id);
                    return Ok(());
                }
                Err(CommitError::Conflict) => {}
                Err(CommitError::Unavailable(error)) => return Err(error.into()),
            }
        }
        Err(ServiceError::Unavailable(
            "the case is changed too often at once".to_owned(),
        ))
    }
}
