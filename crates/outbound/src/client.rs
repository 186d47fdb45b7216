//! One request at a time, with bounds on everything.

use std::{error::Error, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Request, StatusCode};
use rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer};

use crate::{
    Rules, Target, TargetError,
    resolver::{GuardedResolver, LeadsInside},
};

/// Bounds of one request.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the first packet to the last byte of the answer.
    pub time: Duration,
    /// Bytes of the answer's body that are read.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(15),
            body: 256 * 1024,
        }
    }
}

/// A client for addresses that somebody else has typed in; cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    rules: Rules,
    limits: Limits,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status; a redirect is told, not followed.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The body, whole.
    pub body: Bytes,
}

/// No answer.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The address is not to be asked.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// Its name leads into a private network.
    #[error("the address lies inside a private network")]
    Private,
    /// Nobody answered in time.
    #[error("no answer in time")]
    TimedOut,
    /// The connection could not be made; nothing was sent.
    #[error("no connection: {0}")]
    Unreachable(String),
    /// The connection broke or spoke no HTTP; the request may have arrived.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The answer is longer than the limit.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// The client itself could not be set up.
    #[error("the client can't be set up: {0}")]
    SetUp(String),
}

impl Client {
    /// A client that trusts the public certificate authorities and these further roots.
    ///
    /// # Errors
    /// [`OutboundError::SetUp`] if a root can't be read.
    pub fn new(
        rules: Rules,
        limits: Limits,
        roots: &[CertificateDer<'static>],
    ) -> Result<Self, OutboundError> {
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls(roots)?)
            .dns_resolver(Arc::new(GuardedResolver {
                rules: rules.clone(),
            }))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(limits.time)
            .connect_timeout(limits.time.min(Duration::from_secs(5)))
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(concat!("shiming/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| OutboundError::SetUp(error.to_string()))?;
        Ok(Self {
            http,
            rules,
            limits,
        })
    }

    /// The rules that targets are parsed with.
    #[must_use]
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Sends a request once. Its URI is checked here, whoever made it.
    ///
    /// # Errors
    /// [`OutboundError`]; only `Target`, `Private` and `Unreachable` are sure not to have arrived.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Answer, OutboundError> {
        let target = Target::parse(&request.uri().to_string(), &self.rules)?;
        let (parts, body) = request.into_parts();
        let request = self
            .http
            .request(parts.method, target.url().clone())
            .headers(parts.headers)
            .body(body);
        let mut answer = request.send().await.map_err(|error| told(&error))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| told(&error))? {
            if body.len() + chunk.len() > self.limits.body {
                return Err(OutboundError::TooLong(self.limits.body));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            headers,
            body: body.freeze(),
        })
    }
}

fn tls(further: &[CertificateDer<'static>]) -> Result<ClientConfig, OutboundError> {
    let set_up = |error: rustls::Error| OutboundError::SetUp(error.to_string());
    let mut roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    for root in further {
        roots.add(root.clone()).map_err(set_up)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(set_up)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// The error without the address, which may hold a token.
fn told(error: &reqwest::Error) -> OutboundError {
    let causes = || std::iter::successors(error.source(), |error| (*error).source());
    let why = causes()
        .last()
        .map_or_else(|| "unknown".to_owned(), ToString::to_string);
    if causes().any(<dyn Error>::is::<LeadsInside>) {
        OutboundError::Private
    } else if error.is_timeout() {
        OutboundError::TimedOut
    } else if error.is_connect() {
        OutboundError::Unreachable(why)
    } else {
        OutboundError::Broken(why)
    }
}
