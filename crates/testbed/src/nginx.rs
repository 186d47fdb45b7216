//! nginx with a site of ours.

use std::{
    fs,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::{find, signal, wait_for_port};

const REMEDY: &str = "`./x setup --tests` brings it (Debian's package is nginx-light)";

/// The server; it ends when dropped.
pub struct Nginx {
    _folder: TempDir,
    process: Child,
}

impl Nginx {
    /// Starts it with a file of `http`'s content, as a distribution includes it from `conf.d`.
    #[must_use]
    pub fn start(site: &str, port: u16) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let here = folder.path().display();
        fs::write(folder.path().join("site.conf"), site).expect("written");
        let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {here}/{kind};\n"))
            .concat();
        let main = format!(
            "daemon off;\nworker_processes 1;\npid {here}/pid;\nerror_log {here}/error.log;\n\
             events {{ worker_connections 1024; }}\n\
             http {{\naccess_log off;\n{paths}include {here}/site.conf;\n}}\n"
        );
        fs::write(folder.path().join("nginx.conf"), main).expect("written");
        let mut process = Command::new(find("nginx", ["/usr/sbin".into()], REMEDY))
            .args(["-e", "stderr", "-p"])
            .arg(folder.path())
            .arg("-c")
            .arg(folder.path().join("nginx.conf"))
            .stdout(Stdio::null())
            .spawn()
            .expect("nginx runs");
        if let Ok(Some(status)) = process.try_wait() {
            panic!("nginx ended at once: {status}");
        }
        wait_for_port(port);
        Self {
            _folder: folder,
            process,
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        signal(self.process.id(), "-QUIT");
        signal(self.process.id(), "-TERM");
        let _ended = self.process.wait();
    }
}
