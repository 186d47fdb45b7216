//! The Rust tests, by nextest where it is installed.

use anyhow::Result;

use super::Counts;
use crate::shell;

/// Tests on PostgreSQL, S3 and nginx need their programs, which the set-up for tests has brought.
pub const SERVERS: [&str; 2] = [
    "--features",
    "shiming-storage/postgres-tests,shiming-storage/s3-tests,shiming-service/postgres-tests,shiming/node-tests",
];

/// Unit and integration tests of all crates.
pub fn tests() -> Result<Counts> {
    if shell::answer("cargo", &["nextest", "--version"]).is_some() {
        let arguments = [
            "nextest",
            "run",
            "--workspace",
            "--locked",
            "--no-fail-fast",
            "--status-level=fail",
        ];
        let mut command = shell::program("cargo", &arguments);
        let (ok, output) = shell::watch(command.args(SERVERS))?;
        return Counts::of_nextest(&output)?.or_one_failure(ok);
    }
    cargo_test("--all-targets")
}

/// The examples in the documentation, which nextest does not run.
pub fn documentation() -> Result<Counts> {
    cargo_test("--doc")
}

fn cargo_test(targets: &str) -> Result<Counts> {
    let arguments = ["test", "--workspace", "--locked", "--no-fail-fast", targets];
    let mut command = shell::program("cargo", &arguments);
    let (ok, output) = shell::watch(command.args(SERVERS))?;
    Counts::of_cargo_test(&output)?.or_one_failure(ok)
}
