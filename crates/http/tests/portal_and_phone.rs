//! What the pages ask and get, with time turned by hand.

mod support;

use axum::http::{Request, StatusCode, header};
use chrono::Duration;
use serde_json::json;
use shiming_service::demo::seeded;
use support::{Browser, World, elements, text};

#[tokio::test]
async fn elements_that_belong_together_bring_a_qr_code_at_once() {
    let world = World::new().await;
    let (mut pc, path) = world.applicant().await;
    let answer = pc
        .post(&world, &format!("{path}/elements"), &elements(&seeded()[0]))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    insta::assert_json_snapshot!(answer.body, {
        ".id" => "ver_…",
        ".account.id" => "visitor-…",
        ".account.name" => "visitor-…",
        ".invitation.url" => "https://kyb.example/s#…",
    });
    let code = pc.get(&world, &format!("{path}/qr.svg")).await;
    assert_eq!(
        (code.status, code.kind.as_str()),
        (StatusCode::OK, "image/svg+xml")
    );
}

#[tokio::test]
async fn a_code_lives_five_minutes_and_its_renewal_kills_it() {
    let world = World::new().await;
    let (mut pc, path) = world.applicant().await;
    let view = pc
        .post(&world, &format!("{path}/elements"), &elements(&seeded()[0]))
        .await
        .body;
    let token = |url: &serde_json::Value| json!({ "token": text(url).split_once('#').unwrap().1 });
    let old = token(&view["invitation"]["url"]);
    world.clock.turn(Duration::minutes(5));
    let late = Browser::default()
        .post(&world, "/phone/api/claim", &old)
        .await;
    assert_eq!(
        (late.status, text(&late.body["code"])),
        (StatusCode::GONE, "qr_expired".to_owned())
    );
    let view = pc
        .post(&world, &format!("{path}/invitation"), &json!({}))
        .await
        .body;
    assert_eq!(view["invitation"]["seq"], 2);
    let dead = Browser::default()
        .post(&world, "/phone/api/claim", &old)
        .await;
    assert_eq!(dead.status, StatusCode::GONE);
    let mut phone = Browser::default();
    let new = token(&view["invitation"]["url"]);
    assert_eq!(
        phone.post(&world, "/phone/api/claim", &new).await.status,
        StatusCode::OK
    );
    let other = Browser::default()
        .post(&world, "/phone/api/claim", &new)
        .await;
    assert_eq!(
        (other.status, text(&other.body["code"])),
        (StatusCode::CONFLICT, "qr_already_claimed".to_owned())
    );
    assert_eq!(
        phone.post(&world, "/phone/api/claim", &new).await.status,
        StatusCode::OK,
        "it comes back"
    );
}

#[tokio::test]
async fn the_phone_shows_who_asks_and_takes_the_consent() {
    let world = World::new().await;
    let (mut pc, path) = world.applicant().await;
    let view = pc
        .post(&world, &format!("{path}/elements"), &elements(&seeded()[0]))
        .await
        .body;
    let url = text(&view["invitation"]["url"]);
    let mut phone = Browser::default();
    let token = json!({ "token": url.split_once('#').unwrap().1 });
    let scan = phone.post(&world, "/phone/api/claim", &token).await.body;
    assert_eq!(scan["state"], "consent");
    assert_eq!(
        scan["enterprise_name"],
        seeded()[0].claim.enterprise_name.as_str()
    );
    let shown_on_pc = pc.get(&world, &path).await.body;
    assert_eq!(shown_on_pc["scan"]["match_code"], scan["match_code"]);
    let notice = phone.get(&world, "/phone/api/notice").await.body;
    assert!(
        text(&notice["who"]).contains("示例云"),
        "the notice names the platform: {notice}"
    );
    let outdated = phone
        .post(
            &world,
            "/phone/api/consent",
            &json!({ "version": "0", "agreed": true }),
        )
        .await;
    assert_eq!(outdated.status, StatusCode::UNPROCESSABLE_ENTITY);
    let agreed = json!({ "version": notice["version"], "agreed": true });
    assert_eq!(
        phone.post(&world, "/phone/api/consent", &agreed).await.body["state"],
        "ready"
    );
    assert_eq!(
        pc.get(&world, &path).await.body["scan"]["phase"],
        "consented"
    );
}

#[tokio::test]
async fn a_lock_opens_after_a_day() {
    let world = World::new().await;
    let (mut pc, path) = world.applicant().await;
    let mut wrong = elements(&seeded()[0]);
    wrong["legal_representative"] = json!("别人");
    for _ in 0..5 {
        pc.post(&world, &format!("{path}/elements"), &wrong).await;
    }
    assert_eq!(pc.get(&world, &path).await.body["state"], "locked");
    world.clock.turn(Duration::hours(24));
    assert_eq!(world.state_of(&path).await, "draft");
    let gone = pc.get(&world, &path).await;
    assert_eq!(
        gone.status,
        StatusCode::UNAUTHORIZED,
        "the session ends before the lock does"
    );
}

#[tokio::test]
async fn a_new_licence_is_found_by_the_worker_the_next_day() {
    let world = World::new().await;
    let (mut pc, path) = world.applicant().await;
    let mut unknown = elements(&seeded()[0]);
    unknown["uscc"] = json!("91350100M000100Y43");
    let view = pc
        .post(&world, &format!("{path}/elements"), &unknown)
        .await
        .body;
    assert_eq!(view["state"], "registry_pending");
    let mut entry = seeded().remove(0);
    entry.claim.uscc = shiming_identifiers::Uscc::parse("91350100M000100Y43").unwrap();
    let now = shiming_service::edge::Clock::now(&*world.clock);
    let realm = shiming_verification::words::Realm::Demo;
    world
        .services
        .registry_table
        .put_enterprise(&entry, realm, now)
        .await
        .unwrap();
    world.clock.turn(Duration::hours(24));
    for _ in 0..4 {
        world.services.work_once("test").await.unwrap();
        world.clock.turn(Duration::seconds(20));
    }
    assert_eq!(world.state_of(&path).await, "awaiting_scan");
}

#[tokio::test]
async fn problems_speak_the_reader_s_language() {
    let world = World::new().await;
    for (language, name) in [("zh-CN", "chinese"), ("en", "english")] {
        let request =
            Request::get("/portal/api/cases/ver_0").header(header::ACCEPT_LANGUAGE, language);
        let answer = Browser::default()
            .ask(&world, request, axum::body::Body::empty())
            .await;
        assert_eq!(answer.kind, "application/problem+json");
        insta::assert_json_snapshot!(name, answer.body, { ".request_id" => "req_…" });
    }
}

#[tokio::test]
async fn the_platform_s_key_opens_its_own_verifications_only() {
    let world = World::new().await;
    world.platform("一", "sk_one_1111").await;
    world.platform("二", "sk_two_2222").await;
    let open = |key: &str| {
        Request::post("/v1/verifications")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {key}"))
            .header("idempotency-key", "once")
    };
    let body = || axum::body::Body::from(r#"{"account":{"id":"acct-1"}}"#);
    let mut client = Browser::default();
    let opened = client.ask(&world, open("sk_one_1111"), body()).await;
    assert_eq!(opened.status, StatusCode::CREATED);
    assert!(text(&opened.body["url"]).starts_with("https://kyb.example/verify/ver_"));
    let path = format!("/v1/verifications/{}", text(&opened.body["id"]));
    for (key, status) in [
        ("sk_one_1111", StatusCode::OK),
        ("sk_two_2222", StatusCode::NOT_FOUND),
        ("sk_guess_00", StatusCode::UNAUTHORIZED),
    ] {
        let request = Request::get(&path).header(header::AUTHORIZATION, format!("Bearer {key}"));
        let answer = client.ask(&world, request, axum::body::Body::empty()).await;
        assert_eq!(answer.status, status, "{key}");
    }
}

#[tokio::test]
async fn a_clock_that_jumps_costs_a_code_at_most_and_never_a_try() {
    let world = World::new().await;
    let (mut pc, path) = world.applicant().await;
    let elements_path = format!("{path}/elements");
    // An hour back, as when a wrong clock is set right: what was stored lies in the future.
    world.clock.turn(Duration::hours(-1));
    let view = pc
        .post(&world, &elements_path, &elements(&seeded()[0]))
        .await;
    assert_eq!(view.status, StatusCode::OK, "{}", view.body);
    assert_eq!(view.body["state"], "awaiting_scan");
    let url = text(&view.body["invitation"]["url"]);
    let token = json!({ "token": url.split_once('#').unwrap().1 });
    // A day on, as when a suspended machine wakes: the code is over, the case is not.
    world.clock.turn(Duration::days(1));
    let mut phone = Browser::default();
    let late = phone.post(&world, "/phone/api/claim", &token).await;
    assert_eq!(
        (late.status, &late.body["try_used"]),
        (StatusCode::GONE, &json!(false))
    );
    world.clock.turn(Duration::days(-1));
    let renewed = pc
        .post(&world, &format!("{path}/invitation"), &json!({}))
        .await
        .body;
    let url = text(&renewed["invitation"]["url"]);
    let token = json!({ "token": url.split_once('#').unwrap().1 });
    let claimed = phone.post(&world, "/phone/api/claim", &token).await;
    assert_eq!(claimed.status, StatusCode::OK, "{}", claimed.body);
    let shown = pc.get(&world, &path).await.body;
    assert_eq!(shown["state"], "scan_claimed", "{shown}");
    assert_eq!(shown["last_error"], json!(null));
}
