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
    words::{EngineGrade, Realm},
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
    let today = world.services.today();
    let face = shiming_service::IdNumber::parse(&number, today).unwrap();
    let photos = &world.services.photos;
    photos
        .put_photo(&face, Realm::Demo, b"a face", now(&world))
        .await
        .unwrap();
    let note = json!({ "text": "电话核实过。" });
    admin
        .tell(&world, &format!("/cases/{id}/notes"), note)
        .await;

    let handed = admin
        .tell(&world, "/privacy/person/export", person.clone())
        .await;
    assert_eq!(handed.status, StatusCode::OK, "{}", handed.body);
    assert_eq!(
        handed.body["verifications"][0]["elements"]["id_number"],
        number
    );
    assert_eq!(handed.body["credentials"].as_array().unwrap().len(), 1);
    assert_eq!(handed.body["scans"][0]["record"]["kind"], "liveness");
    assert_eq!(handed.body["consents"][0]["notice_version"], "1");
    assert_eq!(handed.body["notes"][0]["text"], "电话核实过。");
    assert_eq!(handed.body["photos"].as_array().unwrap().len(), 1);

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

/// A phone that has claimed the code and agreed; with a record of a try that failed.
async fn agreed(world: &World) -> (Browser, String) {
    let (mut pc, path) = world.applicant().await;
    let elements = support::elements(&shiming_service::demo::seeded()[0]);
    let view = pc.post(world, &format!("{path}/elements"), &elements).await;
    let url = text(&view.body["invitation"]["url"]);
    let mut phone = Browser::default();
    let token = json!({ "token": url.split_once('#').unwrap().1 });
    phone.post(world, "/phone/api/claim", &token).await;
    let notice = phone.get(world, "/phone/api/notice").await;
    let yes = json!({ "version": notice.body["version"], "agreed": true });
    let ready = phone.post(world, "/phone/api/consent", &yes).await;
    assert_eq!(ready.body["state"], "ready", "{}", ready.body);
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    let records = &world.services.records;
    records.add_scan_record(id, "{}", now(world)).await.unwrap();
    (phone, path)
}

#[tokio::test]
async fn the_phone_takes_its_consent_back_and_its_link_works_anywhere() {
    let world = World::new().await;
    let (mut phone, path) = agreed(&world).await;
    let (look, withdraw) = ("/phone/api/consents/look", "/phone/api/consents/withdraw");
    let seen = phone.post(&world, look, &json!({})).await;
    assert_eq!(seen.body["standing"], "given", "{}", seen.body);
    assert!(!text(&seen.body["legal_representative"]).is_empty());
    let link = text(&seen.body["link"]);
    let key = link
        .strip_prefix("/scan/consent#")
        .expect("the page's own link");

    let mut elsewhere = Browser::default();
    let nobody = elsewhere.post(&world, look, &json!({})).await;
    assert_eq!(nobody.body["code"], "session_invalid");
    let (id, token) = key.split_once('.').unwrap();
    let (_, other) = agreed(&world).await;
    let other = other.rsplit('/').next().unwrap();
    for forged in [format!("{other}.{token}"), format!("{id}.x"), id.to_owned()] {
        let refused = elsewhere
            .post(&world, withdraw, &json!({ "key": forged }))
            .await;
        assert_eq!(refused.body["code"], "not_found", "{forged}");
    }

    let done = elsewhere
        .post(&world, withdraw, &json!({ "key": key }))
        .await;
    assert_eq!(done.body["standing"], "withdrawn", "{}", done.body);
    assert_eq!(done.body["state"], "draft");
    assert_eq!(world.records(&path).await, [Value::Null; 0]);
    let scan = phone.get(&world, "/phone/api/scan").await;
    assert_eq!(scan.body["state"], "declined", "the phone goes no further");
    let again = phone.post(&world, withdraw, &json!({})).await;
    assert_eq!(again.body["code"], "not_found");
}

#[tokio::test]
async fn another_method_on_the_phone_takes_the_consent_back_with_all_that_scans_left() {
    let world = World::new().await;
    let (mut phone, path) = agreed(&world).await;
    let no = json!({ "version": "", "agreed": false });
    let left = phone.post(&world, "/phone/api/consent", &no).await;
    assert_eq!(left.body["state"], "declined", "{}", left.body);
    let seen = phone
        .post(&world, "/phone/api/consents/look", &json!({}))
        .await;
    assert_eq!(seen.body["standing"], "withdrawn");
    assert_eq!(world.records(&path).await, [Value::Null; 0]);
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
