//! `e2e`: the pages in a real browser, against the real server.

use anyhow::{Result, bail};

use crate::{example, programs::Programs, project, setup, shell, test::Counts, web};

/// What to run.
#[derive(clap::Args)]
pub struct Args {
    /// Arguments for Playwright, for example a spec's name
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    playwright: Vec<String>,
}

/// Brings what is needed, builds the server and runs Playwright.
pub fn run(args: &Args) -> Result<()> {
    setup::run(&setup::Args { tests: true })?;
    let counts = playwright(&Programs::alone()?, &args.playwright)?;
    println!("{counts}");
    if counts.failed > 0 {
        bail!("browser tests failed; `e2e/report` has their traces")
    }
    Ok(())
}

/// Runs the browser tests and counts them.
pub fn playwright(programs: &Programs, arguments: &[String]) -> Result<Counts> {
    web::install("e2e")?;
    example::prepare()?;
    let results = project::target().join("e2e-results.json");
    drop(std::fs::remove_file(&results));
    let mut command = shell::program_in(
        "e2e",
        "npx",
        &["playwright", "test", "--reporter=list,json"],
    );
    command
        .args(arguments)
        .env("SHIMING_BIN", &programs.server)
        .env("SANDBOX_BANK_BIN", &programs.bank)
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &results);
    let (ok, _) = shell::watch(&mut command)?;
    Counts::of_playwright(&results)?.or_one_failure(ok)
}
