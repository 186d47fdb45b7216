//! `audit`: known vulnerabilities in dependencies.

use anyhow::{Context as _, Result};

use crate::{shell, supply_chain};

/// Asks the advisory database, which lies on a git host and is fetched on each call.
pub fn run() -> Result<()> {
    let deny = supply_chain::cargo_deny()?;
    shell::run(&mut shell::program(
        &deny.to_string_lossy(),
        &["check", "advisories"],
    ))
    .context("either an advisory applies, or the database at github.com can't be reached from here")
}
