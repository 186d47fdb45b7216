//! A platform's program: calls with a key.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use serde_json::Value;
use shiming_service::api_keys::KeySmith;
use shiming_verification::{api_key::Scope, ids::PlatformId, ports::Platform, words::Realm};
use tower::ServiceExt as _;

use super::World;

/// What came back.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Reply {
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    pub fn text(&self, name: &str) -> String {
        super::text(&self.body[name])
    }
}

/// A program with a key.
pub struct Program<'a> {
    pub world: &'a World,
    pub platform: Platform,
    pub secret: String,
}

impl World {
    /// A fresh platform, live or in test mode, with a key that may everything.
    pub async fn program(&self, name: &str, realm: Realm) -> Program<'_> {
        let platform = Platform {
            id: PlatformId::new(self.services.fresh_id().unwrap()),
            name: name.to_owned(),
            realm,
        };
        let now = self.clock.now_utc();
        self.services
            .access
            .add_platform(&platform, now)
            .await
            .unwrap();
        let secret = self.key_of(&platform, Scope::ALL).await;
        Program {
            world: self,
            platform,
            secret,
        }
    }

    /// A further key of a platform.
    pub async fn key_of(&self, platform: &Platform, scopes: &[Scope]) -> String {
        let smith = KeySmith {
            store: &*self.services.platform_api,
            audit: &*self.services.audit,
            actor: shiming_audit::Actor::system(),
            clock: &*self.services.clock,
            entropy: &*self.services.entropy,
        };
        smith.make(platform, "a key", scopes).await.unwrap().secret
    }
}

impl Program<'_> {
    pub async fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.ask("POST", path, Some(body), &[]).await
    }

    /// Opens a verification for an account; answers with its id.
    pub async fn open(&self, account: &str) -> String {
        let body = serde_json::json!({ "account": { "id": account } });
        let key = [("idempotency-key", account)];
        let reply = self
            .ask("POST", "/v1/verifications", Some(&body), &key)
            .await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.body);
        reply.text("id")
    }

    /// Makes something happen in test mode.
    pub async fn simulate(&self, id: &str, action: &Value) -> Reply {
        let path = format!("/v1/test/verifications/{id}/simulate");
        self.post(&path, action).await
    }

    /// From the choice to the QR code, in test mode, with the n-th magic credit code.
    pub async fn submit(&self, id: &str, magic: usize) -> Reply {
        let choice = serde_json::json!({ "action": "choose", "subject_type": "enterprise", "method": "face" });
        assert_eq!(self.simulate(id, &choice).await.status, StatusCode::OK);
        let uscc = shiming_service::sandbox::MAGIC[magic].uscc().unwrap();
        let elements = serde_json::json!({ "action": "submit_elements", "uscc": uscc.as_str() });
        self.simulate(id, &elements).await
    }

    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Reply {
        ask(self.world, method, path, Some(&self.secret), body, headers).await
    }
}

/// A call with any key or none.
pub async fn ask(
    world: &World,
    method: &str,
    path: &str,
    secret: Option<&str>,
    body: Option<&Value>,
    headers: &[(&str, &str)],
) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(secret) = secret {
        request = request.header(header::AUTHORIZATION, format!("Bearer {secret}"));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = match body {
        Some(body) => {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        }
        None => Body::empty(),
    };
    let response = world
        .router
        .clone()
        .oneshot(request.body(body).unwrap())
        .await
        .unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Reply {
        status,
        headers,
        body,
    }
}
