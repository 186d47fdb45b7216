//! The orderly end: the first signal lets open requests finish, the second ends at once.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result};
use axum_server::Handle;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Both listeners' handles.
#[derive(Clone)]
pub struct Handles {
    /// Of plain http.
    pub http: Handle<SocketAddr>,
    /// Of https.
    pub https: Handle<SocketAddr>,
    grace: Duration,
}

impl Handles {
    /// Handles that grant open requests this time at the end.
    pub fn new(grace: Duration) -> Self {
        Self {
            http: Handle::new(),
            https: Handle::new(),
            grace,
        }
    }

    /// Waits for SIGTERM or SIGINT and stops both listeners.
    pub async fn stop_on_signal(self) -> Result<()> {
        let registered = "signals can't be heard";
        let mut terminate = signal(SignalKind::terminate()).context(registered)?;
        let mut interrupt = signal(SignalKind::interrupt()).context(registered)?;
        either(&mut terminate, &mut interrupt).await;
        tracing::info!(
            seconds = self.grace.as_secs(),
            "stopping; once more to stop at once"
        );
        self.http.graceful_shutdown(Some(self.grace));
        self.https.graceful_shutdown(Some(self.grace));
        either(&mut terminate, &mut interrupt).await;
        self.http.shutdown();
        self.https.shutdown();
        Ok(())
    }
}

async fn either(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => (),
        _ = interrupt.recv() => (),
    }
}
