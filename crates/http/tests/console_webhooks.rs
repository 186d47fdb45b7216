//! A platform's webhooks at the console: set up, watched, sent again, and in the trail under the operator's name.

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicU16, Ordering},
};

use axum::{Router, http::StatusCode, routing::post};
use serde_json::{Value, json};
use shiming_audit::AuditFilter;
use shiming_verification::words::Realm;
use support::{Browser, World, staff::administrator, text};

/// A receiver that answers with the status that it is told.
#[derive(Clone)]
struct Receiver {
    url: String,
    status: Arc<AtomicU16>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/hook", listener.local_addr().unwrap()),
            status: Arc::new(AtomicU16::new(200)),
        };
        let status = receiver.status.clone();
        let answer = move || {
            let status = StatusCode::from_u16(status.load(Ordering::SeqCst)).unwrap();
            async move { status }
        };
        let pages = Router::new().route("/hook", post(answer));
        tokio::spawn(async move { axum::serve(listener, pages).await });
        receiver
    }

    fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }
}

struct Desk<'a> {
    world: &'a World,
    admin: Browser,
    platform: String,
}

impl Desk<'_> {
    async fn tell(&mut self, path: &str, body: Value) -> support::Answer {
        let path = format!("/platforms/{}/webhooks{path}", self.platform);
        self.admin.tell(self.world, &path, body).await
    }

    async fn read(&mut self, path: &str) -> Value {
        let path = format!("/platforms/{}{path}", self.platform);
        self.admin.read(self.world, &path).await.body
    }

    async fn deliveries(&mut self, id: &str) -> Vec<Value> {
        let page = self.read(&format!("/webhooks/{id}/deliveries")).await;
        page["data"].as_array().unwrap().clone()
    }
}

async fn desk(world: &World) -> Desk<'_> {
    let mut admin = administrator(world).await;
    let added = admin
        .tell(world, "/platforms", json!({ "name": "Shop" }))
        .await;
    Desk {
        world,
        admin,
        platform: text(&added.body["id"]),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_is_set_up_watched_and_sent_to_again() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let mut desk = desk(&world).await;
    let body = json!({ "url": receiver.url, "description": "orders", "events": [] });
    let added = desk.tell("", body).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
    assert!(text(&added.body["secret"]).starts_with("whsec_"));
    let id = text(&added.body["id"]);
    let listed = desk.read("/webhooks").await;
    assert_eq!(listed[0]["id"], id.as_str());
    assert_eq!(listed[0].get("secret"), None, "shown once");

    assert_eq!(
        desk.tell(&format!("/{id}/test"), json!({})).await.status,
        StatusCode::NO_CONTENT
    );
    receiver.answers(500);
    world.services.send_webhooks_once().await.unwrap();
    let sent = desk.deliveries(&id).await;
    assert_eq!((sent.len(), &sent[0]["status"]), (1, &json!("pending")));
    receiver.answers(200);
    world.clock.turn(chrono::Duration::seconds(10));
    world.services.send_webhooks_once().await.unwrap();
    let sent = desk.deliveries(&id).await;
    assert_eq!(sent[0]["status"], "delivered");
    let attempts = format!("/deliveries/{}/attempts", text(&sent[0]["id"]));
    let attempts = desk.read(&attempts).await;
    let statuses: Vec<_> = attempts.as_array().unwrap().iter().collect();
    assert_eq!(
        statuses
            .iter()
            .map(|one| &one["status"])
            .collect::<Vec<_>>(),
        [500, 200]
    );
    assert!(statuses.iter().all(|one| one["took_ms"].is_u64()));

    let event = text(&sent[0]["event"]["id"]);
    let one = json!({ "event_id": event });
    let again = desk.tell(&format!("/{id}/replay"), one).await;
    assert_eq!(again.body["messages"], 1, "{}", again.body);
    let since = world.clock_now() - chrono::Duration::hours(1);
    let range = json!({ "since": since, "until": world.clock_now() });
    let again = desk.tell(&format!("/{id}/replay"), range).await;
    assert_eq!(again.body["messages"], 1);
    let neither = desk.tell(&format!("/{id}/replay"), json!({})).await;
    assert_eq!(neither.body["code"], "invalid_input");
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_switches_secrets_and_the_end_of_an_endpoint_are_the_operator_s_acts() {
    let world = World::new().await;
    let mut desk = desk(&world).await;
    let added = desk
        .tell("", json!({ "url": "http://127.0.0.1:9/hook" }))
        .await;
    let (id, first) = (text(&added.body["id"]), text(&added.body["secret"]));
    let only = json!({ "events": ["verification.verified"] });
    let changed = desk.tell(&format!("/{id}"), only).await.body;
    assert_eq!(changed["events"], json!(["verification.verified"]));
    let off = json!({ "enabled": false });
    let off = desk.tell(&format!("/{id}"), off).await.body;
    assert_eq!(off["enabled"], false);
    let on = json!({ "enabled": true });
    assert_eq!(desk.tell(&format!("/{id}"), on).await.body["enabled"], true);
    let odd = json!({ "url": "http://10.0.0.1/hook" });
    let odd = desk.tell(&format!("/{id}"), odd).await.body;
    assert_eq!(odd["errors"][0]["pointer"], "/url");
    let rotated = desk.tell(&format!("/{id}/rotate_secret"), json!({})).await;
    let second = text(&rotated.body["secret"]);
    assert!(second.starts_with("whsec_") && second != first);

    world.clock.turn(chrono::Duration::minutes(6));
    for path in [format!("/{id}/rotate_secret"), format!("/{id}/remove")] {
        let stale = desk.tell(&path, json!({})).await;
        assert_eq!(stale.body["code"], "step_up_needed", "{path}");
    }
    world.clock.turn(chrono::Duration::minutes(-6));
    let removed = desk.tell(&format!("/{id}/remove"), json!({})).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(desk.read("/webhooks").await, json!([]));

    let filter = AuditFilter {
        action: Some("webhook_endpoint.".to_owned()),
        ..AuditFilter::default()
    };
    let found = world.services.audit.find_entries(&filter, None, 20).await;
    let found = found.unwrap();
    let by_operator = |entry: &shiming_audit::Entry| entry.record.actor.kind.as_str() == "operator";
    assert!(
        found.len() == 6 && found.iter().all(by_operator),
        "{found:?}"
    );
    let trail = format!("{found:?}");
    assert!(!trail.contains(&first) && !trail.contains(&second));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_platform_s_endpoints_are_out_of_reach() {
    let world = World::new().await;
    let mut desk = desk(&world).await;
    let url = json!({ "url": "http://127.0.0.1:9/hook" });
    let added = desk.tell("", url.clone()).await.body;
    let id = text(&added["id"]);
    desk.tell(&format!("/{id}/test"), json!({})).await;
    world.services.send_webhooks_once().await.unwrap();
    let delivery = text(&desk.deliveries(&id).await[0]["id"]);

    let other = world.program("Other", Realm::Live).await.platform.id;
    desk.platform = other.to_string();
    let since = json!({ "since": world.clock_now() });
    for (path, body) in [
        (format!("/{id}"), json!({ "enabled": false })),
        (format!("/{id}/remove"), json!({})),
        (format!("/{id}/rotate_secret"), json!({})),
        (format!("/{id}/test"), json!({})),
        (format!("/{id}/replay"), since),
    ] {
        let answer = desk.tell(&path, body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in [
        format!("/webhooks/{id}/deliveries"),
        format!("/deliveries/{delivery}/attempts"),
    ] {
        assert_eq!(desk.read(&path).await["code"], "not_found", "{path}");
    }
    "plt_00000000000000000000000000000001".clone_into(&mut desk.platform);
    assert_eq!(desk.read("/webhooks").await["code"], "not_found");
    assert_eq!(desk.tell("", url).await.status, StatusCode::NOT_FOUND);
}
