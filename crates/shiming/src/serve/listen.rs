//! Sockets: bound before anything else starts, so that a taken port is told at once.

use std::net::{SocketAddr, TcpListener};

use anyhow::{Context as _, Result};
use axum::{Extension, Router};
use chrono::Utc;
use shiming_http::Scheme;

use super::stop::Handles;
use crate::{config::Config, net::Listening, tls::Https};

/// The bound sockets.
pub struct Sockets {
    /// Plain http.
    pub http: TcpListener,
    /// https, if there is any.
    pub https: Option<TcpListener>,
}

impl Sockets {
    /// Binds the configured addresses.
    pub fn bind(config: &Config, with_https: bool) -> Result<Self> {
        let http = bind(config.server.http_listen, "server.http_listen")?;
        let https = with_https
            .then(|| bind(config.server.https_listen, "server.https_listen"))
            .transpose()?;
        Ok(Self { http, https })
    }

    /// Where they listen; a configured port 0 has become a real one.
    pub fn listening(&self) -> Result<Listening> {
        let https = self
            .https
            .as_ref()
            .map(TcpListener::local_addr)
            .transpose()?;
        Ok(Listening {
            http: self.http.local_addr()?,
            https,
        })
    }

    /// Answers on both until the process is told to stop.
    pub async fn serve(
        self,
        https: Option<Https>,
        router: &Router,
        handles: Handles,
    ) -> Result<()> {
        let serving = |scheme: Scheme| {
            let router = router.clone().layer(Extension(scheme));
            router.into_make_service_with_connect_info::<SocketAddr>()
        };
        let plain = axum_server::from_tcp(self.http)?
            .handle(handles.http.clone())
            .serve(serving(Scheme::Http));
        let stopping = tokio::spawn(handles.clone().stop_on_signal());
        match self.https.zip(https) {
            None => plain.await?,
            Some((listener, Https { config, keeper, .. })) => {
                let keeping = tokio::spawn(keeper.run(config.clone(), Utc::now));
                let secure = axum_server::from_tcp_rustls(listener, config)?
                    .handle(handles.https)
                    .serve(serving(Scheme::Https));
                let (plain, secure) = tokio::join!(plain, secure);
                keeping.abort();
                plain.and(secure)?;
            }
        }
        stopping.abort();
        Ok(())
    }
}

fn bind(address: SocketAddr, setting: &str) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).with_context(|| {
        format!("{address} can't be listened on: is another server running there? `{setting}` chooses another address")
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}
