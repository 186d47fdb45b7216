//! A credential's life over the real database, with time turned by hand.

mod support;

use axum::http::StatusCode;
use chrono::Duration;
use serde_json::json;
use shiming_service::{demo::seeded, step::Step};
use shiming_verification::{
    case::{Consent, Digest},
    fact::{FaceOutcome, Liveness},
    ids::{CaseId, CredentialId},
    ports::{RegistryEntry, RegistryStatus},
    words::{EngineGrade, Realm},
};
use support::{Browser, World, elements, text};

/// An applicant whose case the legal representative has passed by face.
async fn verified(world: &World, company: &RegistryEntry) -> (Browser, String) {
    let (mut pc, path) = world.applicant().await;
    let view = pc
        .post(world, &format!("{path}/elements"), &elements(company))
        .await;
    assert_eq!(view.status, StatusCode::OK, "{}", view.body);
    pass(
        world,
        case_id(&path),
        &text(&view.body["invitation"]["url"]),
    )
    .await;
    (pc, path)
}

fn case_id(path: &str) -> CaseId {
    path.rsplit('/').next().unwrap().parse().unwrap()
}

async fn pass(world: &World, id: CaseId, link: &str) {
    let phone = Digest([7; 32]);
    let consent = Consent {
        notice_version: "1".to_owned(),
        language: "en".to_owned(),
        at: world.clock_now(),
    };
    let credential = CredentialId::new(world.services.fresh_id().unwrap());
    let grade = EngineGrade::Rated;
    let steps = [
        Step::Claim {
            token: shiming_service::tokens::digest(link.split_once('#').unwrap().1),
            phone,
            match_code: "42".to_owned(),
        },
        Step::Consent(phone, Some(consent)),
        Step::StartScan(phone),
        Step::Liveness(
            Liveness::Live,
            shiming_verification::risk::Signals::default(),
        ),
        Step::Face(FaceOutcome::Match { grade }, credential),
    ];
    for step in steps {
        world.services.cases.step(id, step).await.unwrap();
    }
}

/// The platform sends its user to the details page again.
async fn come_back(world: &World, pc: &mut Browser, id: CaseId) {
    let platform = world.services.cases.get(id).await.unwrap().account.platform;
    let secret = world.services.reopen(platform, id).await.unwrap();
    let body = json!({ "case_id": id.to_string(), "secret": secret });
    let entered = pc.post(world, "/portal/api/sessions", &body).await;
    assert_eq!(entered.status, StatusCode::NO_CONTENT);
}

async fn status(world: &World, pc: &mut Browser, path: &str) -> String {
    let view = pc.get(world, &format!("{path}/credential")).await;
    text(&view.body["status"])
}

async fn registry_says(world: &World, company: &RegistryEntry, status: RegistryStatus) {
    let entry = RegistryEntry {
        status,
        ..company.clone()
    };
    let table = &world.services.registry_table;
    table
        .put_enterprise(&entry, Realm::Demo, world.clock_now())
        .await
        .unwrap();
}

async fn work(world: &World) {
    while world.services.work_once("test").await.unwrap() > 0 {}
}

#[tokio::test]
async fn an_enterprise_struck_off_is_suspended_and_comes_back() {
    let world = World::new().await;
    let company = seeded().into_iter().next().unwrap();
    let (mut pc, path) = verified(&world, &company).await;
    registry_says(&world, &company, RegistryStatus::Revoked).await;
    work(&world).await;
    assert_eq!(
        status(&world, &mut pc, &path).await,
        "active",
        "not looked at yet"
    );
    world.clock.turn(Duration::days(7));
    work(&world).await;
    let credential = world.services.cases.get(case_id(&path)).await.unwrap();
    let account = credential.account;
    let standing = async || {
        let living = world
            .services
            .lives
            .living_of_account(account.platform, &account.id)
            .await;
        living.unwrap().unwrap().credential.status
    };
    assert!(!standing().await.is_valid());
    registry_says(&world, &company, RegistryStatus::Active).await;
    world.clock.turn(Duration::days(7));
    work(&world).await;
    assert!(standing().await.is_valid());
}

#[tokio::test]
async fn a_change_opens_after_thirty_days_and_keeps_the_credit_code() {
    let world = World::new().await;
    let companies = seeded();
    let (_, path) = verified(&world, &companies[0]).await;
    let account = world
        .services
        .cases
        .get(case_id(&path))
        .await
        .unwrap()
        .account;
    let platform = world
        .services
        .access
        .platform(account.platform)
        .await
        .unwrap()
        .unwrap();
    let open = || world.services.open(&platform, account.clone(), None);
    assert!(open().await.is_err(), "the last pass is too fresh");

    world.clock.turn(Duration::days(30));
    let change = open()
        .await
        .unwrap_or_else(|error| panic!("changes are open: {error}"));
    let mut pc_later = Browser::default();
    let body = json!({ "case_id": change.case.id.to_string(), "secret": change.client_secret });
    pc_later.post(&world, "/portal/api/sessions", &body).await;
    let path_later = format!("/portal/api/cases/{}", change.case.id);
    let choice = json!({ "subject_type": "enterprise", "method": "face" });
    pc_later
        .post(&world, &format!("{path_later}/choice"), &choice)
        .await;
    assert_eq!(
        status(&world, &mut pc_later, &path_later).await,
        "change_pending"
    );

    let other = pc_later
        .post(
            &world,
            &format!("{path_later}/elements"),
            &elements(&companies[1]),
        )
        .await;
    assert_eq!(text(&other.body["code"]), "subject_change_forbidden");
    let same = pc_later
        .post(
            &world,
            &format!("{path_later}/elements"),
            &elements(&companies[0]),
        )
        .await;
    pass(
        &world,
        change.case.id,
        &text(&same.body["invitation"]["url"]),
    )
    .await;
    assert_eq!(status(&world, &mut pc_later, &path_later).await, "active");
}

#[tokio::test]
async fn a_year_later_the_verification_is_due_and_grace_ends() {
    let world = World::new().await;
    let (_, path) = verified(&world, &seeded()[0]).await;
    let account = world
        .services
        .cases
        .get(case_id(&path))
        .await
        .unwrap()
        .account;
    let status = async || {
        let living = world
            .services
            .lives
            .living_of_account(account.platform, &account.id)
            .await;
        serde_json::to_value(living.unwrap().unwrap().credential.status).unwrap()
    };
    world.clock.turn(Duration::days(365));
    work(&world).await;
    assert_eq!(status().await, "reverify_due");
    world.clock.turn(Duration::days(30));
    work(&world).await;
    assert_eq!(status().await, "suspended");
}

#[tokio::test]
async fn a_closed_account_has_neither_case_nor_credential() {
    let world = World::new().await;
    let (_, path) = verified(&world, &seeded()[0]).await;
    let account = world
        .services
        .cases
        .get(case_id(&path))
        .await
        .unwrap()
        .account;
    for _ in 0..2 {
        world
            .services
            .close_account(account.platform, &account.id)
            .await
            .unwrap();
    }
    let living = world
        .services
        .lives
        .living_of_account(account.platform, &account.id)
        .await;
    assert!(living.unwrap().unwrap().life.is_over());
}

#[tokio::test]
async fn a_certificate_tells_whether_it_still_holds() {
    let world = World::new().await;
    let (mut pc, path) = verified(&world, &seeded()[0]).await;
    let pdf = pc.get(&world, "/portal/api/certificate.pdf").await;
    assert_eq!(
        (pdf.status, pdf.kind.as_str()),
        (StatusCode::OK, "application/pdf")
    );
    let account = world
        .services
        .cases
        .get(case_id(&path))
        .await
        .unwrap()
        .account;
    let lives = &world.services.lives;
    let living = lives.living_of_account(account.platform, &account.id).await;
    let credential = living.unwrap().unwrap().credential;
    let code = world.services.certificate_code(&credential);
    let mut anybody = Browser::default();
    let seen = anybody
        .post(&world, "/certificate/api/check", &json!({ "code": code }))
        .await;
    assert_eq!(seen.body["valid"], true);
    assert!(
        seen.body.get("legal_representative").is_none(),
        "no person is named"
    );

    let forged = format!("{}x", &code[..code.len() - 1]);
    let forged = anybody
        .post(&world, "/certificate/api/check", &json!({ "code": forged }))
        .await;
    assert_eq!(forged.status, StatusCode::NOT_FOUND);

    world
        .services
        .close_account(account.platform, &account.id)
        .await
        .unwrap();
    let seen = anybody
        .post(&world, "/certificate/api/check", &json!({ "code": code }))
        .await;
    assert_eq!(
        (&seen.body["valid"], &seen.body["status"]),
        (&json!(false), &json!("revoked"))
    );
    let pdf = pc.get(&world, "/portal/api/certificate.pdf").await;
    assert_eq!(pdf.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn the_owner_starts_a_change_when_it_is_open() {
    let world = World::new().await;
    let (mut pc, path) = verified(&world, &seeded()[0]).await;
    let view = pc.get(&world, "/portal/api/renewal").await.body;
    assert_eq!(view["kind"], json!(null));
    assert!(view["opens_at"].is_string());
    let early = pc.post(&world, "/portal/api/renewal", &json!({})).await;
    assert_eq!(text(&early.body["code"]), "change_cooling_off");
    assert!(
        text(&early.body["detail"]).contains("2026-02-01"),
        "{}",
        early.body
    );

    world.clock.turn(Duration::days(30));
    come_back(&world, &mut pc, case_id(&path)).await;
    let view = pc.get(&world, "/portal/api/renewal").await.body;
    assert_eq!(view["kind"], "change");
    let started = pc.post(&world, "/portal/api/renewal", &json!({})).await;
    assert_eq!(started.status, StatusCode::CREATED);
    let again = pc.post(&world, "/portal/api/renewal", &json!({})).await;
    assert_eq!(again.body, started.body, "the one under way goes on");
}
