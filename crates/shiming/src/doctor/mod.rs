//! Checks configuration, machine and data; each finding with its remedy. It changes nothing.

mod bank;
mod clock;
mod configuration;
mod data;
mod database;
mod faces;
mod finding;
mod notifications;
mod sso;
mod tls;

pub use finding::{Finding, Level};

use crate::{config::Loaded, wiring::SystemClock};
use shiming_service::edge::Clock as _;

/// Everything that was found, in the order in which a person would mend it.
pub async fn examine(loaded: &Loaded) -> Vec<Finding> {
    let config = &loaded.config;
    let now = SystemClock::default().now();
    let mut findings = configuration::examine(loaded);
    findings.extend(clock::examine().await);
    findings.extend(data::examine(config));
    findings.extend(database::examine(config, now).await);
    findings.extend(faces::examine(config));
    findings.extend(tls::examine(config, now));
    findings.extend(bank::examine(config));
    findings.extend(sso::examine(config).await);
    findings.extend(notifications::examine(config).await);
    findings
}
