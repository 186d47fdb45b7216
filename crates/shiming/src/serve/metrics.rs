//! Figures for Prometheus, on a listener of their own that no platform and no applicant reaches.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result};
use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::{DateTime, Utc};
use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use shiming_service::{Services, measure};
use shiming_storage::{Storage, api::Queues};
use tokio::task::JoinSet;

/// Upper ends of the buckets of durations, in seconds.
const SECONDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 40.0,
];
/// How long the store may take to count, so that a scrape never hangs.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often what was recorded is folded up, so that memory stays small between scrapes.
const UPKEEP: Duration = Duration::from_secs(5);

/// The recorder, and the socket where it is read.
pub struct Metrics {
    handle: PrometheusHandle,
    listener: TcpListener,
}

impl Metrics {
    /// Binds the socket and begins to record; to be called once. `None` if none is wanted.
    pub fn begin(listen: Option<SocketAddr>) -> Result<Option<Self>> {
        let Some(address) = listen else {
            return Ok(None);
        };
        let listener = TcpListener::bind(address).with_context(|| {
            format!("{address} can't be listened on; `metrics.listen` chooses another address")
        })?;
        listener.set_nonblocking(true)?;
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
            .install_recorder()?;
        measure::describe();
        tracing::info!(address = %listener.local_addr()?, "metrics are at /metrics");
        Ok(Some(Self { handle, listener }))
    }

    /// Answers for ever.
    pub fn serve(
        self,
        services: Services,
        storage: Arc<dyn Storage>,
        tasks: &mut JoinSet<()>,
    ) -> Result<()> {
        let upkeep = self.handle.clone();
        tasks.spawn(async move {
            loop {
                tokio::time::sleep(UPKEEP).await;
                upkeep.run_upkeep();
            }
        });
        let scraped = Scraped {
            handle: self.handle,
            services,
            storage,
        };
        let router = Router::new()
            .route("/metrics", get(scrape))
            .with_state(scraped);
        let listener = tokio::net::TcpListener::from_std(self.listener)?;
        tasks.spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "metrics are no longer served");
            }
        });
        Ok(())
    }
}

#[derive(Clone)]
struct Scraped {
    handle: PrometheusHandle,
    services: Services,
    storage: Arc<dyn Storage>,
}

async fn scrape(State(scraped): State<Scraped>) -> Response {
    let load = scraped.services.faces.load();
    set(measure::SCANS_RUNNING, load.running);
    set(measure::SCANS_WAITING, load.waiting);
    let now = Utc::now();
    let counted = tokio::time::timeout(PATIENCE, scraped.storage.queues(now)).await;
    let up = match counted {
        Ok(Ok(queues)) => {
            show(&queues, now);
            1
        }
        _ => 0,
    };
    set(measure::STORE_UP, up);
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], scraped.handle.render()).into_response()
}

fn show(queues: &Queues, now: DateTime<Utc>) {
    for (queue, depth) in [("jobs", &queues.jobs), ("webhooks", &queues.webhooks)] {
        let lag = depth.oldest.map_or(0.0, |due| {
            (now - due).to_std().unwrap_or_default().as_secs_f64()
        });
        gauge!(measure::QUEUE_DUE, "queue" => queue).set(figure(depth.due));
        gauge!(measure::QUEUE_LAG, "queue" => queue).set(lag);
    }
    gauge!(measure::JOBS_DEAD).set(figure(queues.dead_jobs));
}

fn set(name: &'static str, value: usize) {
    gauge!(name).set(figure(value as u64));
}

fn figure(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}
