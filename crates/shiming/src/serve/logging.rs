//! Log lines on standard error, and spans to a collector.

use std::io::{self, IsTerminal as _};

use anyhow::{Context as _, Result};
use tracing_subscriber::{
    EnvFilter, Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use super::traces::Traces;
use crate::config::{Config, LogFormat};

/// Begins to log and to trace; to be called once. Spans are sent until what it gives is dropped.
pub fn start_logging(config: &Config) -> Result<Option<Traces>> {
    let log = &config.log;
    let filter: EnvFilter = log.filter.parse().with_context(|| {
        format!(
            "log.filter {:?} is no list of levels such as `info,sqlx=warn`",
            log.filter
        )
    })?;
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        // A line that can't be written (a full disk) is lost; telling so on the same stream would end the process.
        .log_internal_errors(false);
    let lines = match log.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let traces = Traces::begin(&config.traces)?;
    tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .with(traces.as_ref().map(Traces::layer))
        .init();
    Ok(traces)
}
