//! `run`: a server with the demonstration on.

use std::{
    env,
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result};

use crate::{project, sandbox_bank, setup, shell};

/// What to start.
#[derive(clap::Args)]
pub struct Args {
    /// Arguments for `shiming serve`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    serve: Vec<String>,
}

/// Brings what is needed, builds the server and becomes it.
pub fn run(args: &Args) -> Result<()> {
    setup::run(&setup::Args::default())?;
    let binary = build()?;
    let mut server = Command::new(&binary);
    server
        .arg("serve")
        .args(&args.serve)
        .current_dir(project::root())
        .stdin(Stdio::null());
    if env::var_os("SHIMING_DEMO").is_none() {
        server.env("SHIMING_DEMO", "true");
    }
    sandbox_bank::beside(&mut server)?;
    // Signals from the terminal then reach the server itself.
    Err(server.exec()).with_context(|| format!("{} can't be started", binary.display()))
}

/// Builds the binary for development; the pages are read from `web/dist`.
pub fn build() -> Result<PathBuf> {
    println!("server: cargo build");
    shell::run(&mut shell::program(
        "cargo",
        &["build", "--locked", "--package", "shiming"],
    ))?;
    Ok(project::target().join("debug/shiming"))
}
