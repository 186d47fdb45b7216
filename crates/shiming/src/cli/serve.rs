//! `shiming serve`: the server; `shiming worker`: a worker alone.

use std::process::ExitCode;

use anyhow::Result;
use axum::Router;
use clap::Args as ClapArgs;

use crate::{config::Config, serve};

/// What the server leaves to others.
#[derive(ClapArgs)]
pub struct Args {
    /// Leave the jobs to other nodes: to servers with a worker, or to `shiming worker`
    #[arg(long)]
    no_worker: bool,
}

/// Serves until it is told to stop.
pub fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    let _traces = serve::start_logging(config)?;
    let role = if args.no_worker {
        serve::Role::Pages
    } else {
        serve::Role::PagesAndJobs
    };
    super::block_on(serve::run(config, role, |_| Router::new()))?;
    Ok(ExitCode::SUCCESS)
}

/// Works until it is told to stop.
pub fn work(config: &Config) -> Result<ExitCode> {
    let _traces = serve::start_logging(config)?;
    super::block_on(serve::work(config))?;
    Ok(ExitCode::SUCCESS)
}
