//! `shiming platform`: who may send accounts here to be verified.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args as ClapArgs, Subcommand};
use shiming_service::{
    edge::{Clock as _, fresh_uuid},
    tokens,
};
use shiming_storage::Storage;
use shiming_vault::{OsEntropy, random_token};
use shiming_verification::{ids::PlatformId, ports::Platform, words::Realm};

use crate::{
    config::Config,
    wiring::{SystemClock, migrated_storage},
};

/// How much of a key may be shown later, to tell keys apart.
const SHOWN: usize = 10;
const LONGEST_NAME: usize = 64;

/// What to do with platforms.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Add a platform; its API key is printed once and never again
    Add {
        /// Its name, as applicants and legal representatives will read it
        name: String,
    },
    /// List platforms
    List,
}

/// Adds or lists.
pub fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    super::block_on(async {
        let storage = migrated_storage(config).await?;
        match &args.task {
            Task::Add { name } => add(&*storage, name.trim()).await,
            Task::List => list(&*storage).await,
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn add(storage: &dyn Storage, name: &str) -> Result<()> {
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control)
    {
        bail!(
            "a platform's name has 1 to {LONGEST_NAME} characters, none of them control characters"
        );
    }
    let clock = SystemClock::default();
    let id = PlatformId::new(fresh_uuid(clock.now(), &OsEntropy)?);
    let key = format!("sk_{}", random_token(&OsEntropy)?.expose());
    let platform = Platform {
        id,
        name: name.to_owned(),
        realm: Realm::Live,
    };
    storage.add_platform(&platform, clock.now()).await?;
    storage
        .add_api_key(id, tokens::digest(&key), &key[..SHOWN], clock.now())
        .await?;
    println!("{id}  {name}\nAPI key, shown this once only: {key}");
    Ok(())
}

async fn list(storage: &dyn Storage) -> Result<()> {
    for platform in storage.platforms().await? {
        println!(
            "{}  {:<4}  {}",
            platform.id,
            platform.realm.as_str(),
            platform.name
        );
    }
    Ok(())
}
