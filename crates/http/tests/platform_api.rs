//! The platform's API, as its programs use it: idempotency, rate limits, pages, test mode.

mod support;

use axum::http::StatusCode;
use chrono::Duration;
use serde_json::json;
use shiming_service::{portal::Making, tokens::digest};
use shiming_verification::{
    case::Terms,
    ports::idempotency::{KeyedRequest, Known},
    words::{Account, Realm},
};
use support::World;

fn request(account: &str) -> serde_json::Value {
    json!({ "account": { "id": account, "name": "Shop" }, "metadata": { "order": "17" }, "language": "en" })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_with_a_key_is_done_once_and_answered_the_same() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Live).await;
    let open = async |key: &str, account: &str| {
        let headers = [("idempotency-key", key)];
        let body = request(account);
        program
            .ask("POST", "/v1/verifications", Some(&body), &headers)
            .await
    };
    let first = open("\"one\"", "a").await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
    assert!(first.text("url").contains(&first.text("client_secret")));
    assert_eq!(first.body["metadata"]["order"], "17");
    let again = open("one", "a").await;
    assert_eq!(again.status, StatusCode::CREATED);
    assert_eq!(again.body, first.body, "quoted and bare are the same key");
    assert_eq!(again.headers["idempotency-replayed"], "true");
    let other = open("one", "b").await;
    assert_eq!(
        (other.status.as_u16(), other.code()),
        (422, "idempotency_conflict")
    );
    let missing = program.post("/v1/verifications", &request("a")).await;
    assert_eq!(
        (missing.status.as_u16(), missing.code()),
        (400, "idempotency_key_missing")
    );
    world.clock.turn(Duration::hours(25));
    let later = open("one", "b").await;
    assert_eq!(later.status, StatusCode::CREATED, "forgotten after a day");
    let list = program.get("/v1/verifications").await;
    assert_eq!(list.body["data"].as_array().unwrap().len(), 2);
}

/// What a server leaves that begins a request with this key and dies: the key is held, and perhaps a case is opened.
async fn die_over(
    program: &support::platform::Program<'_>,
    key: &str,
    account: &str,
    opened: bool,
) {
    let services = &program.world.services;
    let found = services.platform_api.key_of_secret(digest(&program.secret));
    let (api_key, _) = found.await.unwrap().unwrap();
    let now = program.world.clock.now_utc();
    let makes = services.fresh_id().unwrap();
    let keyed = KeyedRequest {
        scope: digest(&format!("{}\n/verifications\n{key}", api_key.id)),
        request: digest(&request(account).to_string()),
        makes,
        held_until: now + Duration::seconds(60),
        expires_at: now + Duration::hours(24),
    };
    let known = services.platform_api.begin_request(&keyed, now).await;
    assert_eq!(known.unwrap(), Known::First);
    if opened {
        let making = Making {
            id: makes,
            maybe_made: false,
        };
        let account = Account::new(program.platform.id, account, None).unwrap();
        let terms = Terms::default();
        let case = services.open_once(making, &program.platform, account, None, terms);
        case.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_opened_once_also_when_the_server_dies_before_it_answers() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Live).await;
    for (account, opened) in [("before the case", false), ("after the case", true)] {
        die_over(&program, account, account, opened).await;
        let (body, headers) = (request(account), [("idempotency-key", account)]);
        let ask = || program.ask("POST", "/v1/verifications", Some(&body), &headers);
        let early = ask().await;
        assert_eq!(early.code(), "idempotency_in_progress", "it may yet come");
        world.clock.turn(Duration::seconds(61));
        let late = ask().await;
        assert_eq!(late.status, StatusCode::CREATED, "{}", late.body);
        assert!(late.text("url").contains(&late.text("client_secret")));
        assert_eq!(
            ask().await.body,
            late.body,
            "and is answered the same from now on"
        );
        let list = program
            .get(&format!(
                "/v1/verifications?account_id={}",
                account.replace(' ', "%20")
            ))
            .await;
        assert_eq!(list.body["data"].as_array().unwrap().len(), 1, "{account}");
        assert_eq!(list.body["data"][0]["id"], late.body["id"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_one_is_done() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Live).await;
    let (body, headers) = (request("a"), [("idempotency-key", "same")]);
    let asks = (0..6).map(|_| program.ask("POST", "/v1/verifications", Some(&body), &headers));
    let replies = futures_util::future::join_all(asks).await;
    for reply in &replies {
        let held_off =
            reply.code() == "idempotency_in_progress" && reply.status == StatusCode::CONFLICT;
        assert!(
            held_off || reply.status == StatusCode::CREATED,
            "{}",
            reply.body
        );
    }
    let list = program.get("/v1/verifications").await;
    assert_eq!(list.body["data"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_requests_are_told_when_to_come_back() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Live).await;
    let mut last = program.get("/v1/platform").await;
    assert_eq!(last.headers["ratelimit-policy"], "\"key\";q=100;w=5");
    for _ in 0..100 {
        last = program.get("/v1/platform").await;
    }
    assert_eq!(
        (last.status.as_u16(), last.code()),
        (429, "too_many_requests")
    );
    assert!(last.headers.contains_key("retry-after"));
    let other = world.program("Other", Realm::Live).await;
    assert_eq!(
        other.get("/v1/platform").await.status,
        StatusCode::OK,
        "each key for itself"
    );
    world.clock.turn(Duration::seconds(2));
    assert_eq!(program.get("/v1/platform").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Live).await;
    let mut opened = Vec::new();
    for nth in 0..5 {
        opened.insert(0, program.open(&format!("account-{nth}")).await);
        world.clock.turn(Duration::seconds(1));
    }
    let mut seen = Vec::new();
    let mut path = "/v1/verifications?limit=2".to_owned();
    loop {
        let page = program.get(&path).await;
        let data = page.body["data"].as_array().unwrap();
        seen.extend(data.iter().map(|entry| support::text(&entry["id"])));
        let Some(cursor) = page.body["next_cursor"].as_str() else {
            break;
        };
        path = format!("/v1/verifications?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, opened);
    let one = program.get("/v1/verifications?account_id=account-3").await;
    assert_eq!(one.body["data"].as_array().unwrap().len(), 1);
    for wrong in ["limit=0", "limit=101", "limit=x", "cursor=ver_nonsense"] {
        let reply = program.get(&format!("/v1/verifications?{wrong}")).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (422, "invalid_input"),
            "{wrong}"
        );
    }
    let events = program
        .get("/v1/events?order=asc&type=verification.created&limit=3")
        .await;
    let numbers: Vec<_> = events.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["sequence"].clone())
        .collect();
    assert_eq!(numbers, [1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_magic_value_leads_where_its_table_says() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Test).await;
    let table = program.get("/v1/test/values").await;
    for (nth, value) in table.body["values"].as_array().unwrap().iter().enumerate() {
        let id = program.open(&format!("magic-{nth}")).await;
        let reply = program.submit(&id, nth).await;
        let seen = program.get(&format!("/v1/verifications/{id}")).await;
        assert_eq!(
            seen.body["state"], value["state"],
            "{value}: {}",
            reply.body
        );
        if let Some(code) = value["code"].as_str() {
            let told = if reply.status.is_success() {
                support::text(&seen.body["last_error"]["code"])
            } else {
                reply.code().to_owned()
            };
            assert_eq!(told, code, "{value}: {}", reply.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_is_commanded_without_a_camera() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Test).await;
    let id = program.open("acct").await;
    program.submit(&id, 0).await;
    let act = async |action: serde_json::Value| program.simulate(&id, &action).await;
    assert_eq!(
        act(json!({ "action": "claim_phone" })).await.text("state"),
        "scan_claimed"
    );
    let failed = act(json!({ "action": "fail_scan", "code": "face_mismatch" })).await;
    assert_eq!(failed.body["last_error"]["code"], "face_mismatch");
    assert_eq!(failed.body["last_error"]["tries_left"], 2);
    let dark = act(json!({ "action": "fail_scan", "code": "light_too_dark" })).await;
    assert_eq!(dark.body["last_error"]["try_used"], false);
    let wrong = act(json!({ "action": "fail_scan", "code": "amount_wrong" })).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let passed = act(json!({ "action": "pass_scan" })).await;
    assert_eq!(passed.text("state"), "verified", "{}", passed.body);
    let credential = program.get("/v1/accounts/acct/credential").await;
    assert_eq!(credential.text("id"), passed.text("credential_id"));
    assert_eq!(credential.body["assurance_level"], "legal_rep_face");
    let uscc = credential.text("uscc");
    let enterprise = program.get(&format!("/v1/enterprises/{uscc}")).await;
    assert_eq!(enterprise.body["accounts"][0]["account_id"], "acct");
    assert_eq!(
        act(json!({ "action": "edit" })).await.code(),
        "not_allowed_now"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn time_passes_on_command() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Test).await;
    let id = program.open("acct").await;
    for _ in 0..5 {
        program.submit(&id, 1).await;
    }
    let leap = async |hours: u32| {
        let action = json!({ "action": "advance_time", "seconds": hours * 3_600 });
        program.simulate(&id, &action).await
    };
    let seen = program.get(&format!("/v1/verifications/{id}")).await;
    assert_eq!(seen.text("state"), "locked");
    assert_eq!(leap(23).await.text("state"), "locked");
    assert_eq!(leap(1).await.text("state"), "draft");
    assert_eq!(program.submit(&id, 0).await.text("state"), "awaiting_scan");
    assert_eq!(leap(24 * 10).await.text("state"), "expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn tests_of_one_account_do_not_lock_another() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Test).await;
    for nth in 0..8 {
        let id = program.open(&format!("account-{nth}")).await;
        let reply = program.submit(&id, 1).await;
        assert_eq!(reply.body["last_error"]["tries_left"], 4, "{}", reply.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_applicant_chooses_within_the_platform_s_terms() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Test).await;
    let body = json!({ "account": { "id": "a" }, "subject_types": ["individual_business"] });
    let key = [("idempotency-key", "k")];
    let opened = program
        .ask("POST", "/v1/verifications", Some(&body), &key)
        .await;
    let choice = json!({ "action": "choose", "subject_type": "enterprise", "method": "face" });
    let refused = program.simulate(&opened.text("id"), &choice).await;
    assert_eq!(refused.code(), "invalid_input");
    let sync = json!({ "account": { "id": "a" }, "methods": ["sync"] });
    let reply = program
        .ask(
            "POST",
            "/v1/verifications",
            Some(&sync),
            &[("idempotency-key", "l")],
        )
        .await;
    assert_eq!(
        reply.body["errors"][0]["pointer"], "/methods",
        "{}",
        reply.body
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_type_of_a_problem_leads_to_its_meaning() {
    let world = World::new().await;
    let refused = support::platform::ask(&world, "GET", "/v1/platform", None, None, &[]).await;
    let about = refused.text("type");
    let page = support::platform::ask(&world, "GET", &about, None, None, &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    let unknown = support::platform::ask(&world, "GET", "/problems/x", None, None, &[]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_ends_credentials_and_closes_accounts_and_the_trail_knows() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Test).await;
    let pass = async |account: &str| {
        let id = program.open(account).await;
        program.submit(&id, 0).await;
        let pass = json!({ "action": "pass_scan" });
        program.simulate(&id, &pass).await.text("credential_id")
    };
    let first = pass("a").await;
    let path = format!("/v1/credentials/{first}/revoke");
    let told = json!({ "message": "left us" });
    let ended = program.post(&path, &told).await;
    assert_eq!(ended.text("status"), "revoked", "{}", ended.body);
    assert_eq!(program.post(&path, &told).await.code(), "not_allowed_now");
    let wrong = json!({ "message": "" });
    assert_eq!(program.post(&path, &wrong).await.code(), "invalid_input");

    let second = pass("b").await;
    let waiting = program.open("c").await;
    for account in ["b", "c", "c"] {
        let path = format!("/v1/accounts/{account}");
        let closed = program.ask("DELETE", &path, None, &[]).await;
        assert_eq!(closed.status, StatusCode::NO_CONTENT, "{}", closed.body);
    }
    let unknown = program.ask("DELETE", "/v1/accounts/d", None, &[]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let credential = program.get(&format!("/v1/credentials/{second}")).await;
    assert_eq!(credential.text("status"), "revoked");
    let case = program.get(&format!("/v1/verifications/{waiting}")).await;
    assert_eq!(case.text("state"), "canceled");

    let events = program.get("/v1/events?type=credential.revoked").await;
    assert_eq!(events.body["data"].as_array().unwrap().len(), 2);
    let trail = world.services.audit.entries_from(1, 1000).await.unwrap();
    let causes: Vec<_> = trail
        .iter()
        .map(|stored| &stored.entry.record)
        .filter(|record| record.action == "credential.revoked")
        .map(|record| record.detail["cause"].as_str())
        .collect();
    assert_eq!(causes, ["platform", "account_closed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_programs_set_up_is_in_the_trail() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Live).await;
    let hook = json!({ "url": "http://127.0.0.1:9/hook" });
    let added = program.post("/v1/webhook_endpoints", &hook).await;
    let path = format!("/v1/webhook_endpoints/{}", added.text("id"));
    let off = json!({ "enabled": false });
    program.ask("PATCH", &path, Some(&off), &[]).await;
    program
        .post(&format!("{path}/rotate_secret"), &json!({}))
        .await;
    program.ask("DELETE", &path, None, &[]).await;
    let origins = json!({ "embed_origins": ["https://shop.example"] });
    program
        .ask("PATCH", "/v1/platform", Some(&origins), &[])
        .await;
    let trail = world.services.audit.entries_from(1, 1000).await.unwrap();
    let actions: Vec<_> = trail
        .iter()
        .map(|stored| stored.entry.record.action.as_str())
        .filter(|action| !action.starts_with("operator"))
        .collect();
    assert_eq!(
        actions,
        [
            "api_key.added",
            "webhook_endpoint.added",
            "webhook_endpoint.changed",
            "webhook_endpoint.secret_rotated",
            "webhook_endpoint.removed",
            "platform.origins_set",
        ]
    );
}
