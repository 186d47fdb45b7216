//! Files of the bank, brought by hand.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::{Result, bail};
use clap::{Args as ClapArgs, Subcommand};
use shiming_audit::{Actor, ActorKind};
use shiming_bank::report::FileReport;
use shiming_service::bank::StatementError;

use crate::{
    config::Config,
    wiring::{bank_books, bank_reading},
};

/// What to do with a file.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Read a statement or report (pain.002, camt.053, camt.054, CSV); the same file again changes nothing
    Import {
        /// The file, of any size
        file: PathBuf,
    },
}

/// Reads the file and says what it did.
pub async fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    let Task::Import { file } = &args.task;
    let name = file
        .file_name()
        .map_or_else(|| "statement".into(), |name| name.to_string_lossy());
    let report = FileReport::new(file, &name, bank_reading(config)?);
    let books = bank_books(config).await?;
    let by = Actor::unnamed(ActorKind::CommandLine);
    let stored = match books.desk().bring_report(by, Arc::new(report)).await {
        Ok(stored) => stored,
        Err(StatementError::File(error)) => {
            bail!("{}: {error}; nothing of it was stored", file.display())
        }
        Err(StatementError::Service(error)) => return Err(error.into()),
    };
    if stored.known_file {
        println!("this very file had been read before; nothing was changed");
    } else {
        println!(
            "{} records: {} belong to a transfer, {} to none (see `shiming bank outstanding`), {} were known",
            stored.records, stored.matched, stored.unmatched, stored.known
        );
    }
    Ok(ExitCode::SUCCESS)
}
