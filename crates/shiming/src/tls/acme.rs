//! Certificates ordered from an ACME directory by TLS-ALPN-01 (RFC 8737): the challenge is answered on the https
//! port itself, so nothing else has to listen.

use std::{io, path::PathBuf, sync::Arc};

use futures_util::StreamExt as _;
use rustls::ServerConfig;
use rustls_acme::{AcmeConfig, AcmeState, caches::DirCache};

use crate::private_file::create_private_folder;

const ACME_TLS: &[u8] = b"acme-tls/1";

/// What orders and renews.
pub struct Orders(AcmeState<io::Error>);

/// Starts ordering; the returned configuration answers challenges at once and visitors once there is a certificate.
pub fn start(
    domains: &[String],
    contact: &[String],
    directory: &str,
    cache: PathBuf,
) -> Result<(Arc<ServerConfig>, Orders), OrderError> {
    create_private_folder(&cache).map_err(|error| OrderError::Cache(cache.clone(), error))?;
    let state = AcmeConfig::new(domains)
        .contact(contact)
        .directory(directory)
        .cache(DirCache::new(cache))
        .state();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(state.resolver());
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec(), ACME_TLS.to_vec()];
    Ok((Arc::new(config), Orders(state)))
}

/// Ordering can't begin.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// No place for account and certificate.
    #[error("{0} can't be made: {1}; set tls.acme_cache to a folder that the server may write")]
    Cache(PathBuf, io::Error),
    /// The TLS library refuses.
    #[error(transparent)]
    Tls(#[from] rustls::Error),
}

impl Orders {
    /// Orders, renews and logs for ever.
    pub async fn run(mut self) {
        while let Some(event) = self.0.next().await {
            match event {
                Ok(done) => tracing::info!(event = ?done, "certificate"),
                Err(error) => tracing::error!(
                    %error,
                    "no certificate yet; check that port 443 of every domain reaches this server; trying again"
                ),
            }
        }
    }
}
