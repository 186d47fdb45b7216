//! The relying party's side of `OpenID` Connect: authorization code with PKCE (S256), every request through the guarded client.
//! A sync visits a sister platform so, and an operator the organisation's own identity provider.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use openidconnect::{
    AdditionalClaims, AsyncHttpClient, AuthType, AuthenticationFlow, AuthorizationCode, ClientId,
    ClientSecret, CsrfToken, DiscoveryError, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdTokenClaims, IdTokenFields,
    IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    StandardErrorResponse, StandardTokenResponse, TokenResponse as _,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType,
        CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shiming_outbound::{Client as Outbound, OutboundError};

/// What an ID token says beyond the standard's claims.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Said(Map<String, Value>);

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

/// How we are known at a provider.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The issuer's identifier.
    pub issuer: String,
    /// Our id there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: String,
    /// Where it sends the browser back to.
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

/// What a provider is asked for beyond an ID token.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wishes<'a> {
    /// Scopes beside `openid`.
    pub scopes: &'a [String],
    /// The `claims` parameter (`OpenID` Connect Core 1.0, section 5.5).
    pub claims: Option<&'a Value>,
    /// Whether the user has to sign in anew, even if the provider knows them already.
    pub proof: bool,
}

/// Why a visit brought nothing. Texts hold no token and no personal data.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// The provider could not be asked, or answered what can't be understood.
    #[error("the provider could not be asked: {0}")]
    Unavailable(String),
    /// Our configuration of the provider can't be used.
    #[error("the configured provider can't be used: {0}")]
    Configuration(String),
    /// What it sent is not to be believed.
    #[error("the provider's answer is not believed: {0}")]
    Forged(String),
}

/// What a believed ID token says.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The provider's id of the account (`sub`).
    pub subject: String,
    /// The person's name (`name`), if it is told.
    pub name: Option<String>,
    /// What the person types there to sign in (`preferred_username`), else the mail address, if one of them is told.
    pub login: Option<String>,
    /// When the person last proved there who they are (`auth_time`), if it is told.
    pub proved_at: Option<DateTime<Utc>>,
    claims: Map<String, Value>,
}

impl Answer {
    /// A claim beyond the standard's own, if it says something.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name).filter(|value| !value.is_null())
    }

    /// The texts of a claim, one or several; of a name that is no claim's own, dots lead into objects. Anything else is none.
    #[must_use]
    pub fn texts_at(&self, path: &str) -> Vec<String> {
        let mut parts = path.split('.');
        let first = parts.next().and_then(|name| self.claim(name));
        let within = || parts.fold(first, |value, name| value?.get(name));
        match self.claim(path).or_else(within) {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(all)) => {
                let texts = all.iter().filter_map(Value::as_str);
                texts.map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }
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

/// An `OpenID` provider, over the guarded client.
#[derive(Debug, Clone)]
pub struct Provider {
    outbound: Outbound,
}

impl Provider {
    /// Over a guarded client.
    #[must_use]
    pub const fn new(outbound: Outbound) -> Self {
        Self { outbound }
    }

    /// Whether the provider can be asked and calls itself what it is called here.
    ///
    /// # Errors
    /// [`VisitError`].
    pub async fn look(&self, registration: &Registration) -> Result<(), VisitError> {
        self.client(registration).await.map(drop)
    }

    /// Where the browser goes.
    ///
    /// # Errors
    /// [`VisitError`].
    pub async fn authorize_url(
        &self,
        registration: &Registration,
        visit: &Visit,
        wishes: Wishes<'_>,
    ) -> Result<String, VisitError> {
        let client = self.client(registration).await?;
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier(visit));
        let (state, nonce) = (visit.state.clone(), visit.nonce.clone());
        let others = wishes.scopes.iter().filter(|scope| *scope != "openid");
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(others.cloned().map(Scope::new))
            .set_pkce_challenge(challenge);
        if let Some(claims) = wishes.claims {
            request = request.add_extra_param("claims", claims.to_string());
        }
        if wishes.proof {
            let at_once = std::time::Duration::ZERO;
            request = request
                .add_prompt(CoreAuthPrompt::Login)
                .set_max_age(at_once);
        }
        let (url, _, _) = request.url();
        shiming_outbound::Target::parse(url.as_str(), self.outbound.rules())
            .map_err(|error| VisitError::Configuration(error.to_string()))?;
        Ok(url.into())
    }

    /// Trades a code for the provider's word, and believes it only if everything fits: signature by a published key with an
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
        Ok(told(claims))
    }

    /// Fetches something that a provider publishes, as text.
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
        let auth = secret_travels(metadata.token_endpoint_auth_methods_supported());
        let client = Relying::from_provider_metadata(
            metadata,
            ClientId::new(registration.client_id.clone()),
            Some(ClientSecret::new(registration.client_secret.clone())),
        );
        Ok(client.set_redirect_uri(redirect).set_auth_type(auth))
    }
}

fn told(claims: &IdTokenClaims<Said, CoreGenderClaim>) -> Answer {
    let name = claims.name().and_then(|name| name.get(None));
    let login = claims.preferred_username().map(|name| name.as_str());
    let login = login.or_else(|| claims.email().map(|mail| mail.as_str()));
    Answer {
        subject: claims.subject().as_str().to_owned(),
        name: name.map(|name| name.as_str().to_owned()),
        login: login.map(str::to_owned),
        proved_at: claims.auth_time(),
        claims: claims.additional_claims().0.clone(),
    }
}

/// How the client secret travels: in the header, unless the provider says that it takes it in the body only.
fn secret_travels(methods: Option<&Vec<CoreClientAuthMethod>>) -> AuthType {
    let takes = |method| methods.is_some_and(|all| all.contains(&method));
    let body_only = takes(CoreClientAuthMethod::ClientSecretPost)
        && !takes(CoreClientAuthMethod::ClientSecretBasic);
    if body_only {
        AuthType::RequestBody
    } else {
        AuthType::BasicAuth
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn groups_are_read_wherever_a_provider_puts_them() {
        let Value::Object(claims) = json!({
            "groups": ["kyb", "staff", 7, null],
            "role": "kyb",
            "realm_access": { "roles": ["kyb"] },
            "https://kyb.example/roles": ["kyb"],
            "nothing": null,
            "level": 3,
        }) else {
            unreachable!("written as an object above")
        };
        let answer = Answer {
            subject: "7".to_owned(),
            name: None,
            login: None,
            proved_at: None,
            claims,
        };
        for (path, texts) in [
            ("groups", &["kyb", "staff"][..]),
            ("role", &["kyb"]),
            ("realm_access.roles", &["kyb"]),
            ("https://kyb.example/roles", &["kyb"]),
            ("realm_access", &[]),
            ("realm_access.groups", &[]),
            ("groups.kyb", &[]),
            ("nothing", &[]),
            ("level", &[]),
            ("", &[]),
        ] {
            assert_eq!(answer.texts_at(path), texts, "{path}");
        }
    }

    #[test]
    fn the_secret_travels_in_the_header_unless_the_provider_takes_it_in_the_body_only() {
        let (basic, post) = (
            CoreClientAuthMethod::ClientSecretBasic,
            CoreClientAuthMethod::ClientSecretPost,
        );
        for (methods, in_body) in [
            (None, false),
            (Some(vec![]), false),
            (Some(vec![basic.clone()]), false),
            (Some(vec![post.clone(), basic]), false),
            (Some(vec![post]), true),
        ] {
            let travels = secret_travels(methods.as_ref());
            assert_eq!(
                matches!(travels, AuthType::RequestBody),
                in_body,
                "{methods:?}"
            );
        }
    }
}
