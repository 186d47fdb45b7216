//! The machine's own name and addresses, as a phone in the same network would use them.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};

/// Addresses of this machine that a phone might reach, best first; empty when they can't be read.
#[must_use]
pub fn lan_addresses() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let named = interfaces
        .into_iter()
        .map(|interface| (interface.name.clone(), interface.ip()));
    rank(named.collect(), outgoing_address())
}

/// The machine's name in lower case, if it can be a DNS name.
#[must_use]
pub fn hostname() -> Option<String> {
    dns_name(&rustix::system::uname().nodename().to_string_lossy())
}

/// The address from which packets leave for other networks. Connecting a UDP socket sends nothing.
fn outgoing_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(("198.51.100.1", 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// Drops what no phone can reach; puts the outgoing address first, private IPv4 before other IPv4 before IPv6.
fn rank(interfaces: Vec<(String, IpAddr)>, outgoing: Option<IpAddr>) -> Vec<IpAddr> {
    let mut addresses: Vec<_> = interfaces
        .into_iter()
        .filter(|(name, address)| !is_internal(name) && is_reachable(*address))
        .map(|(_, address)| address)
        .collect();
    addresses.sort_by_key(|&address| (family_rank(address), Some(address) != outgoing, address));
    addresses.dedup();
    addresses
}

fn family_rank(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(v4) if v4.is_private() => 0,
        IpAddr::V4(_) => 1,
        IpAddr::V6(v6) if v6.is_unique_local() => 2,
        IpAddr::V6(_) => 3,
    }
}

/// Bridges of containers and virtual machines: other machines can't reach them.
fn is_internal(interface: &str) -> bool {
    [
        "docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "cni", "flannel",
    ]
    .iter()
    .any(|prefix| interface.starts_with(prefix))
}

fn is_reachable(address: IpAddr) -> bool {
    let link_local = match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    !address.is_loopback() && !address.is_unspecified() && !link_local
}

fn dns_name(name: &str) -> Option<String> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    (name != "localhost" && name.len() <= 253 && name.split('.').all(is_label)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{IpAddr, dns_name, rank};

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn ranked(interfaces: &[(&str, &str)], outgoing: Option<&str>) -> Vec<String> {
        let named = interfaces
            .iter()
            .map(|(name, ip)| ((*name).to_owned(), address(ip)))
            .collect();
        rank(named, outgoing.map(address))
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn what_a_phone_cannot_reach_is_left_out() {
        let all = [
            ("lo", "127.0.0.1"),
            ("lo", "::1"),
            ("docker0", "172.17.0.1"),
            ("br-1a2b", "172.18.0.1"),
            ("wlan0", "fe80::1"),
            ("eth1", "169.254.10.10"),
            ("wlan0", "192.168.1.5"),
        ];
        assert_eq!(ranked(&all, None), ["192.168.1.5"]);
    }

    #[test]
    fn the_way_out_comes_first_within_its_kind() {
        let all = [
            ("eth0", "203.0.113.7"),
            ("tun0", "10.8.0.2"),
            ("wlan0", "192.168.1.5"),
            ("wlan0", "fd00::5"),
            ("wlan0", "2001:db8::5"),
        ];
        let expected = [
            "192.168.1.5",
            "10.8.0.2",
            "203.0.113.7",
            "fd00::5",
            "2001:db8::5",
        ];
        assert_eq!(ranked(&all, Some("192.168.1.5")), expected);
    }

    #[test]
    fn a_host_name_has_to_be_a_dns_name() {
        assert_eq!(dns_name("My-PC.lan.").as_deref(), Some("my-pc.lan"));
        for name in ["", "my_pc", "-pc", "pc-", "张三的电脑", "localhost", "a..b"] {
            assert_eq!(dns_name(name), None, "{name:?}");
        }
    }
}
