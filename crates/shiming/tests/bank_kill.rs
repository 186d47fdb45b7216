//! The real program with the real folder and the sandbox bank, killed with SIGKILL at every trace that its outbox and its
//! reading leave in the folder. The face models have to be there (`./x setup`).
#![allow(
    clippy::disallowed_methods,
    reason = "waits for real processes in real time"
)]

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
#[cfg(feature = "node-tests")]
use shiming_testbed::{Durability, Postgres};
use shiming_testbed::{
    applicant::{Applicant, elements},
    browser::{Browser, http_client},
    free_port, wait_for_port,
};
use sqlx::{Connection as _, Executor as _, SqliteConnection};

/// Longer than any machine needs for one step.
const PATIENCE: Duration = Duration::from_mins(1);

/// The file whose appearance shows that a step is done, in the order of the steps.
const TRACES: [(&str, &str); 6] = [
    ("records/sent", ".part"),
    ("records/sent", ".draft"),
    ("records/sent", ".given"),
    ("out", ".xml"),
    ("records/claimed", ".xml"),
    ("records/done", ".xml"),
];

/// What the server keeps its books in.
enum Database {
    Sqlite(PathBuf),
    #[cfg(feature = "node-tests")]
    Postgres(Box<Postgres>),
}

impl Database {
    fn url(&self) -> String {
        match self {
            Self::Sqlite(file) => format!("sqlite:{}", file.display()),
            #[cfg(feature = "node-tests")]
            Self::Postgres(postgres) => postgres.url("shiming"),
        }
    }

    /// Lets the leases of the dead server end now instead of in a minute.
    async fn end_leases(&self) {
        let sql = "UPDATE job SET due_at = 0 WHERE leased_by IS NOT NULL";
        match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&self.url()).await;
                let connection = connection.as_mut().expect("the database opens");
                connection.execute(sql).await.expect("written");
            }
            #[cfg(feature = "node-tests")]
            Self::Postgres(postgres) => postgres.execute("shiming", sql),
        }
    }
}

/// A process that ends with its owner.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The sandbox bank's program lies beside ours; a run of this crate's tests alone has not built it.
fn sandbox_bank() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_shiming")).with_file_name("sandbox-bank");
    if !program.is_file() {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--locked", "--package", "sandbox-bank"])
            .status();
        assert!(built.is_ok_and(|built| built.success()));
    }
    program
}

struct Town {
    folder: tempfile::TempDir,
    database: Database,
    port: u16,
    server: Process,
    bank: Process,
    bank_address: String,
}

impl Town {
    fn start(database: impl FnOnce(&Path) -> Database) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = database(folder.path());
        let mut bank = Command::new(sandbox_bank());
        bank.args(["serve", "--with-parent", "--listen", "127.0.0.1:0"])
            .arg("--folder")
            .arg(folder.path().join("bank"))
            .stdout(Stdio::piped())
            .stderr(fs::File::create(folder.path().join("bank.log")).expect("a log"));
        let mut bank = Process(bank.spawn().expect("the bank starts"));
        let mut line = String::new();
        let out = bank.0.stdout.take().expect("piped");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let bank_address = line
            .trim()
            .rsplit(' ')
            .next()
            .expect("an address")
            .to_owned();
        let port = free_port();
        prepare(folder.path(), &database.url());
        let server = serve(folder.path(), &database.url(), port);
        Self {
            folder,
            database,
            port,
            server,
            bank,
            bank_address,
        }
    }

    fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Traces of these steps that are in the shared folder now.
    fn traces(&self, steps: &[(&str, &str)]) -> BTreeSet<PathBuf> {
        let of_one = |(folder, end): &(&str, &str)| {
            let listed = fs::read_dir(self.folder.path().join("bank").join(folder));
            let files = listed.into_iter().flatten().flatten();
            let files = files.map(|entry| entry.path());
            let fitting = |file: &PathBuf| file.to_string_lossy().ends_with(end);
            files.filter(fitting).collect::<Vec<_>>()
        };
        steps.iter().flat_map(of_one).collect()
    }

    /// Kills the server as soon as one of the steps has left a trace that was not there before, without a pause in between.
    fn kill_at(&mut self, steps: &[(&str, &str)], before: &BTreeSet<PathBuf>) {
        let begun = Instant::now();
        while !steps.is_empty() && self.traces(steps).is_subset(before) {
            assert!(begun.elapsed() < PATIENCE, "{steps:?} never happens");
        }
        self.server.0.kill().expect("SIGKILL");
        self.server.0.wait().expect("is dead");
    }

    async fn start_again(&mut self) {
        self.database.end_leases().await;
        self.server = serve(self.folder.path(), &self.database.url(), self.port);
    }

    async fn payments(&self, http: &reqwest::Client) -> Vec<Value> {
        let path = "/payments.json";
        let answer = Browser::new(http, &self.bank_address).get(path).await;
        answer.body.as_array().expect("payments").clone()
    }
}

/// Keys and tables, which a server of a shared database does not make by itself.
fn prepare(folder: &Path, database: &str) {
    for arguments in [&["keys", "generate"][..], &["migrate"]] {
        let done = Command::new(env!("CARGO_BIN_EXE_shiming"))
            .args(arguments)
            .env("SHIMING_DATA_DIR", folder.join("data"))
            .env("SHIMING_DATABASE_URL", database)
            .current_dir(folder)
            .output()
            .expect("runs");
        assert!(done.status.success(), "{done:?}");
    }
}

/// Starts the program and waits until it answers.
fn serve(folder: &Path, database: &str, port: u16) -> Process {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let log = fs::File::options()
        .create(true)
        .append(true)
        .open(folder.join("server.log"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_shiming"));
    command
        .arg("serve")
        .env("SHIMING_DATA_DIR", folder.join("data"))
        .env("SHIMING_DATABASE_URL", database)
        .env("SHIMING_MODELS", models)
        .env("SHIMING_TLS_MODE", "off")
        .env("SHIMING_DEMO", "true")
        .env("SHIMING_HTTP_LISTEN", format!("127.0.0.1:{port}"))
        .env("SHIMING_BANK_MODE", "folder")
        .env("SHIMING_BANK_SANDBOX", "true")
        .env("SHIMING_BANK_FOLDER", folder.join("bank"))
        .env("SHIMING_BANK_ACCOUNT_NAME", "示例平台有限公司")
        .env("SHIMING_BANK_ACCOUNT_NUMBER", "11000000000000001")
        .env("SHIMING_BANK_ACCOUNT_CNAPS", "991100000015")
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(log.expect("a log"));
    let server = Process(command.spawn().expect("starts"));
    wait_for_port(port);
    server
}

/// An applicant who has only to confirm the transfer.
async fn before_the_transfer(http: &reqwest::Client, origin: &str, nth: usize) -> Applicant {
    let mut applicant = Applicant::of_the_demo(http, origin).await;
    let companies = Browser::new(http, origin).get("/demo/api/companies").await;
    let all = companies.body.as_array().expect("companies").clone();
    let good =
        |company: &&Value| company["status"] == "active" && company["subject_type"] == "enterprise";
    let company = all.iter().filter(good).cycle().nth(nth).expect("one");
    let choice = json!({ "subject_type": "enterprise", "method": "bank" });
    let account = json!({
        "account_name": company["enterprise_name"],
        "account_number": format!("350000000000{nth:03}02"),
        "cnaps": "991391000018",
    });
    for (what, body) in [
        ("/choice", &choice),
        ("/elements", &elements(company)),
        ("/bank", &account),
    ] {
        let answer = applicant.pc.post(&applicant.path(what), body).await;
        assert_eq!(answer.status, 200, "{what}: {}", answer.body);
    }
    applicant
}

/// Confirms, kills the server when the first of these steps is done, starts it again; gives back who waits for the money.
/// Some traces last for a millisecond only, so one of a later step does as well.
async fn interrupted(
    town: &mut Town,
    http: &reqwest::Client,
    nth: usize,
    steps: &[(&str, &str)],
) -> Applicant {
    let applicant = before_the_transfer(http, &town.origin(), nth).await;
    let before = town.traces(steps);
    let mut hand = applicant.clone();
    let confirming = tokio::spawn(async move {
        let path = hand.path("/transfer");
        let confirmed = hand.pc.post(&path, &json!({})).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.body);
    });
    if steps.is_empty() {
        confirming.await.expect("confirmed");
        town.kill_at(steps, &before);
    } else {
        tokio::task::block_in_place(|| town.kill_at(steps, &before));
        // Where the answer was on its way, it may have died with the server.
        let _ = confirming.await;
    }
    town.start_again().await;
    applicant
}

/// Waits until the money has arrived and types the amount that the bank shows for the account.
async fn finish(town: &Town, http: &reqwest::Client, nth: usize, applicant: &mut Applicant) {
    let begun = Instant::now();
    loop {
        let view = applicant.view().await;
        if view["state"] == "amount_pending" {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "transfer {nth}: {view}");
        // The trace may have been one of an earlier transfer, and the confirmation have died with the server.
        if view["bank"]["step"] == "confirm" {
            let path = applicant.path("/transfer");
            applicant.pc.post(&path, &json!({})).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let account = format!("350000000000{nth:03}02");
    let payments = town.payments(http).await;
    let paid: Vec<_> = payments
        .iter()
        .filter(|payment| payment["account"] == account.as_str())
        .collect();
    assert_eq!(paid.len(), 1, "transfer {nth} is paid once");
    let typed = json!({ "amount": paid[0]["amount"] });
    let answer = applicant.pc.post(&applicant.path("/amount"), &typed).await;
    assert_eq!(answer.body["state"], "verified", "{}", answer.body);
}

async fn money_leaves_once(mut town: Town) {
    let http = http_client();
    let mut waiting = Vec::new();
    for step in (0..=TRACES.len()).rev() {
        let nth = waiting.len();
        waiting.push(interrupted(&mut town, &http, nth, &TRACES[step..]).await);
    }
    for (nth, applicant) in waiting.iter_mut().enumerate() {
        finish(&town, &http, nth, applicant).await;
    }
    assert_eq!(town.payments(&http).await.len(), waiting.len());
    assert!(
        town.bank.0.try_wait().expect("a child").is_none(),
        "the bank lives"
    );
    let bank_log = fs::read_to_string(town.folder.path().join("bank.log")).expect("a log");
    assert_eq!(bank_log, "", "the bank complains of nothing");
    assert_eq!(
        town.traces(&[("records/failed", "")]),
        BTreeSet::new(),
        "no file of the bank was refused"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_money_leaves_once_wherever_the_server_is_killed() {
    let database = |folder: &Path| Database::Sqlite(folder.join("shiming.sqlite3"));
    money_leaves_once(Town::start(database)).await;
}

#[cfg(feature = "node-tests")]
#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql_money_leaves_once_wherever_the_server_is_killed() {
    let postgres = Postgres::start(Durability::None);
    drop(postgres.database("shiming"));
    let database = |_: &Path| Database::Postgres(Box::new(postgres));
    money_leaves_once(Town::start(database)).await;
}
