//! A mail server: aiosmtpd, a program of its own that keeps what it takes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{find, free_port, wait_for_port, wait_until};

const REMEDY: &str =
    "`./x setup --tests` brings it (with PyPI's package aiosmtpd in its environment)";

/// How connections are protected, with the PEM files of a certificate and its key.
#[derive(Debug, Clone)]
pub enum MailTls {
    /// Not at all.
    None,
    /// After a greeting in the clear, and never without.
    Starttls(PathBuf, PathBuf),
    /// From the first byte.
    Implicit(PathBuf, PathBuf),
}

/// The server; it ends when dropped.
pub struct MailServer {
    folder: TempDir,
    process: Child,
    port: u16,
}

impl MailServer {
    /// Starts it on a free port, in the clear and without a login.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&MailTls::None, None)
    }

    /// Starts it on a free port.
    #[must_use]
    pub fn start_with(tls: &MailTls, login: Option<(&str, &str)>) -> Self {
        let (folder, port) = (tempfile::tempdir().expect("a folder"), free_port());
        let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let python = find("python", [here.join("../../.venv-tests/bin")], REMEDY);
        let mut command = Command::new(python);
        command
            .arg(here.join("smtp/server.py"))
            .args(["--port", &port.to_string(), "--folder"])
            .arg(folder.path());
        let mut protect = |word: &str, cert: &Path, key: &Path| {
            command.args(["--security", word, "--cert"]).arg(cert);
            command.arg("--key").arg(key);
        };
        match tls {
            MailTls::None => {}
            MailTls::Starttls(cert, key) => protect("starttls", cert, key),
            MailTls::Implicit(cert, key) => protect("implicit", cert, key),
        }
        if let Some((user, password)) = login {
            command.args(["--user", user, "--password", password]);
        }
        let process = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Python runs");
        wait_for_port(port);
        Self {
            folder,
            process,
            port,
        }
    }

    /// Where it listens, on this machine.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// What it has taken so far, in order: envelope, headers, text and HTML of each mail, and how it came.
    #[must_use]
    pub fn mails(&self) -> Vec<Value> {
        let entries = fs::read_dir(self.folder.path()).expect("the folder");
        let paths = entries.map(|entry| entry.expect("a file").path());
        let whole = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "json");
        let mut paths: Vec<_> = paths.filter(whole).collect();
        paths.sort();
        let read = |path: PathBuf| {
            let text = fs::read_to_string(path).expect("a mail");
            serde_json::from_str(&text).expect("JSON")
        };
        paths.into_iter().map(read).collect()
    }

    /// Waits until it has taken so many.
    #[must_use]
    pub fn wait_for(&self, count: usize) -> Vec<Value> {
        wait_until(&format!("{count} mails are there"), || {
            self.mails().len() >= count
        });
        self.mails()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
