//! Counting what the registry holds.

use std::process::ExitCode;

use anyhow::Result;
use shiming_storage::api::ImportRun;
use shiming_verification::ports::RegistryStatus;

use crate::{config::Config, wiring::migrated_storage};

/// Prints enterprises by realm and status, photos, and the newest imports.
pub async fn run(config: &Config) -> Result<ExitCode> {
    let stats = migrated_storage(config).await?.registry_stats().await?;
    if stats.enterprises.is_empty() && stats.photos.is_empty() {
        println!("the registry is empty; fill it with `shiming registry import FILE`");
    }
    for count in &stats.enterprises {
        println!(
            "{:<5} {:<10} {:>10} enterprises",
            count.realm.as_str(),
            word(count.status),
            count.count
        );
    }
    for (realm, photos) in &stats.photos {
        println!("{:<5} {:<10} {photos:>10} photos", realm.as_str(), "");
    }
    for import in &stats.last_imports {
        println!("{}", line(import));
    }
    Ok(ExitCode::SUCCESS)
}

const fn word(status: RegistryStatus) -> &'static str {
    match status {
        RegistryStatus::Active => "active",
        RegistryStatus::Cancelled => "cancelled",
        RegistryStatus::Revoked => "revoked",
    }
}

fn line(import: &ImportRun) -> String {
    let end = match import.finished_at {
        Some(end) => format!("finished {}", end.format("%Y-%m-%d %H:%M UTC")),
        None => "broken off: run it again".to_owned(),
    };
    format!(
        "{:<5} last import of {}: {end}, {} bad rows, {} bad photos",
        import.realm.as_str(),
        import.source,
        import.bad_rows,
        import.bad_photos
    )
}
