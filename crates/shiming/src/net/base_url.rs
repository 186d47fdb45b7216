//! The address that QR codes and links begin with.

use std::net::{IpAddr, SocketAddr};

use crate::config::PublicUrl;

/// Where the server listens, once it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listening {
    /// Plain http.
    pub http: SocketAddr,
    /// https, if there is any.
    pub https: Option<SocketAddr>,
}

/// The configured address; else https on the first LAN address; else plain http on this machine.
///
/// An https listener that is bound to one address is reached under that address only.
#[must_use]
pub fn base_url(configured: Option<&PublicUrl>, lan: &[IpAddr], listening: Listening) -> PublicUrl {
    if let Some(url) = configured {
        return url.clone();
    }
    https_urls(lan, listening)
        .into_iter()
        .next()
        .unwrap_or_else(|| PublicUrl::http("localhost", listening.http.port()))
}

/// Every https address at which a phone in the LAN may try, best first.
#[must_use]
pub fn https_urls(lan: &[IpAddr], listening: Listening) -> Vec<PublicUrl> {
    let Some(https) = listening.https else {
        return Vec::new();
    };
    let reached = |address: &&IpAddr| https.ip().is_unspecified() || https.ip() == **address;
    let same_family = |address: &&IpAddr| address.is_ipv6() <= https.is_ipv6();
    lan.iter()
        .filter(reached)
        .filter(same_family)
        .map(|&address| PublicUrl::https(bracketed(address), https.port()))
        .collect()
}

fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::{IpAddr, Listening, PublicUrl, base_url, https_urls};

    fn listening(http: &str, https: Option<&str>) -> Listening {
        let address = |text: &str| text.parse().expect("an address");
        Listening {
            http: address(http),
            https: https.map(address),
        }
    }

    fn lan() -> Vec<IpAddr> {
        ["192.168.1.5", "10.0.0.9", "fd00::5"]
            .map(|text| text.parse().expect("an address"))
            .to_vec()
    }

    #[test]
    fn what_is_configured_wins() {
        let url: PublicUrl = "https://verify.example.cn".parse().expect("an origin");
        let chosen = base_url(
            Some(&url),
            &lan(),
            listening("127.0.0.1:8080", Some("0.0.0.0:8443")),
        );
        assert_eq!(chosen, url);
    }

    #[test]
    fn otherwise_the_first_way_that_works_is_taken() {
        let table: [(&[IpAddr], _, _); 5] = [
            (
                &lan(),
                listening("127.0.0.1:8080", Some("0.0.0.0:8443")),
                "https://192.168.1.5:8443",
            ),
            (
                &lan(),
                listening("127.0.0.1:8080", Some("0.0.0.0:443")),
                "https://192.168.1.5",
            ),
            (
                &lan(),
                listening("127.0.0.1:8080", Some("10.0.0.9:8443")),
                "https://10.0.0.9:8443",
            ),
            (
                &lan(),
                listening("127.0.0.1:8080", None),
                "http://localhost:8080",
            ),
            (
                &[],
                listening("127.0.0.1:8081", Some("0.0.0.0:8443")),
                "http://localhost:8081",
            ),
        ];
        for (lan, listening, expected) in table {
            assert_eq!(
                base_url(None, lan, listening).to_string(),
                expected,
                "{listening:?}"
            );
        }
    }

    #[test]
    fn six_is_offered_only_where_it_is_listened_to_and_in_brackets() {
        let four_only = https_urls(&lan(), listening("127.0.0.1:8080", Some("0.0.0.0:8443")));
        assert_eq!(four_only.len(), 2);
        let both = https_urls(&lan(), listening("127.0.0.1:8080", Some("[::]:8443")));
        assert_eq!(
            both.last().map(ToString::to_string).as_deref(),
            Some("https://[fd00::5]:8443")
        );
    }
}
