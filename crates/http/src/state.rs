//! What every handler can reach.

use std::sync::Arc;

use shiming_service::Services;

use crate::Letters;

/// What the pages are told about this server, and how it presents itself.
#[derive(Debug, Clone)]
pub struct PageConfig {
    /// Origin of the links that phones open, without a trailing slash, for example `https://192.168.1.5:8443`.
    pub phone_origin: String,
    /// Origin of the portal as platforms send their users to it, without a trailing slash.
    pub portal_origin: String,
    /// Every address under which a phone may reach this server.
    pub phone_urls: Vec<String>,
    /// Whether the demonstration is on.
    pub demo: bool,
    /// The operator's privacy notice.
    pub privacy_url: Option<String>,
    /// Where users find help.
    pub support_url: Option<String>,
    /// The root certificate of a self-made authority, for installation on phones in the LAN (PEM).
    pub ca_pem: Option<String>,
}

/// How much a platform's programs may ask, for each API key and node.
#[derive(Debug, Clone, Copy)]
pub struct ApiLimits {
    /// Requests a second in the long run.
    pub per_second: u32,
    /// Requests at once.
    pub burst: u32,
}

impl Default for ApiLimits {
    fn default() -> Self {
        Self {
            per_second: 20,
            burst: 100,
        }
    }
}

/// The state behind all routes; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The use cases.
    pub services: Services,
    /// How the server presents itself.
    pub pages: Arc<PageConfig>,
    /// What certificates are drawn with.
    pub letters: Letters,
    /// How much a platform's programs may ask.
    pub api: ApiLimits,
}
