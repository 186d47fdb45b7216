//! What a message says: the event, thin.

use serde_json::json;
use shiming_verification::feed::PublicEvent;

/// The body of a message: `type`, `timestamp`, `data` as of Standard Webhooks, and the event's id.
#[must_use]
pub fn payload(event: &PublicEvent) -> String {
    let timestamp = event
        .at
        .to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    json!({
        "id": event.id,
        "type": event.kind,
        "timestamp": timestamp,
        "data": event.about,
    })
    .to_string()
}
