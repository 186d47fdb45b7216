//! The command line: one file for each subcommand.

mod api_key;
mod audit;
mod backup;
mod bank;
mod check;
mod config;
mod credential;
mod doctor;
mod face;
mod federation;
mod keys;
mod migrate;
mod models;
mod openapi;
mod operator;
mod platform;
mod registry;
mod scan;
mod serve;
mod webhook;

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
    /// Start the server: API, pages and worker
    Serve(serve::Args),
    /// Do jobs only, beside servers on the same shared database
    Worker,
    /// Bring the database's tables up to date, or move everything to another database
    Migrate(migrate::Args),
    /// Write database, evidence and keys into a folder
    Backup(backup::Args),
    /// Bring a backup back
    Restore(backup::RestoreArgs),
    /// Fill the embedded registry, and count what it holds
    Registry(registry::Args),
    /// The bank: the directory of branches
    Bank(bank::Args),
    /// Add and list the platforms that may send accounts here
    Platform(platform::Args),
    /// Set up sister platforms: whom to trust, who may ask
    Federation(federation::Args),
    /// Check a portable credential without asking anybody; revoke or suspend one of this server
    Credential(credential::Args),
    /// Make, rotate and revoke the API keys of platforms' programs
    ApiKey(api_key::Args),
    /// Say where webhooks go, see how they fare, send them again
    Webhook(webhook::Args),
    /// Make master keys
    Keys(keys::Args),
    /// Check codes, numbers and names: one JSON object a line; exits 1 if any is invalid
    Check(check::Args),
    /// Look at faces: compare two images, or inspect one
    Face(face::Args),
    /// List, check and install face models
    Models(models::Args),
    /// Records of face scans, and judging kept frames again
    Scan(scan::Args),
    /// Check configuration, database, models, certificates and clock, and say what to do
    Doctor(doctor::Args),
    /// Show the configuration that holds, without secrets
    Config(config::Args),
    /// Add, list and disable operators of the console
    Operator(operator::Args),
    /// Verify, export and anchor the audit trail
    Audit(audit::Args),
    /// Print the OpenAPI document of the HTTP interface
    Openapi,
}

impl Cli {
    /// Does what was asked for.
    pub fn run(self) -> Result<ExitCode> {
        match &self.command {
            Command::Serve(args) => serve::run(args, &self.load()?.config),
            Command::Worker => serve::work(&self.load()?.config),
            Command::Migrate(args) => migrate::run(args, &self.load()?.config),
            Command::Backup(args) => backup::run(args, &self.load()?.config),
            Command::Restore(args) => backup::restore(args, &self.load()?.config),
            Command::Registry(args) => registry::run(args, &self.load()?.config),
            Command::Bank(args) => bank::run(args, &self.load()?.config),
            Command::Platform(args) => platform::run(args, &self.load()?.config),
            Command::ApiKey(args) => api_key::run(args, &self.load()?.config),
            Command::Webhook(args) => webhook::run(args, &self.load()?.config),
            Command::Keys(args) => keys::run(args, &self.load()?.config),
            Command::Operator(args) => operator::run(args, &self.load()?.config),
            Command::Audit(args) => audit::run(args, || Ok(self.load()?.config)),
            Command::Federation(args) => federation::run(args, &self.load()?.config),
            Command::Credential(args) => credential::run(args, || Ok(self.load()?.config)),
            Command::Openapi => openapi::run(),
            Command::Check(args) => check::run(args),
            Command::Face(args) => face::run(args, &self.load()?.config),
            Command::Models(args) => models::run(args, &self.load()?.config),
            Command::Scan(args) => scan::run(args, &self.load()?.config),
            Command::Doctor(args) => doctor::run(args, || self.load()),
            Command::Config(args) => config::run(args, || self.load()),
        }
    }

    fn load(&self) -> Result<Loaded> {
        Ok(load(self.config.as_deref())?)
    }
}

/// Runs asynchronous work to its end.
fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Runtime::new()?.block_on(work)
}
