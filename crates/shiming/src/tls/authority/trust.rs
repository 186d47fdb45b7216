//! What phones make of the certificates: the one thing that counts.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use rustls::{
    RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier as _},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
};

use super::{Authority, Names, Pair};

fn now() -> DateTime<Utc> {
    "2026-03-01T10:00:00Z".parse().expect("a time")
}

fn names() -> Names {
    let lan = [
        "192.168.1.5".parse().expect("an address"),
        "203.0.113.7".parse().expect("an address"),
    ];
    Names::wanted(Some("pc"), &lan, None)
}

/// What a phone that trusts the root says to a certificate.
fn phone_accepts(authority: &Authority, leaf: &Pair, name: &str) -> bool {
    let der = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate");
    let mut roots = RootCertStore::empty();
    roots.add(der(authority.root_pem())).expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .expect("a verifier");
    let seconds = now().timestamp().try_into().expect("after 1970");
    let moment = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let verdict = verifier.verify_server_cert(&der(&leaf.certificate), &[], &name, &[], moment);
    verdict.is_ok()
}

#[test]
fn a_phone_with_the_root_trusts_this_machine_under_each_of_its_names() {
    let authority = Authority::create(&names(), "ab12", now()).expect("a root");
    let leaf = authority.issue(&names(), now()).expect("a leaf");
    for name in [
        "localhost",
        "pc",
        "pc.local",
        "127.0.0.1",
        "::1",
        "192.168.1.5",
        "203.0.113.7",
    ] {
        assert!(phone_accepts(&authority, &leaf, name), "{name}");
    }
    assert!(!phone_accepts(&authority, &leaf, "192.168.1.6"));
}

#[test]
fn a_stolen_root_key_is_of_no_use_against_other_sites() {
    let mut thief = Authority::create(&names(), "ab12", now()).expect("a root");
    thief.facts.scope = None;
    for (name, dns, address) in [
        ("bank.example", Some("bank.example"), None),
        ("8.8.8.8", None, Some("8.8.8.8")),
    ] {
        let wanted = Names {
            dns: dns.into_iter().map(str::to_owned).collect(),
            addresses: address
                .into_iter()
                .map(|ip| ip.parse().expect("an address"))
                .collect(),
        };
        let leaf = thief.issue(&wanted, now()).expect("a leaf");
        assert!(!phone_accepts(&thief, &leaf, name), "{name}");
    }
}
