//! `test faults`: what may go wrong, each fault repeated and lasting longer than in the short subset of `./x test`.

use std::process::ExitCode;

use super::{Counts, Report};
use crate::{setup, shell};

/// What each run is called, and what follows `cargo test --workspace --features …`.
const SUITES: [(&str, &[&str]); 4] = [
    (
        "kills at every commit of both methods, on both engines",
        &["--test", "bank", "--", "kill::", "methods::"],
    ),
    (
        "kills amid commits, and what competes",
        &["--test", "storage", "--", "crash::", "concurrency::"],
    ),
    (
        "nodes, database, disk, evidence and receivers under load",
        &["--test", "nodes", "--", "faults::"],
    ),
    (
        "clocks that jump, registries that are slow, dead or lying",
        &[
            "--test",
            "portal_and_phone",
            "--test",
            "platform_api",
            "--",
            "a_clock_that_jumps",
            "every_magic_value",
        ],
    ),
];

/// Runs all of them, also after a failure.
pub fn run() -> ExitCode {
    let mut report = Report::default();
    let ready = report.step("set-up", "see the message above", || {
        setup::run(&setup::Args { tests: true })
    });
    if ready {
        for (name, arguments) in SUITES {
            report.tests(name, "`./x test faults` repeats it", || suite(arguments));
        }
    }
    if report.finish() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn suite(arguments: &[&str]) -> anyhow::Result<Counts> {
    let mut command = shell::program("cargo", &["test", "--workspace", "--locked"]);
    command.args(super::rust::SERVERS).args(arguments);
    command.env("SHIMING_ALL_FAULTS", "1");
    let (ok, output) = shell::watch(&mut command)?;
    Counts::of_cargo_test(&output)?.or_one_failure(ok)
}
