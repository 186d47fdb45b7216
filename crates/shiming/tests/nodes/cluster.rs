//! Two nodes, what they share, and nginx in front.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use shiming_testbed::{
    Durability, Nginx, Postgres,
    applicant::{Applicant, Phone},
    browser::Socket,
    free_port, signal, wait_for_port,
};
use tokio::task::JoinHandle;

/// Nodes on one database, with one key.
pub struct Cluster {
    pub nodes: Vec<Node>,
    pub postgres: Postgres,
    settings: Vec<(String, String)>,
    folder: tempfile::TempDir,
    nginx: Option<Nginx>,
}

impl Cluster {
    /// Two nodes that do everything.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        Self::with(settings, &[])
    }

    /// Two nodes without workers.
    pub fn of_pages_only() -> Self {
        Self::with(&[], &["--no-worker"])
    }

    fn with(settings: &[(&str, &str)], arguments: &[&'static str]) -> Self {
        let postgres = Postgres::start(Durability::None);
        let folder = tempfile::tempdir().expect("a folder");
        let url = postgres.database("shiming");
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        let key = folder.path().join("master.key").display().to_string();
        let common = [
            ("SHIMING_DATABASE_URL", url.as_str()),
            ("SHIMING_KEYS_FILE", &key),
            ("SHIMING_MODELS", models.to_str().expect("text")),
            ("SHIMING_TLS_MODE", "off"),
            ("SHIMING_DEMO", "true"),
            ("SHIMING_PUBLIC_URL", "https://verify.example.cn"),
            ("SHIMING_SHUTDOWN_SECONDS", "2"),
        ];
        let settings = common.iter().chain(settings);
        let settings: Vec<_> = settings
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let mut cluster = Self {
            nodes: Vec::new(),
            postgres,
            settings,
            folder,
            nginx: None,
        };
        for once in [&["keys", "generate"][..], &["migrate"]] {
            let done = cluster.command("setup").args(once).status();
            assert!(done.is_ok_and(|done| done.success()), "{once:?}");
        }
        for name in ["one", "two"] {
            let mut node = Node::new(free_port(), cluster.recipe(name, arguments));
            node.start();
            cluster.nodes.push(node);
        }
        cluster
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shiming"));
        command
            .envs(self.settings.iter().cloned())
            .env("SHIMING_DATA_DIR", self.folder.path().join(name))
            .current_dir(self.folder.path())
            .stdout(Stdio::null());
        command
    }

    fn recipe(&self, name: &str, arguments: &[&'static str]) -> impl Fn(u16) -> Command + use<> {
        let (settings, folder) = (self.settings.clone(), self.folder.path().to_owned());
        let (name, arguments) = (name.to_owned(), arguments.to_owned());
        move |port| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_shiming"));
            let log = fs::File::options()
                .create(true)
                .append(true)
                .open(folder.join(format!("{name}.log")));
            command
                .arg("serve")
                .args(&arguments)
                .envs(settings.iter().cloned())
                .env("SHIMING_DATA_DIR", folder.join(&name))
                .env("SHIMING_HTTP_LISTEN", format!("127.0.0.1:{port}"))
                .current_dir(&folder)
                .stdout(Stdio::null())
                .stderr(log.expect("a log"));
            command
        }
    }

    /// Runs a subcommand; gives what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let mut command = self.command("setup");
        command.args(arguments).stdout(Stdio::piped());
        let output = command.output().expect("the program runs");
        let wrong = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {wrong}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// A worker beside the nodes.
    pub fn worker(&self) -> Child {
        self.command("worker")
            .arg("worker")
            .spawn()
            .expect("starts")
    }

    /// Puts nginx in front, by the sample that operators start from; gives its origin.
    pub fn proxy(&mut self) -> String {
        let port = free_port();
        let certified = rcgen::generate_simple_self_signed(["verify.example.cn".to_owned()]);
        let certified = certified.expect("a certificate");
        let (cert, key) = (self.file("cert.pem"), self.file("key.pem"));
        fs::write(&cert, certified.cert.pem()).expect("written");
        fs::write(&key, certified.signing_key.serialize_pem()).expect("written");
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/nginx.conf");
        let mut site = fs::read_to_string(sample).expect("the sample");
        for (sampled, ours) in [
            ("listen 443 ssl;", format!("listen 127.0.0.1:{port} ssl;")),
            ("/etc/ssl/verify.example.cn.pem", cert.display().to_string()),
            ("/etc/ssl/verify.example.cn.key", key.display().to_string()),
            (
                "127.0.0.1:8081",
                format!("127.0.0.1:{}", self.nodes[0].port),
            ),
            (
                "127.0.0.1:8082",
                format!("127.0.0.1:{}", self.nodes[1].port),
            ),
        ] {
            assert!(site.contains(sampled), "the sample has {sampled}");
            site = site.replace(sampled, &ours);
        }
        self.nginx = Some(Nginx::start(&site, port));
        format!("https://127.0.0.1:{port}")
    }

    /// The master keys, which both nodes read.
    pub fn key_file(&self) -> PathBuf {
        self.file("master.key")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Cluster {
    /// What the nodes said last helps to see why a test has failed.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        for name in ["one", "two"] {
            let log = fs::read_to_string(self.file(&format!("{name}.log"))).unwrap_or_default();
            let lines: Vec<_> = log.lines().collect();
            let last = lines[lines.len().saturating_sub(20)..].join("\n");
            eprintln!("node {name}:\n{last}");
        }
    }
}

/// One node's process.
pub struct Node {
    command: Box<dyn Fn(u16) -> Command>,
    port: u16,
    process: Option<Child>,
}

impl Node {
    pub fn new(port: u16, command: impl Fn(u16) -> Command + 'static) -> Self {
        Self {
            command: Box::new(command),
            port,
            process: None,
        }
    }

    pub fn start(&mut self) {
        let process = (self.command)(self.port).spawn().expect("starts");
        self.process = Some(process);
        wait_for_port(self.port);
    }

    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn tell(&self, name: &str) {
        signal(self.process.as_ref().expect("runs").id(), name);
    }

    /// Ends it with no warning.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("SIGKILL");
            process.wait().expect("is dead");
        }
    }

    /// Where its files end from now on, in bytes; beyond that the system refuses to write.
    pub fn limit_files(&self, bytes: &str) {
        let pid = self.process.as_ref().expect("runs").id().to_string();
        let set = Command::new("prlimit")
            .args(["--pid", &pid, &format!("--fsize={bytes}:")])
            .status();
        assert!(set.is_ok_and(|set| set.success()), "prlimit (util-linux)");
    }

    pub fn has_ended(&mut self) -> bool {
        let process = self.process.as_mut().expect("was started");
        process.try_wait().expect("a child").is_some()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Connects again as the page does: after a pause, for a minute.
pub async fn again(phone: &Phone) -> Socket {
    let mut last = None;
    for _ in 0..120 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        match phone.scan().await {
            Ok(socket) => return socket,
            Err(status) => last = Some(status),
        }
    }
    panic!("no node takes the scan: {last:?}");
}

/// Somebody who asks all the time and notes what went wrong.
pub struct Visitor {
    stop: Arc<AtomicBool>,
    task: JoinHandle<(usize, Vec<String>)>,
}

impl Visitor {
    pub fn begin(mut applicant: Applicant) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let told = stop.clone();
        let task = tokio::spawn(async move {
            let (mut asked, mut failed) = (0, Vec::new());
            while !told.load(Ordering::Relaxed) {
                asked += 1;
                let path = applicant.path("");
                match applicant.pc.ask(reqwest::Method::GET, &path, None).await {
                    Ok(answer) if answer.status == 200 => {}
                    Ok(answer) => failed.push(format!("{} {}", answer.status, answer.body)),
                    Err(error) => failed.push(format!("{error:?}")),
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            (asked, failed)
        });
        Self { stop, task }
    }

    pub async fn end(self) -> (usize, Vec<String>) {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.expect("no panic")
    }
}
