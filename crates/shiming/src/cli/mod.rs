//! The command line: one file for each subcommand.

mod check;
mod config;
mod face;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::config::{ENV_CONFIG_FILE, Loaded, load};

/// Verifies that an account belongs to a real enterprise and that its legal representative agrees, in person.
#[derive(Parser)]
#[command(name = "shiming", version, about)]
pub struct Cli {
    /// Configuration file; `shiming.toml` in the working directory is read if there is one
    #[arg(long, global = true, value_name = "FILE", env = ENV_CONFIG_FILE)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check codes, numbers and names: one JSON object a line; exits 1 if any is invalid
    Check(check::Args),
    /// Look at faces: compare two images, or inspect one
    Face(face::Args),
    /// Show the configuration that holds, without secrets
    Config(config::Args),
}

impl Cli {
    /// Does what was asked for.
    pub fn run(self) -> Result<ExitCode> {
        match &self.command {
            Command::Check(args) => check::run(args),
            Command::Face(args) => face::run(args, &self.load()?.config),
            Command::Config(args) => config::run(args, || self.load()),
        }
    }

    fn load(&self) -> Result<Loaded> {
        Ok(load(self.config.as_deref())?)
    }
}
