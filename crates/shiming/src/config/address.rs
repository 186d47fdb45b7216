//! The address under which browsers reach the server.

use std::{fmt, str::FromStr};

use axum::http::Uri;
use serde::{Deserialize, Serialize};

/// An origin: scheme, host and port, without path; what every link and QR code begins with.
///
/// Prints without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicUrl {
    https: bool,
    host: String,
    port: Option<u16>,
}

/// Why a text is no public address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "public_url has to look like https://verify.example.cn or https://192.168.1.5:8443, without a path"
)]
pub struct PublicUrlError;

impl PublicUrl {
    /// An `https` origin.
    #[must_use]
    pub fn https(host: impl fmt::Display, port: u16) -> Self {
        Self {
            https: true,
            host: host.to_string(),
            port: (port != 443).then_some(port),
        }
    }

    /// A plain `http` origin.
    #[must_use]
    pub fn http(host: impl fmt::Display, port: u16) -> Self {
        Self {
            https: false,
            host: host.to_string(),
            port: (port != 80).then_some(port),
        }
    }

    /// Whether traffic to it is encrypted.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// Host name or address; an IPv6 address keeps its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether browsers treat the origin as secure, so that its pages may use a camera.
    #[must_use]
    pub fn allows_camera(&self) -> bool {
        let local = matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        self.https || local || self.host.ends_with(".localhost")
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.https { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl FromStr for PublicUrl {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, PublicUrlError> {
        let uri: Uri = text.trim().parse().map_err(|_| PublicUrlError)?;
        let authority = uri.authority().ok_or(PublicUrlError)?;
        let host = authority.host().to_lowercase();
        let is_bare = uri.path() == "/" && uri.query().is_none();
        if host.is_empty() || !is_bare || authority.as_str().contains('@') {
            return Err(PublicUrlError);
        }
        let port = match authority.as_str()[host.len()..].strip_prefix(':') {
            Some(port) => Some(port.parse().map_err(|_| PublicUrlError)?),
            None => None,
        };
        match uri.scheme_str() {
            Some("https") => Ok(Self::https(host, port.unwrap_or(443))),
            Some("http") => Ok(Self::http(host, port.unwrap_or(80))),
            _ => Err(PublicUrlError),
        }
    }
}

impl TryFrom<String> for PublicUrl {
    type Error = PublicUrlError;

    fn try_from(text: String) -> Result<Self, PublicUrlError> {
        text.parse()
    }
}

impl From<PublicUrl> for String {
    fn from(url: PublicUrl) -> Self {
        url.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::PublicUrl;

    #[test]
    fn an_origin_is_kept_and_default_ports_are_dropped() {
        for (text, printed) in [
            ("https://verify.example.cn", "https://verify.example.cn"),
            (
                "https://Verify.Example.cn:443/",
                "https://verify.example.cn",
            ),
            ("https://192.168.1.5:8443", "https://192.168.1.5:8443"),
            ("http://localhost:80", "http://localhost"),
            ("https://[fd00::5]:8443", "https://[fd00::5]:8443"),
        ] {
            assert_eq!(
                text.parse::<PublicUrl>()
                    .map(|url| url.to_string())
                    .as_deref(),
                Ok(printed)
            );
        }
    }

    #[test]
    fn whatever_is_no_origin_is_refused() {
        for text in [
            "",
            "verify.example.cn",
            "ftp://example.cn",
            "https://",
            "https://example.cn/verify",
            "https://example.cn/?a=1",
            "https://user:word@example.cn",
            "https://example.cn:99999",
        ] {
            assert!(text.parse::<PublicUrl>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_camera_needs_https_or_this_very_machine() {
        let allows = |text: &str| {
            text.parse::<PublicUrl>()
                .expect("an origin")
                .allows_camera()
        };
        assert!(allows("https://192.168.1.5:8443"));
        assert!(allows("http://localhost:8080"));
        assert!(allows("http://pc.localhost:8080"));
        assert!(!allows("http://192.168.1.5:8080"));
    }
}
