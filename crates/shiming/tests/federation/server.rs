//! A server with one platform in test mode, set up on the command line as an operator does.

use std::{
    fs::File,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use shiming_testbed::{applicant::Applicant, browser::Browser, free_port};

/// Longer than any server needs to come up.
const PATIENCE: Duration = Duration::from_mins(2);

pub struct Server {
    pub origin: String,
    /// The platform's test side, `plt_…`.
    pub platform: String,
    key: String,
    folder: tempfile::TempDir,
    settings: Vec<(&'static str, String)>,
    process: Child,
}

/// A client that follows nothing: a browser's way between servers is what is looked at.
pub fn http() -> reqwest::Client {
    let made = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .tls_danger_accept_invalid_certs(true);
    // Several tests of one process choose the same; the first one counts.
    let _ = rustls::crypto::ring::default_provider().install_default();
    made.build().expect("a client")
}

impl Server {
    pub async fn start(name: &str) -> Self {
        let port = free_port();
        let folder = tempfile::tempdir().expect("a folder");
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        let origin = format!("http://127.0.0.1:{port}");
        let settings = vec![
            (
                "SHIMING_DATA_DIR",
                folder.path().join("data").display().to_string(),
            ),
            ("SHIMING_MODELS", models.display().to_string()),
            ("SHIMING_TLS_MODE", "off".to_owned()),
            ("SHIMING_HTTP_LISTEN", format!("127.0.0.1:{port}")),
            ("SHIMING_PUBLIC_URL", origin.clone()),
            ("SHIMING_TRUSTED_HOSTS", "127.0.0.1".to_owned()),
        ];
        let log = File::create(folder.path().join("log")).expect("a log");
        let mut serve = command(&settings, folder.path());
        let process = serve.arg("serve").stdout(Stdio::null()).stderr(log).spawn();
        let mut server = Self {
            origin,
            platform: String::new(),
            key: String::new(),
            folder,
            settings,
            process: process.expect("starts"),
        };
        server.answers().await;
        let added = server.run(&["platform", "add", name], &[]);
        server.key = word(&added, "sk_test_");
        let listed = server.run(&["platform", "list"], &[]);
        let test = listed.lines().find(|line| line.contains("  test  "));
        server.platform = word(test.expect("a test side"), "plt_");
        server
    }

    /// Waits until it serves: until then it brings its database up to date.
    async fn answers(&self) {
        let (http, begun) = (http(), Instant::now());
        let health = format!("{}/health", self.origin);
        while !http
            .get(&health)
            .send()
            .await
            .is_ok_and(|answer| answer.status().is_success())
        {
            assert!(begun.elapsed() < PATIENCE, "the server does not come up");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Runs a subcommand; gives what it printed.
    pub fn run(&self, arguments: &[&str], secrets: &[(&str, &str)]) -> String {
        let mut command = command(&self.settings, self.folder.path());
        let output = command
            .args(arguments)
            .envs(secrets.iter().copied())
            .output();
        let output = output.expect("the program runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Runs `credential verify`; gives its verdict.
    pub fn verify(&self, credential: &str, more: &[&str]) -> (bool, Value) {
        let file = self.file("credential", credential);
        let mut command = command(&self.settings, self.folder.path());
        let output = command
            .args(["credential", "verify", &file])
            .args(more)
            .output();
        let output = output.expect("the program runs");
        let told = serde_json::from_slice(&output.stdout).expect("JSON");
        (output.status.success(), told)
    }

    /// Writes a file; gives its path.
    pub fn file(&self, name: &str, content: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("written");
        path.display().to_string()
    }

    /// A program of the platform, in test mode.
    pub fn program(&self) -> Browser {
        Browser::with_key(&http(), &self.origin, &self.key)
    }

    /// An account in test mode whose enterprise is verified; gives the id of its verification.
    pub async fn verified(&self, account: &str) -> String {
        let mut program = self.program();
        let values = program.get("/v1/test/values").await.body["values"].clone();
        let all = values.as_array().expect("a table").iter();
        let good = all
            .clone()
            .find(|value| value["effect"] == "match")
            .expect("a good one");
        let id = text(&self.open(account).await["id"]);
        let elements = json!({
            "action": "submit_elements",
            "enterprise_name": good["enterprise_name"], "uscc": good["uscc"],
            "legal_representative": good["legal_representative"], "id_number": good["id_number"],
        });
        let choice = json!({ "action": "choose", "subject_type": "enterprise", "method": "face" });
        for action in [choice, elements, json!({ "action": "pass_scan" })] {
            let done = program
                .post(&format!("/v1/test/verifications/{id}/simulate"), &action)
                .await;
            assert_eq!(done.status, 200, "{}", done.body);
        }
        id
    }

    /// An applicant of an account before the portal.
    pub async fn applicant(&self, account: &str) -> Applicant {
        let opened = self.open(account).await;
        let (case, url) = (text(&opened["id"]), text(&opened["url"]));
        let secret = url.split_once('#').expect("a secret").1;
        let mut pc = Browser::new(&http(), &self.origin);
        let body = json!({ "case_id": case, "secret": secret });
        let entered = pc.post("/portal/api/sessions", &body).await;
        assert_eq!(entered.status, 204, "{}", entered.body);
        Applicant { pc, case }
    }

    /// Opens a verification of an account.
    async fn open(&self, account: &str) -> Value {
        let opened = http()
            .post(format!("{}/v1/verifications", self.origin))
            .bearer_auth(&self.key)
            .header("idempotency-key", account)
            .header("content-type", "application/json")
            .body(json!({ "account": { "id": account } }).to_string())
            .send();
        let opened = opened.await.expect("answers");
        assert_eq!(opened.status(), 201);
        serde_json::from_slice(&opened.bytes().await.expect("a body")).expect("JSON")
    }

    /// The credential of an account, as its platform sees it.
    pub async fn credential(&self, account: &str) -> Value {
        let answer = self
            .program()
            .get(&format!("/v1/accounts/{account}/credential"))
            .await;
        answer.body
    }

    /// The user of an account arrives with a sister platform's request, signs in at the platform and answers; gives the address
    /// that the browser is sent back to.
    pub async fn consents(&self, request: &str, account: &str, agreed: bool) -> String {
        let mut browser = Browser::new(&http(), &self.origin);
        let path = request.strip_prefix(&self.origin).expect("our own address");
        let away = browser.get(path).await;
        assert_eq!(away.status, 303, "{}", away.body);
        let away = url::Url::parse(&away.location).expect("the platform's sign-in");
        let (_, request) = away
            .query_pairs()
            .find(|(name, _)| name == "request")
            .expect("a request");
        let login = json!({ "request": request, "account_id": account });
        let login = self.program().post("/v1/federation/logins", &login).await;
        assert_eq!(login.status, 200, "{}", login.body);
        let page = text(&login.body["url"]);
        let (_, key) = page.split_once('#').expect("a key");
        let shown = browser
            .post("/federation/api/request", &json!({ "key": key }))
            .await;
        assert_eq!(shown.body["account"], account);
        let answer = json!({ "key": key, "agreed": agreed });
        let done = browser.post("/federation/api/answer", &answer).await;
        text(&done.body["redirect_to"])
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder.path().join("log"));
            eprintln!("{}:\n{}", self.origin, log.unwrap_or_default());
        }
    }
}

fn command(settings: &[(&'static str, String)], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shiming"));
    command
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .current_dir(folder);
    command
}

/// The word in a text that begins so.
pub fn word(text: &str, start: &str) -> String {
    let mut words = text.split_whitespace();
    let found = words.find(|word| word.starts_with(start));
    found
        .unwrap_or_else(|| panic!("no {start}… in: {text}"))
        .to_owned()
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
