//! The risk rules, as configuration.

use confique::Config as Configuration;
use serde::Serialize;
use shiming_verification::risk::{RiskPolicy, Rule};

/// Risk rules: each `off`, or `WHAT above COUNT in TIME`, as in `review above 5 in 30d`. `note` writes it down in the case,
/// `slow` holds the verification up, `review` has a person look before it passes, `refuse` refuses it.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct RiskSection {
    /// Forms submitted for one account.
    #[config(env = "SHIMING_RISK_ACCOUNT", default = "slow above 20 in 24h")]
    pub account: Rule,

    /// Forms submitted with one credit code.
    #[config(env = "SHIMING_RISK_LICENCE", default = "review above 30 in 24h")]
    pub licence: Rule,

    /// Forms submitted with one ID number.
    #[config(env = "SHIMING_RISK_PERSON", default = "review above 30 in 24h")]
    pub person: Rule,

    /// Forms submitted from one browser.
    #[config(env = "SHIMING_RISK_DEVICE", default = "review above 20 in 24h")]
    pub device: Rule,

    /// Forms submitted from one network address. Behind a reverse proxy, name it in `server.proxies`.
    #[config(env = "SHIMING_RISK_ADDRESS", default = "slow above 120 in 1h")]
    pub address: Rule,

    /// Enterprises for which one person was named as the legal representative.
    #[config(
        env = "SHIMING_RISK_PERSON_LICENCES",
        default = "review above 5 in 30d"
    )]
    pub person_licences: Rule,

    /// Other people in whose scans a frame of this scan was seen; needs `scan.replay.mode = "enforce"`.
    #[config(env = "SHIMING_RISK_SHARED_FRAMES", default = "review above 0 in 30d")]
    pub shared_frames: Rule,

    /// Forms of one account that came sooner than a hand can type.
    #[config(env = "SHIMING_RISK_TEMPO", default = "note above 0 in 24h")]
    pub tempo: Rule,

    /// A form that is submitted sooner than so many seconds after it was shown was not typed by a hand.
    #[config(env = "SHIMING_RISK_QUICK_SECONDS", default = 3)]
    pub quick_seconds: u32,

    /// Minutes for which `slow` holds a verification up.
    #[config(env = "SHIMING_RISK_SLOW_MINUTES", default = 30)]
    pub slow_minutes: u32,
}

impl RiskSection {
    /// The rules as the domain reads them.
    #[must_use]
    pub const fn to_policy(&self) -> RiskPolicy {
        RiskPolicy {
            account: self.account,
            licence: self.licence,
            person: self.person,
            device: self.device,
            address: self.address,
            person_licences: self.person_licences,
            shared_frames: self.shared_frames,
            tempo: self.tempo,
            quick_seconds: self.quick_seconds,
            slow_minutes: self.slow_minutes,
        }
    }
}
