//! How the server is watched from outside.

use std::net::SocketAddr;

use confique::Config as Configuration;
use serde::Serialize;

/// Figures for Prometheus.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct MetricsSection {
    /// Address of a listener of its own that serves `/metrics` over plain http, such as `127.0.0.1:9464`; none if not set. Keep
    /// it inside: it asks for no password. Port 0 takes any free port.
    #[config(env = "SHIMING_METRICS_LISTEN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
}

/// Traces for OpenTelemetry. Spans hold routes, kinds and ids of cases, no personal data.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct TracesSection {
    /// Where spans go, by OTLP over HTTP (protobuf), such as `http://localhost:4318/v1/traces`; nowhere if not set.
    #[config(env = "SHIMING_OTLP_ENDPOINT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,

    /// Share of requests that are traced, from 0 to 1.
    #[config(env = "SHIMING_TRACES_SHARE", default = 1.0, validate((0.0..=1.0).contains(share), "from 0 to 1"))]
    pub share: f64,
}
