//! Spans for OpenTelemetry, by OTLP over HTTP. Only our own: what other crates put into theirs is not ours to vouch for.

use anyhow::{Context as _, Result};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider},
};
use tracing::{Level, Subscriber};
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

use crate::config::TracesSection;

/// What every crate of ours is called, at the beginning.
const OURS: &str = "shiming";

/// Sends spans until it is dropped; what has gathered by then is still sent.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins to send; `None` if they are to go nowhere.
    pub fn begin(config: &TracesSection) -> Result<Option<Self>> {
        let Some(endpoint) = &config.endpoint else {
            return Ok(None);
        };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_endpoint(endpoint)
            .build()
            .with_context(|| format!("traces.endpoint: {endpoint} can't be used"))?;
        opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(
                config.share,
            ))))
            .with_resource(Resource::builder().with_service_name(OURS).build())
            .build();
        Ok(Some(Self(provider)))
    }

    /// Where spans go in.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer(OURS))
            .with_filter(Targets::new().with_target(OURS, Level::INFO))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        // A collector that is gone by now is no fault of ours.
        let _ = self.0.shutdown();
    }
}
