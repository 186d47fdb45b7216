//! `shiming api-key`: the keys of a platform's programs.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use chrono::Duration;
use clap::{Args as ClapArgs, Subcommand};
use shiming_audit::{Actor, ActorKind};
use shiming_service::api_keys::{KeySmith, NewKey};
use shiming_storage::Storage;
use shiming_vault::OsEntropy;
use shiming_verification::{
    api_key::{ApiKey, Scope},
    ids::{ApiKeyId, PlatformId},
    ports::Platform,
};

use crate::{
    config::Config,
    wiring::{SystemClock, migrated_storage},
};

/// What to do with keys.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Make a key; it is printed once and never again
    Create {
        /// The platform, `plt_…`
        platform: PlatformId,
        /// For the test mode: reaches every state on command, and nothing that is real
        #[arg(long)]
        test: bool,
        /// What to call it
        #[arg(long, default_value = "")]
        name: String,
        /// What it may be used for; everything if not given
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<Scope>,
    },
    /// List a platform's keys, those of its test mode included
    List {
        /// The platform, `plt_…`
        platform: PlatformId,
    },
    /// Make a key in the place of another one, which works on for a while
    Rotate {
        /// The platform, `plt_…`
        platform: PlatformId,
        /// The key to be replaced, `key_…`
        key: ApiKeyId,
        /// Hours for which the old key works on
        #[arg(long, default_value_t = 24)]
        overlap_hours: u32,
    },
    /// Revoke a key at once
    Revoke {
        /// The platform, `plt_…`
        platform: PlatformId,
        /// The key, `key_…`
        key: ApiKeyId,
    },
}

/// Does it.
pub fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    super::block_on(async {
        let storage = migrated_storage(config).await?;
        match &args.task {
            Task::Create {
                platform,
                test,
                name,
                scopes,
            } => create(&*storage, *platform, *test, name, scopes).await,
            Task::List { platform } => list(&*storage, *platform).await,
            Task::Rotate {
                platform,
                key,
                overlap_hours,
            } => rotate(&*storage, *platform, *key, *overlap_hours).await,
            Task::Revoke { platform, key } => revoke(&*storage, *platform, *key).await,
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn create(
    storage: &(dyn Storage + 'static),
    platform: PlatformId,
    test: bool,
    name: &str,
    scopes: &[Scope],
) -> Result<()> {
    let mut platform = known(storage, platform).await?;
    let clock = SystemClock::default();
    let smith = smith(storage, &clock);
    if test {
        platform = smith.test_side(&platform).await?;
    }
    let scopes = if scopes.is_empty() {
        Scope::ALL
    } else {
        scopes
    };
    let new = smith.make(&platform, name, scopes).await?;
    show(&new);
    Ok(())
}

async fn list(storage: &dyn Storage, platform: PlatformId) -> Result<()> {
    for side in sides(storage, platform).await? {
        for key in storage.keys(side.id).await? {
            println!("{}", line(&key));
        }
    }
    Ok(())
}

fn line(key: &ApiKey) -> String {
    let until = match (key.revoked_at, key.expires_at) {
        (Some(at), _) => format!("revoked {}", at.format("%F %R")),
        (None, Some(at)) => format!("until {}", at.format("%F %R")),
        (None, None) => "in use".to_owned(),
    };
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    let (id, prefix, name) = (key.id, &key.prefix, &key.name);
    format!("{id}  {prefix}…  {until}  {}  {name}", scopes.join(","))
}

async fn rotate(
    storage: &(dyn Storage + 'static),
    platform: PlatformId,
    key: ApiKeyId,
    overlap_hours: u32,
) -> Result<()> {
    let clock = SystemClock::default();
    let overlap = Duration::hours(i64::from(overlap_hours));
    for side in sides(storage, platform).await? {
        if storage
            .keys(side.id)
            .await?
            .iter()
            .any(|known| known.id == key)
        {
            let new = smith(storage, &clock).rotate(&side, key, overlap).await;
            show(&new.context("only a key that is in use can be rotated")?);
            println!("The old key works on for {overlap_hours} hours.");
            return Ok(());
        }
    }
    bail!("the platform has no key {key}; `shiming api-key list {platform}` shows them")
}

async fn revoke(
    storage: &(dyn Storage + 'static),
    platform: PlatformId,
    key: ApiKeyId,
) -> Result<()> {
    let clock = SystemClock::default();
    for side in sides(storage, platform).await? {
        if smith(storage, &clock).revoke(side.id, key).await? {
            println!("{key} opens nothing any more.");
            return Ok(());
        }
    }
    bail!("the platform has no key {key} in use; `shiming api-key list {platform}` shows them")
}

fn smith<'a>(
    storage: &'a (dyn Storage + 'static),
    clock: &'a SystemClock,
) -> KeySmith<'a, dyn Storage> {
    KeySmith {
        store: storage,
        audit: storage,
        actor: Actor::unnamed(ActorKind::CommandLine),
        clock,
        entropy: &OsEntropy,
    }
}

/// A key that was just made, with the only sight of its secret.
pub(super) fn show(new: &NewKey) {
    println!("{}  shown this once only: {}", new.key.id, new.secret);
}

async fn known(storage: &dyn Storage, platform: PlatformId) -> Result<Platform> {
    let found = storage.platform(platform).await?;
    found.with_context(|| {
        format!("there is no platform {platform}; `shiming platform list` shows them")
    })
}

/// The platform and, if there is one, its test mode.
pub(super) async fn sides(storage: &dyn Storage, platform: PlatformId) -> Result<Vec<Platform>> {
    let live = known(storage, platform).await?;
    let test = storage.test_platform(platform).await?;
    Ok([Some(live), test].into_iter().flatten().collect())
}
