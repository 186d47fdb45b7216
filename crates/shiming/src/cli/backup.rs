//! `shiming backup` and `shiming restore`: everything in one folder, and back.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Args as ClapArgs;
use shiming_service::edge::Clock as _;

use crate::{backup, config::Config, wiring::SystemClock};

/// Where to.
#[derive(ClapArgs)]
pub struct Args {
    /// A folder that is empty or not there yet
    folder: PathBuf,
    /// Leave the master keys out; without them, which then have to be kept elsewhere, the backup can't be read
    #[arg(long)]
    without_keys: bool,
    /// Put the keys of cases and people into this file instead, which every backup replaces: then erased people stay erased
    /// in older backups, too
    #[arg(long, value_name = "FILE")]
    keys_apart: Option<PathBuf>,
}

/// Where from.
#[derive(ClapArgs)]
pub struct RestoreArgs {
    /// The folder of a finished backup
    folder: PathBuf,
    /// The file of keys, if the backup was written with `--keys-apart`
    #[arg(long, value_name = "FILE")]
    keys_apart: Option<PathBuf>,
}

/// Writes a backup; servers may go on meanwhile.
pub fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    let now = SystemClock::default().now();
    let written = backup::write(
        config,
        &args.folder,
        !args.without_keys,
        args.keys_apart.as_deref(),
        now,
    );
    let manifest = super::block_on(written)?;
    println!(
        "{}: {} files. Whoever reads it reads everything{}",
        args.folder.display(),
        manifest.files.len(),
        if args.without_keys {
            "; together with the master keys, that is, which are not in it"
        } else {
            ""
        }
    );
    Ok(ExitCode::SUCCESS)
}

/// Brings a backup back, into a place that holds nothing yet.
pub fn restore(args: &RestoreArgs, config: &Config) -> Result<ExitCode> {
    let restored = super::block_on(backup::restore(
        config,
        &args.folder,
        args.keys_apart.as_deref(),
    ))?;
    println!(
        "restored what version {} backed up on {}: {} files verified, {} objects",
        restored.manifest.version,
        restored.manifest.at.format("%Y-%m-%d %H:%M:%S UTC"),
        restored.manifest.files.len(),
        restored.objects
    );
    Ok(ExitCode::SUCCESS)
}
