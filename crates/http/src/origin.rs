//! Where a request comes from: the network, and on the applicant's side the browser.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::request::Parts,
};
use shiming_service::{risk::Origin, tokens::digest};

use crate::cookies::{Cookies, Purpose};

/// The sender's network: an address; of IPv6 the 64 bits that a subscriber is given.
#[must_use]
pub fn network_of(parts: &Parts) -> Option<String> {
    let ConnectInfo(address) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(network(address.ip()))
}

fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// Where a form comes from, for the risk rules. An address of this machine itself is that of a proxy which was not named.
pub struct FormOrigin(pub Origin);

impl<S: Send + Sync> FromRequestParts<S> for FormOrigin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let Ok(cookies) = Cookies::from_request_parts(parts, state).await;
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let local =
            peer.is_none_or(|ConnectInfo(address)| address.ip().to_canonical().is_loopback());
        Ok(Self(Origin {
            device: cookies.key(Purpose::Browser).map(|key| digest(&key)),
            address: network_of(parts).filter(|_| !local),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn an_address_is_a_network_as_a_subscriber_has_it() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    }
}
