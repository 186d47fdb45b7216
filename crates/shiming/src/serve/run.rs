//! The course of a server's life.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result, bail};
use axum::Router;
use shiming_audit::{Actor, Record};
use shiming_http::{ApiLimits, AppState};
use shiming_service::{
    Services,
    edge::{Clock as _, random},
};
use shiming_vault::{OsEntropy, VaultError};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::{
    anchors::{Anchors, Receiver},
    branches, forwarded, housekeeping, keys,
    listen::Sockets,
    metrics::Metrics,
    nodes, present,
    stop::{self, Patience},
};
use crate::{
    config::{Config, TlsPlan},
    net,
    private_file::create_private_folder,
    tls,
    wiring::{self, Built, Faces, SystemClock},
};

/// What a node does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// API and pages.
    Pages,
    /// API, pages and jobs.
    PagesAndJobs,
}

/// Serves until the process is told to stop, together with `more` routes, of which a server in production has none; then lets scans, open requests and the job in hand finish.
pub async fn run(
    config: &Config,
    role: Role,
    more: impl FnOnce(&Services) -> Router,
) -> Result<()> {
    create_private_folder(&config.data_dir)?;
    let public = config.server.public_url.as_ref();
    let now = SystemClock::default().now();
    let https = tls::prepare(TlsPlan::new(config)?, public, &short_id()?, now)?;
    let sockets = Sockets::bind(config, https.is_some())?;
    let metrics = Metrics::begin(config.metrics.listen)?;
    let built = wiring::build(config, Faces::Scanned).await?;
    if config.demo.enabled {
        built.services.seed_demo().await?;
        if config.bank.sandbox {
            branches::seed(&*built.storage, now).await?;
        }
    }
    let place = present::Place::find(config, sockets.listening()?);
    println!("{}", present::message(config, &place, https.as_ref()));
    let pages = Arc::new(present::page_config(config, &place, https.as_ref()));
    welcome(&built.services, &pages.portal_origin).await?;
    let router = shiming_http::router(AppState {
        services: built.services.clone(),
        pages,
        letters: wiring::letters(config)?,
        api: ApiLimits {
            per_second: config.api.per_second,
            burst: config.api.burst,
        },
    })
    .merge(more(&built.services))
    .layer(axum::middleware::from_fn_with_state(
        Arc::from(config.server.proxies.clone()),
        forwarded::believe,
    ));
    let mut aside = Aside::begin(&built, config, role, metrics)?;
    let handles = stop::Handles::new(built.services, patience(config));
    tokio::select! {
        served = sockets.serve(https, &router, handles) => served?,
        () = aside.broken() => bail!("a background task ended by itself; its log lines say why"),
    }
    aside.end().await
}

/// Does jobs until the process is told to stop; the job in hand is finished first.
pub async fn work(config: &Config) -> Result<()> {
    let mut signals = stop::Signals::new()?;
    let metrics = Metrics::begin(config.metrics.listen)?;
    let built = wiring::build(config, Faces::Not).await?;
    let mut aside = Aside::begin(&built, config, Role::PagesAndJobs, metrics)?;
    tracing::info!(name = worker_name(), "working");
    tokio::select! {
        () = signals.next() => {}
        () = aside.broken() => bail!("the worker ended by itself; its log lines say why"),
    }
    tokio::select! {
        ended = aside.end() => ended,
        () = signals.next() => Ok(()),
    }
}

/// What runs beside the listeners.
struct Aside {
    worker: Option<JoinHandle<()>>,
    stop: CancellationToken,
    for_ever: JoinSet<()>,
}

impl Aside {
    fn begin(built: &Built, config: &Config, role: Role, metrics: Option<Metrics>) -> Result<Self> {
        let (stop, mut for_ever) = (CancellationToken::new(), JoinSet::new());
        let (services, storage) = (built.services.clone(), built.storage.clone());
        if let Some(metrics) = metrics {
            metrics.serve(services.clone(), storage.clone(), &mut for_ever)?;
        }
        for_ever.spawn(nodes::run(services.clone(), storage.clone()));
        if config.keys.master.is_none() {
            let file = wiring::key_file(config);
            for_ever.spawn(keys::watch(built.keys.clone(), file, storage.clone()));
        }
        let worker = (role == Role::PagesAndJobs).then(|| {
            let receiver = config.audit.anchor_url.clone().map(|url| Receiver {
                url,
                client: services.outbound.clone(),
            });
            let anchors = Anchors {
                folder: config.data_dir.join("anchors"),
                receiver,
            };
            for_ever.spawn(housekeeping::run(
                services.clone(),
                storage,
                housekeeping::Memory::of(config),
                anchors,
            ));
            let sisters = services.clone();
            for_ever.spawn(async move { sisters.keep_in_step(CancellationToken::new()).await });
            let stop = stop.clone();
            tokio::spawn(async move {
                let name = worker_name();
                tokio::join!(
                    services.work(&name, stop.clone()),
                    services.watch_bank(stop)
                );
            })
        });
        Ok(Self {
            worker,
            stop,
            for_ever,
        })
    }

    /// Ends when a task has ended that should not.
    async fn broken(&mut self) {
        let worker = async {
            match &mut self.worker {
                Some(worker) => drop(worker.await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = worker => self.worker = None,
            _ = self.for_ever.join_next() => {}
        }
    }

    /// Lets the job in hand finish.
    async fn end(mut self) -> Result<()> {
        self.stop.cancel();
        match self.worker.take() {
            Some(worker) => worker.await.context("the worker ended in a panic"),
            None => Ok(()),
        }
    }
}

fn patience(config: &Config) -> Patience {
    Patience {
        scans: Duration::from_secs(config.server.drain_seconds),
        requests: Duration::from_secs(config.server.shutdown_seconds),
    }
}

/// Notes the policy in force, and prints the first administrator's link while there is no operator.
async fn welcome(services: &Services, origin: &str) -> Result<()> {
    let policy = serde_json::to_string(&services.cases.policy)?;
    let now = services.clock.now();
    if services.figures.note_policy(&policy, now).await? {
        let record = Record::new(Actor::system(), "policy.changed", now);
        services.audit.record(vec![record]).await?;
    }
    if let Some(token) = services.first_link().await? {
        println!(
            "  The console has no operator yet. Become its first administrator, once and within 24 hours:\n  \
             {origin}/console/welcome#{token}\n"
        );
    }
    Ok(())
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
