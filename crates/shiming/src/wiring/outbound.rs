//! The guarded client, as configured.

use std::time::Duration;

use anyhow::{Context as _, Result};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use shiming_outbound::{Client, Limits, Rules};

use crate::config::OutboundSection;

/// A client for addresses that somebody else has typed in.
pub fn outbound_client(config: &OutboundSection) -> Result<Client> {
    let rules = Rules {
        trusted_hosts: config.trusted_hosts.clone(),
    };
    let limits = Limits {
        time: Duration::from_secs(config.seconds),
        ..Limits::default()
    };
    Ok(Client::new(rules, limits, &roots(config)?)?)
}

/// Certificate authorities that are trusted beside the public ones.
pub fn roots(config: &OutboundSection) -> Result<Vec<CertificateDer<'static>>> {
    let Some(file) = &config.extra_roots else {
        return Ok(Vec::new());
    };
    CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .with_context(|| format!("outbound.extra_roots: {} can't be used", file.display()))
}
