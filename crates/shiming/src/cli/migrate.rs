//! `shiming migrate`: brings the tables up to date.

use std::process::ExitCode;

use anyhow::Result;
use shiming_storage::{migrate, pending_migrations};

use crate::{
    config::{Config, mask_password},
    private_file::create_private_folder,
    wiring::{database_url, embedded_file},
};

/// Runs every migration that the database lacks; harmless to repeat.
pub fn run(config: &Config) -> Result<ExitCode> {
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
    Ok(ExitCode::SUCCESS)
}
