//! A machine with the program on it, and what it keeps.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::Arc,
};

use object_store::{ObjectStore, aws::AmazonS3Builder, local::LocalFileSystem};
use serde_json::Value;
use shiming_identifiers::IdNumber;
use shiming_storage::Settings;
use shiming_testbed::{S3, free_port};
use shiming_vault::{OsEntropy, key_source};
use shiming_verification::words::Realm;

use super::cluster::Node;

const BUCKET: &str = "evidence";

#[derive(Clone)]
pub struct Machine {
    folder: Arc<tempfile::TempDir>,
    settings: Vec<(String, String)>,
}

impl Machine {
    /// An empty one.
    pub fn new(settings: &[(&str, String)]) -> Self {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        let common = [
            ("SHIMING_DATA_DIR", "data".to_owned()),
            ("SHIMING_MODELS", models.display().to_string()),
            ("SHIMING_TLS_MODE", "off".to_owned()),
            ("SHIMING_DEMO", "true".to_owned()),
            ("SHIMING_PUBLIC_URL", "https://verify.example.cn".to_owned()),
        ];
        let settings = common.iter().chain(settings);
        Self {
            folder: Arc::new(tempfile::tempdir().expect("a folder")),
            settings: settings
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        }
    }

    /// The same one, set otherwise.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.settings.push((name.to_owned(), value.to_owned()));
        other
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn setting(&self, name: &str) -> Option<String> {
        let found = self.settings.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    }

    fn command(&self) -> Command {
        self.by(Command::new(env!("CARGO_BIN_EXE_shiming")))
    }

    fn by(&self, mut command: Command) -> Command {
        command
            .envs(self.settings.iter().cloned())
            .current_dir(self.folder.path());
        command
    }

    /// A server that is told of files that may grow no further instead of being ended for it, as with a full disk.
    pub fn serve_where_files_may_end(&self) -> Node {
        self.serve_by(|| {
            let mut command = Command::new("env");
            command.args(["--ignore-signal=XFSZ", env!("CARGO_BIN_EXE_shiming")]);
            command
        })
    }

    fn output(&self, arguments: &[&str]) -> Output {
        let output = self.command().args(arguments).output();
        output.expect("the program runs")
    }

    /// Runs a subcommand; gives what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Runs a subcommand that has to fail; gives what it said.
    pub fn fail(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Starts a server on it.
    pub fn serve(&self) -> Node {
        self.serve_by(|| Command::new(env!("CARGO_BIN_EXE_shiming")))
    }

    fn serve_by(&self, program: impl Fn() -> Command + 'static) -> Node {
        let machine = self.clone();
        let mut node = Node::new(free_port(), move |port| {
            let mut command = machine.by(program());
            let log = std::fs::File::options()
                .create(true)
                .append(true)
                .open(machine.file("log"));
            command
                .arg("serve")
                .env("SHIMING_HTTP_LISTEN", format!("127.0.0.1:{port}"))
                .stdout(Stdio::null())
                .stderr(log.expect("a log"));
            command
        });
        node.start();
        node
    }

    /// What is stored as a person's reference photo.
    pub async fn photo_of(&self, company: &Value) -> Option<Vec<u8>> {
        let default = format!("sqlite:{}", self.file("data/shiming.sqlite3").display());
        let settings = Settings {
            url: self.setting("SHIMING_DATABASE_URL").unwrap_or(default),
            objects: self.objects(),
            keys: key_source::read(&self.file("data/master.key")).expect("keys"),
            entropy: Arc::new(OsEntropy),
        };
        let storage = shiming_storage::open(&settings).await.expect("opens");
        let today = chrono::NaiveDate::from_ymd_opt(2027, 1, 1).expect("a day");
        let id = company["id_number"].as_str().expect("a number");
        let id = IdNumber::parse(id, today).expect("a number");
        storage.photo(&id, Realm::Demo).await.expect("readable")
    }

    fn objects(&self) -> Arc<dyn ObjectStore> {
        let Some(endpoint) = self.setting("SHIMING_S3_ENDPOINT") else {
            let folder = self.file("data/objects");
            return Arc::new(LocalFileSystem::new_with_prefix(folder).expect("a folder"));
        };
        let bucket = AmazonS3Builder::new()
            .with_endpoint(endpoint)
            .with_allow_http(true)
            .with_region("us-east-1")
            .with_bucket_name(BUCKET)
            .with_access_key_id("key")
            .with_secret_access_key("secret");
        Arc::new(bucket.build().expect("a bucket"))
    }
}

/// Settings of a machine whose evidence lies on this server.
pub fn on_s3(server: &S3) -> Vec<(&'static str, String)> {
    vec![
        ("SHIMING_OBJECTS", "s3".to_owned()),
        ("SHIMING_S3_ENDPOINT", server.endpoint()),
        ("SHIMING_S3_BUCKET", BUCKET.to_owned()),
        ("SHIMING_S3_ACCESS_KEY_ID", "key".to_owned()),
        ("SHIMING_S3_SECRET_ACCESS_KEY", "secret".to_owned()),
        ("SHIMING_S3_TIMEOUT_SECONDS", "3".to_owned()),
    ]
}

pub async fn make_bucket(http: &reqwest::Client, server: &S3) {
    let made = http.put(format!("{}/{BUCKET}", server.endpoint())).send();
    assert!(made.await.expect("answers").status().is_success());
}

/// Uploads a portrait as a visitor of the demonstration does; gives the company that was made for it.
pub async fn enrol(http: &reqwest::Client, origin: &str) -> Value {
    let (status, text) = enrol_answer(http, origin).await;
    assert_eq!(status, 201, "{text}");
    serde_json::from_str(&text).expect("a company")
}

/// The same; gives what was answered.
pub async fn enrol_answer(http: &reqwest::Client, origin: &str) -> (reqwest::StatusCode, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/faces/portraits");
    let mut portraits: Vec<_> = std::fs::read_dir(folder)
        .expect("portraits")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "jpg"))
        .collect();
    portraits.sort();
    let portrait = std::fs::read(&portraits[0]).expect("a portrait");
    let mut body =
        b"--x\r\nContent-Disposition: form-data; name=\"legal_representative\"\r\n\r\n".to_vec();
    body.extend_from_slice("访客".as_bytes());
    body.extend_from_slice(
        b"\r\n--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n",
    );
    body.extend_from_slice(b"Content-Type: image/jpeg\r\n\r\n");
    body.extend_from_slice(&portrait);
    body.extend_from_slice(b"\r\n--x--\r\n");
    let response = http
        .post(format!("{origin}/demo/api/enrol"))
        .header("content-type", "multipart/form-data; boundary=x")
        .body(body)
        .send()
        .await
        .expect("answers");
    (response.status(), response.text().await.expect("text"))
}

/// A view without what the clock or the node puts into it.
pub fn timeless(mut view: Value) -> Value {
    view["server_time"] = Value::Null;
    view
}
