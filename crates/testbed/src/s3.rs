//! An S3 server: moto, a program of its own that answers S3's protocol from memory.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use crate::{find, free_port, signal, wait_for_port};

const REMEDY: &str = "`./x setup --tests` brings it (PyPI's package is moto[server])";

/// The server; it ends when dropped.
pub struct S3 {
    process: Option<Child>,
    port: u16,
}

impl S3 {
    /// Starts it on a free port.
    #[must_use]
    pub fn start() -> Self {
        let mut server = Self {
            process: None,
            port: free_port(),
        };
        server.up();
        server
    }

    /// Starts it, with nothing in it.
    pub fn up(&mut self) {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../.venv-tests/bin");
        let process = Command::new(find("moto_server", [root], REMEDY))
            .args(["-H", "127.0.0.1", "-p", &self.port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("moto_server runs");
        self.process = Some(process);
        wait_for_port(self.port);
    }

    /// Takes it away.
    pub fn down(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Lets it stop answering while it keeps what it has.
    pub fn freeze(&self) {
        self.tell("-STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.tell("-CONT");
    }

    fn tell(&self, name: &str) {
        if let Some(process) = &self.process {
            signal(process.id(), name);
        }
    }

    /// Where it answers.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        if self.process.is_some() {
            self.thaw();
        }
        self.down();
    }
}
