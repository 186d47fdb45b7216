//! A PostgreSQL server of our own.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::{find, is_root, wait_until};

/// The user that PostgreSQL runs as where we are root, which it refuses to be.
const USER: &str = "postgres";
const REMEDY: &str = "`./x setup --tests` brings it (Debian's package is postgresql)";

/// Whether a commit waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// As in production.
    Full,
    /// Not: a test that kills no machine is quicker so.
    None,
}

/// Whether the log holds every statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statements {
    /// It does.
    Logged,
    /// It does not, which is quicker.
    Unlogged,
}

/// The server; it ends when dropped.
pub struct Postgres {
    folder: TempDir,
    process: Option<Child>,
    durability: Durability,
    statements: Statements,
}

impl Postgres {
    /// Makes a cluster in a temporary folder and starts it, reached by its socket only. Its log holds every statement.
    #[must_use]
    pub fn start(durability: Durability) -> Self {
        Self::start_with(durability, Statements::Logged)
    }

    /// The same, with a log as it is wanted.
    #[must_use]
    pub fn start_with(durability: Durability, statements: Statements) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("open to it");
        let made = command("initdb")
            .args(["--auth=trust", "--encoding=UTF8", "--locale=C"])
            .args(["--username", USER, "--no-sync", "--pgdata"])
            .arg(folder.path().join("data"))
            .stdout(Stdio::null())
            .status()
            .expect("initdb runs");
        assert!(made.success(), "initdb failed");
        let mut server = Self {
            folder,
            process: None,
            durability,
            statements,
        };
        server.up();
        server
    }

    /// Starts it on the data that are there, and waits until it answers.
    pub fn up(&mut self) {
        let fsync = match self.durability {
            Durability::Full => "fsync=on",
            Durability::None => "fsync=off",
        };
        let statements = match self.statements {
            Statements::Logged => "log_statement=all",
            Statements::Unlogged => "log_statement=none",
        };
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .expect("a log");
        let process = command("postgres")
            .arg("-D")
            .arg(self.folder.path().join("data"))
            .arg("-k")
            .arg(self.folder.path())
            .args(["-c", "listen_addresses=", "-c", "max_connections=200"])
            .args(["-c", fsync, "-c", statements])
            .args(["-c", "shared_buffers=256MB"])
            .stderr(log)
            .stdout(Stdio::null())
            .spawn()
            .expect("postgres runs");
        self.process = Some(process);
        wait_until("PostgreSQL answers", || {
            self.try_psql("postgres", "SELECT 1").is_some()
        });
    }

    /// Ends it as an administrator's restart does: connections are cut, transactions are rolled back.
    pub fn down(&mut self) {
        self.end("-INT");
    }

    /// Ends it as a power cut does.
    pub fn kill(&mut self) {
        self.end("-QUIT");
    }

    fn end(&mut self, signal: &str) {
        if let Some(mut process) = self.process.take() {
            let pid = process.id().to_string();
            let asked = Command::new("kill").args([signal, &pid]).status();
            if asked.is_ok_and(|asked| asked.success()) {
                let _ended = process.wait();
            }
        }
    }

    /// Every statement that was run, and what went wrong.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// A fresh database.
    #[must_use]
    pub fn database(&self, name: &str) -> String {
        self.execute("postgres", &format!("CREATE DATABASE {name}"));
        self.url(name)
    }

    /// The URL of a database.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let socket = self.socket().display().to_string().replace('/', "%2F");
        format!("postgres://{USER}@{socket}/{database}")
    }

    /// The folder of its socket.
    #[must_use]
    pub fn socket(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a statement.
    pub fn execute(&self, database: &str, sql: &str) {
        drop(self.psql(database, sql));
    }

    /// What a statement answers, unadorned.
    #[must_use]
    pub fn psql(&self, database: &str, sql: &str) -> String {
        self.try_psql(database, sql)
            .unwrap_or_else(|| panic!("psql: {sql}"))
    }

    fn try_psql(&self, database: &str, sql: &str) -> Option<String> {
        let output = Command::new(program("psql"))
            .arg("-h")
            .arg(self.socket())
            .args(["-U", USER, "-d", database, "-X", "-q", "-A", "-t", "-v"])
            .args(["ON_ERROR_STOP=1", "-c", sql])
            .stderr(Stdio::null())
            .output()
            .expect("psql runs");
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(text)
    }

    /// `pgbench` on this server, as a command to which its arguments are added.
    #[must_use]
    pub fn pgbench(&self, database: &str) -> Command {
        let mut command = Command::new(program("pgbench"));
        command.arg("-h").arg(self.socket());
        command.args(["-U", USER, "-n"]).arg(database);
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.down();
    }
}

/// One of PostgreSQL's programs, never as root.
fn command(name: &str) -> Command {
    if !is_root() {
        return Command::new(program(name));
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", USER, "--regid", USER, "--clear-groups"])
        .arg(program(name));
    command.current_dir("/");
    command
}

fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql");
    let versions = versions.into_iter().flatten().flatten();
    let mut folders: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    find(name, folders, REMEDY)
}
