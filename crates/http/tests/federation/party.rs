//! A relying party and a user of the platform that it asks about, over the issuer's real routes.

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use shiming_federation::jose::{self, JwkSet, encode};
use shiming_service::tokens::digest;
use shiming_verification::{
    ids::ClientId,
    ports::federation::{RelyingParty, RelyingPartyWebhook, SecretText},
    words::Realm,
};
use tower::ServiceExt as _;

use super::issuer::Asked;
use crate::support::{Browser, World, platform::Program, text};

pub const BACK: &str = "https://sister.example/federation/callback";
pub const WEBHOOK_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const SECRET: &str = "a-secret-of-the-sister";
const ISSUER: &str = "https://kyb.example";

/// A platform with a verified account `acct`, and a relying party that may ask about it.
pub struct Scene<'a> {
    pub world: &'a World,
    pub program: Program<'a>,
    pub client: ClientId,
    pub verification: String,
}

/// What the token endpoint answered.
pub struct Tokens {
    pub status: StatusCode,
    pub body: Value,
}

impl<'a> Scene<'a> {
    pub async fn new(world: &'a World, webhook: Option<&str>) -> Self {
        let program = world.program("Shop", Realm::Test).await;
        let verification = program.open("acct").await;
        program.submit(&verification, 0).await;
        let passed = program
            .simulate(&verification, &json!({ "action": "pass_scan" }))
            .await;
        assert_eq!(passed.text("state"), "verified", "{}", passed.body);
        let login = "https://shop.example/login?for=sister";
        world
            .storage
            .set_login_url(program.platform.id, login)
            .await
            .unwrap();
        let client = ClientId::new(world.services.fresh_id().unwrap());
        let scene = Self {
            world,
            program,
            client,
            verification,
        };
        scene.register(client, webhook).await;
        scene
    }

    /// Registers a relying party of this platform.
    pub async fn register(&self, id: ClientId, webhook: Option<&str>) {
        let party = RelyingParty {
            id,
            platform: self.program.platform.id,
            name: "示例姐妹平台".to_owned(),
            redirect_uris: vec![BACK.to_owned()],
            secret: digest(SECRET),
            webhook: webhook.map(|url| RelyingPartyWebhook {
                url: url.to_owned(),
                secret: SecretText::new(WEBHOOK_SECRET.to_owned()),
            }),
        };
        self.world
            .storage
            .put_party(&party, self.world.clock_now())
            .await
            .unwrap();
    }

    /// An authorization request that is in order, with some parameters changed or left out.
    pub fn request(&self, changes: &[(&str, Option<&str>)]) -> String {
        let client = self.client.to_string();
        let challenge = encode(&Sha256::digest(VERIFIER));
        let claims = claims_of("cn_enterprise_real_name_demo").to_string();
        let mut fields = vec![
            ("response_type", "code"),
            ("client_id", &client),
            ("redirect_uri", BACK),
            ("scope", "openid"),
            ("state", "s-1"),
            ("nonce", "n-1"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("claims", &claims),
        ];
        for (name, value) in changes {
            fields.retain(|(known, _)| known != name);
            fields.extend(value.map(|value| (*name, value)));
        }
        let mut url = url::Url::parse("https://kyb.example/federation/authorize").unwrap();
        url.query_pairs_mut().extend_pairs(fields);
        format!("/federation/authorize?{}", url.query().unwrap())
    }

    /// Sends the user's browser here with a request, to the platform's sign-in and on to the consent page; answers with its key.
    pub async fn signs_in(&self, browser: &mut Browser, request: &str, account: &str) -> String {
        let away = browser.get(self.world, request).await;
        assert!(
            away.location
                .starts_with("https://shop.example/login?for=sister&request=")
        );
        let request = Asked::of(&away.location).of_name("request").to_owned();
        let body = json!({ "request": request, "account_id": account });
        let login = self.program.post("/v1/federation/logins", &body).await;
        assert_eq!(login.status, StatusCode::OK, "{}", login.body);
        let (page, key) = login
            .text("url")
            .split_once('#')
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        assert_eq!(page, "https://kyb.example/federation/consent");
        key
    }

    /// The user answers; gives what the relying party gets back.
    pub async fn answers(&self, browser: &mut Browser, key: &str, agreed: bool) -> Asked {
        let body = json!({ "key": key, "agreed": agreed });
        let done = browser
            .post(self.world, "/federation/api/answer", &body)
            .await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        Asked::of(&text(&done.body["redirect_to"]))
    }

    /// From the request to the code, with the user's consent.
    pub async fn code(&self, changes: &[(&str, Option<&str>)], account: &str) -> String {
        let mut browser = Browser::default();
        let key = self
            .signs_in(&mut browser, &self.request(changes), account)
            .await;
        let back = self.answers(&mut browser, &key, true).await;
        assert_eq!(
            (back.of_name("state"), back.of_name("iss")),
            ("s-1", ISSUER)
        );
        back.of_name("code").to_owned()
    }

    /// Trades a code in the right way, with some fields changed.
    pub async fn trade(&self, code: &str, changes: &[(&str, &str)]) -> Tokens {
        self.trade_as(self.client, code, changes).await
    }

    pub async fn trade_as(&self, client: ClientId, code: &str, changes: &[(&str, &str)]) -> Tokens {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
        ];
        let mut secret = SECRET;
        for (name, value) in changes {
            if *name == "secret" {
                secret = value;
                continue;
            }
            fields.retain(|(known, _)| known != name);
            fields.push((name, value));
        }
        let mut url = url::Url::parse("https://x.example/").unwrap();
        url.query_pairs_mut().extend_pairs(fields);
        let basic = STANDARD.encode(format!("{client}:{secret}"));
        let request = Request::post("/federation/token")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::AUTHORIZATION, format!("basic {basic}"))
            .body(Body::from(url.query().unwrap().to_owned()))
            .unwrap();
        let response = self.world.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Tokens {
            status,
            body: serde_json::from_slice(&bytes).unwrap(),
        }
    }

    /// A whole visit; gives the claims of the ID token, read with the published keys.
    pub async fn id_token(&self, changes: &[(&str, Option<&str>)], account: &str) -> Value {
        let code = self.code(changes, account).await;
        let tokens = self.trade(&code, &[]).await;
        assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.body);
        self.read(&text(&tokens.body["id_token"])).await.unwrap()
    }

    pub async fn read(&self, token: &str) -> Result<Value, jose::TokenError> {
        jose::verify(token, "JWT", &self.keys().await)
    }

    pub async fn keys(&self) -> JwkSet {
        let keys = Browser::default()
            .get(self.world, "/federation/jwks.json")
            .await;
        JwkSet::parse(&keys.body.to_string()).unwrap()
    }

    pub async fn user_info(&self, token: &str) -> (StatusCode, Value) {
        let request = Request::get("/federation/userinfo")
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        let answer = Browser::default()
            .ask(self.world, request, Body::empty())
            .await;
        (answer.status, answer.body)
    }

    pub async fn credential(&self) -> String {
        self.program
            .get("/v1/accounts/acct/credential")
            .await
            .text("id")
    }
}

/// A request for everything that is there, in ID token and `UserInfo`.
pub fn claims_of(framework: &str) -> Value {
    let asked = json!({ "verified_claims": {
        "verification": { "trust_framework": { "value": framework }, "time": { "max_age": 31_536_000 } },
        "claims": { "name": null, "authority": null },
    } });
    json!({ "id_token": asked, "userinfo": asked })
}
