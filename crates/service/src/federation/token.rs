//! A sister platform trades a code for tokens, and asks with one (`OpenID` Connect Core 1.0, 3.1.3 and 5.3).

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use shiming_federation::{
    claims::{self, ClaimsRequest},
    jose,
};
use shiming_vault::random_token;
use shiming_verification::{
    case::Digest,
    ids::{ClientId, PlatformId},
    ports::federation::{RelyingParty, Ticket, TicketKind, Used},
};
use subtle::ConstantTimeEq;

use super::provider::Grant;
use crate::{Services, error::ServiceError, tokens::digest};

/// Life of an ID token.
const ID_TOKEN_LIFE: Duration = Duration::minutes(5);
/// Life of an access token.
const ACCESS_LIFE: Duration = Duration::minutes(10);

/// A token request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TokenRequest {
    /// Must be `authorization_code`.
    pub grant_type: String,
    /// The code.
    pub code: String,
    /// The same as in the authorization request.
    pub redirect_uri: String,
    /// PKCE verifier.
    pub code_verifier: String,
    /// For clients that send their secret in the body.
    pub client_id: Option<String>,
    /// For clients that send their secret in the body.
    pub client_secret: Option<String>,
}

/// The answer to a token request.
#[derive(Debug, Serialize)]
pub struct Tokens {
    /// For the `UserInfo` endpoint.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds that it lives.
    pub expires_in: i64,
    /// The ID token.
    pub id_token: String,
}

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
pub enum TokenRefusal {
    /// An error of RFC 6749, section 5.2.
    #[error("{0}")]
    OAuth(&'static str),
    /// Ours.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<shiming_verification::ports::LedgerError> for TokenRefusal {
    fn from(error: shiming_verification::ports::LedgerError) -> Self {
        Self::Service(error.into())
    }
}

impl From<shiming_vault::VaultError> for TokenRefusal {
    fn from(error: shiming_vault::VaultError) -> Self {
        Self::Service(error.into())
    }
}

/// What an access token is good for.
#[derive(Serialize, Deserialize)]
struct Access {
    client: ClientId,
    platform: PlatformId,
    account: String,
    claims: Option<String>,
}

impl Services {
    /// The relying party with these credentials.
    ///
    /// # Errors
    /// `invalid_client`.
    pub async fn relying_party(
        &self,
        id: &str,
        secret: &str,
    ) -> Result<RelyingParty, TokenRefusal> {
        let party = match id.parse() {
            Ok(id) => self.federation.party(id).await?,
            Err(_) => None,
        };
        let fits = |party: &RelyingParty| bool::from(party.secret.0.ct_eq(&digest(secret).0));
        party
            .filter(fits)
            .ok_or(TokenRefusal::OAuth("invalid_client"))
    }

    /// Trades a code for tokens: once, for the client, address and verifier that it was made for.
    ///
    /// # Errors
    /// An error of OAuth; ours.
    pub async fn trade_code(
        &self,
        party: &RelyingParty,
        request: &TokenRequest,
        origin: &str,
    ) -> Result<Tokens, TokenRefusal> {
        if request.grant_type != "authorization_code" {
            return Err(TokenRefusal::OAuth("unsupported_grant_type"));
        }
        let (now, code) = (self.clock.now(), digest(&request.code));
        let Used::First(body) = self
            .federation
            .use_ticket(TicketKind::Code, code, now)
            .await?
        else {
            return Err(TokenRefusal::OAuth("invalid_grant"));
        };
        let grant: Grant = super::from_json(&body)?;
        let challenge = jose::encode(&Sha256::digest(&request.code_verifier));
        let fits = grant.client == party.id
            && grant.redirect_uri == request.redirect_uri
            && bool::from(grant.challenge.as_bytes().ct_eq(challenge.as_bytes()));
        if !fits {
            return Err(TokenRefusal::OAuth("invalid_grant"));
        }
        Ok(Tokens {
            access_token: self.access_token(&grant, code, now).await?,
            token_type: "Bearer",
            expires_in: ACCESS_LIFE.num_seconds(),
            id_token: self.id_token(&grant, origin, now).await?,
        })
    }

    async fn access_token(
        &self,
        grant: &Grant,
        code: Digest,
        now: DateTime<Utc>,
    ) -> Result<String, ServiceError> {
        let token = random_token(&*self.entropy)?;
        let access = Access {
            client: grant.client,
            platform: grant.platform,
            account: grant.account.clone(),
            claims: grant.claims.clone(),
        };
        let ticket = Ticket {
            kind: TicketKind::Token,
            digest: Digest(token.digest()),
            parent: Some(code),
            body: super::json(&access)?,
            expires_at: now + ACCESS_LIFE,
        };
        self.federation.put_ticket(&ticket).await?;
        Ok(token.expose().to_owned())
    }

    async fn id_token(
        &self,
        grant: &Grant,
        origin: &str,
        now: DateTime<Utc>,
    ) -> Result<String, ServiceError> {
        let asked = grant
            .claims
            .as_deref()
            .and_then(ClaimsRequest::parse)
            .unwrap_or_default();
        let access = (grant.client, grant.platform, grant.account.as_str());
        let mut token = self
            .answer_for(access, asked.id_token.as_ref(), origin, now)
            .await?;
        token.insert("iss".to_owned(), json!(origin));
        token.insert("aud".to_owned(), json!(grant.client.to_string()));
        token.insert("azp".to_owned(), json!(grant.client.to_string()));
        token.insert("iat".to_owned(), json!(now.timestamp()));
        token.insert("exp".to_owned(), json!((now + ID_TOKEN_LIFE).timestamp()));
        if let Some(at) = grant.auth_time {
            token.insert("auth_time".to_owned(), json!(at.timestamp()));
        }
        if let Some(nonce) = &grant.nonce {
            token.insert("nonce".to_owned(), json!(nonce));
        }
        Ok(self.signing_key().await?.sign("JWT", &Value::Object(token)))
    }

    /// What an access token is told.
    ///
    /// # Errors
    /// `NoSession` for a token that is unknown or over.
    pub async fn user_info(
        &self,
        token: &str,
        origin: &str,
    ) -> Result<Map<String, Value>, ServiceError> {
        let access: Access = self.ticket(TicketKind::Token, token).await?;
        let asked = access
            .claims
            .as_deref()
            .and_then(ClaimsRequest::parse)
            .unwrap_or_default();
        let of = (access.client, access.platform, access.account.as_str());
        self.answer_for(of, asked.userinfo.as_ref(), origin, self.clock.now())
            .await
    }

    /// Subject and, as far as asked for and verified, `verified_claims` with their place in a status list.
    async fn answer_for(
        &self,
        (client, platform, account): (ClientId, PlatformId, &str),
        asked: Option<&Value>,
        origin: &str,
        now: DateTime<Utc>,
    ) -> Result<Map<String, Value>, ServiceError> {
        let subject = self.subject(client, platform, account);
        let mut answer = Map::from_iter([("sub".to_owned(), json!(subject))]);
        let Some(asked) = asked else {
            return Ok(answer);
        };
        let Some(credential) = self.shareable(platform, account).await? else {
            return Ok(answer);
        };
        if let Some(said) = claims::verified_claims(&credential, asked, now) {
            self.federation
                .note_grant(client, credential.id, &subject, now)
                .await?;
            let place = self.status_reference(&credential, origin).await?;
            let status = json!({ "status_list": { "idx": place.idx, "uri": place.uri } });
            answer.insert("verified_claims".to_owned(), said);
            answer.insert("status".to_owned(), status);
        }
        Ok(answer)
    }

    /// Pairwise: each relying party knows an account by another id.
    fn subject(&self, client: ClientId, platform: PlatformId, account: &str) -> String {
        let parts = [
            client.uuid().into_bytes().to_vec(),
            platform.uuid().into_bytes().to_vec(),
            account.into(),
        ];
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        format!(
            "ent_{}",
            self.cases
                .tokens
                .derive("federation subject", &parts)
                .expose()
        )
    }
}
