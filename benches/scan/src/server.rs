//! The real server as a process of its own, on one core, with a database of its own.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::tally::{Judged, Tally};

/// What to start.
pub struct Start<'a> {
    pub binary: &'a Path,
    pub core: usize,
    pub models: &'a [PathBuf],
    pub runtime: &'a Path,
    pub fps: u32,
}

/// A running server. Dropping it ends it.
pub struct Server {
    pub origin: String,
    child: Child,
    _data: tempfile::TempDir,
}

/// A line of the server's log; only those about judged frames have a case.
#[derive(Deserialize)]
struct Line {
    timestamp: DateTime<Utc>,
    fields: Fields,
}

#[derive(Deserialize)]
struct Fields {
    message: String,
    case: Option<String>,
    phone_ms: Option<u64>,
}

impl Server {
    /// Starts it and waits until it answers. Every frame that it judges goes to the tally, by way of its log.
    pub fn start(start: &Start<'_>, tally: &Arc<Tally>) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let [http, https] = [free_port()?, free_port()?];
        let origin = format!("http://localhost:{http}");
        let models: Vec<_> = start
            .models
            .iter()
            .map(|path| path.to_string_lossy())
            .collect();
        let mut child = Command::new("taskset")
            .args(["--cpu-list", &start.core.to_string()])
            .arg(start.binary)
            .arg("serve")
            .env("SHIMING_DATA_DIR", data.path())
            .env("SHIMING_HTTP_LISTEN", format!("127.0.0.1:{http}"))
            .env("SHIMING_HTTPS_LISTEN", format!("127.0.0.1:{https}"))
            .env("SHIMING_PUBLIC_URL", &origin)
            .env("SHIMING_DEMO", "true")
            .env("SHIMING_MODELS", models.join(":"))
            .env("SHIMING_ONNXRUNTIME", start.runtime)
            .env("SHIMING_SCAN_FPS", start.fps.to_string())
            // The clips are made from one portrait: the passive models are run, and rightly doubt them.
            .env("SHIMING_SCAN_PASSIVE_PAD", "record")
            // And they repeat.
            .env("SHIMING_SCAN_REPLAY", "record")
            // Each simulated person scans again and again.
            .env("SHIMING_POLICY_ACCOUNTS_PER_LICENCE", "1000000")
            .env("SHIMING_POLICY_FACE_TRIES_PER_ID", "1000000")
            .env("SHIMING_LOG_FORMAT", "json")
            .env("SHIMING_LOG", "warn,shiming_service::scan=trace")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("the server can't be started; is `taskset` (util-linux) there?")?;
        let log = BufReader::new(child.stderr.take().context("no pipe")?);
        let tally = tally.clone();
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                read(&line, &tally);
            }
        });
        let mut server = Self {
            origin,
            child,
            _data: data,
        };
        server.wait_until_it_answers(http)?;
        Ok(server)
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    fn wait_until_it_answers(&mut self, port: u16) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_mins(1) {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended at once ({status}); its words are above");
            }
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("the server does not answer at {}", self.origin)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the server says in every run.
const EXPECTED: [&str; 2] = ["new pace", "a recording was played again"];

fn read(line: &str, tally: &Tally) {
    let parsed = serde_json::from_str::<Line>(line);
    let judged = parsed.ok().and_then(|line| {
        let fields = line.fields;
        let frame = fields.message == "frame judged";
        Some((
            line.timestamp,
            frame.then_some(fields.case?)?,
            fields.phone_ms?,
        ))
    });
    match judged {
        Some((at, case, sent_ms)) => tally.judged(Judged { at, case, sent_ms }),
        None if EXPECTED.iter().any(|words| line.contains(words)) => {}
        None => eprintln!("server: {line}"),
    }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
