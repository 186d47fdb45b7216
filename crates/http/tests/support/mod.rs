//! A whole server without sockets: the real router over a real embedded database, a clock turned by hand, and the
//! real face engine behind it.
#![allow(dead_code)] // Each test file uses its part.

pub mod phone;
pub mod platform;
pub mod post;
pub mod review;
pub mod staff;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use chrono::{DateTime, Duration, TimeZone, Utc};
use serde_json::Value;
use shiming_certificate::Typeface;
use shiming_face::{Engine, EngineOptions};
use shiming_http::{ApiLimits, AppState, Letters, PageConfig, router};
use shiming_service::{
    Parts, Services,
    bank::BankParts,
    cases::Cases,
    edge::Clock,
    operators::SsoProvider,
    scan::{EmbeddedAuthority, FacePool, ScanSettings, Scans},
};
use shiming_vault::{KeyRing, MasterKey, OsEntropy};
use shiming_verification::{
    api_key::{ApiKey, Scope},
    ids::{ApiKeyId, PlatformId},
    policy::Policy,
    ports::{Platform, RegistryEntry, bank::BankChannel},
    words::Realm,
};
use tower::ServiceExt;

/// A clock turned by hand.
pub struct HandClock(AtomicI64);

impl HandClock {
    pub fn turn(&self, by: Duration) {
        self.0.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }

    pub fn now_utc(&self) -> DateTime<Utc> {
        self.now()
    }
}

impl Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        Utc.timestamp_millis_opt(self.0.load(Ordering::SeqCst))
            .unwrap()
    }

    fn steady_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst).unsigned_abs()
    }
}

/// The server and everything a test holds in its hands.
pub struct World {
    pub router: Router,
    pub services: Services,
    pub storage: Arc<dyn shiming_storage::Storage>,
    pub clock: Arc<HandClock>,
    /// What messages to people have left.
    pub post: post::PostBag,
    _folder: tempfile::TempDir,
}

/// A browser: keeps its cookies.
#[derive(Default)]
pub struct Browser {
    cookies: Vec<String>,
}

pub struct Answer {
    pub status: StatusCode,
    pub kind: String,
    /// Where the browser is sent, if it is.
    pub location: String,
    pub body: Value,
}

fn letters() -> Letters {
    let font = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
    let bytes = std::fs::read(font).expect("on Debian: apt-get install fonts-noto-cjk");
    Letters(Some(Arc::new(Typeface::read(bytes).expect("a font"))))
}

fn engine() -> Engine {
    let models = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let runtime = models.join("runtime/libonnxruntime.so");
    Engine::load(&EngineOptions::new(vec![models.join("default")], runtime))
        .expect("the default models are there: `./x setup` brings them")
}

/// Reaches this machine only, where tests put their receivers.
fn outbound() -> shiming_outbound::Client {
    let rules = shiming_outbound::Rules {
        trusted_hosts: vec!["127.0.0.1".to_owned()],
    };
    shiming_outbound::Client::new(rules, shiming_outbound::Limits::default(), &[]).unwrap()
}

/// What a test may want otherwise.
#[derive(Default)]
struct Settings {
    policy: Policy,
    scan: ScanSettings,
    channel: Option<Arc<dyn BankChannel>>,
    sso: Option<SsoProvider>,
}

/// When every world begins.
pub fn beginning() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 2, 3, 4, 5).unwrap()
}

impl World {
    pub async fn new() -> Self {
        Self::build(Settings::default()).await
    }

    pub async fn with_policy(policy: Policy) -> Self {
        Self::build(Settings {
            policy,
            ..Settings::default()
        })
        .await
    }

    pub async fn with(scan: ScanSettings) -> Self {
        Self::build(Settings {
            scan,
            ..Settings::default()
        })
        .await
    }

    /// A server with a bank.
    pub async fn with_bank(bank: Arc<dyn BankChannel>) -> Self {
        Self::build(Settings {
            channel: Some(bank),
            ..Settings::default()
        })
        .await
    }

    /// A server whose operators come from an identity provider.
    pub async fn with_sso(provider: SsoProvider) -> Self {
        Self::build(Settings {
            sso: Some(provider),
            ..Settings::default()
        })
        .await
    }

    async fn build(wanted: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let objects = object_store::local::LocalFileSystem::new_with_prefix(folder.path()).unwrap();
        let settings = shiming_storage::Settings {
            url: format!("sqlite:{}", folder.path().join("test.sqlite3").display()),
            objects: Arc::new(objects),
            keys: KeyRing::new(MasterKey::generate(&OsEntropy).unwrap()),
            entropy: Arc::new(OsEntropy),
        };
        shiming_storage::migrate(&settings.url).await.unwrap();
        let store = shiming_storage::open(&settings).await.unwrap();
        let storage = store.clone();
        let clock = Arc::new(HandClock(AtomicI64::new(beginning().timestamp_millis())));
        let faces = FacePool::new(Arc::new(engine()), 1, 4);
        let post = post::PostBag::default();
        let services = Services::new(Parts {
            cases: Cases {
                ledger: store.clone(),
                policy: wanted.policy,
                tokens: store.token_key().clone(),
                clock: clock.clone(),
                board: Arc::default(),
            },
            access: store.clone(),
            jobs: store.clone(),
            lives: store.clone(),
            registry: store.clone(),
            registry_table: store.clone(),
            authority: Arc::new(EmbeddedAuthority::new(store.clone(), faces.clone())),
            photos: store.clone(),
            records: store.clone(),
            operators: store.clone(),
            sso: wanted.sso,
            sessions: store.clone(),
            console: store.clone(),
            figures: store.clone(),
            seen_frames: store.clone(),
            kept_scans: store.clone(),
            risk: store.clone(),
            privacy: store.clone(),
            retention: shiming_service::privacy::Retention::default(),
            audit: store.clone(),
            bank: BankParts {
                channel: wanted.channel,
                sandbox: true,
                branches: store.clone(),
                transfers: store.clone(),
                audit: store.clone(),
                entropy: Arc::new(OsEntropy),
            },
            federation: store.clone(),
            feed: store.clone(),
            platform_api: store.clone(),
            notifications: post.parts(store.clone()),
            outbound: outbound(),
            faces,
            settings: wanted.scan,
            scans: Scans::default(),
            clock: clock.clone(),
            entropy: Arc::new(OsEntropy),
        });
        services.seed_demo().await.unwrap();
        let pages = PageConfig {
            phone_origin: "https://kyb.example".to_owned(),
            portal_origin: "https://kyb.example".to_owned(),
            phone_urls: vec!["https://kyb.example".to_owned()],
            demo: true,
            privacy_url: None,
            support_url: None,
            ca_pem: None,
        };
        let state = AppState {
            services: services.clone(),
            pages: Arc::new(pages),
            letters: letters(),
            api: ApiLimits::default(),
        };
        Self {
            router: router(state),
            services,
            storage,
            clock,
            post,
            _folder: folder,
        }
    }

    pub fn clock_now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A platform with an API key.
    pub async fn platform(&self, name: &str, key: &str) -> Platform {
        let id = PlatformId::new(self.services.fresh_id().unwrap());
        let platform = Platform {
            id,
            name: name.to_owned(),
            realm: Realm::Demo,
        };
        let now = self.clock.now();
        self.services
            .access
            .add_platform(&platform, now)
            .await
            .unwrap();
        let secret = shiming_service::tokens::digest(key);
        let key = ApiKey {
            id: ApiKeyId::new(self.services.fresh_id().unwrap()),
            platform: id,
            name: name.to_owned(),
            prefix: key[..6].to_owned(),
            scopes: Scope::ALL.to_vec(),
            created_at: now,
            expires_at: None,
            revoked_at: None,
        };
        let keys = &self.services.platform_api;
        keys.put_key(&key, secret).await.unwrap();
        platform
    }

    /// The state of the case at a path, whoever may see it.
    pub async fn state_of(&self, path: &str) -> &'static str {
        let id = path.rsplit('/').next().unwrap().parse().unwrap();
        self.services.cases.get(id).await.unwrap().state.name()
    }

    /// The records of the scans of the case at a path.
    pub async fn records(&self, path: &str) -> Vec<Value> {
        let id = path.rsplit('/').next().unwrap().parse().unwrap();
        let case = self.services.cases.get(id).await.unwrap();
        let records = self
            .storage
            .scan_records(case.account.platform, id)
            .await
            .unwrap();
        let parse = |record: &shiming_storage::api::ScanRecord| {
            serde_json::from_str(&record.record).unwrap()
        };
        records.iter().map(parse).collect()
    }

    /// An applicant who has come in and chosen; answers with the path of the case.
    pub async fn applicant(&self) -> (Browser, String) {
        let mut pc = Browser::default();
        let opened = pc
            .post(self, "/demo/api/verifications", &serde_json::json!({}))
            .await;
        assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.body);
        let (id, url) = (text(&opened.body["id"]), text(&opened.body["url"]));
        let secret = url.split_once('#').unwrap().1;
        let body = serde_json::json!({ "case_id": id, "secret": secret });
        let entered = pc.post(self, "/portal/api/sessions", &body).await;
        assert_eq!(entered.status, StatusCode::NO_CONTENT);
        let path = format!("/portal/api/cases/{id}");
        let choice = serde_json::json!({ "subject_type": "enterprise", "method": "face" });
        pc.post(self, &format!("{path}/choice"), &choice).await;
        (pc, path)
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The elements of a seeded company, as its legal representative types them.
pub fn elements(company: &RegistryEntry) -> Value {
    serde_json::json!({
        "enterprise_name": company.claim.enterprise_name.as_str(),
        "uscc": company.claim.uscc.as_str(),
        "legal_representative": company.claim.legal_representative.as_str(),
        "id_number": company.claim.id_number.as_str(),
    })
}

impl Browser {
    /// The `Cookie` header.
    pub fn cookies(&self) -> String {
        self.cookies.join("; ")
    }

    pub async fn get(&mut self, world: &World, path: &str) -> Answer {
        self.ask(world, Request::get(path), Body::empty()).await
    }

    pub async fn post(&mut self, world: &World, path: &str, body: &Value) -> Answer {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        self.ask(world, request, Body::from(body.to_string())).await
    }

    pub async fn ask(
        &mut self,
        world: &World,
        request: axum::http::request::Builder,
        body: Body,
    ) -> Answer {
        let request = request
            .header(header::COOKIE, self.cookies.join("; "))
            .body(body)
            .unwrap();
        let response = world.router.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let pair = cookie
                .to_str()
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .to_owned();
            let name = pair.split('=').next().unwrap().to_owned() + "=";
            self.cookies.retain(|known| !known.starts_with(&name));
            self.cookies.push(pair);
        }
        let status = response.status();
        let read = |name: header::HeaderName| {
            let value = response.headers().get(name);
            value.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
        };
        let (kind, location) = (read(header::CONTENT_TYPE), read(header::LOCATION));
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer {
            status,
            kind,
            location,
            body,
        }
    }
}
