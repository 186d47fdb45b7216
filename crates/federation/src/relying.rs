//! The relying party's side of a sync: `OpenID` Connect authorization code with PKCE (S256), every request through the guarded
//! client.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use openidconnect::{
    AdditionalClaims, AsyncHttpClient, AuthenticationFlow, AuthorizationCode, ClientId,
    ClientSecret, CsrfToken, DiscoveryError, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdTokenFields, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, StandardErrorResponse,
    StandardTokenResponse, TokenResponse as _,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
        CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
        CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shiming_outbound::{Client as Outbound, OutboundError};

/// What an ID token says beyond the standard's claims.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Said {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verified_claims: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<Value>,
}

impl AdditionalClaims for Said {}

type Fields = IdTokenFields<
    Said,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type Relying<A = EndpointNotSet, T = EndpointNotSet, U = EndpointNotSet> = openidconnect::Client<
    Said,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    A,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    T,
    U,
>;

/// How we are known at a sister platform.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The issuer's identifier.
    pub issuer: String,
    /// Our id there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: String,
    /// Where it sends the applicant back to.
    pub redirect_uri: String,
}

/// Secrets of one visit, drawn by the caller.
#[derive(Clone, Serialize, Deserialize)]
pub struct Visit {
    /// Tells the answer to this visit from others.
    pub state: String,
    /// Binds the ID token to this visit.
    pub nonce: String,
    /// PKCE code verifier.
    pub verifier: String,
}

/// Why a visit brought nothing. Texts hold no token and no personal data.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// The issuer could not be asked, or answered what can't be understood.
    #[error("the sister platform could not be asked: {0}")]
    Unavailable(String),
    /// Our configuration of the issuer can't be used.
    #[error("the configured issuer can't be used: {0}")]
    Configuration(String),
    /// What it sent is not to be believed.
    #[error("the sister platform's answer is not believed: {0}")]
    Forged(String),
}

/// What a believed ID token says.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The issuer's id of the account.
    pub subject: String,
    /// `verified_claims`, if there are any.
    pub verified_claims: Option<Value>,
    /// Its place in a status list, if it has one.
    pub status: Option<Value>,
}

/// Asks through the guarded client.
struct Guarded<'a>(&'a Outbound);

/// Why there is nothing to look at. The words are the guarded client's own.
#[derive(Debug, thiserror::Error)]
pub enum Asking {
    /// No answer.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// An answer that says that the server is out of order, whatever page goes with it.
    #[error("it answered {0}")]
    OutOfOrder(http::StatusCode),
}

impl<'c> AsyncHttpClient<'c> for Guarded<'_> {
    type Error = Asking;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<HttpResponse, Asking>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.0.send(request.map(Bytes::from)).await?;
            if answer.status.is_server_error() {
                return Err(Asking::OutOfOrder(answer.status));
            }
            let mut response = http::Response::new(answer.body.to_vec());
            *response.status_mut() = answer.status;
            *response.headers_mut() = answer.headers;
            Ok(response)
        })
    }
}

/// What the discovery's failure means. The library's own texts of unreadable answers may quote them and are not passed on.
fn undiscovered(error: DiscoveryError<Asking>) -> VisitError {
    match error {
        DiscoveryError::Request(error) => VisitError::Unavailable(error.to_string()),
        DiscoveryError::Response(status, ..) => {
            VisitError::Unavailable(format!("its metadata: it answered {status}"))
        }
        DiscoveryError::UrlParse(error) => VisitError::Configuration(error.to_string()),
        DiscoveryError::Validation(why) => VisitError::Forged(why),
        _ => VisitError::Forged("its metadata can't be read".to_owned()),
    }
}

type Untraded = RequestTokenError<Asking, StandardErrorResponse<CoreErrorResponseType>>;

/// What a failure to trade the code means.
fn untraded(error: Untraded) -> VisitError {
    match error {
        RequestTokenError::Request(error) => VisitError::Unavailable(error.to_string()),
        RequestTokenError::ServerResponse(answer) => match answer.error() {
            CoreErrorResponseType::InvalidGrant => {
                VisitError::Forged("it does not know the code, or not as this visit's".to_owned())
            }
            other => VisitError::Configuration(format!("it answered {}", other.as_ref())),
        },
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            VisitError::Forged("its answer holds no tokens".to_owned())
        }
    }
}

/// A sister platform, over the guarded client.
#[derive(Debug, Clone)]
pub struct Sister {
    outbound: Outbound,
}

impl Sister {
    /// Over a guarded client.
    #[must_use]
    pub const fn new(outbound: Outbound) -> Self {
        Self { outbound }
    }

    /// Where the applicant goes.
    ///
    /// # Errors
    /// [`VisitError`].
    pub async fn authorize_url(
        &self,
        registration: &Registration,
        visit: &Visit,
        claims: &Value,
    ) -> Result<String, VisitError> {
        let client = self.client(registration).await?;
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier(visit));
        let (state, nonce) = (visit.state.clone(), visit.nonce.clone());
        let (url, _, _) = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .set_pkce_challenge(challenge)
            .add_extra_param("claims", claims.to_string())
            .url();
        shiming_outbound::Target::parse(url.as_str(), self.outbound.rules())
            .map_err(|error| VisitError::Configuration(error.to_string()))?;
        Ok(url.into())
    }

    /// Trades a code for the issuer's word, and believes it only if everything fits: signature by a published key with an
    /// asymmetric algorithm, issuer, audience and authorized party, nonce, times.
    ///
    /// # Errors
    /// [`VisitError`].
    pub async fn answer(
        &self,
        registration: &Registration,
        visit: &Visit,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<Answer, VisitError> {
        let client = self.client(registration).await?;
        let tokens = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| VisitError::Configuration(error.to_string()))?
            .set_pkce_verifier(verifier(visit))
            .request_async(&Guarded(&self.outbound))
            .await
            .map_err(untraded)?;
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs([
                CoreJwsSigningAlgorithm::EcdsaP256Sha256,
                CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
                CoreJwsSigningAlgorithm::RsaSsaPssSha256,
            ])
            .set_time_fn(move || now)
            .set_issue_time_verifier_fn(move |issued| fresh(issued, now));
        let token = tokens
            .id_token()
            .ok_or_else(|| VisitError::Forged("no ID token".to_owned()))?;
        let claims = token
            .claims(&verifier, &Nonce::new(visit.nonce.clone()))
            .map_err(|error| VisitError::Forged(error.to_string()))?;
        // The library reads the authorized party and leaves looking at it to us.
        let party = claims.authorized_party();
        if party.is_some_and(|party| party.as_str() != registration.client_id) {
            return Err(VisitError::Forged("issued to another party".to_owned()));
        }
        let said = claims.additional_claims();
        Ok(Answer {
            subject: claims.subject().as_str().to_owned(),
            verified_claims: said.verified_claims.clone(),
            status: said.status.clone(),
        })
    }

    /// Fetches something that a sister platform publishes, as text.
    ///
    /// # Errors
    /// [`VisitError::Unavailable`].
    pub async fn fetch(&self, url: &str) -> Result<String, VisitError> {
        let wrong = |why: String| VisitError::Unavailable(why);
        let request = http::Request::get(url)
            .body(Bytes::new())
            .map_err(|error| wrong(error.to_string()))?;
        let answer = self
            .outbound
            .send(request)
            .await
            .map_err(|error| wrong(error.to_string()))?;
        if !answer.status.is_success() {
            return Err(wrong(format!("it answered {}", answer.status)));
        }
        String::from_utf8(answer.body.to_vec()).map_err(|_| wrong("no text".to_owned()))
    }

    async fn client(
        &self,
        registration: &Registration,
    ) -> Result<Relying<EndpointSet, EndpointMaybeSet, EndpointMaybeSet>, VisitError> {
        let wrong =
            |error: openidconnect::url::ParseError| VisitError::Configuration(error.to_string());
        let issuer = IssuerUrl::new(registration.issuer.clone()).map_err(wrong)?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &Guarded(&self.outbound))
            .await
            .map_err(undiscovered)?;
        let redirect = RedirectUrl::new(registration.redirect_uri.clone()).map_err(wrong)?;
        let client = Relying::from_provider_metadata(
            metadata,
            ClientId::new(registration.client_id.clone()),
            Some(ClientSecret::new(registration.client_secret.clone())),
        );
        Ok(client.set_redirect_uri(redirect))
    }
}

/// An ID token of a visit that began minutes ago was issued minutes ago.
fn fresh(issued: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), String> {
    let age = now - issued;
    let fits = age >= chrono::Duration::minutes(-2) && age <= chrono::Duration::minutes(10);
    if fits {
        Ok(())
    } else {
        Err("issued at another time".to_owned())
    }
}

fn verifier(visit: &Visit) -> PkceCodeVerifier {
    PkceCodeVerifier::new(visit.verifier.clone())
}
