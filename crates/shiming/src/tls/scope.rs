//! What the self-made authority may sign at all: name constraints (RFC 5280, section 4.2.1.10).
//!
//! A root that people install on their phones could vouch for any site in the world. The constraints keep it to this
//! network, so that a stolen key is of no use elsewhere.

use std::net::IpAddr;

use rcgen::{CidrSubnet, GeneralSubtree, NameConstraints};

use super::Names;

/// DNS suffixes that never exist in the public DNS (RFC 6761, 6762, 8375; ICANN's `internal`), and the customary `lan`.
const LOCAL_SUFFIXES: [&str; 5] = ["localhost", "local", "home.arpa", "internal", "lan"];

/// Loopback, private (RFC 1918, 4193), link-local and shared (RFC 6598) networks.
const LOCAL_NETWORKS: [(&str, u8); 8] = [
    ("127.0.0.0", 8),
    ("10.0.0.0", 8),
    ("172.16.0.0", 12),
    ("192.168.0.0", 16),
    ("169.254.0.0", 16),
    ("100.64.0.0", 10),
    ("::1", 128),
    ("fc00::", 7),
];

/// What an authority may sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    suffixes: Vec<String>,
    networks: Vec<(IpAddr, u8)>,
}

impl Scope {
    /// Private networks and local names, and those of `names` that lie outside of them.
    #[must_use]
    pub fn around(names: &Names) -> Self {
        let mut scope = Self::local();
        for name in &names.dns {
            if !scope.permits_dns(name) {
                scope.suffixes.push(name.clone());
            }
        }
        for &address in &names.addresses {
            if !scope.permits_address(address) {
                scope
                    .networks
                    .push((address, if address.is_ipv4() { 32 } else { 128 }));
            }
        }
        scope
    }

    /// A scope as a certificate states it.
    #[must_use]
    pub fn of(suffixes: Vec<String>, networks: Vec<(IpAddr, u8)>) -> Self {
        Self { suffixes, networks }
    }

    fn local() -> Self {
        let suffixes = LOCAL_SUFFIXES.map(str::to_owned).to_vec();
        let parse = |(address, prefix): (&str, u8)| Some((address.parse().ok()?, prefix));
        Self {
            suffixes,
            networks: LOCAL_NETWORKS.into_iter().filter_map(parse).collect(),
        }
    }

    /// Those of `names` that may be signed.
    #[must_use]
    pub fn permitted(&self, names: &Names) -> Names {
        Names {
            dns: names
                .dns
                .iter()
                .filter(|name| self.permits_dns(name))
                .cloned()
                .collect(),
            addresses: names
                .addresses
                .iter()
                .copied()
                .filter(|&ip| self.permits_address(ip))
                .collect(),
        }
    }

    fn permits_dns(&self, name: &str) -> bool {
        let below = |suffix: &String| {
            name.strip_suffix(suffix.as_str())
                .is_some_and(|rest| rest.ends_with('.'))
        };
        self.suffixes
            .iter()
            .any(|suffix| suffix == name || below(suffix))
    }

    fn permits_address(&self, address: IpAddr) -> bool {
        self.networks
            .iter()
            .any(|&(network, prefix)| contains(network, prefix, address))
    }

    /// The same as an extension of a certificate.
    #[must_use]
    pub fn constraints(&self) -> NameConstraints {
        let dns = self.suffixes.iter().cloned().map(GeneralSubtree::DnsName);
        let subnet = |&(network, prefix): &(IpAddr, u8)| {
            GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(network, prefix))
        };
        NameConstraints {
            permitted_subtrees: dns.chain(self.networks.iter().map(subnet)).collect(),
            excluded_subtrees: Vec::new(),
        }
    }
}

fn contains(network: IpAddr, prefix: u8, address: IpAddr) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            network.to_bits() & mask == address.to_bits() & mask
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
            network.to_bits() & mask == address.to_bits() & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, Scope, contains};

    fn names(dns: &[&str], addresses: &[&str]) -> Names {
        Names {
            dns: dns.iter().map(|&name| name.to_owned()).collect(),
            addresses: addresses
                .iter()
                .map(|text| text.parse().expect("an address"))
                .collect(),
        }
    }

    #[test]
    fn the_authority_vouches_for_the_lan_and_for_nothing_else() {
        let here = names(&["localhost", "pc"], &["192.168.1.5", "203.0.113.7"]);
        let scope = Scope::around(&here);
        assert_eq!(scope.permitted(&here), here);
        let elsewhere = names(
            &["bank.example", "notpc", "xlan"],
            &["203.0.113.8", "8.8.8.8", "2001:db8::1"],
        );
        assert_eq!(scope.permitted(&elsewhere), Names::default());
        let later = names(&["pc.lan", "tv.local"], &["10.1.2.3", "fd12::1"]);
        assert_eq!(scope.permitted(&later), later);
    }

    #[test]
    fn networks_end_where_their_prefix_says() {
        let holds = |network: &str, prefix, address: &str| {
            contains(
                network.parse().expect("an address"),
                prefix,
                address.parse().expect("an address"),
            )
        };
        assert!(
            holds("172.16.0.0", 12, "172.31.255.255") && !holds("172.16.0.0", 12, "172.32.0.0")
        );
        assert!(
            holds("203.0.113.7", 32, "203.0.113.7") && !holds("203.0.113.7", 32, "203.0.113.6")
        );
        assert!(holds("fc00::", 7, "fdff::1") && !holds("fc00::", 7, "fe00::1"));
        assert!(holds("0.0.0.0", 0, "8.8.8.8") && !holds("0.0.0.0", 0, "::1"));
    }
}
