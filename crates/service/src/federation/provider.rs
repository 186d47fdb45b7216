//! A sister platform asks: authorization request, sign-in at the platform, consent (`OpenID` Connect Core 1.0, 3.1.2).

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use shiming_vault::random_token;
use shiming_verification::{
    case::Digest,
    credential::Credential,
    ids::{ClientId, PlatformId},
    ports::{
        Platform, PortalSession,
        federation::{RelyingParty, Ticket, TicketKind, Used},
    },
};

use super::{from_json, json};
use crate::{Services, error::ServiceError, tokens::digest};

/// Time for sign-in and consent.
const REQUEST_LIFE: Duration = Duration::minutes(10);
/// Life of an authorization code.
const CODE_LIFE: Duration = Duration::seconds(60);
/// Longest value of a parameter, in bytes.
const LONGEST: usize = 4096;

/// The parameters of an authorization request that we know.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct AuthorizeParameters {
    /// Must be `code`.
    pub response_type: String,
    /// Who asks.
    pub client_id: String,
    /// Where the user goes back to.
    pub redirect_uri: String,
    /// Must hold `openid`.
    pub scope: String,
    /// Handed back as it is.
    pub state: Option<String>,
    /// Handed back in the ID token.
    pub nonce: Option<String>,
    /// PKCE challenge; required.
    pub code_challenge: Option<String>,
    /// Must be `S256`.
    pub code_challenge_method: Option<String>,
    /// What is asked for.
    pub claims: Option<String>,
    /// `none` refuses, `login` signs in anew.
    pub prompt: Option<String>,
    /// How long ago the user may have signed in, in seconds. We don't know that of a session here, so that the user signs in
    /// anew.
    pub max_age: Option<String>,
    /// Request objects are not supported.
    pub request: Option<String>,
    /// Request objects are not supported.
    pub request_uri: Option<String>,
}

/// A request while its user signs in and consents.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Pending {
    pub client: ClientId,
    pub platform: PlatformId,
    pub redirect_uri: String,
    pub state: Option<String>,
    pub nonce: Option<String>,
    pub challenge: String,
    pub claims: Option<String>,
    /// The browser that asked.
    pub browser: Digest,
    /// Who signed in, and the secret that only that browser was given.
    pub login: Option<Login>,
    pub expires_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Login {
    pub account: String,
    pub secret: Digest,
    /// When, if it was for this request.
    pub at: Option<DateTime<Utc>>,
}

/// What a code stands for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Grant {
    pub client: ClientId,
    pub platform: PlatformId,
    pub account: String,
    pub redirect_uri: String,
    pub nonce: Option<String>,
    pub challenge: String,
    pub claims: Option<String>,
    pub auth_time: Option<DateTime<Utc>>,
}

/// Where an authorization request leads.
#[derive(Debug, PartialEq, Eq)]
pub enum Authorized {
    /// Nobody to send the browser back to: the request itself is wrong.
    Unusable(&'static str),
    /// The browser goes on; `browser` is the key that it is to keep.
    Onward {
        /// Where.
        url: String,
        /// The key of this browser, for the consent page.
        browser: Option<String>,
    },
}

/// What the consent page shows.
pub struct Asked {
    /// Who asks.
    pub party: RelyingParty,
    /// Of which platform's account.
    pub platform: Platform,
    /// Where its browser goes back to.
    pub redirect_uri: String,
    /// The account.
    pub account: String,
    /// What would be shared; `None` if the account is not verified.
    pub credential: Option<Credential>,
    /// When the request is over.
    pub expires_at: DateTime<Utc>,
}

impl Services {
    /// A sister platform sends a user here.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn authorize(
        &self,
        asked: &AuthorizeParameters,
        session: Option<&PortalSession>,
        origin: &str,
    ) -> Result<Authorized, ServiceError> {
        let party = match asked.client_id.parse() {
            Ok(id) => self.federation.party(id).await?,
            Err(_) => None,
        };
        let Some(party) = party else {
            return Ok(Authorized::Unusable("client_id"));
        };
        if !party.redirect_uris.contains(&asked.redirect_uri) {
            return Ok(Authorized::Unusable("redirect_uri"));
        }
        let back = |error: &str| {
            let url = answer(
                &asked.redirect_uri,
                asked.state.as_deref(),
                origin,
                ("error", error),
            );
            Authorized::Onward { url, browser: None }
        };
        if let Err(error) = check(asked) {
            return Ok(back(error));
        }
        if asked.prompt.as_deref() == Some("none") {
            return Ok(back("interaction_required"));
        }
        let anew = asked.prompt.as_deref() == Some("login") || asked.max_age.is_some();
        let session = session.filter(|session| session.platform == party.platform && !anew);
        let login_url = self.federation.login_url(party.platform).await?;
        if session.is_none() && login_url.is_none() {
            return Ok(back("login_required"));
        }
        let (request, browser) = (random_token(&*self.entropy)?, random_token(&*self.entropy)?);
        let pending = Pending {
            client: party.id,
            platform: party.platform,
            redirect_uri: asked.redirect_uri.clone(),
            state: asked.state.clone(),
            nonce: asked.nonce.clone(),
            challenge: asked.code_challenge.clone().unwrap_or_default(),
            claims: asked.claims.clone(),
            browser: Digest(browser.digest()),
            login: None,
            expires_at: self.clock.now() + REQUEST_LIFE,
        };
        let url = if let Some(session) = session {
            let account = &session.account_id;
            self.signed_in(request.expose(), pending, account, None, origin)
                .await?
        } else {
            self.put_request(request.expose(), &pending).await?;
            append(
                &login_url.unwrap_or_default(),
                &[("request", request.expose())],
            )
        };
        Ok(Authorized::Onward {
            url,
            browser: Some(browser.expose().to_owned()),
        })
    }

    async fn put_request(&self, request: &str, pending: &Pending) -> Result<(), ServiceError> {
        let ticket = Ticket {
            kind: TicketKind::Request,
            digest: digest(request),
            parent: None,
            body: json(pending)?,
            expires_at: pending.expires_at,
        };
        Ok(self.federation.put_ticket(&ticket).await?)
    }

    /// Where the browser that has signed in goes. The secret in the address is known to that browser alone: whoever lured
    /// somebody else into signing in for a request of their own does not get it.
    async fn signed_in(
        &self,
        request: &str,
        mut pending: Pending,
        account: &str,
        at: Option<DateTime<Utc>>,
        origin: &str,
    ) -> Result<String, ServiceError> {
        let secret = random_token(&*self.entropy)?;
        pending.login = Some(Login {
            account: account.to_owned(),
            secret: Digest(secret.digest()),
            at,
        });
        self.put_request(request, &pending).await?;
        Ok(format!(
            "{origin}/federation/consent#{request}.{}",
            secret.expose()
        ))
    }

    /// The platform says who has signed in for a request; answers with where to send that user's browser.
    ///
    /// # Errors
    /// `NotFound` for another platform's or an unknown request.
    pub async fn sign_in(
        &self,
        platform: PlatformId,
        request: &str,
        account: &str,
        origin: &str,
    ) -> Result<String, ServiceError> {
        let pending: Pending = self.request(request).await?;
        if pending.platform != platform || pending.login.is_some() {
            return Err(ServiceError::NotFound);
        }
        let now = Some(self.clock.now());
        self.signed_in(request, pending, account, now, origin).await
    }

    async fn request(&self, request: &str) -> Result<Pending, ServiceError> {
        self.ticket(TicketKind::Request, request).await
    }

    /// What the user is asked. `key` is `REQUEST.SECRET` from the address, `browser` the key in the cookie.
    ///
    /// # Errors
    /// `NoSession` unless request, secret and browser fit together.
    pub async fn asked(&self, key: &str, browser: &str) -> Result<Asked, ServiceError> {
        let (pending, login) = self.opened(key, browser).await?;
        let party = self
            .federation
            .party(pending.client)
            .await?
            .ok_or(ServiceError::NoSession)?;
        let platform = self
            .access
            .platform(pending.platform)
            .await?
            .ok_or(ServiceError::NoSession)?;
        let credential = self.shareable(pending.platform, &login.account).await?;
        Ok(Asked {
            party,
            platform,
            redirect_uri: pending.redirect_uri,
            account: login.account,
            credential,
            expires_at: pending.expires_at,
        })
    }

    async fn opened(&self, key: &str, browser: &str) -> Result<(Pending, Login), ServiceError> {
        let (request, secret) = key.split_once('.').ok_or(ServiceError::NoSession)?;
        let pending: Pending = self.request(request).await?;
        let login = pending.login.clone().ok_or(ServiceError::NoSession)?;
        if pending.browser == digest(browser) && login.secret == digest(secret) {
            Ok((pending, login))
        } else {
            Err(ServiceError::NoSession)
        }
    }

    pub(super) async fn shareable(
        &self,
        platform: PlatformId,
        account: &str,
    ) -> Result<Option<Credential>, ServiceError> {
        let found = self.cases.ledger.credential(platform, account).await?;
        Ok(found.filter(|credential| credential.status.is_valid()))
    }

    /// The user agrees or declines; answers with where the browser goes back to. A request is answered once.
    ///
    /// # Errors
    /// `NoSession`.
    pub async fn answer_asked(
        &self,
        key: &str,
        browser: &str,
        agreed: bool,
        origin: &str,
    ) -> Result<String, ServiceError> {
        let (_, login) = self.opened(key, browser).await?;
        let request = key.split_once('.').map_or(key, |(request, _)| request);
        let now = self.clock.now();
        let used = self
            .federation
            .use_ticket(TicketKind::Request, digest(request), now)
            .await?;
        let Used::First(body) = used else {
            return Err(ServiceError::NoSession);
        };
        let pending: Pending = from_json(&body)?;
        let back = |result| {
            answer(
                &pending.redirect_uri,
                pending.state.as_deref(),
                origin,
                result,
            )
        };
        if !agreed {
            return Ok(back(("error", "access_denied")));
        }
        let code = random_token(&*self.entropy)?;
        let grant = Grant {
            client: pending.client,
            platform: pending.platform,
            account: login.account,
            redirect_uri: pending.redirect_uri.clone(),
            nonce: pending.nonce.clone(),
            challenge: pending.challenge.clone(),
            claims: pending.claims.clone(),
            auth_time: login.at,
        };
        let ticket = Ticket {
            kind: TicketKind::Code,
            digest: Digest(code.digest()),
            parent: None,
            body: json(&grant)?,
            expires_at: now + CODE_LIFE,
        };
        self.federation.put_ticket(&ticket).await?;
        tracing::info!(client = %pending.client, "an account agreed to share its verified status");
        Ok(back(("code", code.expose())))
    }
}

/// What is wrong with a request, in OAuth's words.
fn check(asked: &AuthorizeParameters) -> Result<(), &'static str> {
    if asked.request.is_some() {
        return Err("request_not_supported");
    }
    if asked.request_uri.is_some() {
        return Err("request_uri_not_supported");
    }
    if asked.response_type != "code" {
        return Err("unsupported_response_type");
    }
    if !asked.scope.split(' ').any(|scope| scope == "openid") {
        return Err("invalid_scope");
    }
    let texts = [&asked.state, &asked.nonce, &asked.claims];
    if texts.into_iter().flatten().any(|text| text.len() > LONGEST) {
        return Err("invalid_request");
    }
    let challenge = asked.code_challenge.as_deref().unwrap_or_default();
    let url_safe = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let s256 = asked.code_challenge_method.as_deref() == Some("S256");
    if !s256 || challenge.len() != 43 || !challenge.chars().all(url_safe) {
        return Err("invalid_request");
    }
    let claims = asked.claims.as_deref();
    if claims
        .is_some_and(|claims| shiming_federation::claims::ClaimsRequest::parse(claims).is_none())
    {
        return Err("invalid_request");
    }
    Ok(())
}

/// The address to send the browser back to, with who answers (RFC 9207).
fn answer(redirect_uri: &str, state: Option<&str>, origin: &str, result: (&str, &str)) -> String {
    let mut fields = vec![result, ("iss", origin)];
    fields.extend(state.map(|state| ("state", state)));
    append(redirect_uri, &fields)
}

fn append(address: &str, fields: &[(&str, &str)]) -> String {
    match url::Url::parse(address) {
        Ok(mut url) => {
            url.query_pairs_mut().extend_pairs(fields);
            url.into()
        }
        // Addresses are checked when they are configured.
        Err(_) => address.to_owned(),
    }
}
