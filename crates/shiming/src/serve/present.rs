//! How the server presents itself, in the terminal and to the pages.

use std::{
    io::{self, IsTerminal as _},
    net::IpAddr,
};

use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use sha2::{Digest as _, Sha256};
use shiming_http::PageConfig;

use super::{announce, qr};
use crate::{
    config::{Config, PublicUrl},
    net::{Listening, base_url, https_urls, lan_addresses},
    tls::{Https, read_certificate},
};

/// Where the server is.
pub struct Place {
    listening: Listening,
    lan: Vec<IpAddr>,
    base: PublicUrl,
}

impl Place {
    /// Looks around.
    pub fn find(config: &Config, listening: Listening) -> Self {
        let lan = lan_addresses();
        let base = base_url(config.server.public_url.as_ref(), &lan, listening);
        Self {
            listening,
            lan,
            base,
        }
    }
}

/// What is printed at the start; on a terminal with a QR code for the phone.
pub fn message(config: &Config, place: &Place, https: Option<&Https>) -> String {
    let text = announce::message(&announce::Facts {
        listening: place.listening,
        lan: &place.lan,
        base: &place.base,
        authority: https.and_then(|https| described(https.root_pem.as_deref()?)),
        refused: https.map_or(&[], |https| &https.refused),
        demo: config.demo.enabled,
    });
    let drawn = (io::stdout().is_terminal() && place.base.is_https())
        .then(|| qr::draw(&place.base.to_string()))
        .flatten();
    drawn.map_or(text.clone(), |code| format!("{text}\n{code}"))
}

/// What the pages are told.
pub fn page_config(config: &Config, place: &Place, https: Option<&Https>) -> PageConfig {
    let local = PublicUrl::http("localhost", place.listening.http.port());
    let portal = config.server.public_url.clone().unwrap_or(local);
    let phone_urls = match &config.server.public_url {
        Some(url) => vec![url.to_string()],
        None => https_urls(&place.lan, place.listening)
            .iter()
            .map(ToString::to_string)
            .collect(),
    };
    PageConfig {
        phone_origin: place.base.to_string(),
        portal_origin: portal.to_string(),
        phone_urls,
        demo: config.demo.enabled,
        privacy_url: config.pages.privacy_url.clone(),
        support_url: config.pages.support_url.clone(),
        ca_pem: https.and_then(|https| https.root_pem.clone()),
    }
}

/// Name and fingerprint of a root.
fn described(root_pem: &str) -> Option<(String, String)> {
    let name = read_certificate(root_pem.as_bytes()).ok()?.subject;
    let der = CertificateDer::from_pem_slice(root_pem.as_bytes()).ok()?;
    let pairs: Vec<_> = Sha256::digest(&der)
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    Some((name, pairs.join(":")))
}
