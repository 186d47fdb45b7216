//! Messages to people over HTTP: the link for somebody who is elsewhere, outcomes and due dates, and how to get no more of them.

mod support;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use chrono::Duration;
use serde_json::{Value, json};
use shiming_service::{demo::seeded, step::Step};
use shiming_verification::{
    case::Consent,
    fact::{FaceOutcome, Liveness},
    ids::{CaseId, CredentialId},
    notification::Occasion,
    ports::notifications::{Letter, SendError},
    risk::Signals,
    words::{EngineGrade, Method, Realm, SubjectType},
};
use support::{Browser, World, elements, platform::Program, post::sending, text};

/// An applicant beside the QR code of a seeded company.
async fn beside_the_code(world: &World) -> (Browser, String) {
    let (mut pc, path) = world.applicant().await;
    let elements = elements(&seeded()[0]);
    let view = pc.post(world, &format!("{path}/elements"), &elements).await;
    assert_eq!(view.body["state"], "awaiting_scan", "{}", view.body);
    (pc, path)
}

async fn send(world: &World, pc: &mut Browser, path: &str, to: &str) -> support::Answer {
    let body = json!({ "channel": "mail", "address": to });
    pc.post(world, &format!("{path}/hand_off"), &body).await
}

/// Does the jobs that are due until none is.
async fn work(world: &World) {
    while world.services.work_once("test").await.unwrap() > 0 {}
}

fn code(letter: &Letter) -> String {
    letter.refuse_url.rsplit('/').next().unwrap().to_owned()
}

fn occasions(world: &World) -> Vec<Occasion> {
    let letters = world.post.letters();
    letters.iter().map(|letter| letter.occasion).collect()
}

async fn refuse(world: &World, letter: &Letter, scope: &str) -> Value {
    let body = json!({ "code": code(letter), "scope": scope });
    let answer = Browser::default()
        .post(world, "/message/api/refuse", &body)
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_sent_opens_the_scan_as_the_code_does() {
    let world = World::with_policy(sending()).await;
    let (mut pc, path) = beside_the_code(&world).await;
    let before = pc.get(&world, &path).await.body;
    assert_eq!(
        before["hand_off"],
        json!({ "channels": ["mail", "sms"], "last": null })
    );

    let sent = send(&world, &mut pc, &path, " Rep@Example.cn ").await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
    let last = &sent.body["hand_off"]["last"];
    assert_eq!(
        (&last["to"], &last["status"]),
        (&json!("R***@Example.cn"), &json!("pending"))
    );
    assert_eq!(sent.body["invitation"]["seq"], 2, "the old code is dead");
    work(&world).await;
    let shown = pc.get(&world, &path).await.body;
    assert_eq!(shown["hand_off"]["last"]["status"], "sent");

    let [letter] = &world.post.letters()[..] else {
        panic!("one letter")
    };
    let claim = &seeded()[0].claim;
    assert_eq!(letter.facts.enterprise, claim.enterprise_name.as_str());
    assert_eq!(
        letter.facts.representative,
        claim.legal_representative.masked()
    );
    assert!(letter.facts.demo);
    let link = letter.facts.link.clone().unwrap();
    assert_eq!(
        json!(link),
        shown["invitation"]["url"],
        "the very code on the screen"
    );
    world.clock.turn(Duration::minutes(59));
    let token = json!({ "token": link.split_once('#').unwrap().1 });
    let mut phone = Browser::default();
    let opened = phone.post(&world, "/phone/api/claim", &token).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
    let other = Browser::default()
        .post(&world, "/phone/api/claim", &token)
        .await;
    assert_eq!(text(&other.body["code"]), "qr_already_claimed");
    assert_eq!(pc.get(&world, &path).await.body["hand_off"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_channels_offers_none_and_sends_nothing() {
    let world = World::new().await;
    let (mut pc, path) = beside_the_code(&world).await;
    assert_eq!(pc.get(&world, &path).await.body["hand_off"], Value::Null);
    let refused = send(&world, &mut pc, &path, "rep@example.cn").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    work(&world).await;
    assert!(world.post.letters().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_none_is_named_at_its_field() {
    let world = World::with_policy(sending()).await;
    let (mut pc, path) = beside_the_code(&world).await;
    for (channel, address) in [("mail", "rep"), ("sms", "12345"), ("mail", "13800138000")] {
        let body = json!({ "channel": channel, "address": address });
        let answer = pc.post(&world, &format!("{path}/hand_off"), &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.body["errors"][0]["pointer"], "/address");
    }
    let mut stranger = Browser::default();
    let refused = send(&world, &mut stranger, &path, "rep@example.cn").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verification_can_t_be_used_to_flood_anybody() {
    let world = World::with_policy(sending()).await;
    let (mut pc, path) = beside_the_code(&world).await;
    for n in 0..5 {
        let sent = send(&world, &mut pc, &path, &format!("{n}@example.cn")).await;
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
        work(&world).await;
    }
    let sixth = send(&world, &mut pc, &path, "6@example.cn").await;
    assert_eq!(
        (sixth.status, text(&sixth.body["code"])),
        (
            StatusCode::TOO_MANY_REQUESTS,
            "link_sent_too_often".to_owned()
        )
    );
    let opens = text(&sixth.body["retry_at"]);
    assert_eq!(opens, "2026-01-03T03:04:05Z");
    assert!(text(&sixth.body["detail"]).contains("2026-01-03 11:04"));
    assert_eq!(world.post.letters().len(), 5);

    // Ten for one address, whoever asks.
    for _ in 0..10 {
        let (mut pc, path) = beside_the_code(&world).await;
        let sent = send(&world, &mut pc, &path, "victim@example.cn").await;
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
        work(&world).await;
    }
    let (mut pc, path) = beside_the_code(&world).await;
    let eleventh = send(&world, &mut pc, &path, "VICTIM@example.cn").await;
    assert_eq!(text(&eleventh.body["code"]), "link_sent_too_often");
    world.clock.turn(Duration::hours(24));
    let (mut pc, path) = beside_the_code(&world).await;
    let tomorrow = send(&world, &mut pc, &path, "victim@example.cn").await;
    assert_eq!(tomorrow.status, StatusCode::OK, "{}", tomorrow.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_meant_refuses_the_verification_or_the_platform() {
    let world = World::with_policy(sending()).await;
    let (mut pc, path) = beside_the_code(&world).await;
    send(&world, &mut pc, &path, "stranger@example.cn").await;
    work(&world).await;
    let letter = world.post.letters().remove(0);
    let asked = json!({ "code": code(&letter) });
    let shown = Browser::default()
        .post(&world, "/message/api/show", &asked)
        .await;
    assert_eq!(
        shown.body,
        json!({
            "occasion": "hand_off", "channel": "mail", "to": "s***@example.cn", "platform": "示例云 Demo Cloud",
            "asked_for": true,
            "refused": { "verification": false, "notices": false, "platform": false },
        })
    );
    let refused = refuse(&world, &letter, "verification").await;
    assert_eq!(refused["refused"]["verification"], true);
    let again = send(&world, &mut pc, &path, "Stranger@example.cn").await;
    assert_eq!(
        (again.status, text(&again.body["code"])),
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            "recipient_refuses".to_owned()
        )
    );
    let other = send(&world, &mut pc, &path, "rep@example.cn").await;
    assert_eq!(other.status, StatusCode::OK, "others may be written to");

    let (mut pc, path) = beside_the_code(&world).await;
    let next = send(&world, &mut pc, &path, "stranger@example.cn").await;
    assert_eq!(
        next.status,
        StatusCode::OK,
        "another verification may be meant"
    );
    work(&world).await;
    let theirs = |letter: &Letter| letter.to.address.canonical() == "stranger@example.cn";
    let letter = world.post.letters().into_iter().rfind(theirs).unwrap();
    refuse(&world, &letter, "platform").await;
    let (mut pc, path) = beside_the_code(&world).await;
    let never = send(&world, &mut pc, &path, "stranger@example.cn").await;
    assert_eq!(text(&never.body["code"]), "recipient_refuses");
    let unknown = json!({ "code": "AAAAAAAAAAAAAAAAAAAAAAAA" });
    let nobody = Browser::default()
        .post(&world, "/message/api/show", &unknown)
        .await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_does_not_get_through_is_tried_again_and_ends_before_it_leads_nowhere() {
    let world = World::with_policy(sending()).await;
    let (mut pc, path) = beside_the_code(&world).await;
    world.post.meets(Some(SendError::NotNow(
        "the mail server can't be reached".to_owned(),
    )));
    send(&world, &mut pc, &path, "rep@example.cn").await;
    work(&world).await;
    assert_eq!(
        pc.get(&world, &path).await.body["hand_off"]["last"]["status"],
        "pending"
    );
    world.post.meets(None);
    world.clock.turn(Duration::seconds(6));
    work(&world).await;
    assert_eq!(world.post.letters().len(), 1, "after five seconds");
    world.clock.turn(Duration::days(1));
    work(&world).await;
    assert_eq!(world.post.letters().len(), 1, "and once");

    let (mut pc, path) = beside_the_code(&world).await;
    world
        .post
        .meets(Some(SendError::Refused("550 5.1.1".to_owned())));
    send(&world, &mut pc, &path, "nobody@example.cn").await;
    work(&world).await;
    assert_eq!(
        pc.get(&world, &path).await.body["hand_off"]["last"]["status"],
        "refused"
    );
    assert!(world.storage.dead_jobs(None, 10).await.unwrap().is_empty());

    world.post.meets(Some(SendError::NotNow("away".to_owned())));
    send(&world, &mut pc, &path, "rep@example.cn").await;
    work(&world).await;
    world.post.meets(None);
    world.clock.turn(Duration::minutes(61));
    work(&world).await;
    assert_eq!(world.post.letters().len(), 1, "a dead link is not sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stays_away_leaves_a_job_for_a_person() {
    let world = World::with_policy(sending()).await;
    let shop = world.program("Shop", Realm::Live).await;
    let id = opened(&shop, &json!({ "email": "owner@example.cn" })).await;
    world.post.meets(Some(SendError::NotNow(
        "the mail server answers 451".to_owned(),
    )));
    passed(&world, id).await;
    for _ in 0..40 {
        work(&world).await;
        world.clock.turn(Duration::hours(3));
    }
    let dead = world.storage.dead_jobs(None, 10).await.unwrap();
    assert_eq!(dead.len(), 1, "{dead:?}");
    assert!(dead[0].payload.contains("notify") && !dead[0].payload.contains("owner"));
    assert_eq!(
        dead[0].last_error,
        "not available: the mail server answers 451"
    );
    world.post.meets(None);
    let now = world.clock.now_utc();
    assert!(world.storage.revive_job(dead[0].id, now).await.unwrap());
    work(&world).await;
    assert_eq!(occasions(&world), [Occasion::Verified]);
}

/// A verification that a platform opens, with somebody to be told.
async fn opened(program: &Program<'_>, contact: &Value) -> CaseId {
    let body = json!({ "account": { "id": "acct-1" }, "contact": contact });
    let key = [("idempotency-key", "open")];
    let reply = program
        .ask("POST", "/v1/verifications", Some(&body), &key)
        .await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.body);
    assert!(
        !reply.body.to_string().contains("owner"),
        "addresses are not given back"
    );
    reply.text("id").parse().unwrap()
}

/// Leads a verification to its pass, the registry and the engine willing.
async fn passed(world: &World, id: CaseId) {
    let mut company = seeded().remove(0);
    company.claim.subject = SubjectType::Enterprise;
    let now = world.clock.now_utc();
    world
        .storage
        .put_enterprise(&company, Realm::Live, now)
        .await
        .unwrap();
    let services = &world.services;
    let step = |step| services.cases.step(id, step);
    step(Step::Choose(SubjectType::Enterprise, Method::Face))
        .await
        .unwrap();
    step(Step::Submit(Box::new(company.claim), Signals::default()))
        .await
        .unwrap();
    let answer = shiming_verification::fact::RegistryAnswer::Match;
    let case = step(Step::RegistryAnswer(answer)).await.unwrap();
    let phone = shiming_service::tokens::digest("phone");
    let consent = Consent {
        notice_version: "1".to_owned(),
        language: "zh-CN".to_owned(),
        at: now,
    };
    let grade = EngineGrade::Rated;
    let credential = CredentialId::new(services.fresh_id().unwrap());
    for next in [
        Step::Claim {
            token: case.invitation().unwrap().token,
            phone,
            match_code: "42".to_owned(),
        },
        Step::Consent(phone, Some(consent)),
        Step::StartScan(phone),
        Step::Liveness(Liveness::Live, Signals::default()),
        Step::Face(FaceOutcome::Match { grade }, credential),
    ] {
        step(next).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_and_due_dates_are_told_until_one_click_ends_it() {
    let world = World::with_policy(sending()).await;
    let shop = world.program("Shop", Realm::Live).await;
    let contact = json!({ "email": "owner@example.cn", "phone": "13800138000", "language": "en" });
    let id = opened(&shop, &contact).await;
    passed(&world, id).await;
    work(&world).await;
    let letter = world.post.letters().remove(0);
    assert_eq!(letter.occasion, Occasion::Verified);
    assert_eq!(letter.to.address.canonical(), "owner@example.cn");
    assert_eq!(letter.to.language.tag(), "en");
    assert_eq!(
        (letter.facts.demo, letter.facts.link.is_some()),
        (false, false)
    );
    assert_eq!(letter.facts.platform, "Shop");

    world.clock.turn(Duration::days(365));
    work(&world).await;
    world.clock.turn(Duration::days(22));
    work(&world).await;
    world.clock.turn(Duration::days(2));
    work(&world).await;
    let so_far = [
        Occasion::Verified,
        Occasion::ReverifyDue,
        Occasion::GraceEnds,
    ];
    assert_eq!(occasions(&world), so_far);
    let reminder = world.post.letters().pop().unwrap();

    let path = format!("/m/{}", code(&reminder));
    let page = Browser::default().get(&world, &path).await;
    assert_ne!(page.status, StatusCode::NOT_FOUND, "a look refuses nothing");
    let request =
        Request::post(&path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let clicked = Browser::default()
        .ask(&world, request, Body::from("List-Unsubscribe=One-Click"))
        .await;
    assert_eq!(clicked.status, StatusCode::NO_CONTENT);
    world.clock.turn(Duration::days(10));
    work(&world).await;
    assert_eq!(
        occasions(&world),
        so_far,
        "it is suspended, and nobody is told"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_is_an_address_that_can_be_written_to() {
    let world = World::with_policy(sending()).await;
    let shop = world.program("Shop", Realm::Test).await;
    for (contact, pointer) in [
        (json!({ "email": "owner" }), "/contact/email"),
        (json!({ "phone": "123" }), "/contact/phone"),
        (
            json!({ "email": "a@b.cn", "language": "fr" }),
            "/contact/language",
        ),
        (json!({}), "/contact"),
    ] {
        let body = json!({ "account": { "id": "a" }, "contact": contact });
        let key = [("idempotency-key", pointer)];
        let reply = shop
            .ask("POST", "/v1/verifications", Some(&body), &key)
            .await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            reply.body["errors"][0]["pointer"], pointer,
            "{}",
            reply.body
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaves_the_test_mode() {
    let world = World::with_policy(sending()).await;
    let shop = world.program("Shop", Realm::Test).await;
    let id = opened(&shop, &json!({ "email": "owner@example.cn" })).await;
    shop.submit(&id.to_string(), 0).await;
    let passed = shop
        .simulate(&id.to_string(), &json!({ "action": "pass_scan" }))
        .await;
    assert_eq!(passed.text("state"), "verified", "{}", passed.body);
    work(&world).await;
    assert!(world.post.letters().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_wait_while_an_address_has_had_enough() {
    let mut policy = sending();
    policy.notification.per_address = 1;
    let world = World::with_policy(policy).await;
    let (mut pc, path) = beside_the_code(&world).await;
    send(&world, &mut pc, &path, "owner@example.cn").await;
    work(&world).await;
    let shop = world.program("Shop", Realm::Live).await;
    let id = opened(&shop, &json!({ "email": "owner@example.cn" })).await;
    passed(&world, id).await;
    work(&world).await;
    assert_eq!(occasions(&world), [Occasion::HandOff]);
    world.clock.turn(Duration::hours(24) + Duration::seconds(2));
    work(&world).await;
    assert_eq!(occasions(&world), [Occasion::HandOff, Occasion::Verified]);
}
