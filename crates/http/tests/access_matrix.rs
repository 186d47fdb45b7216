//! Every route under `/v1` × every kind of key × somebody else's object, read from the OpenAPI document, so that a route that
//! is added is in the matrix.

mod support;

use axum::http::StatusCode;
use serde_json::{Value, json};
use shiming_verification::{api_key::Scope, words::Realm};
use support::{
    World,
    platform::{Program, Reply, ask},
};

/// An operation of the document.
#[derive(Debug, Clone)]
struct Operation {
    method: String,
    path: String,
    scope: Scope,
}

fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(shiming_http::openapi()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        if !path.starts_with("/v1/") {
            continue;
        }
        for (method, operation) in item.as_object().unwrap() {
            let scope = operation["security"][0]["api_key"][0].as_str();
            let scope = scope.unwrap_or_else(|| panic!("{method} {path} names no scope"));
            found.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                scope: scope.parse().unwrap(),
            });
        }
    }
    assert!(found.len() >= 20, "only {} operations", found.len());
    found
}

/// The things of one platform that paths can name.
struct Things {
    verification: String,
    credential: String,
    event: String,
    endpoint: String,
    delivery: String,
    account: String,
    uscc: String,
}

impl Things {
    /// Leads a verification in test mode to its pass, with an endpoint that hears of it.
    async fn of(program: &Program<'_>, account: &str) -> Self {
        let hook = json!({ "url": "http://127.0.0.1:9/hook" });
        let endpoint = program.post("/v1/webhook_endpoints", &hook).await;
        assert_eq!(endpoint.status, StatusCode::CREATED, "{}", endpoint.body);
        let verification = program.open(account).await;
        assert_eq!(
            program.submit(&verification, 0).await.text("state"),
            "awaiting_scan"
        );
        let passed = program
            .simulate(&verification, &json!({ "action": "pass_scan" }))
            .await;
        assert_eq!(passed.text("state"), "verified", "{}", passed.body);
        program.world.services.send_webhooks_once().await.unwrap();
        let events = program.get("/v1/events").await;
        let endpoint = endpoint.text("id");
        let path = format!("/v1/webhook_endpoints/{endpoint}/deliveries?limit=100");
        let deliveries = program.get(&path).await;
        let tried = deliveries.body["data"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone();
        Self {
            credential: passed.text("credential_id"),
            event: support::text(&events.body["data"][0]["id"]),
            delivery: support::text(&tried["id"]),
            uscc: shiming_service::sandbox::MAGIC[0]
                .uscc()
                .unwrap()
                .as_str()
                .to_owned(),
            account: account.to_owned(),
            verification,
            endpoint,
        }
    }

    fn path(&self, path: &str) -> String {
        let id = match path.split('/').rev().find(|part| !part.contains('{')) {
            _ if path.contains("/verifications/") => &self.verification,
            _ if path.contains("/credentials/") => &self.credential,
            _ if path.contains("/events/") => &self.event,
            _ if path.contains("/webhook_deliveries/") => &self.delivery,
            _ => &self.endpoint,
        };
        path.replace("{id}", id)
            .replace("{account_id}", &self.account)
            .replace("{uscc}", &self.uscc)
    }
}

/// A body that the operation takes.
fn body(operation: &Operation, things: &Things) -> Option<Value> {
    let path = operation.path.as_str();
    match (operation.method.as_str(), path) {
        ("GET" | "DELETE", _) => None,
        ("POST", "/v1/verifications") => Some(json!({ "account": { "id": "matrix" } })),
        ("POST", "/v1/webhook_endpoints") => Some(json!({ "url": "http://127.0.0.1:9/x" })),
        ("POST", "/v1/federation/logins") => {
            Some(json!({ "request": "nobody", "account_id": "a" }))
        }
        ("PATCH", "/v1/platform") => Some(json!({ "embed_origins": ["https://a.example"] })),
        ("POST", path) if path.starts_with("/v1/persons/") => {
            Some(json!({ "verification_id": things.verification }))
        }
        ("POST", path) if path.contains("/test/credentials/") => Some(json!({ "action": "lift" })),
        ("POST", path) if path.ends_with("/replay") => Some(json!({ "event_id": things.event })),
        ("POST", path) if path.ends_with("/simulate") => Some(json!({ "action": "edit" })),
        _ => Some(json!({})),
    }
}

struct Matrix<'a> {
    world: &'a World,
    things: Things,
}

impl Matrix<'_> {
    async fn ask(&self, operation: &Operation, secret: Option<&str>, nth: &str) -> Reply {
        let path = self.things.path(&operation.path).replace(' ', "%20");
        let body = body(operation, &self.things);
        let headers = [("idempotency-key", nth)];
        ask(
            self.world,
            &operation.method,
            &path,
            secret,
            body.as_ref(),
            &headers,
        )
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_its_own_platform_and_nobody_else() {
    let world = World::new().await;
    let owner = world.program("Owner", Realm::Test).await;
    let stranger = world.program("Stranger", Realm::Test).await;
    let live = world.program("Live", Realm::Live).await;
    Things::of(&stranger, "account of the stranger").await;
    let matrix = Matrix {
        world: &world,
        things: Things::of(&owner, "account of the owner").await,
    };
    for operation in operations() {
        let name = format!("{} {}", operation.method, operation.path);
        for (kind, secret) in [("none", None), ("wrong", Some("sk_test_wrong"))] {
            let reply = matrix.ask(&operation, secret, "matrix").await;
            assert_eq!(
                (reply.status.as_u16(), reply.code()),
                (401, "api_key_invalid"),
                "{kind}: {name}"
            );
        }
        let others: Vec<_> = Scope::ALL
            .iter()
            .copied()
            .filter(|scope| *scope != operation.scope)
            .collect();
        let lacking = world.key_of(&owner.platform, &others).await;
        let reply = matrix.ask(&operation, Some(&lacking), "matrix").await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (403, "scope_missing"),
            "{name}"
        );

        if names_something(&operation) {
            for (kind, other) in [("other platform", &stranger), ("live", &live)] {
                let reply = matrix.ask(&operation, Some(&other.secret), "matrix").await;
                let own_uscc = operation.path.contains("{uscc}") && kind == "other platform";
                if own_uscc {
                    let accounts = reply.body["accounts"].to_string();
                    assert!(!accounts.contains("account of the owner"), "{name}");
                    continue;
                }
                let expected = if kind == "live" && operation.path.starts_with("/v1/test/") {
                    403
                } else {
                    404
                };
                assert_eq!(
                    reply.status.as_u16(),
                    expected,
                    "{kind}: {name}: {}",
                    reply.body
                );
            }
        }
    }
    // Last, with the one scope that it names, since some of these change what the others need.
    let mut last = operations();
    last.sort_by_key(ends);
    for (nth, operation) in last.iter().enumerate() {
        let fitting = world.key_of(&owner.platform, &[operation.scope]).await;
        let reply = matrix
            .ask(operation, Some(&fitting), &format!("last-{nth}"))
            .await;
        // A login answers a browser's request, of which there is none here: getting as far as that is enough.
        let unasked = operation.path.ends_with("/logins") && reply.code() == "not_found";
        let done = match operation.method.as_str() {
            "DELETE" => reply.status == StatusCode::NO_CONTENT,
            _ => reply.status.is_success() || reply.code() == "not_allowed_now" || unasked,
        };
        assert!(
            done,
            "{} {}: {} {}",
            operation.method, operation.path, reply.status, reply.body
        );
    }
}

/// In its path, or in the body where a path would tell too much.
fn names_something(operation: &Operation) -> bool {
    operation.path.contains('{') || operation.path.starts_with("/v1/persons/")
}

/// How much an operation takes from those that come after it.
fn ends(operation: &Operation) -> u8 {
    match (operation.method.as_str(), operation.path.as_str()) {
        (_, "/v1/persons/erase") => 3,
        ("DELETE", _) => 2,
        (_, path) if path.ends_with("/revoke") => 1,
        _ => 0,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_hold_the_caller_s_own_things_only() {
    let world = World::new().await;
    let owner = world.program("Owner", Realm::Test).await;
    let stranger = world.program("Stranger", Realm::Test).await;
    Things::of(&owner, "account of the owner").await;
    for operation in operations() {
        if operation.method != "GET"
            || operation.path.contains('{')
            || operation.path.contains("/test/")
        {
            continue;
        }
        let reply = stranger.get(&operation.path).await;
        assert_eq!(reply.status, StatusCode::OK);
        if let Some(list) = reply.body["data"].as_array() {
            assert!(list.is_empty(), "{}: {}", operation.path, reply.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_ended_or_was_revoked_opens_nothing() {
    let world = World::new().await;
    let program = world.program("Owner", Realm::Live).await;
    let keys = &world.services.platform_api;
    let key = keys.keys(program.platform.id).await.unwrap().remove(0);
    let end = world.clock.now_utc() + chrono::Duration::hours(1);
    assert!(
        keys.end_key(program.platform.id, key.id, end)
            .await
            .unwrap()
    );
    assert_eq!(program.get("/v1/platform").await.status, StatusCode::OK);
    world.clock.turn(chrono::Duration::hours(1));
    assert_eq!(program.get("/v1/platform").await.code(), "api_key_invalid");

    let program = world.program("Other", Realm::Live).await;
    let key = keys.keys(program.platform.id).await.unwrap().remove(0);
    let now = world.clock.now_utc();
    assert!(
        keys.revoke_key(program.platform.id, key.id, now)
            .await
            .unwrap()
    );
    assert_eq!(program.get("/v1/platform").await.code(), "api_key_invalid");
}
