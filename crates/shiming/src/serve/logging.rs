//! Log lines on standard error.

use std::io::{self, IsTerminal as _};

use anyhow::{Context as _, Result};
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, LogSection};

/// Begins to log; to be called once.
pub fn start_logging(log: &LogSection) -> Result<()> {
    let filter: EnvFilter = log.filter.parse().with_context(|| {
        format!(
            "log.filter {:?} is no list of levels such as `info,sqlx=warn`",
            log.filter
        )
    })?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    match log.format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
    Ok(())
}
