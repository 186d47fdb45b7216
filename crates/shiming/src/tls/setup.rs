//! From a plan to a server that has its certificate, and to the task that keeps it fresh.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum_server::tls_rustls::RustlsConfig;
use chrono::{DateTime, Utc};
use tokio::signal::unix::{SignalKind, signal};

use super::{
    Names,
    acme::{self, OrderError, Orders},
    authority::AuthorityError,
    files::{FilesError, PemFiles},
    self_made::SelfMade,
    server_config,
};
use crate::{
    config::{PublicUrl, TlsPlan},
    net,
};

/// How often files and addresses are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// https can't be offered.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Self-made certificates.
    #[error(transparent)]
    SelfMade(#[from] AuthorityError),
    /// PEM files.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// ACME.
    #[error(transparent)]
    Acme(#[from] OrderError),
}

/// What https needs while the server runs.
pub struct Https {
    /// Read by every new connection; replaced in place when there is a new certificate.
    pub config: RustlsConfig,
    /// The self-made root, for phones to install.
    pub root_pem: Option<String>,
    /// Names of this machine that the self-made root may not sign.
    pub refused: Vec<String>,
    /// What keeps the certificate fresh.
    pub keeper: Keeper,
}

/// What keeps a certificate fresh.
pub enum Keeper {
    /// Reads files again.
    Files(PemFiles),
    /// Orders.
    Acme(Orders),
    /// Signs.
    SelfMade(SelfMade, Option<PublicUrl>),
}

/// The names that this machine has now.
#[must_use]
pub fn names_now(lan: &[IpAddr], public: Option<&PublicUrl>) -> Names {
    Names::wanted(net::hostname().as_deref(), lan, public)
}

/// Gets the certificate that the plan wants; `None` if it wants no https.
pub fn prepare(
    plan: TlsPlan,
    public: Option<&PublicUrl>,
    short_id: &str,
    now: DateTime<Utc>,
) -> Result<Option<Https>, TlsError> {
    match plan {
        TlsPlan::Off => Ok(None),
        TlsPlan::Files { cert, key } => {
            let mut files = PemFiles::new(cert, key);
            let config = files.read()?;
            Ok(Some(Https::new(config, Keeper::Files(files))))
        }
        TlsPlan::Acme {
            domains,
            contact,
            directory,
            cache,
        } => {
            let (config, orders) = acme::start(&domains, &contact, &directory, cache)?;
            Ok(Some(Https::new(config, Keeper::Acme(orders))))
        }
        TlsPlan::SelfMade { folder } => {
            let wanted = names_now(&net::lan_addresses(), public);
            let ours = SelfMade::open(&folder, &wanted, short_id, now)?;
            let (leaf, _) = ours.leaf(&wanted, now)?;
            let config = server_config(leaf.certificate.as_bytes(), leaf.key.as_bytes())?;
            let (root_pem, refused) = (Some(ours.root_pem().to_owned()), ours.refused(&wanted));
            let keeper = Keeper::SelfMade(ours, public.cloned());
            Ok(Some(Https {
                root_pem,
                refused,
                ..Https::new(config, keeper)
            }))
        }
    }
}

impl Https {
    fn new(config: Arc<rustls::ServerConfig>, keeper: Keeper) -> Self {
        let config = RustlsConfig::from_config(config);
        Self {
            config,
            root_pem: None,
            refused: Vec::new(),
            keeper,
        }
    }
}

impl Keeper {
    /// Keeps the certificate fresh for ever; `now` tells the time.
    pub async fn run(self, config: RustlsConfig, now: impl Fn() -> DateTime<Utc> + Send) {
        match self {
            Self::Acme(orders) => orders.run().await,
            Self::Files(files) => watch_files(files, config).await,
            Self::SelfMade(ours, public) => watch_addresses(ours, public, config, now).await,
        }
    }
}

/// Reads the files again when they change, or at once on SIGHUP, which renewal tools send.
async fn watch_files(mut files: PemFiles, config: RustlsConfig) {
    let Ok(mut hangup) = signal(SignalKind::hangup()) else {
        return;
    };
    loop {
        let asked = tokio::select! {
            _ = hangup.recv() => true,
            () = tokio::time::sleep(LOOK_EVERY) => false,
        };
        if asked || files.changed() {
            use_fresh(&config, files.read().map(Some).map_err(TlsError::from));
        }
    }
}

/// Signs a new leaf when this one ends soon or the machine moved to other addresses.
async fn watch_addresses(
    ours: SelfMade,
    public: Option<PublicUrl>,
    config: RustlsConfig,
    now: impl Fn() -> DateTime<Utc> + Send,
) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let wanted = names_now(&net::lan_addresses(), public.as_ref());
        use_fresh(&config, fresh_leaf(&ours, &wanted, now()));
    }
}

fn fresh_leaf(
    ours: &SelfMade,
    wanted: &Names,
    now: DateTime<Utc>,
) -> Result<Option<Arc<rustls::ServerConfig>>, TlsError> {
    match ours.leaf(wanted, now)? {
        (_, false) => Ok(None),
        (leaf, true) => Ok(Some(server_config(
            leaf.certificate.as_bytes(),
            leaf.key.as_bytes(),
        )?)),
    }
}

fn use_fresh(config: &RustlsConfig, fresh: Result<Option<Arc<rustls::ServerConfig>>, TlsError>) {
    match fresh {
        Ok(Some(fresh)) => {
            config.reload_from_config(fresh);
            tracing::info!("new connections use the new certificate");
        }
        Ok(None) => (),
        Err(error) => tracing::error!(%error, "the certificate in use stays; trying again"),
    }
}
