//! The SMS hook, heard by a receiver that recomputes the signature from the bytes as they came.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use shiming_notify::{HookError, SmsHook};
use shiming_outbound::{Client, Limits, Rules, TargetError};
use shiming_verification::{
    notification::{Channel, Occasion},
    ports::notifications::{Messenger as _, SendError},
    words::Language,
};

use crate::support::{LINK, REFUSE, at, letter};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What a gateway has heard, and how it answers.
#[derive(Clone)]
struct Gateway {
    heard: Arc<Mutex<Vec<Value>>>,
    answer: StatusCode,
}

async fn hear(State(gateway): State<Gateway>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let (id, time) = (header("webhook-id"), header("webhook-timestamp"));
    let key = STANDARD.decode(&SECRET["whsec_".len()..]).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    for part in [id.as_bytes(), b".", time.as_bytes(), b".", &body] {
        mac.update(part);
    }
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(header("webhook-signature"), expected);
    assert_eq!(header("content-type"), "application/json");
    let said: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(said["id"], id.as_str());
    gateway.heard.lock().unwrap().push(said);
    gateway.answer
}

impl Gateway {
    async fn that_answers(answer: StatusCode) -> (Self, SmsHook) {
        let gateway = Self {
            heard: Arc::default(),
            answer,
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/sms", listener.local_addr().unwrap());
        let app = Router::new()
            .route("/sms", post(hear))
            .with_state(gateway.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let hook = SmsHook::new(&url, SECRET, client(&["127.0.0.1"])).unwrap();
        (gateway, hook)
    }
}

fn client(trusted: &[&str]) -> Client {
    let rules = Rules {
        trusted_hosts: trusted.iter().map(ToString::to_string).collect(),
    };
    Client::new(rules, Limits::default(), &[]).unwrap()
}

#[tokio::test]
async fn a_short_message_carries_its_words_its_parts_and_a_signature() {
    let (gateway, hook) = Gateway::that_answers(StatusCode::ACCEPTED).await;
    let link = letter(
        Occasion::HandOff,
        Language::ZhCn,
        Channel::Sms,
        "138 0013 8000",
    );
    hook.send(&link).await.unwrap();
    let heard = gateway.heard.lock().unwrap().clone();
    assert_eq!(
        heard,
        [json!({
            "id": "ntf_0000000000000000000000000000002a",
            "type": "notification.sms",
            "timestamp": "2026-11-27T02:00:00.000Z",
            "data": {
                "to": "+8613800138000",
                "occasion": "hand_off",
                "language": "zh-CN",
                "text": format!(
                    "示例云：请张*三本人刷脸，完成示例科技（北京）有限公司的实名认证，2026-11-27 11:00 (UTC+8) 前有效：{LINK} \
                     与您无关请勿打开，拒收：{REFUSE}"
                ),
                "values": {
                    "platform": "示例云",
                    "enterprise": "示例科技（北京）有限公司",
                    "representative": "张*三",
                    "link": LINK,
                    "until": "2026-11-27 11:00 (UTC+8)",
                    "refuse": REFUSE,
                },
            },
        })]
    );
    assert_eq!(at().timestamp(), 1_795_744_800);
}

#[tokio::test]
async fn another_implementation_accepts_the_signature() {
    let id = "ntf_1";
    let now = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap()
        .as_secs();
    let time = now.to_string();
    let body = br#"{"type":"notification.sms"}"#;
    let signature = shiming_federation::webhook::sign(SECRET, id, &time, body).unwrap();
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("webhook-id", id),
        ("webhook-timestamp", &time),
        ("webhook-signature", &signature),
    ] {
        headers.insert(name, value.parse().unwrap());
    }
    let receiver = standardwebhooks::Webhook::new(SECRET).unwrap();
    receiver.verify(body, &headers).unwrap();
}

#[tokio::test]
async fn a_gateway_refuses_a_number_or_is_asked_again() {
    let message = letter(
        Occasion::Verified,
        Language::En,
        Channel::Sms,
        "+852 6123 4567",
    );
    let (_, hook) = Gateway::that_answers(StatusCode::UNPROCESSABLE_ENTITY).await;
    let refused = hook.send(&message).await;
    assert_eq!(refused, Err(SendError::Refused("422".to_owned())));
    for status in [
        StatusCode::BAD_REQUEST,
        StatusCode::NOT_FOUND,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::FOUND,
    ] {
        let (_, hook) = Gateway::that_answers(status).await;
        let Err(SendError::NotNow(why)) = hook.send(&message).await else {
            panic!("{status} may pass")
        };
        assert!(
            why.contains(status.as_str()) && !why.contains("6123"),
            "{why}"
        );
    }
    let gone = SmsHook::new("http://127.0.0.1:9/sms", SECRET, client(&["127.0.0.1"])).unwrap();
    let unreachable = gone.send(&message).await;
    assert!(matches!(unreachable, Err(SendError::NotNow(_))));
}

#[test]
fn an_address_inside_the_network_or_a_secret_of_another_kind_is_refused() {
    let refused = |url: &str, secret: &str| SmsHook::new(url, secret, client(&[])).err();
    assert_eq!(
        refused("http://sms.example.cn/", SECRET),
        Some(HookError::Address(TargetError::NotHttps))
    );
    assert_eq!(
        refused("https://10.0.0.7/", SECRET),
        Some(HookError::Address(TargetError::Private))
    );
    assert_eq!(
        refused("https://sms.example.cn/", "hush"),
        Some(HookError::Secret)
    );
    assert_eq!(refused("https://sms.example.cn/", SECRET), None);
}
