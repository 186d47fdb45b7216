//! The field's own client, `openidconnect`, against a server of ours: discovery, keys, PKCE, code, ID token, `UserInfo`, rotation.

use openidconnect::{
    AccessToken, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, TokenResponse as _,
    core::{CoreClient, CoreIdToken, CoreProviderMetadata, CoreResponseType, CoreUserInfoClaims},
};
use serde_json::{Value, json};

use super::server::{Server, http, word};

const BACK: &str = "https://gamma.example/callback";

/// How the independent client asks.
async fn ask(request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let (parts, body) = request.into_parts();
    let sent = http()
        .request(parts.method, parts.uri.to_string())
        .headers(parts.headers)
        .body(body)
        .send()
        .await?;
    let mut response = http::Response::new(Vec::new());
    *response.status_mut() = sent.status();
    *response.headers_mut() = sent.headers().clone();
    *response.body_mut() = sent.bytes().await?.to_vec();
    Ok(response)
}

/// Software of somebody else, registered at Alpha.
struct Gamma {
    alpha: Server,
    id: ClientId,
    secret: ClientSecret,
}

/// What a visit brings.
struct Visit {
    id_token: CoreIdToken,
    access_token: AccessToken,
    nonce: Nonce,
}

macro_rules! client {
    ($gamma:expr, $metadata:expr) => {
        CoreClient::from_provider_metadata(
            $metadata,
            $gamma.id.clone(),
            Some($gamma.secret.clone()),
        )
        .set_redirect_uri(RedirectUrl::new(BACK.to_owned()).expect("an address"))
    };
}

impl Gamma {
    async fn start() -> Self {
        let alpha = Server::start("Alpha").await;
        alpha.verified("alice").await;
        let login = "https://alpha.example/login";
        alpha.run(&["federation", "login-url", &alpha.platform, login], &[]);
        let add = [
            "federation",
            "client",
            "add",
            &alpha.platform,
            "--name",
            "Gamma",
            "--redirect-uri",
            BACK,
        ];
        let added = alpha.run(&add, &[]);
        let secret = added
            .lines()
            .find_map(|line| line.strip_prefix("client secret, shown this once only: "));
        Self {
            id: ClientId::new(word(&added, "cli_")),
            secret: ClientSecret::new(secret.expect("a secret").to_owned()),
            alpha,
        }
    }

    async fn metadata(&self) -> CoreProviderMetadata {
        let issuer = IssuerUrl::new(self.alpha.origin.clone()).expect("an address");
        CoreProviderMetadata::discover_async(issuer, &ask)
            .await
            .expect("discovered")
    }

    /// The user's way through Alpha; gives what comes back with the browser.
    async fn code(&self, challenge: PkceCodeChallenge, nonce: &Nonce) -> Vec<(String, String)> {
        let (nonce, client) = (nonce.clone(), client!(self, self.metadata().await));
        let (url, state, _) = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                CsrfToken::new_random,
                move || nonce,
            )
            .set_pkce_challenge(challenge)
            .add_extra_param("claims", claims().to_string())
            .url();
        let back = self.alpha.consents(url.as_str(), "alice", true).await;
        assert!(back.starts_with(BACK), "{back}");
        let back = url::Url::parse(&back).expect("an address");
        let fields: Vec<_> = back.query_pairs().into_owned().collect();
        assert!(fields.contains(&("state".to_owned(), state.secret().clone())));
        assert!(fields.contains(&("iss".to_owned(), self.alpha.origin.clone())));
        fields
    }

    async fn trade(
        &self,
        fields: &[(String, String)],
        verifier: PkceCodeVerifier,
    ) -> Result<Visit, String> {
        let code = fields
            .iter()
            .find(|(name, _)| name == "code")
            .expect("a code")
            .1
            .clone();
        let client = client!(self, self.metadata().await);
        let request = client
            .exchange_code(AuthorizationCode::new(code))
            .expect("an endpoint");
        let tokens = request
            .set_pkce_verifier(verifier)
            .request_async(&ask)
            .await;
        let tokens = tokens.map_err(|error| format!("{error:?}"))?;
        Ok(Visit {
            id_token: tokens.id_token().expect("an ID token").clone(),
            access_token: tokens.access_token().clone(),
            nonce: Nonce::new(String::new()),
        })
    }

    async fn visit(&self) -> Visit {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = Nonce::new_random();
        let fields = self.code(challenge, &nonce).await;
        let visit = self.trade(&fields, verifier).await.expect("tokens");
        Visit { nonce, ..visit }
    }
}

fn claims() -> Value {
    let asked = json!({ "verified_claims": {
        "verification": { "trust_framework": null, "assurance_level": null, "time": null },
        "claims": { "authority": null },
    } });
    json!({ "id_token": asked, "userinfo": asked })
}

/// The claims of a token that was verified.
fn said(token: &CoreIdToken) -> Value {
    let text = token.to_string();
    let payload = text.split('.').nth(1).expect("claims");
    serde_json::from_slice(&shiming_federation::jose::decode(payload).expect("base64url"))
        .expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_field_s_client_discovers_asks_and_believes() {
    let gamma = Gamma::start().await;
    let visit = gamma.visit().await;
    let client = client!(gamma, gamma.metadata().await);
    let verified = visit
        .id_token
        .claims(&client.id_token_verifier(), &visit.nonce);
    let subject = verified.expect("believed").subject().clone();
    assert!(subject.as_str().starts_with("ent_"));
    let said = said(&visit.id_token);
    let authority = &said["verified_claims"]["claims"]["authority"][0];
    assert_eq!(authority["applies_to"]["legal_jurisdiction"], "CN");
    assert_eq!(
        said["verified_claims"]["verification"]["assurance_level"],
        "legal_rep_face"
    );

    let info = client
        .user_info(visit.access_token, Some(subject.clone()))
        .expect("an endpoint");
    let info: CoreUserInfoClaims = info.request_async(&ask).await.expect("told");
    assert_eq!(info.subject(), &subject);

    let stolen = visit
        .id_token
        .claims(&client.id_token_verifier(), &Nonce::new_random());
    assert!(stolen.is_err(), "another visit's nonce");
    let elsewhere = ClientId::new("cli_other".to_owned());
    let other = CoreClient::from_provider_metadata(gamma.metadata().await, elsewhere, None);
    assert!(
        visit
            .id_token
            .claims(&other.id_token_verifier(), &visit.nonce)
            .is_err(),
        "not for them"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_without_its_verifier_is_worth_nothing() {
    let gamma = Gamma::start().await;
    let (challenge, _) = PkceCodeChallenge::new_random_sha256();
    let fields = gamma.code(challenge, &Nonce::new_random()).await;
    let (_, guessed) = PkceCodeChallenge::new_random_sha256();
    let refused = gamma.trade(&fields, guessed).await.err().expect("refused");
    assert!(refused.contains("invalid_grant"), "{refused}");

    let without = format!(
        "{}/federation/authorize?response_type=code&scope=openid&client_id={}&redirect_uri={BACK}",
        gamma.alpha.origin,
        gamma.id.as_str()
    );
    let answer = http().get(without).send().await.expect("answers");
    let location = answer.headers()["location"]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(
        location.starts_with(BACK) && location.contains("error=invalid_request"),
        "{location}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_rotated_without_anybody_noticing() {
    let gamma = Gamma::start().await;
    let before = gamma.metadata().await;
    assert_eq!(before.jwks().keys().len(), 1);
    let old = gamma.visit().await;
    gamma.alpha.run(&["federation", "keys", "rotate"], &[]);
    let after = gamma.metadata().await;
    assert_eq!(
        after.jwks().keys().len(),
        2,
        "the next one is published at once"
    );
    let new = gamma.visit().await;
    for (metadata, visit) in [
        (before.clone(), &old),
        (after.clone(), &old),
        (before, &new),
        (after, &new),
    ] {
        let client = client!(gamma, metadata);
        let verified = visit
            .id_token
            .claims(&client.id_token_verifier(), &visit.nonce);
        assert!(verified.is_ok(), "{:?}", verified.err());
    }
}
