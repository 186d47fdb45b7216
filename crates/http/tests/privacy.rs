//! A person's rights at the console: what is kept is handed out, and then erased without a trace.

mod support;

use axum::http::StatusCode;
use chrono::Duration;
use serde_json::{Value, json};
use shiming_service::{Services, privacy::Retention, step::Step};
use shiming_verification::{
    case::Consent,
    fact::{FaceOutcome, Liveness},
    ids::{CaseId, CredentialId},
    ports::privacy::DataKind,
    risk::Signals,
    words::EngineGrade,
};
use support::{
    Browser, World,
    staff::{administrator, now, staff},
    text,
};

/// A verification that passed by its legal representative's face, with a scan record.
async fn verified(world: &World) -> (Browser, String, CaseId, String) {
    let (mut pc, path) = world.applicant().await;
    let company = &shiming_service::demo::seeded()[0];
    let elements = support::elements(company);
    pc.post(world, &format!("{path}/elements"), &elements).await;
    let id: CaseId = path.rsplit('/').next().unwrap().parse().unwrap();
    let services = &world.services;
    let case = services.cases.get(id).await.unwrap();
    let phone = shiming_service::tokens::digest("phone");
    let consent = Consent {
        notice_version: "1".to_owned(),
        language: "zh-CN".to_owned(),
        at: now(world),
    };
    let grade = EngineGrade::Rated;
    let credential = CredentialId::new(services.fresh_id().unwrap());
    for step in [
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
        services.cases.step(id, step).await.unwrap();
    }
    let record = r#"{"kind":"liveness"}"#;
    services
        .records
        .add_scan_record(id, record, now(world))
        .await
        .unwrap();
    (pc, path, id, text(&elements["id_number"]))
}

async fn kept(services: &Services, kind: DataKind) -> u64 {
    let kept = services.privacy.kept().await.unwrap();
    kept.iter().find(|one| one.kind == kind).unwrap().count
}

#[tokio::test]
async fn a_person_is_handed_what_is_kept_and_then_erased() {
    let world = World::new().await;
    let mut admin = administrator(&world).await;
    let (mut pc, path, id, number) = verified(&world).await;
    let person = json!({ "id_number": number });

    let handed = admin
        .tell(&world, "/privacy/person/export", person.clone())
        .await;
    assert_eq!(handed.status, StatusCode::OK, "{}", handed.body);
    assert_eq!(
        handed.body["verifications"][0]["claim"]["id_number"],
        number
    );
    assert_eq!(handed.body["credentials"].as_array().unwrap().len(), 1);
    assert_eq!(handed.body["scans"][0]["record"]["kind"], "liveness");

    let erased = admin
        .tell(&world, "/privacy/person/erase", person.clone())
        .await;
    let expected = json!({ "anything": true, "verifications": 1, "credentials": 1 });
    assert_eq!(erased.body, expected);
    assert_eq!(world.services.cases.ledger.load(id).await.unwrap(), None);
    assert_eq!(pc.get(&world, &path).await.status, StatusCode::NOT_FOUND);
    let found = admin.read(&world, &format!("/cases?q={number}")).await;
    assert_eq!(
        found.body["cases"],
        json!([]),
        "no hash leads to it any more"
    );
    let again = admin.tell(&world, "/privacy/person/erase", person).await;
    assert_eq!(again.body["anything"], false);

    let trail = admin
        .read(&world, "/audit?action=person.")
        .await
        .body
        .to_string();
    assert!(trail.contains("person.exported") && trail.contains("person.erasure_ordered"));
    assert!(
        !trail.contains(&number),
        "who it was is written down nowhere"
    );
}

#[tokio::test]
async fn only_an_administrator_who_has_just_proved_to_be_there_may() {
    let world = World::new().await;
    let mut admin = administrator(&world).await;
    let person = json!({ "id_number": "110101199003070310" });
    let role = shiming_verification::operator::Role::Auditor;
    let (mut auditor, _) = staff(&world, &mut admin, "auditor", &[role]).await;
    let report = auditor.read(&world, "/privacy").await;
    assert_eq!(
        (report.status, &report.body["faces_to_file"]),
        (StatusCode::OK, &json!(100_000))
    );
    let refused = auditor
        .tell(&world, "/privacy/person/erase", person.clone())
        .await;
    assert_eq!(refused.body["code"], "forbidden");
    world.clock.turn(Duration::minutes(6));
    let refused = admin.tell(&world, "/privacy/person/erase", person).await;
    assert_eq!(refused.body["code"], "step_up_needed");
    let body = json!({ "id_number": "123" });
    let wrong = admin.tell(&world, "/privacy/person/export", body).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_consent_that_is_withdrawn_takes_the_scans_with_it_and_not_the_result() {
    let world = World::new().await;
    let (mut pc, path, _, _) = verified(&world).await;
    assert_eq!(world.records(&path).await.len(), 1);
    let withdraw = format!("{path}/consent/withdraw");
    let done = pc.post(&world, &withdraw, &Value::Null).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
    assert_eq!(world.records(&path).await.len(), 0);
    assert_eq!(world.state_of(&path).await, "verified");
    let again = pc.post(&world, &withdraw, &Value::Null).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_over_goes_when_its_time_has_come_and_the_report_says_so() {
    let world = World::new().await;
    let mut admin = administrator(&world).await;
    let (mut pc, path) = world.applicant().await;
    pc.post(&world, &format!("{path}/cancel"), &json!({})).await;
    let (_, _, passed, _) = verified(&world).await;
    let retention = Retention {
        other_cases: Some(Duration::days(30)),
        verified_cases: Some(Duration::days(365)),
        reference_photos: None,
    };
    world.services.keep_retention(&retention).await.unwrap();
    assert_eq!(
        kept(&world.services, DataKind::OtherCases).await,
        1,
        "not yet"
    );
    world.clock.turn(Duration::days(31));
    world.services.keep_retention(&retention).await.unwrap();
    assert_eq!(kept(&world.services, DataKind::OtherCases).await, 0);
    assert!(
        world
            .services
            .cases
            .ledger
            .load(passed)
            .await
            .unwrap()
            .is_some()
    );
    let (mut admin_again, ()) = (std::mem::take(&mut admin), ());
    let runs = world.services.privacy.retention_runs(9).await.unwrap();
    assert_eq!(
        (runs.len(), runs[0].kind.as_str(), runs[0].erased),
        (1, "other_cases", 1)
    );
    let report = admin_again.read(&world, "/privacy").await;
    assert_eq!(
        report.status,
        StatusCode::UNAUTHORIZED,
        "a month is longer than a session"
    );
}
