//! A PostgreSQL server of our own in a temporary folder, reached by its socket only.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;

use crate::support::{Bench, settings};

/// The user that PostgreSQL runs as where the test runs as root, which PostgreSQL refuses to be.
const USER: &str = "postgres";

pub struct Server {
    folder: TempDir,
    process: Child,
}

impl Server {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("open to it");
        let data = folder.path().join("data");
        let made = command("initdb")
            .args([
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--username",
                USER,
                "--pgdata",
            ])
            .arg(&data)
            .stdout(Stdio::null())
            .status()
            .expect("initdb runs");
        assert!(made.success(), "initdb failed");
        let process = command("postgres")
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args([
                "-c",
                "listen_addresses=",
                "-c",
                "max_connections=200",
                "-c",
                "fsync=off",
            ])
            .stderr(Stdio::null())
            .spawn()
            .expect("postgres runs");
        Self { folder, process }
    }

    /// A fresh database named after a story.
    pub async fn bench(&self, story: &str) -> Bench {
        let name = &story[..story.len().min(60)];
        let mut connection = self.connect().await;
        let sql = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        connection.execute(sql).await.expect("a database");
        connection.close().await.expect("closed");
        let folder = tempfile::tempdir().expect("a folder");
        Bench::on(settings(self.url(name), &folder), folder).await
    }

    fn url(&self, database: &str) -> String {
        let socket = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://{USER}@{socket}/{database}")
    }

    /// Connects as soon as the server is up.
    async fn connect(&self) -> PgConnection {
        for _ in 0..100 {
            if let Ok(connection) = PgConnection::connect(&self.url("postgres")).await {
                return connection;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("PostgreSQL did not come up within 10 s");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGINT asks for a fast shutdown; it takes the server's children with it.
        let pid = self.process.id().to_string();
        let asked = Command::new("kill").args(["-INT", &pid]).status();
        if asked.is_ok_and(|asked| asked.success()) {
            let _ended = self.process.wait();
        }
    }
}

/// One of PostgreSQL's programs, never as root.
fn command(program: &str) -> Command {
    let program = find(program);
    let is_root =
        fs::metadata("/proc/self").is_ok_and(|of| std::os::unix::fs::MetadataExt::uid(&of) == 0);
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", USER, "--regid", USER, "--clear-groups"])
        .arg(program);
    command.current_dir("/");
    command
}

/// The program on the path, or in the folders where distributions keep it.
fn find(program: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut places: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    places.sort();
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    places.extend(std::env::split_paths(&on_path));
    let there = |folder: &PathBuf| Path::new(folder).join(program);
    let found = places.iter().map(there).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{program} is not installed; install PostgreSQL's server"))
}
