//! `shiming platform`: who may send accounts here to be verified.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args as ClapArgs, Subcommand};
use shiming_audit::{Actor, ActorKind, Record};
use shiming_service::{
    api_keys::KeySmith,
    edge::{Clock as _, fresh_uuid},
    platform_api::is_origin,
};
use shiming_storage::Storage;
use shiming_vault::OsEntropy;
use shiming_verification::{api_key::Scope, ids::PlatformId, ports::Platform, words::Realm};

use crate::{
    config::Config,
    wiring::{SystemClock, migrated_storage},
};

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
    /// List platforms; one of the realm `test` is the test mode of the platform with the same name
    List,
    /// Say which pages may frame the portal
    Origins {
        /// The platform, `plt_…`
        platform: PlatformId,
        /// Origins such as `https://shop.example.cn`; without any, nobody may
        origins: Vec<String>,
    },
}

/// Adds or lists.
pub fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    super::block_on(async {
        let storage = migrated_storage(config).await?;
        match &args.task {
            Task::Add { name } => add(&*storage, name.trim()).await,
            Task::List => list(&*storage).await,
            Task::Origins { platform, origins } => set_origins(&*storage, *platform, origins).await,
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn add(storage: &(dyn Storage + 'static), name: &str) -> Result<()> {
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control)
    {
        bail!(
            "a platform's name has 1 to {LONGEST_NAME} characters, none of them control characters"
        );
    }
    let clock = SystemClock::default();
    let id = PlatformId::new(fresh_uuid(clock.now(), &OsEntropy)?);
    let platform = Platform {
        id,
        name: name.to_owned(),
        realm: Realm::Live,
    };
    let actor = Actor::unnamed(ActorKind::CommandLine);
    let record = Record::new(actor, "platform.added", clock.now()).about(id);
    storage.record(vec![record]).await?;
    storage.add_platform(&platform, clock.now()).await?;
    let smith = KeySmith {
        store: storage,
        audit: storage,
        actor: Actor::unnamed(ActorKind::CommandLine),
        clock: &clock,
        entropy: &OsEntropy,
    };
    let live = smith.make(&platform, "first", Scope::ALL).await?;
    let test = smith.test_side(&platform).await?;
    let test = smith.make(&test, "first", Scope::ALL).await?;
    println!("{id}  {name}");
    println!("API key, shown this once only: {}", live.secret);
    println!(
        "API key of the test mode, shown this once only: {}",
        test.secret
    );
    Ok(())
}

async fn set_origins(
    storage: &dyn Storage,
    platform: PlatformId,
    origins: &[String],
) -> Result<()> {
    if let Some(wrong) = origins.iter().find(|origin| !is_origin(origin)) {
        bail!("{wrong} is no origin: https://HOST or https://HOST:PORT, http on localhost only");
    }
    let actor = Actor::unnamed(ActorKind::CommandLine);
    let record = Record::new(actor, "platform.origins_set", SystemClock::default().now());
    storage.record(vec![record.about(platform)]).await?;
    storage.set_origins(platform, origins).await?;
    println!("{} origins may frame the portal", origins.len());
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
