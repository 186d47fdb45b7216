//! `shiming keys`: master keys.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args as ClapArgs, Subcommand};
use shiming_vault::{MasterKey, OsEntropy, key_source};

use crate::{config::Config, private_file::create_private_folder, wiring::key_file};

/// What to do with keys.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Make the key file, unless there is one
    Generate {
        /// Print a key instead, for a secret store
        #[arg(long)]
        print: bool,
    },
}

/// Makes a key.
pub fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    let Task::Generate { print } = args.task;
    if print {
        println!("{}", MasterKey::generate(&OsEntropy)?.to_text().as_str());
        return Ok(ExitCode::SUCCESS);
    }
    let file = key_file(config);
    if file.exists() {
        bail!(
            "{} exists and is left as it is; to rotate, put a key from `--print` on top of it",
            file.display()
        );
    }
    if let Some(folder) = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        create_private_folder(folder)?;
    }
    key_source::create(&file, &OsEntropy)?;
    println!(
        "{} holds the new key; keep a copy elsewhere, without it sealed data are lost",
        file.display()
    );
    Ok(ExitCode::SUCCESS)
}
