//! Sister platforms set up at the console: what is typed there works, is the platform's own, and is in the trail.

use axum::http::StatusCode;
use serde_json::{Value, json};
use shiming_audit::AuditFilter;
use shiming_service::demo::seeded;
use shiming_verification::words::Realm;

use super::{
    issuer::{CLIENT, Issuer, Lie, SECRET},
    party::{BACK, Scene},
    visitor::Visitor,
};
use crate::support::{Browser, World, staff::administrator, text};

fn trust() -> Value {
    json!({
        "trust_frameworks": ["cn_enterprise_real_name"],
        "least_assurance": "bank_transfer",
        "highest_assurance": "legal_rep_face",
        "max_age_days": 365,
        "confirm_in_registry": true,
    })
}

fn sister(issuer: &Issuer) -> Value {
    json!({
        "name": "示例姐妹平台", "url": format!("{}/", issuer.url()),
        "client_id": CLIENT, "client_secret": SECRET, "policy": trust(),
    })
}

/// The demonstration's platform, whose applicants the visitors are.
async fn demo(world: &World, admin: &mut Browser) -> String {
    let platforms = admin.read(world, "/platforms").await.body;
    let mut rows = platforms.as_array().unwrap().iter();
    text(&rows.find(|row| row["realm"] == "demo").unwrap()["id"])
}

async fn actions(world: &World, beginning: &str) -> Vec<String> {
    let filter = AuditFilter {
        action: Some(beginning.to_owned()),
        ..AuditFilter::default()
    };
    let found = world.services.audit.find_entries(&filter, None, 100).await;
    let mut found = found.unwrap();
    found.reverse();
    let by_operators =
        |entry: &shiming_audit::Entry| entry.record.actor.kind.as_str() == "operator";
    assert!(found.iter().all(by_operators));
    found.into_iter().map(|entry| entry.record.action).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sister_trusted_at_the_console_verifies_accounts_until_it_is_removed() {
    let world = World::new().await;
    let issuer = Issuer::start(&seeded()[0], world.clock_now()).await;
    let mut admin = administrator(&world).await;
    let platform = demo(&world, &mut admin).await;
    let path = format!("/platforms/{platform}/issuers");

    let added = admin.tell(&world, &path, sister(&issuer)).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
    assert_eq!(added.body["url"], issuer.url(), "without the slash");
    let again = admin.tell(&world, &path, sister(&issuer)).await;
    assert_eq!(again.body["errors"][0]["reason"], "known");
    let known = admin
        .read(&world, &format!("/platforms/{platform}/sisters"))
        .await
        .body;
    assert!(!known.to_string().contains(SECRET), "no secret comes back");
    assert_eq!(known["issuers"][0], added.body);

    let id = text(&added.body["id"]);
    let look = format!("{path}/{id}/look");
    let found = admin.tell(&world, &look, json!({})).await.body;
    assert_eq!(found, json!({ "standing": "answers", "detail": null }));
    let view = Visitor::new(&world)
        .await
        .synchronises(&world, &issuer, id.parse().unwrap())
        .await;
    assert_eq!(view["state"], "verified", "{view}");

    let change = json!({ "name": "新名称", "client_id": CLIENT, "policy": trust() });
    let changed = admin.tell(&world, &format!("{path}/{id}"), change).await;
    assert_eq!(changed.body["name"], "新名称", "{}", changed.body);
    let mut second = Visitor::new(&world).await;
    second
        .synchronises(&world, &issuer, id.parse().unwrap())
        .await;
    second
        .was_refused(&world, "already_verified_elsewhere", "the secret is kept")
        .await;

    issuer.lies(Lie {
        calls_itself: Some("https://evil.example"),
        ..Lie::default()
    });
    let found = admin.tell(&world, &look, json!({})).await.body;
    assert_eq!(found["standing"], "unusable", "{found}");
    let remove = format!("{path}/{id}/remove");
    let removed = admin.tell(&world, &remove, json!({})).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    let offered = second.view(&world).await["sync_sources"].clone();
    assert_eq!(offered, json!([]));
    assert_eq!(
        actions(&world, "issuer.").await,
        ["issuer.added", "issuer.changed", "issuer.removed"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_t_be_used_is_named_and_a_stale_proof_is_not_enough() {
    let world = World::new().await;
    let issuer = Issuer::start(&seeded()[0], world.clock_now()).await;
    let mut admin = administrator(&world).await;
    let platform = demo(&world, &mut admin).await;
    let path = format!("/platforms/{platform}/issuers");
    for (name, value, pointer, reason) in [
        ("url", json!("http://sister.example"), "/url", "not_https"),
        ("url", json!("https://10.0.0.1"), "/url", "private_address"),
        ("name", json!(" "), "/name", "length"),
        ("client_secret", json!(""), "/client_secret", "required"),
        ("webhook_secret", json!("x"), "/webhook_secret", "form"),
    ] {
        let mut body = sister(&issuer);
        body[name] = value;
        let refused = admin.tell(&world, &path, body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let error = &refused.body["errors"][0];
        assert_eq!(
            (text(&error["pointer"]), text(&error["reason"])),
            (pointer.to_owned(), reason.to_owned())
        );
    }
    world.clock.turn(chrono::Duration::minutes(6));
    let late = admin.tell(&world, &path, sister(&issuer)).await;
    assert_eq!(late.body["code"], "step_up_needed");
    assert_eq!(actions(&world, "issuer.").await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_added_at_the_console_may_ask_until_its_secret_is_renewed_or_it_is_removed() {
    let world = World::new().await;
    let scene = Scene::new(&world, None).await;
    let mut admin = administrator(&world).await;
    let platform = scene.program.platform.id;
    let path = format!("/platforms/{platform}/clients");
    let body = json!({ "name": "Gamma", "redirect_uris": [BACK] });
    let added = admin.tell(&world, &path, body).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
    let (id, secret) = (
        text(&added.body["client"]["id"]),
        text(&added.body["client_secret"]),
    );
    assert_eq!(added.body["webhook_secret"], Value::Null);

    let client = id.parse().unwrap();
    let as_client = [("client_id", Some(id.as_str()))];
    let code = scene.code(&as_client, "acct").await;
    let tokens = scene.trade_as(client, &code, &[("secret", &secret)]).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.body);

    let renew = format!("{path}/{id}/renew_secret");
    let renewed = admin.tell(&world, &renew, json!({})).await.body;
    let code = scene.code(&as_client, "acct").await;
    let old = scene.trade_as(client, &code, &[("secret", &secret)]).await;
    assert_eq!(old.body["error"], "invalid_client");
    let fresh = text(&renewed["client_secret"]);
    let code = scene.code(&as_client, "acct").await;
    let tokens = scene.trade_as(client, &code, &[("secret", &fresh)]).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.body);

    let remove = format!("{path}/{id}/remove");
    let removed = admin.tell(&world, &remove, json!({})).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    let refused = scene.trade_as(client, &code, &[("secret", &fresh)]).await;
    assert_eq!(refused.body["error"], "invalid_client");
    assert_eq!(
        actions(&world, "client.").await,
        ["client.added", "client.secret_renewed", "client.removed"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_runs_this_software_is_told_of_revocations_by_its_address_alone() {
    let world = World::new().await;
    let mut admin = administrator(&world).await;
    let platform = demo(&world, &mut admin).await;
    let path = format!("/platforms/{platform}/clients");
    let body = json!({ "name": "Beta", "origin": "https://beta.example/" });
    let added = admin.tell(&world, &path, body).await.body;
    let id = text(&added["client"]["id"]);
    assert_eq!(
        added["client"]["webhook"],
        format!("https://beta.example/federation/notices/{id}")
    );
    assert!(text(&added["webhook_secret"]).starts_with("whsec_"));

    let login = format!("/platforms/{platform}/login_url");
    let refused = admin
        .tell(&world, &login, json!({ "url": "http://shop.example" }))
        .await;
    assert_eq!(refused.body["errors"][0]["pointer"], "/login_url");
    let url = "https://shop.example/login";
    let set = admin.tell(&world, &login, json!({ "url": url })).await;
    assert_eq!(set.status, StatusCode::NO_CONTENT);
    let known = format!("/platforms/{platform}/sisters");
    let known = admin.read(&world, &known).await.body;
    assert_eq!(known["login_url"], url);
    assert_eq!(known["own_address"], "https://kyb.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_platform_s_sisters_are_out_of_reach() {
    let world = World::new().await;
    let issuer = Issuer::start(&seeded()[0], world.clock_now()).await;
    let mut admin = administrator(&world).await;
    let own = demo(&world, &mut admin).await;
    let other = world.program("Other", Realm::Live).await.platform.id;
    let added = admin
        .tell(
            &world,
            &format!("/platforms/{own}/issuers"),
            sister(&issuer),
        )
        .await;
    let id = text(&added.body["id"]);
    let body = json!({ "name": "Gamma", "redirect_uris": [BACK] });
    let client = admin
        .tell(&world, &format!("/platforms/{own}/clients"), body)
        .await;
    let client = text(&client.body["client"]["id"]);
    for path in [
        format!("issuers/{id}/remove"),
        format!("issuers/{id}/look"),
        format!("clients/{client}/renew_secret"),
        format!("clients/{client}/remove"),
    ] {
        let path = format!("/platforms/{other}/{path}");
        let answer = admin.tell(&world, &path, json!({})).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let change = json!({ "name": "x", "client_id": "x", "policy": trust() });
    let path = format!("/platforms/{other}/issuers/{id}");
    let answer = admin.tell(&world, &path, change).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let nowhere = "plt_00000000000000000000000000000001";
    let path = format!("/platforms/{nowhere}/issuers");
    let answer = admin.tell(&world, &path, sister(&issuer)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
