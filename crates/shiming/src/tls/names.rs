//! The names that a certificate of this machine has to carry.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use crate::config::PublicUrl;

/// DNS names and addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Lower-case DNS names.
    pub dns: BTreeSet<String>,
    /// Addresses.
    pub addresses: BTreeSet<IpAddr>,
}

impl Names {
    /// Everything under which browsers may ask for this machine.
    #[must_use]
    pub fn wanted(hostname: Option<&str>, lan: &[IpAddr], public: Option<&PublicUrl>) -> Self {
        let mut names = Self::default();
        names.dns.insert("localhost".to_owned());
        names.addresses.insert(Ipv4Addr::LOCALHOST.into());
        names.addresses.insert(Ipv6Addr::LOCALHOST.into());
        names.addresses.extend(lan);
        if let Some(hostname) = hostname {
            names.dns.insert(hostname.to_owned());
            if !hostname.contains('.') {
                names.dns.insert(format!("{hostname}.local"));
            }
        }
        if let Some(public) = public {
            names.add_host(public.host());
        }
        names
    }

    /// Those of these that are not among `others`, for people to read.
    #[must_use]
    pub fn missing_from(&self, others: &Self) -> Vec<String> {
        let dns = self.dns.difference(&others.dns).cloned();
        let addresses = self
            .addresses
            .difference(&others.addresses)
            .map(ToString::to_string);
        dns.chain(addresses).collect()
    }

    fn add_host(&mut self, host: &str) {
        match host.trim_start_matches('[').trim_end_matches(']').parse() {
            Ok(address) => drop(self.addresses.insert(address)),
            Err(_) => drop(self.dns.insert(host.to_ascii_lowercase())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn a_machine_is_asked_for_by_name_address_and_public_address() {
        let lan = ["192.168.1.5".parse().expect("an address")];
        let public = "https://[fd00::9]:8443".parse().expect("an origin");
        let names = Names::wanted(Some("pc"), &lan, Some(&public));
        assert_eq!(
            names.dns.into_iter().collect::<Vec<_>>(),
            ["localhost", "pc", "pc.local"]
        );
        let addresses: Vec<_> = names.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(addresses, ["127.0.0.1", "192.168.1.5", "::1", "fd00::9"]);
    }

    #[test]
    fn what_is_missing_is_named() {
        let lan = ["192.168.1.5".parse().expect("an address")];
        let old = Names::wanted(Some("pc"), &[], None);
        let new = Names::wanted(Some("pc"), &lan, None);
        assert!(old.missing_from(&new).is_empty());
        assert_eq!(new.missing_from(&old), ["192.168.1.5"]);
    }
}
