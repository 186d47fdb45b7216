//! What is printed at the start: where to go, with which device, and what will not work.

use std::{
    fmt::Write as _,
    net::{IpAddr, SocketAddr},
};

use crate::{
    config::PublicUrl,
    net::{Listening, https_urls},
};

/// What the start-up message is made from.
pub struct Facts<'a> {
    /// Where the server listens.
    pub listening: Listening,
    /// This machine's addresses, best first.
    pub lan: &'a [IpAddr],
    /// What links begin with.
    pub base: &'a PublicUrl,
    /// Name of the self-made authority and the fingerprint of its root, if it is in use.
    pub authority: Option<(String, String)>,
    /// Names of this machine that the self-made root may not sign.
    pub refused: &'a [String],
    /// Whether the demonstration is on.
    pub demo: bool,
}

/// The message as plain text; the QR code follows it.
pub fn message(facts: &Facts) -> String {
    let mut out = format!("\nShiming 实名 {}\n\n", env!("CARGO_PKG_VERSION"));
    addresses(&mut out, facts);
    out.push('\n');
    authority(&mut out, facts);
    camera(&mut out, facts);
    out
}

fn addresses(out: &mut String, facts: &Facts) {
    let page = if facts.demo { "/demo" } else { "" };
    let _ = writeln!(
        out,
        "  on this machine       {}{page}",
        local_http(facts.listening.http)
    );
    if let Some(https) = facts.listening.https {
        let _ = writeln!(
            out,
            "  {:21} {}{page}",
            "",
            PublicUrl::https("localhost", https.port())
        );
    }
    let mut label = "on a phone in the LAN";
    for url in https_urls(facts.lan, facts.listening) {
        let _ = writeln!(out, "  {label:<21} {url}{page}");
        label = "";
    }
    let _ = writeln!(out, "  QR codes begin with   {}", facts.base);
}

fn local_http(listening: SocketAddr) -> PublicUrl {
    let ip = listening.ip();
    if ip.is_loopback() || ip.is_unspecified() {
        PublicUrl::http("localhost", listening.port())
    } else {
        PublicUrl::http(ip, listening.port())
    }
}

fn authority(out: &mut String, facts: &Facts) {
    let Some((name, fingerprint)) = &facts.authority else {
        return;
    };
    let _ = writeln!(
        out,
        "  The certificate is self-made. A phone warns once: go on, or open {}/ca on it and install \"{name}\".\n  \
         Its fingerprint (SHA-256): {fingerprint}",
        facts.base
    );
    if !facts.refused.is_empty() {
        let _ = writeln!(
            out,
            "  Not covered by it: {}. Move the folder tls in the data directory away to make a new one.",
            facts.refused.join(", ")
        );
    }
}

fn camera(out: &mut String, facts: &Facts) {
    if !facts.base.allows_camera() {
        let _ = writeln!(
            out,
            "  WARNING: {} is plain http. Browsers give it no camera: neither the face scan nor the page's own Scan \
             will work on a phone. Use https (tls.mode), or put a reverse proxy with https in front and set \
             server.public_url.",
            facts.base
        );
    } else if facts.base.is_https() {
        out.push_str(
            "  Over plain http a phone gets no camera; QR codes therefore lead to https.\n",
        );
    } else {
        out.push_str(
            "  There is no https address that a phone could reach: scan with this machine's own camera, or see tls.mode \
             and server.public_url.\n",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, Listening, PublicUrl, message};

    fn told(base: &str, https: Option<&str>, demo: bool) -> String {
        let address = |text: &str| text.parse().expect("an address");
        let base: PublicUrl = base.parse().expect("an origin");
        message(&Facts {
            listening: Listening {
                http: address("127.0.0.1:8080"),
                https: https.map(address),
            },
            lan: &["192.168.1.5".parse().expect("an address")],
            base: &base,
            authority: https.map(|_| ("Shiming LAN CA ab12".to_owned(), "AA:BB".to_owned())),
            refused: &[],
            demo,
        })
    }

    #[test]
    fn a_start_in_the_lan_tells_both_addresses_and_where_the_root_is() {
        let text = told("https://192.168.1.5:8443", Some("0.0.0.0:8443"), true);
        assert!(text.contains("http://localhost:8080/demo"), "{text}");
        assert!(text.contains("https://192.168.1.5:8443/demo"), "{text}");
        assert!(text.contains("https://192.168.1.5:8443/ca"), "{text}");
        assert!(text.contains("AA:BB"), "{text}");
        assert!(!text.contains("WARNING"), "{text}");
    }

    #[test]
    fn a_phone_without_https_is_told_to_fail_before_it_does() {
        let text = told("http://192.168.1.5:8080", None, false);
        assert!(text.contains("WARNING"), "{text}");
        let text = told("http://localhost:8080", None, false);
        assert!(
            text.contains("no https address that a phone could reach"),
            "{text}"
        );
        assert!(!text.contains("/demo"), "{text}");
    }
}
