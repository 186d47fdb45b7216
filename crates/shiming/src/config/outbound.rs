//! Requests to addresses that somebody else has typed in.

use std::path::PathBuf;

use confique::Config as Configuration;
use serde::Serialize;

/// Requests to addresses that somebody else has typed in: webhooks, sister platforms.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct OutboundSection {
    /// Hosts, as names or addresses, that may lie inside a private network and may be asked over plain http. Everything
    /// else has to be https on the public internet. In the environment separated by commas.
    #[config(env = "SHIMING_TRUSTED_HOSTS", parse_env = confique::env::parse::list_by_comma, default = [])]
    pub trusted_hosts: Vec<String>,

    /// PEM file of certificate authorities that are trusted beside the public ones.
    #[config(env = "SHIMING_EXTRA_ROOTS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_roots: Option<PathBuf>,

    /// Seconds within which another server has to answer.
    #[config(env = "SHIMING_OUTBOUND_SECONDS", default = 20)]
    pub seconds: u64,
}
