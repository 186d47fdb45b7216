//! `test`: everything that the project promises, checked; every step named, timed and counted.

mod api;
mod counts;
mod faults;
mod report;
mod rust;

use std::process::ExitCode;

use anyhow::Result;

pub use counts::Counts;
use report::Report;
pub use rust::SERVERS;

use crate::{e2e, lint, programs::Programs, project, setup, shell, supply_chain, web};

/// What to check.
#[derive(clap::Args)]
pub struct Args {
    /// Leave out the browser tests, for a quick look in between
    #[arg(long)]
    no_browser: bool,
    /// One suite instead of everything: `faults` for what may go wrong, at length (about five minutes)
    suite: Option<Suite>,
}

/// A suite that is run by itself.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Suite {
    /// Processes that die, databases that restart, full disks, clocks that jump, providers that are away
    Faults,
}

/// Runs every step, also after a failure; ends with `N passed, N failed` alone on a line.
pub fn run(args: &Args) -> ExitCode {
    if let Some(Suite::Faults) = args.suite {
        return faults::run();
    }
    let mut report = Report::default();
    let ready = report.step("set-up", "see the message above", || {
        setup::run(&setup::Args {
            tests: !args.no_browser,
        })
    });
    if ready {
        rust_steps(&mut report);
        page_steps(&mut report);
        if args.no_browser {
            report.left_out("API against its document", "--no-browser");
        } else {
            report.tests(
                "API against its document",
                "`st run` in crates/testbed/schemathesis repeats it",
                api::fuzzed,
            );
        }
        if args.no_browser {
            report.left_out("browser tests", "--no-browser");
        } else {
            report.tests("browser tests", "`./x e2e SPEC` repeats one", || {
                e2e::playwright(&Programs::of_the_tests()?, &[])
            });
        }
        report.step("dependencies", "see deny.toml", supply_chain::check);
        report.left_out(
            "advisories",
            "they change by the day and need github.com: `./x audit`",
        );
    }
    if report.finish() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn rust_steps(report: &mut Report) {
    report.step(
        "Rust formatting",
        "`cargo fmt --all` mends it",
        lint::format,
    );
    report.step(
        "Rust lints",
        "`cargo clippy` shows them again",
        lint::clippy,
    );
    report.tests(
        "Rust tests",
        "`cargo test -p CRATE NAME` repeats one",
        rust::tests,
    );
    report.tests(
        "Rust documentation tests",
        "`cargo test --doc -p CRATE` repeats them",
        rust::documentation,
    );
}

fn page_steps(report: &mut Report) {
    report.step(
        "page lints and types",
        "`npm run format` in web/ mends the layout",
        lint::pages,
    );
    report.tests(
        "page tests",
        "`npx vitest NAME` in web/ repeats one",
        || vitest("web"),
    );
    report.tests(
        "client library tests",
        "`npm test` in sdk/typescript repeats them",
        || vitest(web::CLIENT),
    );
    report.step("page weight", "see web/scripts/budget.mjs", || {
        web::script("web", "budget")
    });
}

fn vitest(folder: &str) -> Result<Counts> {
    web::install(folder)?;
    let results = project::target().join("vitest-results.json");
    drop(std::fs::remove_file(&results));
    let file = format!("--outputFile.json={}", results.display());
    let arguments = [
        "vitest",
        "run",
        "--reporter=default",
        "--reporter=json",
        &file,
    ];
    let (ok, _) = shell::watch(&mut shell::program_in(folder, "npx", &arguments))?;
    Counts::of_vitest(&results)?.or_one_failure(ok)
}
