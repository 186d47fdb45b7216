//! Failed attempts with passwords, counted so that guessing is hopeless and a stranger can lock nobody out.
//!
//! Three counts, each within its time: of a source, of a source with a login, and of a login from browsers that have never
//! been signed in. The last one is what many sources together run into; it leaves passkeys and the operator's own
//! browsers (which carry a proof) alone.

use chrono::Duration;
use shiming_verification::{case::Digest, code::Code};

use crate::{Services, error::ServiceError, tokens::digest};

/// Attempts of one source on one login in [`WITHIN`].
const OF_BOTH: u32 = 5;
/// Attempts of one source in [`WITHIN`].
const OF_SOURCE: u32 = 30;
/// Attempts on one login from unknown browsers in [`WITHIN`].
const OF_LOGIN: u32 = 50;
/// Ways to the identity provider that one source may begin in [`WITHIN`]: each asks the provider, and an office is one source.
const SET_OUT: u32 = 100;
const WITHIN: Duration = Duration::minutes(15);

/// Where an attempt comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The network address; of IPv6 the first 64 bits, which one subscriber has.
    pub network: String,
    /// Proof that this browser has been signed in, if it carries one.
    pub device: Option<String>,
    /// The browser, in its own words.
    pub agent: String,
}

impl Source {
    /// The browser's words, shortened and without control characters.
    pub(super) fn agent(&self) -> String {
        let plain = self.agent.chars().filter(|c| !c.is_control());
        plain.take(200).collect()
    }
}

impl Services {
    /// The proof that a browser has been signed in as this login.
    pub(super) fn device_proof(&self, login: &str) -> String {
        let token = self
            .cases
            .tokens
            .derive("operator device", &[login.as_bytes()]);
        token.expose().to_owned()
    }

    fn scopes(&self, login: &str, source: &Source) -> Vec<(Digest, u32)> {
        let known = source.device.as_deref() == Some(&self.device_proof(login));
        let of = |parts: [&str; 3]| digest(&parts.join("\n"));
        let device = source.device.as_deref().unwrap_or_default();
        if known {
            return vec![(of(["device", login, device]), OF_BOTH)];
        }
        vec![
            (of(["both", login, &source.network]), OF_BOTH),
            (of(["source", "", &source.network]), OF_SOURCE),
            (of(["login", login, ""]), OF_LOGIN),
        ]
    }

    /// Refuses when too many attempts have failed.
    pub(super) async fn may_try(&self, login: &str, source: &Source) -> Result<(), ServiceError> {
        let since = self.clock.now() - WITHIN;
        for (scope, most) in self.scopes(login, source) {
            if self.sessions.failures(scope, since).await? >= most {
                return Err(self.refused(Code::TooManyRequests));
            }
        }
        Ok(())
    }

    /// Counts a way to the identity provider, and refuses one too many.
    pub(super) async fn may_set_out(&self, source: &Source) -> Result<(), ServiceError> {
        let now = self.clock.now();
        let scope = digest(&format!("sso\n{}", source.network));
        if self.sessions.failures(scope, now - WITHIN).await? >= SET_OUT {
            return Err(self.refused(Code::TooManyRequests));
        }
        let counted = [(self.fresh_id()?, scope)];
        Ok(self.sessions.add_failures(&counted, now).await?)
    }

    /// Counts a failed attempt.
    pub(super) async fn has_failed(
        &self,
        login: &str,
        source: &Source,
    ) -> Result<(), ServiceError> {
        let mut counted = Vec::new();
        for (scope, _) in self.scopes(login, source) {
            counted.push((self.fresh_id()?, scope));
        }
        Ok(self
            .sessions
            .add_failures(&counted, self.clock.now())
            .await?)
    }
}
