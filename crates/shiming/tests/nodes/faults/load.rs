//! Platforms' programs that verify account after account, do as good clients do when something is away, and remember what was
//! acknowledged; and the receiver of their webhooks.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use reqwest::Method;
use serde_json::{Value, json};
use shiming_identifiers::Uscc;
use shiming_testbed::browser::{Answer, Browser, http_client};
use tokio::task::JoinSet;

/// Longer than any fault lasts here.
const PATIENCE: Duration = Duration::from_secs(90);
const CLIENTS: usize = 8;

/// What the programs work with.
#[derive(Clone)]
pub struct Load {
    origins: Vec<String>,
    key: String,
    next: Arc<AtomicU32>,
    stop: Arc<AtomicBool>,
    /// Requests that failed and were made again.
    pub again: Arc<AtomicU32>,
}

/// Verifications by account, each acknowledged as verified.
pub type Verified = BTreeMap<String, String>;

/// Clients at work.
pub struct Working {
    load: Load,
    going: JoinSet<Verified>,
}

impl Load {
    pub fn new(origins: Vec<String>, key: &str) -> Self {
        Self {
            origins,
            key: key.to_owned(),
            next: Arc::default(),
            stop: Arc::default(),
            again: Arc::default(),
        }
    }

    pub fn begin(self) -> Working {
        let mut going = JoinSet::new();
        for nth in 0..CLIENTS {
            let load = self.clone();
            going.spawn(async move { load.client(nth).await });
        }
        Working { load: self, going }
    }

    async fn client(self, nth: usize) -> Verified {
        let http = http_client();
        let mut verified = Verified::new();
        while !self.stop.load(Ordering::Relaxed) {
            let n = self.next.fetch_add(1, Ordering::Relaxed);
            let mut program = Program {
                browser: Browser::with_key(&http, &self.origins[0], &self.key),
                load: &self,
                node: nth,
            };
            let account = format!("account-{n}");
            let case = program.verify(&account, n).await;
            verified.insert(account, case);
        }
        verified
    }
}

impl Working {
    /// How many requests had to be made again so far.
    pub fn again(&self) -> u32 {
        self.load.again.load(Ordering::Relaxed)
    }

    /// Lets every client finish the verification that it has in hand.
    pub async fn finish(mut self) -> Verified {
        self.load.stop.store(true, Ordering::Relaxed);
        let mut verified = Verified::new();
        while let Some(own) = self.going.join_next().await {
            verified.extend(own.expect("no client gives up"));
        }
        verified
    }
}

struct Program<'a> {
    browser: Browser,
    load: &'a Load,
    node: usize,
}

impl Program<'_> {
    /// From the opening to the pass, in test mode. Whatever was not answered is asked again, on the next node.
    async fn verify(&mut self, account: &str, n: u32) -> String {
        let body = json!({ "account": { "id": account } });
        let opened = self
            .insist("/v1/verifications", Some(account), Some(&body))
            .await;
        let case = opened["id"].as_str().expect("an id").to_owned();
        let path = format!("/v1/test/verifications/{case}/simulate");
        let begun = Instant::now();
        loop {
            let view = self
                .insist(&format!("/v1/verifications/{case}"), None, None)
                .await;
            assert_eq!(view["last_error"], Value::Null, "no try is used: {view}");
            assert!(begun.elapsed() < PATIENCE, "{case} stays as it is: {view}");
            let action = match view["state"].as_str().expect("a state") {
                "verified" => return case,
                "draft" if view["method"].is_null() => {
                    json!({ "action": "choose", "subject_type": "enterprise", "method": "face" })
                }
                "draft" => elements(n),
                "checking" => {
                    // The registry's answer comes by the job that was stored with the case.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
                _ => json!({ "action": "pass_scan" }),
            };
            // What is refused was done before its answer got lost; the next look shows.
            let _ = self.attempt(&path, None, Some(&action)).await;
        }
    }

    async fn insist(&mut self, path: &str, key: Option<&str>, body: Option<&Value>) -> Value {
        let begun = Instant::now();
        loop {
            if let Some(answer) = self.attempt(path, key, body).await
                && answer.status.is_success()
            {
                return answer.body;
            }
            assert!(begun.elapsed() < PATIENCE, "{path} is not answered");
        }
    }

    /// `None` where nobody answered, or something was away.
    async fn attempt(
        &mut self,
        path: &str,
        key: Option<&str>,
        body: Option<&Value>,
    ) -> Option<Answer> {
        let origins = &self.load.origins;
        let method = if body.is_some() {
            Method::POST
        } else {
            Method::GET
        };
        let mut browser = self.browser.at(&origins[self.node % origins.len()]);
        browser.idempotently(key);
        match browser.ask(method, path, body).await {
            Ok(answer) if !answer.status.is_server_error() => Some(answer),
            _ => {
                self.load.again.fetch_add(1, Ordering::Relaxed);
                self.node += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
                None
            }
        }
    }
}

/// Elements that the test mode's registry confirms, of another enterprise each.
fn elements(n: u32) -> Value {
    let uscc = Uscc::from_parts("91", "110108", &format!("{n:08}")).expect("digits");
    json!({
        "action": "submit_elements", "enterprise_name": "测试样例科技有限公司", "uscc": uscc.as_str(),
        "legal_representative": "张测试", "id_number": "110101198506150019",
    })
}

/// A platform's receiver of webhooks; how often each event came, by id, and what it told.
#[derive(Clone, Default)]
pub struct Receiver {
    heard: Arc<Mutex<HashMap<String, (usize, Value)>>>,
    deaf: Arc<AtomicBool>,
}

impl Receiver {
    pub async fn start() -> (Self, String) {
        let receiver = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/hook", post(hear))
            .with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (receiver, url)
    }

    /// Answers nonsense from now on, or sense again.
    pub fn be_deaf(&self, deaf: bool) {
        self.deaf.store(deaf, Ordering::Relaxed);
    }

    /// Ids of the verifications whose pass was told, each with the number of different events that told it.
    pub fn passes(&self) -> HashMap<String, usize> {
        let mut passes = HashMap::new();
        for (_, event) in self.heard.lock().unwrap().values() {
            if event["type"] == "verification.verified" {
                let id = event["data"]["verification_id"].as_str();
                let id = id.or_else(|| event["data"]["id"].as_str());
                *passes.entry(id.expect("an id").to_owned()).or_default() += 1;
            }
        }
        passes
    }
}

async fn hear(State(receiver): State<Receiver>, body: Bytes) -> (StatusCode, &'static str) {
    if receiver.deaf.load(Ordering::Relaxed) {
        return (StatusCode::INTERNAL_SERVER_ERROR, "\u{0}<html>{{{");
    }
    let event: Value = serde_json::from_slice(&body).expect("JSON");
    let id = event["id"].as_str().expect("an id").to_owned();
    let mut heard = receiver.heard.lock().unwrap();
    let entry = heard.entry(id).or_insert((0, event));
    entry.0 += 1;
    (StatusCode::NO_CONTENT, "")
}
