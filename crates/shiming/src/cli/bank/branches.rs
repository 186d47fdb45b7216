//! The directory of bank branches.

use std::{
    fs::File,
    io::{BufReader, Seek as _},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context as _, Result};
use chrono::Utc;
use clap::{Args as ClapArgs, Subcommand};
use shiming_bank::branches::{Finding, import};
use shiming_verification::ports::bank::BranchQuery;

use crate::{config::Config, wiring::migrated_storage};

/// What to do with the directory.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Read branches from a CSV file with the columns cnaps, bank, branch, province, city; may be repeated
    Import {
        /// `.csv` with a header line, in UTF-8 or GBK
        file: PathBuf,
    },
    /// Look branches up by part of a name or the beginning of a code
    Search {
        /// What to look for
        text: String,
        /// The most that are shown
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
}

/// Imports or searches.
pub async fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    match &args.task {
        Task::Import { file } => read(file, config).await,
        Task::Search { text, limit } => search(text, *limit, config).await,
    }
}

async fn read(path: &PathBuf, config: &Config) -> Result<ExitCode> {
    let opened = || File::open(path).with_context(|| format!("{} can't be opened", path.display()));
    let (mut list, again) = (opened()?, opened()?);
    list.rewind()
        .context("the list has to be a file, since it is read twice")?;
    let storage = migrated_storage(config).await?;
    let mut tell = |finding: &Finding| eprintln!("{finding}");
    let (list, again) = (BufReader::new(list), BufReader::new(again));
    let done = import(list, again, &*storage, Utc::now(), &mut tell).await?;
    println!(
        "branches: {} new, {} changed, {} as they were, {} lines not usable, {} with a doubtful check digit",
        done.new, done.changed, done.unchanged, done.bad, done.doubtful
    );
    let none = done.new + done.changed + done.unchanged == 0;
    Ok(if none {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

async fn search(text: &str, limit: u32, config: &Config) -> Result<ExitCode> {
    let query = BranchQuery {
        text: text.to_owned(),
        ..BranchQuery::default()
    };
    let found = migrated_storage(config)
        .await?
        .find_branches(&query, limit)
        .await?;
    for branch in &found {
        println!(
            "{}  {}  {} {}  {}",
            branch.cnaps.as_str(),
            branch.bank,
            branch.province,
            branch.city,
            branch.name
        );
    }
    Ok(if found.is_empty() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
