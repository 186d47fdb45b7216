//! Behind a reverse proxy, who really sent a request.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};

use crate::config::Proxy;

const HEADER: &str = "x-forwarded-for";

/// Puts the sender's address in the place of the proxy's, if the proxy is one of ours.
pub async fn believe(
    State(proxies): State<Arc<[Proxy]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    if let Some(ConnectInfo(peer)) = peer.copied() {
        let named = request.headers().get_all(HEADER).iter();
        let named: Vec<&str> = named.filter_map(|value| value.to_str().ok()).collect();
        let sender = sender(peer.ip(), &named.join(","), &proxies);
        let sender = SocketAddr::new(sender, peer.port());
        request.extensions_mut().insert(ConnectInfo(sender));
    }
    next.run(request).await
}

/// The last address that no proxy of ours has: each proxy adds the one from whom it has the request, and what stands before
/// the first of ours may be invented.
fn sender(peer: IpAddr, named: &str, proxies: &[Proxy]) -> IpAddr {
    let ours = |ip: IpAddr| proxies.iter().any(|proxy| proxy.holds(ip));
    let mut sender = peer;
    for name in named.rsplit(',') {
        if !ours(sender) {
            break;
        }
        let Ok(ip) = name.trim().parse::<IpAddr>() else {
            break;
        };
        sender = ip;
    }
    sender
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_of_ours_is_believed_and_only_what_it_adds() {
        let proxies: Vec<Proxy> = vec!["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()];
        let of =
            |peer: &str, named: &str| sender(peer.parse().unwrap(), named, &proxies).to_string();
        assert_eq!(of("10.0.0.2", "192.0.2.7"), "192.0.2.7");
        assert_eq!(of("10.0.0.2", "invented, 192.0.2.7"), "192.0.2.7");
        assert_eq!(
            of("10.0.0.2", "192.0.2.7, 10.0.0.9"),
            "192.0.2.7",
            "two proxies"
        );
        assert_eq!(of("::1", "192.0.2.7"), "192.0.2.7");
        assert_eq!(of("192.0.2.1", "192.0.2.7"), "192.0.2.1", "a stranger lies");
        assert_eq!(of("10.0.0.2", ""), "10.0.0.2");
        assert_eq!(of("10.0.0.2", "nonsense"), "10.0.0.2");
    }
}
