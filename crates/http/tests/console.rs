//! The console: who comes in, what each role may do, what it finds and reveals, and what the trail says of it.

mod support;

use std::fmt::Write as _;

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;
use shiming_audit::AuditFilter;
use shiming_service::operators::password;
use shiming_verification::operator::{Permission, Role};
use support::{
    Browser, World,
    review::{in_review, reviewing},
    staff::{PASSWORD, administrator, now, staff},
    text,
};

/// Every route of the console as the document lists it: method, path, permission.
fn routes() -> Vec<(String, String, String)> {
    let document = serde_json::to_value(shiming_http::openapi()).unwrap();
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if path.starts_with("/console/api") {
                let permission = text(&operation["x-permission"]);
                routes.push((method.to_uppercase(), path.clone(), permission));
            }
        }
    }
    routes
}

#[test]
fn every_route_names_a_permission_and_every_permission_has_its_roles() {
    let mut used = BTreeSet::new();
    for (method, path, permission) in routes() {
        let known = ["public", "signed_in"].contains(&permission.as_str());
        assert!(
            known || Permission::of(&permission).is_some(),
            "{method} {path}: {permission}"
        );
        used.insert(permission);
    }
    assert!(Permission::ALL.iter().all(|one| !one.roles().is_empty()));
    assert!(used.len() > 10);
}

/// A path that names something which is not there.
fn named(path: &str) -> String {
    let unknown = "00000000-0000-0000-0000-000000000000";
    let part = |part| {
        if str::starts_with(part, '{') {
            unknown
        } else {
            part
        }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Each route, asked by each role and by nobody: whoever lacks the permission is refused, whoever has it is not.
#[tokio::test]
async fn each_role_may_do_what_the_table_says_and_nothing_else() {
    let world = World::new().await;
    let mut admin = administrator(&world).await;
    let mut people: Vec<(Option<Role>, Browser)> = vec![(None, Browser::default())];
    for role in Role::ALL {
        let (browser, _) = staff(&world, &mut admin, role.as_str(), &[role]).await;
        people.push((Some(role), browser));
    }
    let ends = ["/session/end", "/account/password", "/account/passkeys"];
    for (method, path, permission) in routes() {
        if ends.iter().any(|end| path.ends_with(end)) {
            continue;
        }
        let path = named(&path);
        for (role, browser) in &mut people {
            let expected = match (Permission::of(&permission), &role) {
                (None, _) if permission == "public" => true,
                (None, role) => role.is_some(),
                (Some(permission), Some(role)) => permission.roles().contains(role),
                (Some(_), None) => false,
            };
            let request = Request::builder()
                .method(method.as_str())
                .uri(&path)
                .header(header::CONTENT_TYPE, "application/json")
                .header("x-shiming-console", "1");
            let answer = browser.ask(&world, request, Body::from("{}")).await;
            let refused = match role {
                None => answer.body["code"] == "session_invalid" && permission != "public",
                Some(_) => answer.body["code"] == "forbidden",
            };
            assert_eq!(
                !refused, expected,
                "{role:?} {method} {path}: {} {}",
                answer.status, answer.body
            );
        }
    }
}

#[tokio::test]
async fn a_change_without_the_pages_own_header_is_refused() {
    let world = World::new().await;
    let mut admin = administrator(&world).await;
    let answer = admin
        .post(&world, "/console/api/session/end", &json!({}))
        .await;
    assert_eq!(answer.body["code"], "forbidden");
    assert_eq!(admin.read(&world, "/session").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_link_works_once_and_the_first_one_only_while_nobody_is_there() {
    let world = World::new().await;
    let spare = world.services.first_link().await.unwrap().unwrap();
    administrator(&world).await;
    assert_eq!(world.services.first_link().await.unwrap(), None);
    let mut late = Browser::default();
    let body = json!({ "token": spare, "login": "thief", "name": "Thief" });
    assert_eq!(
        late.tell(&world, "/link", body).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(world.services.all_operators().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_code_counts_once_and_a_stranger_locks_out_only_himself() {
    let world = World::new().await;
    let mut admin = administrator(&world).await;
    let (mut own, secret) = staff(&world, &mut admin, "li.na", &[Role::Support]).await;
    own.tell(&world, "/session/end", json!({})).await;
    world.clock.turn(chrono::Duration::minutes(1));
    let code = password::code_at(&secret, now(&world)).unwrap();
    let body = |password: &str, code: &str| json!({ "login": "li.na", "password": password, "code": code });
    let mut stranger = Browser::default();
    for _ in 0..5 {
        let answer = stranger
            .tell(&world, "/session/password", body("a wrong password", &code))
            .await;
        assert_eq!(answer.body["code"], "sign_in_failed");
    }
    let answer = stranger
        .tell(&world, "/session/password", body(PASSWORD, &code))
        .await;
    assert_eq!(
        answer.body["code"], "too_many_requests",
        "not even with the right password"
    );
    let answer = own
        .tell(&world, "/session/password", body(PASSWORD, &code))
        .await;
    assert_eq!(
        answer.status,
        StatusCode::OK,
        "the known browser is not held up: {}",
        answer.body
    );
    let answer = own
        .tell(&world, "/session/password", body(PASSWORD, &code))
        .await;
    assert_eq!(answer.body["code"], "sign_in_failed", "a code counts once");
}

#[tokio::test]
async fn a_session_ends_when_idle_when_ended_and_when_its_operator_is_disabled() {
    let world = World::new().await;
    let mut admin = administrator(&world).await;
    let (mut first, _) = staff(&world, &mut admin, "one", &[Role::Support]).await;
    let (mut second, _) = staff(&world, &mut admin, "two", &[Role::Support]).await;
    let sessions = admin.read(&world, "/operators/sessions").await.body;
    let of_first = text(&first.read(&world, "/session").await.body["operator"]["id"]);
    let session = sessions
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["operator_id"] == of_first);
    let body = json!({ "id": session.unwrap()["id"] });
    admin.tell(&world, "/operators/sessions/end", body).await;
    assert_eq!(
        first.read(&world, "/session").await.status,
        StatusCode::UNAUTHORIZED
    );

    let of_second = text(&second.read(&world, "/session").await.body["operator"]["id"]);
    let body = json!({ "name": "two", "roles": ["support"], "disabled": true });
    admin
        .tell(&world, &format!("/operators/{of_second}"), body)
        .await;
    assert_eq!(
        second.read(&world, "/session").await.status,
        StatusCode::UNAUTHORIZED
    );

    world.clock.turn(chrono::Duration::minutes(61));
    assert_eq!(
        admin.read(&world, "/session").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn the_last_administrator_can_not_be_taken_away() {
    let world = World::new().await;
    let mut admin = administrator(&world).await;
    let own = text(&admin.read(&world, "/session").await.body["operator"]["id"]);
    for body in [
        json!({ "name": "x", "roles": ["administrator"], "disabled": true }),
        json!({ "name": "x", "roles": ["support"], "disabled": false }),
    ] {
        let answer = admin.tell(&world, &format!("/operators/{own}"), body).await;
        assert_eq!(answer.body["code"], "not_allowed_now");
    }
}

#[tokio::test]
async fn revealing_needs_a_fresh_proof_a_reason_and_is_recorded() {
    let world = reviewing().await;
    let mut admin = administrator(&world).await;
    let (mut reviewer, secret) = staff(&world, &mut admin, "reviewer", &[Role::Reviewer]).await;
    let (_, path) = in_review(&world).await;
    let id = path.rsplit('/').next().unwrap();
    let reveal = format!("/cases/{id}/reveal");
    let company = &shiming_service::demo::seeded()[0];
    let number = company.claim.id_number.as_str();

    let shown = reviewer.read(&world, &format!("/cases/{id}")).await;
    assert!(
        !shown.body.to_string().contains(number),
        "masked until revealed"
    );
    world.clock.turn(chrono::Duration::minutes(6));
    let answer = reviewer
        .tell(&world, &reveal, json!({ "reason": "call back" }))
        .await;
    assert_eq!(answer.body["code"], "step_up_needed");
    let code = password::code_at(&secret, now(&world)).unwrap();
    let body = json!({ "password": PASSWORD, "code": code });
    assert_eq!(
        reviewer
            .tell(&world, "/session/proof/password", body)
            .await
            .status,
        StatusCode::NO_CONTENT
    );
    let answer = reviewer
        .tell(&world, &reveal, json!({ "reason": " " }))
        .await;
    assert_eq!(answer.body["code"], "invalid_input");
    let answer = reviewer
        .tell(&world, &reveal, json!({ "reason": "call back" }))
        .await;
    assert_eq!(answer.body["id_number"], number);

    let filter = AuditFilter {
        action: Some("case.revealed".to_owned()),
        ..AuditFilter::default()
    };
    let entries = world
        .services
        .audit
        .find_entries(&filter, None, 10)
        .await
        .unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].record.subject.as_deref(), Some(id));
    assert!(!format!("{entries:?}").contains(number));
}

#[tokio::test]
async fn cases_are_found_by_any_identifier_and_by_nothing_less() {
    let world = reviewing().await;
    let mut admin = administrator(&world).await;
    let (_, path) = in_review(&world).await;
    let id = path.rsplit('/').next().unwrap();
    let company = &shiming_service::demo::seeded()[0].claim;
    let account = {
        let id = id.parse().unwrap();
        world.services.cases.get(id).await.unwrap().account.id
    };
    let mut name = String::new();
    for byte in company.enterprise_name.as_str().bytes() {
        write!(name, "%{byte:02X}").unwrap();
    }
    for q in [
        id,
        company.uscc.as_str(),
        company.id_number.as_str(),
        &name,
        &account,
    ] {
        let found = admin.read(&world, &format!("/cases?q={q}")).await.body;
        assert_eq!(found["cases"][0]["id"], id, "{q}: {found}");
    }
    let less = &company.uscc.as_str()[..17];
    let found = admin.read(&world, &format!("/cases?q={less}")).await.body;
    assert_eq!(found["cases"], json!([]));
    let found = admin
        .read(&world, "/cases?state=in_review&realm=demo")
        .await
        .body;
    assert_eq!(found["cases"].as_array().unwrap().len(), 1);
}
