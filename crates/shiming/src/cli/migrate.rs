//! `shiming migrate`: brings the tables up to date, or moves a whole installation to another database.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Args as ClapArgs;
use object_store::local::LocalFileSystem;
use shiming_storage::{migrate, pending_migrations, transfer::transfer};

use crate::{
    backup::carry_objects,
    config::{Config, ObjectsPlan, mask_password},
    private_file::create_private_folder,
    wiring::{self, database_url, embedded_file, migrated_storage},
};

/// What to move, if anything.
#[derive(ClapArgs)]
pub struct Args {
    /// Move everything out of this database, such as `sqlite:data/shiming.sqlite3`
    #[arg(long, value_name = "URL", requires = "to")]
    from: Option<String>,
    /// Move it into this one, such as `postgres://user:password@host/shiming`
    #[arg(long, value_name = "URL", requires = "from")]
    to: Option<String>,
}

/// Migrates, or moves.
pub fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    match (&args.from, &args.to) {
        (Some(from), Some(to)) => super::block_on(move_all(from, to, config))?,
        _ => bring_up_to_date(config)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs every migration that the database lacks; harmless to repeat.
fn bring_up_to_date(config: &Config) -> Result<()> {
    if embedded_file(config).is_some() {
        create_private_folder(&config.data_dir)?;
    }
    let url = database_url(config);
    let pending = super::block_on(async {
        let pending = pending_migrations(&url).await?;
        migrate(&url).await?;
        anyhow::Ok(pending)
    })?;
    println!(
        "{}: {pending} migrations were missing, none is now",
        mask_password(&url)
    );
    Ok(())
}

/// Moves rows, then evidence if it is to lie elsewhere, then opens what it has made with the keys at hand.
async fn move_all(from: &str, to: &str, config: &Config) -> Result<()> {
    if from == to {
        bail!("both URLs name the same database");
    }
    transfer(from, to, |moved| {
        println!(
            "{:<24} {:>9} rows, {:>9} written, {:>6} removed, sha256 {}",
            moved.table, moved.rows, moved.written, moved.removed, moved.digest
        );
    })
    .await?;
    let local = config.data_dir.join("objects");
    if let ObjectsPlan::S3(_) = ObjectsPlan::new(config)?
        && local.is_dir()
    {
        let objects = LocalFileSystem::new_with_prefix(&local)?;
        let carried = carry_objects(&objects, &*wiring::objects(config)?).await?;
        println!("{carried} objects are in the bucket");
    }
    let mut moved = config.clone();
    moved.database.url = Some(to.to_owned());
    let storage = migrated_storage(&moved)
        .await
        .context("everything is moved, but does not open with the master keys at hand")?;
    storage.ping().await?;
    println!(
        "{} holds everything. If servers went on meanwhile, stop them and run this again: it copies what has changed. Then \
         set database.url and start them.",
        mask_password(to)
    );
    Ok(())
}
