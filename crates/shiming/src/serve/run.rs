//! The course of a server's life.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result, bail};
use shiming_http::AppState;
use shiming_service::edge::{Clock as _, random};
use shiming_vault::{OsEntropy, VaultError};
use tokio_util::sync::CancellationToken;

use super::{housekeeping, listen::Sockets, present, stop};
use crate::{
    config::{Config, TlsPlan},
    net,
    private_file::create_private_folder,
    tls,
    wiring::{self, Built, SystemClock},
};

/// Serves until the process is told to stop; then lets open requests and the job in hand finish.
pub async fn run(config: &Config) -> Result<()> {
    create_private_folder(&config.data_dir)?;
    let public = config.server.public_url.as_ref();
    let now = SystemClock::default().now();
    let https = tls::prepare(TlsPlan::new(config)?, public, &short_id()?, now)?;
    let sockets = Sockets::bind(config, https.is_some())?;
    let Built { services, storage } = wiring::build(config).await?;
    if config.demo.enabled {
        services.seed_demo().await?;
    }
    let place = present::Place::find(config, sockets.listening()?);
    println!("{}", present::message(config, &place, https.as_ref()));
    let pages = Arc::new(present::page_config(config, &place, https.as_ref()));
    let router = shiming_http::router(AppState {
        services: services.clone(),
        pages,
    });

    let done = CancellationToken::new();
    let mut worker = tokio::spawn({
        let done = done.clone();
        async move { services.work(&worker_name(), done).await }
    });
    let sweeper = tokio::spawn(housekeeping::run(storage, config.policy.to_policy()));
    let grace = Duration::from_secs(config.server.shutdown_seconds);
    tokio::select! {
        served = sockets.serve(https, &router, stop::Handles::new(grace)) => served?,
        _ = &mut worker => bail!("the worker ended by itself; its log lines say why"),
    }
    sweeper.abort();
    done.cancel();
    worker.await.context("the worker ended in a panic")
}

/// Four digits that tell one self-made authority from another.
fn short_id() -> Result<String, VaultError> {
    Ok(hex::encode(random::<2>(&OsEntropy)?))
}

/// Who holds a job's lease.
fn worker_name() -> String {
    let host = net::hostname().unwrap_or_else(|| "localhost".to_owned());
    format!("{host}/{}", std::process::id())
}
