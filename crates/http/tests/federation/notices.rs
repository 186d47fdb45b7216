//! When something ends at the source: the issuer tells by signed notices, the consumer believes those that are signed and fresh.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Request, StatusCode, header},
    routing::post,
};
use chrono::Duration;
use serde_json::{Value, json};
use shiming_federation::webhook::sign;
use shiming_service::demo::seeded;
use shiming_verification::{
    ids::IssuerId,
    lifecycle::{LifeFact, Revocation},
};

use super::{
    issuer::{CLIENT, Issuer},
    party::{Scene, WEBHOOK_SECRET},
    visitor::{Visitor, lenient, trust},
};
use crate::support::{Browser, World, text};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A world in which an account has synchronised.
struct Synced {
    world: World,
    id: IssuerId,
    visitor: Visitor,
}

impl Synced {
    async fn new() -> Self {
        let world = World::new().await;
        let issuer = Issuer::start(&seeded()[0], world.clock_now()).await;
        let id = trust(&world, &issuer, lenient()).await;
        let mut visitor = Visitor::new(&world).await;
        let view = visitor.synchronises(&world, &issuer, id).await;
        assert_eq!(view["state"], "verified", "{view}");
        Self { world, id, visitor }
    }

    async fn status(&mut self) -> String {
        let path = format!("{}/credential", self.visitor.path);
        text(&self.visitor.pc.get(&self.world, &path).await.body["status"])
    }

    fn notice(&self, kind: &str, process: &str) -> Notice {
        let body = json!({
            "type": kind, "timestamp": self.world.clock_now(),
            "data": { "verification_process": process, "subject": "ent_7f3a9c2e51" },
        });
        Notice {
            to: CLIENT.to_owned(),
            id: "msg_1".to_owned(),
            at: self.world.clock_now().timestamp(),
            body: body.to_string(),
            secret: SECRET,
            tampered: None,
        }
    }

    async fn hears(&self, notice: &Notice) -> StatusCode {
        let at = notice.at.to_string();
        let signature = sign(notice.secret, &notice.id, &at, notice.body.as_bytes()).unwrap();
        let request = Request::post(format!("/federation/notices/{}", notice.to))
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", &notice.id)
            .header("webhook-timestamp", &at)
            .header("webhook-signature", signature);
        let body = notice
            .tampered
            .clone()
            .unwrap_or_else(|| notice.body.clone());
        let mut program = Browser::default();
        program
            .ask(&self.world, request, Body::from(body))
            .await
            .status
    }
}

#[derive(Clone)]
struct Notice {
    to: String,
    id: String,
    at: i64,
    body: String,
    secret: &'static str,
    tampered: Option<String>,
}

const REVOKED: &str = "enterprise.verification.revoked";
const SUSPENDED: &str = "enterprise.verification.suspended";
const PROCESS: &str = "vrf_01JGK3ZQ";

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_at_the_source_ends_the_status_here() {
    let mut synced = Synced::new().await;
    let other = synced.notice(REVOKED, "vrf_of_somebody_else");
    assert_eq!(synced.hears(&other).await, StatusCode::NO_CONTENT);
    assert_eq!(synced.status().await, "active");
    let mut notice = synced.notice(REVOKED, PROCESS);
    notice.id = "msg_2".to_owned();
    assert_eq!(synced.hears(&notice).await, StatusCode::NO_CONTENT);
    assert_eq!(synced.status().await, "revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_and_stale_notices_are_refused() {
    let mut synced = Synced::new().await;
    let good = synced.notice(REVOKED, PROCESS);
    let forged = Notice {
        secret: WEBHOOK_SECRET,
        ..good.clone()
    };
    let changed = Notice {
        tampered: Some(good.body.replace(PROCESS, "vrf_other")),
        ..good.clone()
    };
    let old = Notice {
        at: good.at - 301,
        ..good.clone()
    };
    let early = Notice {
        at: good.at + 301,
        ..good.clone()
    };
    for (what, notice) in [
        ("forged", forged),
        ("changed", changed),
        ("old", old),
        ("early", early),
    ] {
        assert_eq!(synced.hears(&notice).await, StatusCode::FORBIDDEN, "{what}");
    }
    let nobody = Notice {
        to: "somebody-else".to_owned(),
        ..good.clone()
    };
    assert_eq!(synced.hears(&nobody).await, StatusCode::NOT_FOUND);
    assert_eq!(synced.status().await, "active");
    let by_id = Notice {
        to: synced.id.to_string(),
        ..good
    };
    assert_eq!(
        synced.hears(&by_id).await,
        StatusCode::NO_CONTENT,
        "our own id of it does as well"
    );
    assert_eq!(synced.status().await, "revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_is_repeated_does_nothing_a_second_time() {
    let mut synced = Synced::new().await;
    let notice = synced.notice(SUSPENDED, PROCESS);
    assert_eq!(synced.hears(&notice).await, StatusCode::NO_CONTENT);
    assert_eq!(synced.status().await, "suspended");
    let path = format!("{}/credential", synced.visitor.path);
    let credential = synced.visitor.pc.get(&synced.world, &path).await.body;
    let id = text(&credential["id"]).parse().unwrap();
    synced
        .world
        .services
        .step_life(id, LifeFact::ValidAtSource)
        .await
        .unwrap();
    assert_eq!(synced.status().await, "active");
    synced.world.clock.turn(Duration::seconds(299));
    assert_eq!(
        synced.hears(&notice).await,
        StatusCode::NO_CONTENT,
        "taken, as senders repeat what they are unsure of"
    );
    assert_eq!(synced.status().await, "active", "and heard once");
}

/// A receiver of notices that answers as it is told.
#[derive(Clone)]
struct Receiver {
    url: String,
    answer: Arc<Mutex<u16>>,
    seen: Arc<Mutex<Vec<(HeaderMap, String)>>>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/hear", listener.local_addr().unwrap()),
            answer: Arc::new(Mutex::new(204)),
            seen: Arc::default(),
        };
        let ear = receiver.clone();
        let hear = move |headers: HeaderMap, body: Bytes| async move {
            let text = String::from_utf8(body.to_vec()).unwrap();
            ear.seen.lock().unwrap().push((headers, text));
            StatusCode::from_u16(*ear.answer.lock().unwrap()).unwrap()
        };
        let pages = Router::new().route("/hear", post(hear));
        tokio::spawn(async move { axum::serve(listener, pages).await });
        receiver
    }

    fn seen(&self) -> Vec<(HeaderMap, String)> {
        self.seen.lock().unwrap().clone()
    }
}

async fn revoke(scene: &Scene<'_>) {
    let id = scene.credential().await.parse().unwrap();
    let cause = Revocation::Operator;
    let fact = LifeFact::Revoked { cause, told: None };
    scene.world.services.step_life(id, fact).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_told_of_a_credential_hears_of_its_end_and_nobody_else() {
    let world = World::new().await;
    let (told, other) = (Receiver::start().await, Receiver::start().await);
    let scene = Scene::new(&world, Some(&told.url)).await;
    let stranger = shiming_verification::ids::ClientId::new(world.services.fresh_id().unwrap());
    scene.register(stranger, Some(&other.url)).await;
    let subject = scene.id_token(&[], "acct").await["sub"].clone();
    revoke(&scene).await;
    world.services.send_notices().await.unwrap();
    let seen = told.seen();
    let (headers, body) = &seen[0];
    let receiver = standardwebhooks::Webhook::new(WEBHOOK_SECRET).unwrap();
    let read = |name: &str| headers[name].to_str().unwrap().to_owned();
    let expected = receiver.sign(
        &read("webhook-id"),
        read("webhook-timestamp").parse().unwrap(),
        body.as_bytes(),
    );
    assert_eq!(
        read("webhook-signature"),
        expected.unwrap(),
        "another implementation signs the same"
    );
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["type"], REVOKED);
    assert_eq!(
        body["data"],
        json!({ "verification_process": scene.verification, "subject": subject })
    );
    assert!(other.seen().is_empty());
    world.services.send_notices().await.unwrap();
    assert_eq!(told.seen().len(), 1, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_waits_for_a_receiver_that_is_down_and_keeps_its_id() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let scene = Scene::new(&world, Some(&receiver.url)).await;
    scene.id_token(&[], "acct").await;
    *receiver.answer.lock().unwrap() = 500;
    revoke(&scene).await;
    for _ in 0..12 {
        world.services.send_notices().await.unwrap();
        world.clock.turn(Duration::hours(27));
    }
    let seen = receiver.seen();
    assert_eq!(seen.len(), 10, "by the published schedule");
    assert!(
        seen.iter()
            .all(|(headers, _)| headers["webhook-id"] == seen[0].0["webhook-id"])
    );

    let again = Scene::new(&world, Some(&receiver.url)).await;
    again.id_token(&[], "acct").await;
    *receiver.answer.lock().unwrap() = 410;
    revoke(&again).await;
    for _ in 0..3 {
        world.services.send_notices().await.unwrap();
        world.clock.turn(Duration::hours(1));
    }
    assert_eq!(receiver.seen().len(), 11, "gone is gone");
}
