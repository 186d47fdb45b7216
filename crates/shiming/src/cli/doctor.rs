//! `shiming doctor`: is everything as it should be, and if not, what to do.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args as ClapArgs;

use crate::{
    config::Loaded,
    doctor::{Finding, Level, examine},
};

/// How to print the findings.
#[derive(ClapArgs)]
pub struct Args {
    /// One JSON array for programs
    #[arg(long)]
    json: bool,
}

/// Prints every finding with its remedy; fails if the server would.
pub fn run(args: &Args, load: impl FnOnce() -> Result<Loaded>) -> Result<ExitCode> {
    let findings = match load() {
        Ok(loaded) => super::block_on(async { Ok(examine(&loaded).await) })?,
        Err(error) => vec![unreadable(&error)],
    };
    if args.json {
        println!("{}", serde_json::to_string(&findings)?);
    } else {
        for finding in &findings {
            println!("{finding}");
        }
    }
    let failed = findings.iter().any(|finding| finding.level == Level::Fail);
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn unreadable(error: &anyhow::Error) -> Finding {
    Finding::fail(
        "configuration",
        format!("{error:#}"),
        "mend it first; everything else depends on it",
    )
}
