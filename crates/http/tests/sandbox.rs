//! With a test key alone: every state, and every code of the registry. The tables here are those of the book's page on the
//! test mode, which is written from them (`SHIMING_BLESS=1`).

mod sandbox_tables;
mod support;

use axum::http::StatusCode;
use sandbox_tables::{CODES, CREDENTIAL_STATES, Do, How, STATES, page};
use serde_json::{Value, json};
use shiming_verification::{
    api_key::Scope, case::State, code::Code, credential::CredentialStatus, words::Realm,
};
use std::collections::BTreeSet;
use support::{
    World,
    platform::{Program, Reply, ask},
};

/// A verification in test mode, with what was last answered.
struct Walk<'a> {
    program: Program<'a>,
    verification: String,
    last: Reply,
}

impl<'a> Walk<'a> {
    /// A platform of its own, so that nothing that another walk did counts.
    async fn begin(world: &'a World, name: &str) -> Self {
        let program = world.program(name, Realm::Test).await;
        let verification = program.open("first").await;
        let last = program
            .get(&format!("/v1/verifications/{verification}"))
            .await;
        Self {
            program,
            verification,
            last,
        }
    }

    async fn go(&mut self, steps: &[Do]) {
        for step in steps {
            self.last = match step {
                Do::Simulate(action) => {
                    let action = sandbox_tables::action(action);
                    self.program.simulate(&self.verification, &action).await
                }
                Do::Life(action) => {
                    let action = sandbox_tables::action(action);
                    let credential = self.credential().await;
                    let path = format!("/v1/test/credentials/{credential}/simulate");
                    self.program.post(&path, &action).await
                }
                Do::Cancel => {
                    let path = format!("/v1/verifications/{}/cancel", self.verification);
                    self.program.post(&path, &json!({})).await
                }
                Do::OpenAgain => self.open_again().await,
            };
        }
    }

    async fn open_again(&mut self) -> Reply {
        let body = json!({ "account": { "id": "first" } });
        let key = [("idempotency-key", "again")];
        let opened = self
            .program
            .ask("POST", "/v1/verifications", Some(&body), &key)
            .await;
        if opened.status == StatusCode::CREATED {
            self.verification = opened.text("id");
        }
        opened
    }

    async fn credential(&self) -> String {
        let path = "/v1/accounts/first/credential";
        self.program.get(path).await.text("id")
    }

    /// Whether the last answer, or what it left behind, tells of the code.
    fn told(&self, code: &str) -> bool {
        let body = &self.last.body;
        let fields = body["errors"].as_array().cloned().unwrap_or_default();
        self.last.code() == code
            || body["last_error"]["code"] == code
            || fields.iter().any(|field| field["code"] == code)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_of_a_verification_is_reached() {
    let world = World::new().await;
    for (state, steps) in STATES {
        let mut walk = Walk::begin(&world, state).await;
        walk.go(steps).await;
        let path = format!("/v1/verifications/{}", walk.verification);
        let seen = walk.program.get(&path).await;
        assert_eq!(seen.text("state"), *state, "{}", walk.last.body);
    }
    let documented = serde_json::to_value(shiming_http::openapi()).unwrap();
    let every = &documented["components"]["schemas"]["StateName"]["enum"];
    let every: BTreeSet<_> = every
        .as_array()
        .unwrap()
        .iter()
        .map(support::text)
        .collect();
    let reached: BTreeSet<_> = STATES
        .iter()
        .map(|(state, _)| (*state).to_owned())
        .collect();
    assert_eq!(reached, every);
    assert!(every.contains(State::Draft.name()));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_of_a_credential_is_reached() {
    let world = World::new().await;
    for (state, steps) in CREDENTIAL_STATES {
        let mut walk = Walk::begin(&world, state).await;
        walk.go(sandbox_tables::VERIFIED).await;
        let first = walk.credential().await;
        walk.go(steps).await;
        let seen = walk.program.get(&format!("/v1/credentials/{first}")).await;
        assert_eq!(seen.text("status"), *state, "{}", walk.last.body);
    }
    let known = |state: &str| serde_json::from_value::<CredentialStatus>(json!(state)).is_ok();
    assert!(CREDENTIAL_STATES.iter().all(|(state, _)| known(state)));
    assert_eq!(CREDENTIAL_STATES.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_code_is_reached() {
    let world = World::new().await;
    for (code, how) in CODES {
        let mut walk = Walk::begin(&world, code.as_str()).await;
        match how {
            How::Steps(steps) => walk.go(steps).await,
            How::Call(_) => walk.last = call(&walk, *code).await,
            How::AnswerWith(_) => {
                let action = json!({ "action": "answer_with", "code": code });
                walk.last = walk.program.simulate(&walk.verification, &action).await;
            }
        }
        assert!(walk.told(code.as_str()), "{code}: {}", walk.last.body);
    }
    let reached: Vec<_> = CODES.iter().map(|(code, _)| *code).collect();
    for code in Code::ALL {
        assert!(reached.contains(code), "{code} is missing in the table");
    }
}

/// A request that is refused with this code wherever it stands.
async fn call(walk: &Walk<'_>, code: Code) -> Reply {
    let program = &walk.program;
    let (world, own) = (program.world, &walk.verification);
    let show = format!("/v1/verifications/{own}");
    let simulate = format!("/v1/test/verifications/{own}/simulate");
    let open = json!({ "account": { "id": "first" } });
    match code {
        Code::NotFound => program.get("/v1/verifications/ver_0").await,
        Code::SessionInvalid => {
            let path = format!("/portal/api/cases/{own}");
            ask(world, "GET", &path, None, None, &[]).await
        }
        Code::ApiKeyInvalid => ask(world, "GET", &show, None, None, &[]).await,
        Code::ScopeMissing => {
            let key = world.key_of(&program.platform, &[Scope::EventsRead]).await;
            ask(world, "GET", &show, Some(&key), None, &[]).await
        }
        Code::TestModeOnly => {
            let live = world.program("live", Realm::Live).await;
            live.post(&simulate, &json!({ "action": "edit" })).await
        }
        Code::MethodNotAllowed => program.ask("DELETE", &show, None, &[]).await,
        Code::Forbidden => {
            let foreign = [("sec-fetch-site", "cross-site")];
            program.ask("POST", &simulate, Some(&open), &foreign).await
        }
        Code::PayloadTooLarge => {
            let long = json!({ "action": "x".repeat(70_000) });
            program.post(&simulate, &long).await
        }
        Code::IdempotencyKeyMissing => program.post("/v1/verifications", &open).await,
        Code::IdempotencyConflict => {
            let other = json!({ "account": { "id": "second" } });
            let key = [("idempotency-key", "first")];
            program
                .ask("POST", "/v1/verifications", Some(&other), &key)
                .await
        }
        Code::TooManyRequests => {
            let mut last = program.get(&show).await;
            for _ in 0..100 {
                last = program.get(&show).await;
            }
            last
        }
        _ => panic!("no call is known for {code}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_that_is_asked_for_comes_with_the_status_that_it_always_has() {
    let world = World::new().await;
    for code in Code::ALL {
        let walk = Walk::begin(&world, code.as_str()).await;
        let action = json!({ "action": "answer_with", "code": code });
        let reply = walk.program.simulate(&walk.verification, &action).await;
        assert_eq!(reply.code(), code.as_str());
        assert!(reply.status.is_client_error() || reply.status.is_server_error());
        if matches!(reply.status.as_u16(), 429 | 503) {
            assert!(reply.headers.contains_key("retry-after"), "{code}");
        }
        let seen = walk
            .program
            .get(&format!("/v1/verifications/{}", walk.verification))
            .await;
        assert_eq!(seen.text("state"), "draft", "nothing happened");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn live_keys_command_nothing() {
    let world = World::new().await;
    let live = world.program("live", Realm::Live).await;
    let id = live.open("acct").await;
    for (state, _) in STATES {
        let action = json!({ "action": state });
        let refused = live.simulate(&id, &action).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (403, "test_mode_only")
        );
    }
    let path = "/v1/test/credentials/crd_0/simulate";
    let refused = live.post(path, &json!({ "action": "revoke" })).await;
    assert_eq!(refused.code(), "test_mode_only");
    let seen = live.get(&format!("/v1/verifications/{id}")).await;
    assert_eq!(seen.body["test_transfer"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_says_its_amount_in_test_mode_and_a_wrong_one_is_counted() {
    let world = World::new().await;
    let mut walk = Walk::begin(&world, "amounts").await;
    walk.go(sandbox_tables::TRANSFERRED).await;
    let amount = support::text(&walk.last.body["test_transfer"]["amount"]);
    assert!(amount.starts_with("0."), "{}", walk.last.body);
    let id = walk.verification.clone();
    let enter = async |amount: &str| {
        let action = json!({ "action": "enter_amount", "amount": amount });
        walk.program.simulate(&id, &action).await
    };
    assert_eq!(enter("1.00").await.body["last_error"]["tries_left"], 4);
    assert_eq!(enter(&amount).await.text("state"), "verified");
    let credential = walk.program.get("/v1/accounts/first/credential").await;
    assert_eq!(credential.body["assurance_level"], "bank_transfer");
}

#[test]
fn the_book_s_pages_are_written_from_these_tables() {
    for language in ["zh", "en"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src");
        let file = folder.join(language).join("sandbox.md");
        let written = page(language);
        if std::env::var_os("SHIMING_BLESS").is_some() {
            std::fs::write(&file, &written).unwrap();
        }
        assert!(
            std::fs::read_to_string(&file).unwrap_or_default() == written,
            "{} is out of date: run `SHIMING_BLESS=1 cargo test -p shiming-http --test sandbox`",
            file.display()
        );
    }
}
