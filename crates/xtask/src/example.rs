//! `example`: a small platform in front of a server of its own, to see how platforms connect.

use std::os::unix::process::CommandExt as _;

use anyhow::{Context as _, Result};

use crate::{serve, setup, shell, web};

/// Where the example lies.
const FOLDER: &str = "examples/platform";

/// Brings what is needed, builds the server and the client library, and starts both.
pub fn run() -> Result<()> {
    setup::run(&setup::Args::default())?;
    let binary = serve::build()?;
    prepare()?;
    let mut node = shell::program_in(FOLDER, "node", &["src/start.js"]);
    // Signals from the terminal then reach it alone, and it ends the rest.
    Err(node.env("SHIMING_BIN", binary).exec()).context("node can't be started")
}

/// Builds the client library and installs it in the example.
pub fn prepare() -> Result<()> {
    web::install(web::CLIENT)?;
    web::script(web::CLIENT, "build")?;
    web::install(FOLDER)
}
