//! The database: reachable, up to date, writable, with a worker that keeps up.

use chrono::{DateTime, TimeDelta, Utc};
use shiming_storage::{Storage, pending_migrations};

use super::Finding;
use crate::{
    config::{Config, mask_password},
    wiring::{database_url, embedded_file, migrated_storage},
};

const AREA: &str = "database";
/// A job that is due for so long waits for a worker that does not run.
const LATE: TimeDelta = TimeDelta::minutes(10);

/// Looks at the database without changing its tables.
pub async fn examine(config: &Config, now: DateTime<Utc>) -> Vec<Finding> {
    let url = database_url(config);
    let shown = mask_password(&url);
    let embedded = embedded_file(config);
    if embedded.as_ref().is_some_and(|file| !file.exists()) {
        return vec![Finding::ok(
            AREA,
            format!("{shown} is not there yet; the first start makes it"),
        )];
    }
    match pending_migrations(&url).await {
        Err(error) => vec![Finding::fail(
            AREA,
            format!("{shown}: {error}"),
            "check database.url, and that the database runs and lets this user in",
        )],
        Ok(0) => opened(config, &shown, now).await,
        Ok(pending) if embedded.is_some() => vec![Finding::warn(
            AREA,
            format!("{shown} lacks {pending} migrations"),
            "the next start runs them; make a backup before",
        )],
        Ok(pending) => vec![Finding::fail(
            AREA,
            format!("{shown} lacks {pending} migrations"),
            "make a backup and run `shiming migrate`",
        )],
    }
}

async fn opened(config: &Config, shown: &str, now: DateTime<Utc>) -> Vec<Finding> {
    let storage = match migrated_storage(config).await {
        Ok(storage) => storage,
        Err(error) => {
            let remedy = "if the master keys are another database's, restore the right ones from your backup";
            return vec![Finding::fail(AREA, format!("{shown}: {error:#}"), remedy)];
        }
    };
    let write = match storage.ping().await {
        Ok(()) => Finding::ok(
            AREA,
            format!("{shown} is up to date, readable and writable"),
        ),
        Err(error) => Finding::fail(
            AREA,
            format!("{shown}: {error}"),
            "check its disk and its permissions",
        ),
    };
    let mut findings = vec![write];
    findings.extend(jobs(&*storage, now).await);
    findings
}

async fn jobs(storage: &dyn Storage, now: DateTime<Utc>) -> Vec<Finding> {
    let area = "jobs";
    let (late, dead) = match (
        storage.overdue_jobs(now - LATE).await,
        storage.dead_jobs(None, 100).await,
    ) {
        (Ok(late), Ok(dead)) => (late, dead.len()),
        (Err(error), _) | (_, Err(error)) => {
            return vec![Finding::fail(
                area,
                error.to_string(),
                "run `shiming migrate`",
            )];
        }
    };
    let mut findings = Vec::new();
    if late > 0 {
        findings.push(Finding::warn(
            area,
            format!("{late} jobs are due for over ten minutes"),
            "start `shiming serve`; if it runs, look for errors in its log",
        ));
    }
    if dead > 0 {
        findings.push(Finding::warn(
            area,
            format!("{dead} jobs failed for good"),
            "the server's log says why; each waits for a person",
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::ok(area, "none late, none dead"));
    }
    findings
}
