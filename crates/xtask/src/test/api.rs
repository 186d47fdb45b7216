//! The platforms' API against its own OpenAPI document: Schemathesis sends a real server what the document allows, and what it
//! does not.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result};

use super::Counts;
use crate::{programs::Programs, project, setup, shell};

/// Where its configuration lies.
const FOLDER: &str = "crates/testbed/schemathesis";
/// Seconds that it may take.
const BOUND: &str = "75";

/// Runs it against a server of its own, with a key of the test mode.
pub fn fuzzed() -> Result<Counts> {
    let Programs { server: binary, .. } = Programs::of_the_tests()?;
    let folder = tempfile::tempdir()?;
    let server = Server::start(&binary, folder.path())?;
    let report = project::target().join("schemathesis.json");
    drop(fs::remove_file(&report));
    let program = project::path(setup::PYTHON).join("bin/st");
    let mut command = shell::program_in(FOLDER, &program.display().to_string(), &["run"]);
    command
        .arg(project::path("docs/openapi.json"))
        .args(["--url", &server.origin, "--include-path-regex", "^/v1/"])
        .args(["--max-time", BOUND, "--max-examples", "10"])
        .args(["--report", "json", "--report-json-path"])
        .arg(&report)
        .env("SHIMING_API_KEY", &server.key);
    let (ok, _) = shell::watch(&mut command)?;
    Counts::of_schemathesis(&report)?.or_one_failure(ok)
}

struct Server {
    process: Child,
    origin: String,
    key: String,
}

impl Server {
    fn start(binary: &Path, data: &Path) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let origin = format!("http://127.0.0.1:{port}");
        let shiming = || {
            let mut command = Command::new(binary);
            command
                .current_dir(project::root())
                .stdin(Stdio::null())
                .env("SHIMING_DATA_DIR", data)
                .env("SHIMING_MODELS", project::path("models/default"))
                .env("SHIMING_TLS_MODE", "off")
                .env("SHIMING_HTTP_LISTEN", format!("127.0.0.1:{port}"))
                .env("SHIMING_PUBLIC_URL", &origin)
                .env("SHIMING_TRUSTED_HOSTS", "localhost")
                // The limit has tests of its own; here it would only hide answers.
                .env("SHIMING_API_PER_SECOND", "10000")
                .env("SHIMING_API_BURST", "100000");
            command
        };
        let added = shiming().args(["platform", "add", "Test"]).output()?;
        let printed = String::from_utf8_lossy(&added.stdout).into_owned();
        let key = printed
            .split_whitespace()
            .find(|word| word.starts_with("sk_test_"))
            .context("the server printed no key of the test mode")?
            .to_owned();
        let process = shiming().arg("serve").stdout(Stdio::piped()).spawn()?;
        let mut server = Self {
            process,
            origin,
            key,
        };
        server.wait()?;
        Ok(server)
    }

    /// Reads what it prints until it says where it listens.
    fn wait(&mut self) -> Result<()> {
        let output = self.process.stdout.take().context("piped")?;
        let mut lines = BufReader::new(output).lines();
        let origin = self.origin.clone();
        let port = origin.rsplit(':').next().unwrap_or_default();
        let found = lines
            .by_ref()
            .map_while(Result::ok)
            .any(|line| line.contains(port));
        // It goes on printing; nobody reading would stop it.
        std::thread::spawn(move || lines.for_each(drop));
        found.then_some(()).context("the server ended at once")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
