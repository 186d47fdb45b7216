//! A sister platform that answers as a test tells it to: a real `OpenID` provider on a socket, honest unless it is given a lie.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Duration, Utc};
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use shiming_federation::jose::{SigningKey, encode};
use shiming_vault::OsEntropy;
use shiming_verification::ports::RegistryEntry;

pub const CLIENT: &str = "client-at-the-sister";
pub const SECRET: &str = "secret-at-the-sister";

/// By what an ID token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// The published key.
    Rightly,
    /// Nothing (`alg: none`).
    ByNothing,
    /// HMAC with the public key as it is published.
    ByThePublicKey,
    /// HMAC with the client's secret.
    ByTheSecret,
    /// A key that nobody published, under the published key's id.
    ByAnother,
    /// The published key, and then a claim was changed.
    BeforeAChange,
}

/// What an issuer does otherwise than an honest one.
#[derive(Clone)]
pub struct Lie {
    pub claims: fn(&mut Value, DateTime<Utc>),
    pub signed: Signed,
    /// The issuer that its metadata names.
    pub calls_itself: Option<&'static str>,
    /// What its token endpoint answers instead of tokens.
    pub token: Option<fn() -> Response>,
    /// Whether it hands out tokens without looking at the PKCE verifier.
    pub ignores_pkce: bool,
}

impl Default for Lie {
    fn default() -> Self {
        Self {
            claims: |_, _| {},
            signed: Signed::Rightly,
            calls_itself: None,
            token: None,
            ignores_pkce: false,
        }
    }
}

/// What a browser was sent away with.
#[derive(Clone, Debug)]
pub struct Asked {
    pub query: HashMap<String, String>,
}

impl Asked {
    pub fn of(url: &str) -> Self {
        let url = url::Url::parse(url).expect("an address");
        Self {
            query: url.query_pairs().into_owned().collect(),
        }
    }

    pub fn of_name(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }
}

struct Inner {
    url: String,
    key: SigningKey,
    lie: Mutex<Lie>,
    now: Mutex<DateTime<Utc>>,
    claims: Mutex<Value>,
    more: Mutex<Value>,
    codes: Mutex<HashMap<String, Asked>>,
}

#[derive(Clone)]
pub struct Issuer(Arc<Inner>);

impl Issuer {
    /// An issuer at whom this company's account is verified.
    pub async fn start(company: &RegistryEntry, now: DateTime<Utc>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = Self(Arc::new(Inner {
            url: format!("http://{}", listener.local_addr().unwrap()),
            key: SigningKey::generate(&OsEntropy).unwrap(),
            lie: Mutex::default(),
            now: Mutex::new(now),
            claims: Mutex::new(honest(company, now)),
            more: Mutex::new(json!({})),
            codes: Mutex::default(),
        }));
        let pages = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(keys))
            .route("/token", post(token))
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, pages).await });
        issuer
    }

    pub fn url(&self) -> &str {
        &self.0.url
    }

    pub fn lies(&self, lie: Lie) {
        *self.0.lie.lock().unwrap() = lie;
    }

    pub fn says(&self, verified_claims: Value) {
        *self.0.claims.lock().unwrap() = verified_claims;
    }

    /// Claims that every token holds besides, in the place of others of the same name.
    pub fn also_says(&self, claims: Value) {
        *self.0.more.lock().unwrap() = claims;
    }

    pub fn is_at(&self, now: DateTime<Utc>) {
        *self.0.now.lock().unwrap() = now;
    }

    /// The account's holder agrees; answers with the code.
    pub fn grants(&self, asked: &Asked) -> String {
        let mut codes = self.0.codes.lock().unwrap();
        let code = format!("code-{}", codes.len());
        codes.insert(code.clone(), asked.clone());
        code
    }

    fn lie(&self) -> Lie {
        self.0.lie.lock().unwrap().clone()
    }

    fn id_token(&self, asked: &Asked) -> String {
        let (lie, now) = (self.lie(), *self.0.now.lock().unwrap());
        let mut claims = json!({
            "iss": self.0.url, "sub": "ent_7f3a9c2e51", "aud": CLIENT,
            "iat": now.timestamp(), "exp": (now + Duration::minutes(5)).timestamp(),
            "nonce": asked.of_name("nonce"),
            "verified_claims": *self.0.claims.lock().unwrap(),
        });
        for (name, value) in self.0.more.lock().unwrap().as_object().unwrap() {
            claims[name] = value.clone();
        }
        (lie.claims)(&mut claims, now);
        self.signed(lie.signed, &claims)
    }

    fn signed(&self, by: Signed, claims: &Value) -> String {
        let kid = self.0.key.public().kid.unwrap();
        let head = |alg: &str| {
            encode(
                json!({ "alg": alg, "kid": kid, "typ": "JWT" })
                    .to_string()
                    .as_bytes(),
            )
        };
        let body = encode(claims.to_string().as_bytes());
        match by {
            Signed::Rightly => self.0.key.sign("JWT", claims),
            Signed::ByNothing => format!("{}.{body}.", head("none")),
            Signed::ByThePublicKey => hmac(
                json!(self.0.key.public()).to_string().as_bytes(),
                &head("HS256"),
                &body,
            ),
            Signed::ByTheSecret => hmac(SECRET.as_bytes(), &head("HS256"), &body),
            Signed::ByAnother => {
                let other = SigningKey::generate(&OsEntropy)
                    .unwrap()
                    .sign("JWT", claims);
                let signature = other.rsplit_once('.').unwrap().1;
                format!("{}.{body}.{signature}", head("ES256"))
            }
            Signed::BeforeAChange => {
                let token = self.0.key.sign("JWT", claims);
                let mut changed = claims.clone();
                changed["sub"] = json!("ent_other");
                let parts: Vec<&str> = token.split('.').collect();
                format!(
                    "{}.{}.{}",
                    parts[0],
                    encode(changed.to_string().as_bytes()),
                    parts[2]
                )
            }
        }
    }
}

fn hmac(key: &[u8], head: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(format!("{head}.{body}").as_bytes());
    format!("{head}.{body}.{}", encode(&mac.finalize().into_bytes()))
}

/// What an honest sister platform says of a company that it verified a month ago.
pub fn honest(company: &RegistryEntry, now: DateTime<Utc>) -> Value {
    let claim = &company.claim;
    json!({
        "verification": {
            "trust_framework": "cn_enterprise_real_name",
            "assurance_level": "legal_rep_face",
            "time": (now - Duration::days(30)).to_rfc3339(),
            "verification_process": "vrf_01JGK3ZQ",
        },
        "claims": {
            "name": claim.legal_representative.as_str(),
            "authority": [{
                "applies_to": {
                    "organization_name": claim.enterprise_name.as_str(),
                    "registration_number": claim.uscc.as_str(),
                    "legal_jurisdiction": "CN",
                    "organisation_status": "Active",
                    "organization_identifiers": [
                        { "identifier_type": "USCC", "identifier": claim.uscc.as_str(), "issuer": "SAMR" },
                    ],
                },
                "permission": [{
                    "role": "legal_representative",
                    "validity": [{ "start": (now - Duration::days(30)).to_rfc3339() }],
                }],
                "granted_by": { "method": "appointment", "granting_body": "SAMR" },
            }],
        },
    })
}

async fn discovery(State(issuer): State<Issuer>) -> Json<Value> {
    let url = issuer.url();
    let named = issuer.lie().calls_itself.unwrap_or(url);
    Json(json!({
        "issuer": named,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
    }))
}

async fn keys(State(issuer): State<Issuer>) -> Json<Value> {
    Json(json!({ "keys": [issuer.0.key.public()] }))
}

async fn token(
    State(issuer): State<Issuer>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let lie = issuer.lie();
    if let Some(answer) = lie.token {
        return answer();
    }
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
    if headers
        .get(header::AUTHORIZATION)
        .is_none_or(|sent| *sent != *basic)
    {
        return refused("invalid_client");
    }
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    let Some(asked) = issuer.0.codes.lock().unwrap().remove(&field("code")) else {
        return refused("invalid_grant");
    };
    let challenge = encode(&Sha256::digest(field("code_verifier")));
    if !lie.ignores_pkce && challenge != asked.of_name("code_challenge") {
        return refused("invalid_grant");
    }
    let id_token = issuer.id_token(&asked);
    Json(json!({ "access_token": "at", "token_type": "Bearer", "id_token": id_token }))
        .into_response()
}

fn refused(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
}
