//! Webhooks against a real receiver, with time turned by hand; signatures are checked by another implementation.

mod support;

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use chrono::Duration;
use serde_json::{Value, json};
use shiming_verification::words::Realm;
use support::{World, platform::Program};

/// A receiver that answers as it is told and remembers what came.
#[derive(Clone)]
struct Receiver {
    url: String,
    answer: Arc<Mutex<(u16, Option<&'static str>)>>,
    seen: Arc<Mutex<Vec<(HeaderMap, String)>>>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let receiver = Self {
            url,
            answer: Arc::new(Mutex::new((204, None))),
            seen: Arc::default(),
        };
        let hears = receiver.clone();
        let hook = move |headers: HeaderMap, body: Bytes| async move { hears.hear(headers, &body) };
        let pages = Router::new().route("/hook", post(hook));
        tokio::spawn(async move { axum::serve(listener, pages).await });
        receiver
    }

    fn hear(&self, headers: HeaderMap, body: &Bytes) -> Response {
        let (status, retry_after) = *self.answer.lock().unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        self.seen.lock().unwrap().push((headers, text));
        if status == 307 {
            return Redirect::temporary("/hook").into_response();
        }
        let mut response = StatusCode::from_u16(status).unwrap().into_response();
        if let Some(after) = retry_after {
            response
                .headers_mut()
                .insert("retry-after", after.parse().unwrap());
        }
        response
    }

    fn answers(&self, status: u16) {
        *self.answer.lock().unwrap() = (status, None);
    }

    fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    fn types(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let read = |(_, body): &(HeaderMap, String)| {
            let body: Value = serde_json::from_str(body).unwrap();
            support::text(&body["type"])
        };
        seen.iter().map(read).collect()
    }
}

/// An endpoint of a program; answers with its id and secret.
async fn endpoint(program: &Program<'_>, url: &str, events: &[&str]) -> (String, String) {
    let body = json!({ "url": url, "events": events });
    let reply = program.post("/v1/webhook_endpoints", &body).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.body);
    (reply.text("id"), reply.text("secret"))
}

/// Sends until nothing is due.
async fn send_all(world: &World) {
    while world.services.send_webhooks_once().await.unwrap() > 0 {}
}

/// Whether one of the signatures is what another implementation makes of the message.
fn verify(secret: &str, headers: &HeaderMap, body: &str) -> bool {
    let read = |name: &str| headers[name].to_str().unwrap().to_owned();
    let timestamp = read("webhook-timestamp").parse().unwrap();
    let receiver = standardwebhooks::Webhook::new(secret).unwrap();
    let expected = receiver
        .sign(&read("webhook-id"), timestamp, body.as_bytes())
        .unwrap();
    read("webhook-signature")
        .split(' ')
        .any(|signature| signature == expected)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_signed_thin_and_in_order() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Test).await;
    let receiver = Receiver::start().await;
    let (_, secret) = endpoint(&program, &receiver.url, &[]).await;
    let id = program.open("acct").await;
    program.submit(&id, 0).await;
    program
        .simulate(&id, &json!({ "action": "pass_scan" }))
        .await;
    send_all(&world).await;
    let types = receiver.types();
    assert_eq!(types.first().unwrap(), "verification.created");
    assert_eq!(
        types[types.len() - 2..],
        ["verification.verified", "credential.issued"]
    );
    let sample_id = shiming_service::sandbox::sample().id_number;
    let seen = receiver.seen.lock().unwrap();
    for (headers, body) in seen.iter() {
        assert!(verify(&secret, headers, body), "{body}");
        assert!(
            body.len() < 600 && !body.contains("张测试") && !body.contains(&sample_id),
            "{body}"
        );
    }
    let (headers, body) = &seen[0];
    assert!(
        !verify(&secret, headers, &body.replace("acct", "axct")),
        "a changed byte"
    );
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        headers["webhook-id"].to_str().unwrap(),
        body["id"].as_str().unwrap()
    );
    assert_eq!(body["data"]["verification_id"], id.as_str());
}

/// What the document says of messages of this type.
fn described(document: &Value, kind: &str) -> Value {
    let body = &document["webhooks"][kind]["post"]["requestBody"]["content"]["application/json"];
    body["schema"].clone()
}

/// Whether a value has every property that it must have and none that the schema does not know.
fn fits(schema: &Value, value: &Value) -> bool {
    let (known, given) = (&schema["properties"], value.as_object().unwrap());
    let required = schema["required"].as_array().unwrap();
    given.keys().all(|name| !known[name].is_null())
        && required
            .iter()
            .all(|name| given.contains_key(name.as_str().unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_message_is_as_the_document_describes_it() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Test).await;
    let receiver = Receiver::start().await;
    let (hook, _) = endpoint(&program, &receiver.url, &[]).await;
    program
        .post(&format!("/v1/webhook_endpoints/{hook}/test"), &json!({}))
        .await;
    let id = program.open("acct").await;
    program.submit(&id, 1).await;
    program.submit(&id, 0).await;
    let passed = program
        .simulate(&id, &json!({ "action": "pass_scan" }))
        .await;
    let path = format!("/v1/credentials/{}/revoke", passed.text("credential_id"));
    program.post(&path, &json!({})).await;
    send_all(&world).await;
    let document = serde_json::to_value(shiming_http::openapi()).unwrap();
    let schemas = &document["components"]["schemas"];
    for (_, body) in receiver.seen.lock().unwrap().iter() {
        let message: Value = serde_json::from_str(body).unwrap();
        let schema = described(&document, message["type"].as_str().unwrap());
        assert!(fits(&schema, &message), "{body}");
        assert_eq!(schema["properties"]["type"]["enum"][0], message["type"]);
        let about = schema["properties"]["data"]["$ref"].as_str().unwrap();
        let about = &schemas[about.rsplit('/').next().unwrap()];
        assert!(fits(about, &message["data"]), "{body}");
    }
    let seen = receiver.types();
    for kind in [
        "webhook_endpoint.test",
        "verification.attempt_failed",
        "credential.issued",
        "credential.revoked",
    ] {
        assert!(seen.contains(&kind.to_owned()), "{kind}: {seen:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_was_down_for_a_day_gets_everything_in_order() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Test).await;
    let receiver = Receiver::start().await;
    endpoint(&program, &receiver.url, &[]).await;
    receiver.answers(503);
    let id = program.open("acct").await;
    program.submit(&id, 0).await;
    for _ in 0..24 {
        send_all(&world).await;
        world.clock.turn(Duration::hours(1));
    }
    let tried = receiver.types();
    assert!((6..=9).contains(&tried.len()), "by the schedule: {tried:?}");
    assert!(
        tried.iter().all(|kind| kind == "verification.created"),
        "the first holds up the rest of its case"
    );
    receiver.answers(204);
    receiver.seen.lock().unwrap().clear();
    // The next attempt of the schedule is 14 hours after the last, stretched by a tenth at most.
    world.clock.turn(Duration::hours(24));
    send_all(&world).await;
    let events = program.get("/v1/events?order=asc&limit=100").await;
    let told: Vec<_> = events.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| support::text(&e["type"]))
        .collect();
    assert_eq!(receiver.types(), told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_down_is_heeded_and_a_redirect_is_a_failure() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Test).await;
    let receiver = Receiver::start().await;
    endpoint(&program, &receiver.url, &["verification.created"]).await;
    *receiver.answer.lock().unwrap() = (429, Some("600"));
    program.open("a").await;
    send_all(&world).await;
    program.open("b").await;
    send_all(&world).await;
    world.clock.turn(Duration::seconds(599));
    send_all(&world).await;
    assert_eq!(receiver.count(), 1, "left alone, other cases included");
    receiver.answers(307);
    world.clock.turn(Duration::seconds(400));
    send_all(&world).await;
    assert_eq!(receiver.count(), 3, "a redirect is not followed");
    receiver.answers(200);
    world.clock.turn(Duration::hours(1));
    send_all(&world).await;
    assert_eq!(receiver.count(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_says_gone_is_switched_off_with_a_notice_and_gets_what_it_missed() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Test).await;
    let (gone, other) = (Receiver::start().await, Receiver::start().await);
    let (id, _) = endpoint(&program, &gone.url, &["verification.created"]).await;
    endpoint(&program, &other.url, &["webhook_endpoint.disabled"]).await;
    gone.answers(410);
    program.open("a").await;
    send_all(&world).await;
    assert_eq!(other.types(), ["webhook_endpoint.disabled"]);
    let path = format!("/v1/webhook_endpoints/{id}");
    let seen = program.get(&path).await;
    assert_eq!(
        (seen.body["enabled"].as_bool(), seen.text("disabled_reason")),
        (Some(false), "gone".to_owned())
    );
    program.open("b").await;
    world.clock.turn(Duration::days(2));
    send_all(&world).await;
    assert_eq!(gone.count(), 1);
    gone.answers(204);
    let on = program
        .ask("PATCH", &path, Some(&json!({ "enabled": true })), &[])
        .await;
    assert_eq!(on.body["enabled"], true);
    send_all(&world).await;
    assert_eq!(gone.count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_whole_schedule_a_message_is_given_up_and_can_be_replayed() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Test).await;
    let receiver = Receiver::start().await;
    let (id, _) = endpoint(&program, &receiver.url, &["verification.created"]).await;
    receiver.answers(500);
    program.open("a").await;
    for _ in 0..12 {
        send_all(&world).await;
        world.clock.turn(Duration::hours(27));
    }
    assert_eq!(receiver.count(), 10);
    let path = format!("/v1/webhook_endpoints/{id}");
    assert_eq!(program.get(&path).await.text("disabled_reason"), "failing");
    let failed = program
        .get(&format!("{path}/deliveries?status=failed"))
        .await;
    let delivery = support::text(&failed.body["data"][0]["id"]);
    let event = support::text(&failed.body["data"][0]["event"]["id"]);
    let attempts = program
        .get(&format!("/v1/webhook_deliveries/{delivery}/attempts"))
        .await;
    let attempts = attempts.body["data"].as_array().unwrap();
    assert_eq!((attempts.len(), &attempts[9]["status"]), (10, &json!(500)));

    receiver.answers(204);
    program
        .ask("PATCH", &path, Some(&json!({ "enabled": true })), &[])
        .await;
    let replayed = program
        .post(&format!("{path}/replay"), &json!({ "event_id": event }))
        .await;
    assert_eq!(replayed.body["messages"], 1);
    send_all(&world).await;
    let seen = receiver.seen.lock().unwrap().last().unwrap().clone();
    assert_eq!(
        seen.0["webhook-id"].to_str().unwrap(),
        event,
        "the same id as ever"
    );
    let all = json!({ "since": "2020-01-01T00:00:00Z" });
    let replayed = program.post(&format!("{path}/replay"), &all).await;
    assert_eq!(replayed.body["messages"], 1, "of the wanted type");
    let both = json!({ "since": "2020-01-01T00:00:00Z", "event_id": event });
    assert_eq!(
        program.post(&format!("{path}/replay"), &both).await.code(),
        "invalid_input"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_secret_signs_beside_the_old_one_for_a_while() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Test).await;
    let receiver = Receiver::start().await;
    let (id, old) = endpoint(&program, &receiver.url, &[]).await;
    let path = format!("/v1/webhook_endpoints/{id}/rotate_secret");
    let rotated = program.post(&path, &json!({ "overlap_hours": 2 })).await;
    let new = rotated.text("secret");
    assert_ne!(new, old);
    program.open("a").await;
    send_all(&world).await;
    world.clock.turn(Duration::hours(2));
    program.open("b").await;
    send_all(&world).await;
    let seen = receiver.seen.lock().unwrap();
    assert!(verify(&old, &seen[0].0, &seen[0].1) && verify(&new, &seen[0].0, &seen[0].1));
    assert!(!verify(&old, &seen[1].0, &seen[1].1) && verify(&new, &seen[1].0, &seen[1].1));
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_inside_are_refused_before_anything_is_sent() {
    let world = World::new().await;
    let program = world.program("Shop", Realm::Live).await;
    for (url, reason) in [
        (
            "https://169.254.169.254/latest/meta-data",
            "private_address",
        ),
        ("http://shop.example/hook", "not_https"),
        ("https://user:pass@shop.example/", "credentials"),
        ("nonsense", "not_an_address"),
    ] {
        let reply = program
            .post("/v1/webhook_endpoints", &json!({ "url": url }))
            .await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(reply.body["errors"][0]["reason"], reason, "{url}");
    }
}
