//! Certificates: there, in time, and for the right names.

use std::{fs, path::Path};

use chrono::{DateTime, TimeDelta, Utc};

use super::Finding;
use crate::{
    config::{Config, PublicUrl, TlsPlan},
    net::lan_addresses,
    tls::{
        CertificateFacts, LEAF_FILE, Names, ROOT_FILE, Scope, names_now, read_certificate,
        renewal_due, server_config,
    },
};

const AREA: &str = "certificate";
/// A certificate from elsewhere that ends this soon should have been renewed.
const SOON: TimeDelta = TimeDelta::days(14);

/// Looks at the certificates of the chosen mode. An incomplete mode was told with the configuration.
pub fn examine(config: &Config, now: DateTime<Utc>) -> Vec<Finding> {
    let public = config.server.public_url.as_ref();
    match TlsPlan::new(config) {
        Err(_) => Vec::new(),
        Ok(TlsPlan::Off) => vec![Finding::ok(AREA, "no https here, as configured")],
        Ok(TlsPlan::Files { cert, key }) => files(&cert, &key, public, now),
        Ok(TlsPlan::Acme { domains, cache, .. }) => vec![acme(&domains, &cache, public)],
        Ok(TlsPlan::SelfMade { folder }) => {
            self_made(&folder, &names_now(&lan_addresses(), public), now)
        }
    }
}

fn files(cert: &Path, key: &Path, public: Option<&PublicUrl>, now: DateTime<Utc>) -> Vec<Finding> {
    let read = |file: &Path| fs::read(file).map_err(|error| format!("{}: {error}", file.display()));
    let usable = read(cert).and_then(|chain| {
        server_config(&chain, &read(key)?).map_err(|error| error.to_string())?;
        read_certificate(&chain).map_err(|error| error.to_string())
    });
    match usable {
        Err(error) => vec![Finding::fail(AREA, error, "check tls.cert and tls.key")],
        Ok(facts) => {
            let mut findings = vec![dates(&facts, now)];
            findings.extend(public.and_then(|url| covers(&facts, url)));
            findings
        }
    }
}

fn dates(facts: &CertificateFacts, now: DateTime<Utc>) -> Finding {
    let until = facts.not_after.format("%Y-%m-%d");
    let remedy = "renew it; the server reads the files again by itself";
    if now < facts.not_before {
        return Finding::fail(
            AREA,
            format!("begins on {}", facts.not_before.format("%Y-%m-%d")),
            remedy,
        );
    }
    if now > facts.not_after {
        return Finding::fail(AREA, format!("ended on {until}"), remedy);
    }
    if now + SOON > facts.not_after {
        return Finding::warn(AREA, format!("ends on {until}"), remedy);
    }
    Finding::ok(
        AREA,
        format!("issued by {:?}, valid until {until}", facts.issuer),
    )
}

/// Whether browsers accept it under the public address; `None` if they do.
fn covers(facts: &CertificateFacts, url: &PublicUrl) -> Option<Finding> {
    let host = url.host().trim_start_matches('[').trim_end_matches(']');
    let wildcard = host
        .split_once('.')
        .map(|(_, parent)| format!("*.{parent}"));
    let by_name = facts.names.dns.contains(host)
        || wildcard.is_some_and(|name| facts.names.dns.contains(&name));
    let by_address = host
        .parse()
        .is_ok_and(|address| facts.names.addresses.contains(&address));
    (!by_name && !by_address).then(|| {
        Finding::fail(
            AREA,
            format!("it is not for {host}, the host of server.public_url"),
            "get one that names this host, or change server.public_url",
        )
    })
}

fn acme(domains: &[String], cache: &Path, public: Option<&PublicUrl>) -> Finding {
    if let Some(url) = public.filter(|url| !domains.iter().any(|domain| domain == url.host())) {
        return Finding::fail(
            AREA,
            format!("{} is not among tls.acme_domains", url.host()),
            "add it, or change server.public_url",
        );
    }
    let kept = fs::read_dir(cache).is_ok_and(|mut entries| entries.next().is_some());
    if kept {
        return Finding::ok(
            AREA,
            format!("ordered for {}, renewed by itself", domains.join(", ")),
        );
    }
    Finding::warn(
        AREA,
        format!("none was ordered yet for {}", domains.join(", ")),
        "start the server, with port 443 of every domain leading to server.https_listen, and watch its log",
    )
}

fn self_made(folder: &Path, wanted: &Names, now: DateTime<Utc>) -> Vec<Finding> {
    let facts = |file| {
        fs::read(folder.join(file))
            .ok()
            .and_then(|pem| read_certificate(&pem).ok())
    };
    let Some(root) = facts(ROOT_FILE) else {
        return vec![Finding::ok(
            AREA,
            "self-made; none yet, the first start makes it",
        )];
    };
    judge_self_made(&root, facts(LEAF_FILE).as_ref(), wanted, now)
}

fn judge_self_made(
    root: &CertificateFacts,
    leaf: Option<&CertificateFacts>,
    wanted: &Names,
    now: DateTime<Utc>,
) -> Vec<Finding> {
    let permitted = root
        .scope
        .as_ref()
        .map_or_else(|| wanted.clone(), |scope: &Scope| scope.permitted(wanted));
    let until = root.not_after.format("%Y-%m-%d");
    let mut findings = vec![Finding::ok(
        AREA,
        format!("{:?}, valid until {until}", root.subject),
    )];
    if let Some(reason) = renewal_due(leaf, root, &permitted, now) {
        findings.push(Finding::warn(
            AREA,
            format!("this machine's own certificate has to be signed anew ({reason:?})"),
            "the running server does it within half a minute; otherwise the next start",
        ));
    }
    let refused = wanted.missing_from(&permitted);
    if !refused.is_empty() {
        findings.push(Finding::warn(
            AREA,
            format!("the root may not sign {}", refused.join(", ")),
            "move the folder tls in the data directory away; a new root is made, which phones install anew",
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::{Names, covers, dates, judge_self_made};
    use crate::{
        doctor::{Finding, Level},
        tls::{Authority, CertificateFacts, read_certificate},
    };

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn here() -> Names {
        Names::wanted(
            Some("pc"),
            &["192.168.1.5".parse().expect("an address")],
            None,
        )
    }

    fn root_and_leaf() -> (CertificateFacts, CertificateFacts) {
        let now = time("2026-03-01T10:00:00Z");
        let authority = Authority::create(&here(), "ab12", now).expect("a root");
        let leaf = authority.issue(&here(), now).expect("a leaf");
        (
            authority.facts().clone(),
            read_certificate(leaf.certificate.as_bytes()).expect("readable"),
        )
    }

    fn levels(findings: &[Finding]) -> Vec<Level> {
        findings.iter().map(|finding| finding.level).collect()
    }

    #[test]
    fn a_certificate_is_judged_by_its_dates() {
        let (_, leaf) = root_and_leaf();
        let level = |now| dates(&leaf, time(now)).level;
        assert_eq!(level("2026-01-01T00:00:00Z"), Level::Fail);
        assert_eq!(level("2026-06-01T00:00:00Z"), Level::Ok);
        assert_eq!(level("2027-03-25T00:00:00Z"), Level::Warn);
        assert_eq!(level("2027-05-01T00:00:00Z"), Level::Fail);
    }

    #[test]
    fn a_certificate_has_to_name_the_public_host() {
        let (_, mut leaf) = root_and_leaf();
        leaf.names.dns.insert("*.example.cn".to_owned());
        let covered = |url: &str| covers(&leaf, &url.parse().expect("an origin")).is_none();
        assert!(
            covered("https://pc:8443")
                && covered("https://192.168.1.5")
                && covered("https://a.example.cn")
        );
        assert!(!covered("https://example.cn") && !covered("https://192.168.1.6"));
    }

    #[test]
    fn a_machine_that_moved_is_told_what_will_happen() {
        let (root, leaf) = root_and_leaf();
        let now = time("2026-03-02T00:00:00Z");
        assert_eq!(
            levels(&judge_self_made(&root, Some(&leaf), &here(), now)),
            [Level::Ok]
        );
        let moved = Names::wanted(Some("pc"), &["10.0.0.9".parse().expect("an address")], None);
        assert_eq!(
            levels(&judge_self_made(&root, Some(&leaf), &moved, now)),
            [Level::Ok, Level::Warn]
        );
        let abroad = Names::wanted(Some("pc"), &["8.8.8.8".parse().expect("an address")], None);
        let found = judge_self_made(&root, Some(&leaf), &abroad, now);
        assert!(
            found
                .last()
                .is_some_and(|last| last.text.contains("8.8.8.8")),
            "{found:?}"
        );
    }
}
