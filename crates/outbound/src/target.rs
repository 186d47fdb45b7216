//! Addresses that may be asked at all, before any name is looked up.

use std::net::IpAddr;

use url::{Host, Url};

use crate::is_public;

/// What the operator allows beyond https to public addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Hosts, as names or addresses, that may be private and may be asked over plain http.
    pub trusted_hosts: Vec<String>,
}

impl Rules {
    pub(crate) fn trusts(&self, host: &str) -> bool {
        self.trusted_hosts
            .iter()
            .any(|trusted| trusted.eq_ignore_ascii_case(host))
    }
}

/// An address that passed the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target(Url);

/// Why an address can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It is no absolute URL with a host.
    #[error("this is not a complete web address")]
    NotAnAddress,
    /// It is not https.
    #[error("only https addresses are called")]
    NotHttps,
    /// It carries a user name or password.
    #[error("the address must not hold a user name or password")]
    Credentials,
    /// It names a private address.
    #[error("the address lies inside a private network")]
    Private,
}

impl Target {
    /// The address, if the rules allow it. A name that leads to a private address is found out on connecting.
    ///
    /// # Errors
    /// [`TargetError`].
    pub fn parse(text: &str, rules: &Rules) -> Result<Self, TargetError> {
        let url = Url::parse(text.trim()).map_err(|_| TargetError::NotAnAddress)?;
        let host = url.host().ok_or(TargetError::NotAnAddress)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetError::Credentials);
        }
        let trusted = rules.trusts(url.host_str().unwrap_or_default().trim_matches(['[', ']']));
        match url.scheme() {
            "https" => {}
            "http" if trusted => {}
            _ => return Err(TargetError::NotHttps),
        }
        let literal = match host {
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
            Host::Domain(_) => None,
        };
        if !trusted && literal.is_some_and(|address| !is_public(address)) {
            return Err(TargetError::Private);
        }
        Ok(Self(url))
    }

    /// The address.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Rules, Target, TargetError};

    fn parse(text: &str) -> Result<Target, TargetError> {
        Target::parse(text, &Rules::default())
    }

    #[test]
    fn https_to_the_internet_passes() {
        for text in [
            "https://platform.example/hooks?x=1",
            "https://1.1.1.1:8443/",
        ] {
            assert!(parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn everything_else_is_told_apart() {
        let refused = [
            ("platform.example/hooks", TargetError::NotAnAddress),
            ("http://platform.example/", TargetError::NotHttps),
            ("ftp://platform.example/", TargetError::NotHttps),
            ("https://user@platform.example/", TargetError::Credentials),
            ("https://127.0.0.1/", TargetError::Private),
            ("https://2130706433/", TargetError::Private),
            ("https://0x7f.1/", TargetError::Private),
            ("https://[::1]/", TargetError::Private),
            ("https://[::ffff:169.254.169.254]/", TargetError::Private),
        ];
        for (text, reason) in refused {
            assert_eq!(parse(text), Err(reason), "{text}");
        }
    }

    #[test]
    fn the_operator_may_trust_a_host() {
        let rules = Rules {
            trusted_hosts: vec![
                "localhost".to_owned(),
                "10.0.0.7".to_owned(),
                "::1".to_owned(),
            ],
        };
        for text in [
            "http://LOCALHOST:9000/",
            "http://10.0.0.7/",
            "https://[::1]/",
        ] {
            assert!(Target::parse(text, &rules).is_ok(), "{text}");
        }
        assert_eq!(
            Target::parse("http://10.0.0.8/", &rules),
            Err(TargetError::NotHttps)
        );
    }
}
