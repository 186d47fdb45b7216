//! What the driver and a side say to each other: one JSON line each way.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Run a stage on a frame.
#[derive(Debug, Serialize, Deserialize)]
pub struct Question {
    /// Name of the stage.
    pub stage: String,
    /// Number of the frame; counts on past the last to the first.
    pub frame: usize,
    /// How often.
    pub repeat: usize,
}

/// Every run's time, and what the last one found.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answer {
    /// By the wall, nanoseconds.
    pub wall_ns: Vec<u64>,
    /// Computed by the process, all threads together, nanoseconds.
    pub cpu_ns: Vec<u64>,
    /// For comparing the sides.
    pub found: Value,
}

/// A side's first line: who it is.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ready {
    /// Name and version.
    pub ready: String,
}

/// A process that answers.
pub struct Side {
    pub name: String,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Side {
    /// Starts it on the first `cores` cores and waits until it is ready.
    pub fn start(command: &Command, cores: usize) -> Result<Self> {
        let mut pinned = pinned(command, cores);
        let mut child = pinned
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| {
                format!("{command:?} can't be started; is `taskset` (util-linux) there?")
            })?;
        let (input, output) = child
            .stdin
            .take()
            .zip(child.stdout.take())
            .context("no pipes")?;
        let mut side = Self {
            name: String::new(),
            child,
            input,
            output: BufReader::new(output),
        };
        side.name = serde_json::from_str::<Ready>(&side.line()?)?.ready;
        Ok(side)
    }

    pub fn ask(&mut self, question: &Question) -> Result<Answer> {
        writeln!(self.input, "{}", serde_json::to_string(question)?)?;
        let line = self.line()?;
        serde_json::from_str(&line).with_context(|| format!("{} said {line:?}", self.name))
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            bail!("{} ended; its last words are above", self.name);
        }
        Ok(line)
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The same command on the first `cores` cores, with as many threads for everything that decides by itself.
fn pinned(command: &Command, cores: usize) -> Command {
    let list: Vec<String> = (0..cores).map(|core| core.to_string()).collect();
    let mut pinned = Command::new("taskset");
    pinned
        .arg("--cpu-list")
        .arg(list.join(","))
        .arg(command.get_program())
        .args(command.get_args());
    if let Some(directory) = command.get_current_dir() {
        pinned.current_dir(directory);
    }
    for variable in ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"] {
        pinned.env(variable, cores.to_string());
    }
    pinned
}
