//! A person's rights as a platform answers for them over the API: within its own data, and nowhere else.

mod support;

use axum::http::StatusCode;
use serde_json::{Value, json};
use shiming_service::sandbox::sample;
use shiming_verification::{
    api_key::Scope,
    claim::{Claim, ElementsForm},
    ids::CaseId,
    ports::privacy::Reach,
    risk::Signals,
    words::{Method, Realm, SubjectType},
};
use support::{
    World,
    platform::{Program, Reply},
};

async fn simulate(program: &Program<'_>, id: &str, action: &str) -> Reply {
    let reply = program.simulate(id, &json!({ "action": action })).await;
    assert_eq!(reply.status, StatusCode::OK, "{action}: {}", reply.body);
    reply
}

/// A verification in test mode that passed by the face, with a scan record.
async fn verified(program: &Program<'_>, account: &str) -> String {
    let id = program.open(account).await;
    program.submit(&id, 0).await;
    let passed = simulate(program, &id, "pass_scan").await;
    assert_eq!(passed.text("state"), "verified");
    let records = &program.world.services.records;
    let case: CaseId = id.parse().unwrap();
    let now = program.world.clock.now_utc();
    records
        .add_scan_record(case, r#"{"kind":"liveness"}"#, now)
        .await
        .unwrap();
    id
}

/// A verification with other elements than the sample's.
async fn submitted_for(program: &Program<'_>, account: &str, id_number: &str) -> String {
    let body = json!({ "account": { "id": account } });
    let key = [("idempotency-key", id_number)];
    let opened = program
        .ask("POST", "/v1/verifications", Some(&body), &key)
        .await;
    let id = opened.text("id");
    let choice = json!({ "action": "choose", "subject_type": "enterprise", "method": "face" });
    program.simulate(&id, &choice).await;
    let elements = json!({ "action": "submit_elements", "id_number": id_number });
    let reply = program.simulate(&id, &elements).await;
    assert_eq!(reply.text("state"), "awaiting_scan", "{}", reply.body);
    id
}

async fn export(program: &Program<'_>, named: Value) -> Reply {
    program.post("/v1/persons/export", &named).await
}

async fn erase(program: &Program<'_>, named: Value, key: &str) -> Reply {
    let headers = [("idempotency-key", key)];
    let path = "/v1/persons/erase";
    program.ask("POST", path, Some(&named), &headers).await
}

/// Ids of the verifications in an export.
fn verifications(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    let list = reply.body["verifications"].as_array().unwrap();
    list.iter().map(|one| support::text(&one["id"])).collect()
}

/// The platform's live side, with an open verification that names the test mode's person.
async fn open_case_of_the_same_person(live: &Program<'_>) -> CaseId {
    use shiming_service::step::Step;
    let id: CaseId = live.open("live account").await.parse().unwrap();
    let form: ElementsForm = sample();
    let subject = SubjectType::Enterprise;
    let services = &live.world.services;
    let claim = Claim::parse(&form, subject, 16, services.today()).unwrap();
    for step in [
        Step::Choose(subject, Method::Face),
        Step::Submit(Box::new(claim), Signals::default()),
    ] {
        services.cases.step(id, step).await.unwrap();
    }
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_handed_what_one_platform_keeps_however_named() {
    let world = World::new().await;
    let ours = world.program("Ours", Realm::Test).await;
    let theirs = world.program("Theirs", Realm::Test).await;
    let id = verified(&ours, "account-1").await;
    let foreign = verified(&theirs, "account-1").await;
    let number = sample().id_number;

    let by_number = export(&ours, json!({ "id_number": number })).await;
    assert_eq!(verifications(&by_number), std::slice::from_ref(&id));
    let body = &by_number.body;
    let one = &body["verifications"][0];
    assert_eq!(
        one["elements"]["id_number"], number,
        "in full: it is the person's own"
    );
    assert_eq!(
        (&one["realm"], &one["state"]),
        (&json!("test"), &json!("verified"))
    );
    assert_eq!(body["credentials"][0]["verification_id"], id);
    assert_eq!(body["consents"][0]["withdrawn_at"], Value::Null);
    let scan = &body["scans"][0];
    assert_eq!(
        (&scan["number"], &scan["record"]["kind"]),
        (&json!(1), &json!("liveness"))
    );
    assert_eq!(scan["frames"], Value::Null);
    assert!(
        !body.to_string().contains(&foreign),
        "nothing of another platform"
    );
    let services = &world.services;
    let frames = services.kept_scans.keep_scan(
        id.parse().unwrap(),
        1,
        b"frames",
        shiming_verification::ports_scan::KeepUntil::Time(world.clock.now_utc()),
    );
    frames.await.unwrap();

    for named in [
        json!({ "verification_id": id }),
        json!({ "account_id": "account-1" }),
    ] {
        let reply = export(&ours, named.clone()).await;
        assert_eq!(verifications(&reply), std::slice::from_ref(&id), "{named}");
        assert_eq!(reply.body["scans"][0]["frames"]["for_review"], false);
    }
    let keyed = [("idempotency-key", "one")];
    for _ in 0..2 {
        let named = json!({ "id_number": number });
        let path = "/v1/persons/export";
        let reply = ours.ask("POST", path, Some(&named), &keyed).await;
        assert_eq!(verifications(&reply).len(), 1);
        let replayed = reply.headers.contains_key("idempotency-replayed");
        assert!(!replayed, "no copy of the answer is kept");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_named_plainly_is_nobody() {
    let world = World::new().await;
    let ours = world.program("Ours", Realm::Test).await;
    let theirs = world.program("Theirs", Realm::Test).await;
    let foreign = verified(&theirs, "theirs").await;
    let empty = ours.open("fresh").await;
    submitted_for(&ours, "changed hands", "110101199003070310").await;
    for (named, status, reason) in [
        (json!({ "verification_id": foreign }), 404, ""),
        (json!({ "verification_id": empty }), 404, ""),
        (json!({ "verification_id": "ver_nonsense" }), 404, ""),
        (json!({ "account_id": "theirs" }), 404, ""),
        (json!({ "account_id": "fresh" }), 404, ""),
        (json!({ "id_number": "123" }), 422, "invalid"),
        (json!({}), 422, "exactly_one"),
        (
            json!({ "account_id": "a", "verification_id": "b" }),
            422,
            "exactly_one",
        ),
        (json!({ "name": "张三" }), 422, "json_shape"),
    ] {
        let key = named.to_string().replace("张三", "somebody");
        for reply in [
            export(&ours, named.clone()).await,
            erase(&ours, named.clone(), &key).await,
        ] {
            assert_eq!(reply.status.as_u16(), status, "{named}: {}", reply.body);
            let told = reply.body["errors"][0]["reason"].as_str();
            assert_eq!(told.unwrap_or_default(), reason, "{named}");
        }
    }
    let unknown = export(&ours, json!({ "id_number": "110101198808080087" })).await;
    assert_eq!(verifications(&unknown), [""; 0], "nothing is kept of them");

    let one = export(&ours, json!({ "account_id": "changed hands" })).await;
    assert_eq!(verifications(&one).len(), 1);
    submitted_for(&ours, "changed hands", &sample().id_number).await;
    let two = export(&ours, json!({ "account_id": "changed hands" })).await;
    assert_eq!(two.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(two.body["errors"][0]["reason"], "more_than_one_person");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_reaches_as_far_as_the_platform_s_own_data() {
    let world = World::new().await;
    let ours = world.program("Ours", Realm::Test).await;
    let theirs = world.program("Theirs", Realm::Test).await;
    let live = world.program("Live", Realm::Live).await;
    let passed = verified(&ours, "account-1").await;
    let number = sample().id_number;
    let open = submitted_for(&ours, "account-2", &number).await;
    let foreign = verified(&theirs, "account-1").await;
    let real = open_case_of_the_same_person(&live).await;

    let named = json!({ "id_number": number });
    let missing = ours.post("/v1/persons/erase", &named).await;
    assert_eq!(missing.code(), "idempotency_key_missing");
    let erased = erase(&ours, named.clone(), "once").await;
    let expected = json!({ "anything": true, "verifications": 2, "credentials": 1 });
    assert_eq!(erased.body, expected);
    let again = erase(&ours, named.clone(), "once").await;
    assert_eq!(again.body, expected, "the first answer");
    assert_eq!(again.headers["idempotency-replayed"], "true");
    let later = erase(&ours, named.clone(), "twice").await;
    assert_eq!(later.body["anything"], false);

    for id in [&passed, &open] {
        let gone = ours.get(&format!("/v1/verifications/{id}")).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(verifications(&export(&ours, named.clone()).await), [""; 0]);
    let events = ours.get("/v1/events?limit=100").await.body.to_string();
    for kind in ["verification.canceled", "credential.revoked"] {
        assert!(events.contains(kind), "the platform is told: {kind}");
    }

    let still = theirs.get(&format!("/v1/verifications/{foreign}")).await;
    assert_eq!(
        still.text("state"),
        "verified",
        "another platform's data stay"
    );
    let kept = export(&theirs, named.clone()).await;
    assert_eq!(verifications(&kept), [foreign]);
    assert_eq!(kept.body["credentials"][0]["status"], "active");
    let person = shiming_service::IdNumber::parse(&number, world.services.today()).unwrap();
    let reach = Reach::Platform(live.platform.id);
    let left = world.services.privacy.cases_of_person(&person, reach).await;
    let left = left.unwrap();
    assert_eq!(left.len(), 1, "a test key reaches no live data");
    assert_eq!((left[0].id, left[0].state.is_final()), (real, false));

    let filter = shiming_audit::AuditFilter::default();
    let trail = world.services.audit.find_entries(&filter, None, 500).await;
    let trail = format!("{:?}", trail.unwrap());
    assert!(trail.contains("person.erasure_ordered") && trail.contains("person.exported"));
    assert!(
        !trail.contains(&number),
        "who it was is written down nowhere"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_right_has_a_scope_of_its_own() {
    let world = World::new().await;
    let ours = world.program("Ours", Realm::Test).await;
    verified(&ours, "account-1").await;
    let named = json!({ "account_id": "account-1" });
    for (scope, path, lacking) in [
        (Scope::PersonsWrite, "/v1/persons/export", true),
        (Scope::PersonsRead, "/v1/persons/erase", true),
        (Scope::PersonsRead, "/v1/persons/export", false),
        (Scope::PersonsWrite, "/v1/persons/erase", false),
    ] {
        let secret = world.key_of(&ours.platform, &[scope]).await;
        let headers = [("idempotency-key", path)];
        let reply =
            support::platform::ask(&world, "POST", path, Some(&secret), Some(&named), &headers);
        let refused = reply.await.code() == "scope_missing";
        assert_eq!(refused, lacking, "{} at {path}", scope.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_passes_a_withdrawal_on_and_hears_of_it() {
    let world = World::new().await;
    let ours = world.program("Ours", Realm::Test).await;
    let theirs = world.program("Theirs", Realm::Test).await;
    let withdraw = async |program: &Program<'_>, id: &str| {
        let path = format!("/v1/verifications/{id}/consent/withdraw");
        program.post(&path, &json!({})).await
    };
    let passed = verified(&ours, "account-1").await;
    let reviewed = ours.open("account-2").await;
    ours.submit(&reviewed, 0).await;
    simulate(&ours, &reviewed, "start_scan").await;

    assert_eq!(withdraw(&theirs, &passed).await.code(), "not_found");
    let done = withdraw(&ours, &passed).await;
    assert_eq!(
        done.text("state"),
        "verified",
        "what was decided stays: {}",
        done.body
    );
    assert_eq!(withdraw(&ours, &passed).await.code(), "not_found", "once");
    let kept = export(&ours, json!({ "verification_id": passed })).await;
    assert_eq!(kept.body["scans"], json!([]));
    let consents = kept.body["consents"].as_array().unwrap();
    for consent in consents {
        let taken_back = consent["withdrawn_at"].is_string();
        assert_eq!(
            taken_back,
            consent["verification_id"] == passed,
            "{consent}"
        );
    }
    assert_eq!(consents.len(), 2, "both are the same person's");

    let stopped = withdraw(&ours, &reviewed).await;
    assert_eq!(stopped.text("state"), "draft");
    assert_eq!(stopped.body["last_error"]["code"], "consent_declined");
    assert_eq!(stopped.body["method"], Value::Null);
    let told = ours
        .get("/v1/events?type=verification.consent_withdrawn")
        .await;
    let told: Vec<_> = told.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (&event["data"]["verification_id"], &event["data"]["state"]))
        .map(|(id, state)| (support::text(id), support::text(state)))
        .collect();
    let expected = [
        (reviewed, "draft".to_owned()),
        (passed, "verified".to_owned()),
    ];
    assert_eq!(told, expected);
}
