//! `shiming serve`: the server.

use std::process::ExitCode;

use anyhow::Result;

use crate::{config::Config, serve};

/// Serves until it is told to stop.
pub fn run(config: &Config) -> Result<ExitCode> {
    serve::start_logging(&config.log)?;
    super::block_on(serve::run(config))?;
    Ok(ExitCode::SUCCESS)
}
