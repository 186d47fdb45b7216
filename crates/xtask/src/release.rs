//! `build`: the binary for production.

use anyhow::Result;

use crate::{project, setup, shell};

/// Builds the pages, then the binary with the pages inside.
pub fn run() -> Result<()> {
    setup::run(&setup::Args::default())?;
    shell::run(&mut shell::program(
        "cargo",
        &["build", "--locked", "--release", "--package", "shiming"],
    ))?;
    let binary = project::target().join("release/shiming");
    println!(
        "{} holds server and pages; where it runs, it wants the folder models/",
        binary.display()
    );
    Ok(())
}
