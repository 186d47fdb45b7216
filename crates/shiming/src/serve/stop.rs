//! The orderly end. The first signal lets running scans finish (soft), then sends the remaining phones to other nodes and
//! lets open requests finish (hard); the second signal ends at once.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result};
use axum_server::Handle;
use shiming_service::Services;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Time for a phone to hear that it is to connect again, and for a judgement that is being made.
const FAREWELL: Duration = Duration::from_secs(5);

/// How long each part of the end may take.
#[derive(Clone, Copy)]
pub struct Patience {
    /// For running scans.
    pub scans: Duration,
    /// For open requests.
    pub requests: Duration,
}

/// Both listeners' handles.
#[derive(Clone)]
pub struct Handles {
    /// Of plain http.
    pub http: Handle<SocketAddr>,
    /// Of https.
    pub https: Handle<SocketAddr>,
    services: Services,
    patience: Patience,
}

impl Handles {
    /// Handles of a server over these use cases.
    pub fn new(services: Services, patience: Patience) -> Self {
        Self {
            http: Handle::new(),
            https: Handle::new(),
            services,
            patience,
        }
    }

    /// Waits for SIGTERM or SIGINT and stops both listeners.
    pub async fn stop_on_signal(self) -> Result<()> {
        let mut signals = Signals::new()?;
        signals.next().await;
        tokio::select! {
            () = self.end() => signals.next().await,
            () = signals.next() => {}
        }
        self.http.shutdown();
        self.https.shutdown();
        Ok(())
    }

    async fn end(&self) {
        let scans = &self.services.scans;
        scans.close();
        tracing::info!(
            scans = scans.connections(),
            seconds = self.patience.scans.as_secs(),
            "stopping when the scans have ended; once more to stop at once"
        );
        scans.idle_within(self.patience.scans).await;
        scans.move_away();
        if !scans.idle_within(FAREWELL).await {
            tracing::warn!(
                scans = scans.connections(),
                "scans are cut off; no try is used"
            );
        }
        self.http.graceful_shutdown(Some(self.patience.requests));
        self.https.graceful_shutdown(Some(self.patience.requests));
    }
}

/// The signals that mean "stop".
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Begins to hear them instead of dying of them.
    pub fn new() -> Result<Self> {
        let registered = "signals can't be heard";
        Ok(Self {
            terminate: signal(SignalKind::terminate()).context(registered)?,
            interrupt: signal(SignalKind::interrupt()).context(registered)?,
        })
    }

    /// The next one.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => (),
            _ = self.interrupt.recv() => (),
        }
    }
}
