//! What is counted and timed for Prometheus. Without a recorder, which only the binary installs, all of it does nothing.
//!
//! Labels are words of a fixed vocabulary: never anything about a person, a case or a platform.

use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, histogram};
use serde::Serialize;
use shiming_verification::{
    change::{Change, Event, EventKind, JobKind},
    ports::webhooks::Outcome,
};

const REQUESTS: &str = "shiming_http_request_seconds";
const EVENTS: &str = "shiming_case_events_total";
const OUTCOMES: &str = "shiming_case_outcomes_total";
const CONFLICTS: &str = "shiming_commit_conflicts_total";
const PROVIDER: &str = "shiming_provider_seconds";
const JOBS: &str = "shiming_job_seconds";
const WEBHOOKS: &str = "shiming_webhook_seconds";
const FRAMES: &str = "shiming_frame_seconds";
/// Scans that run on this node.
pub const SCANS_RUNNING: &str = "shiming_scans_running";
/// Phones that wait in line on this node.
pub const SCANS_WAITING: &str = "shiming_scans_waiting";
/// What is due and not done, by queue.
pub const QUEUE_DUE: &str = "shiming_queue_due";
/// How long the oldest of it has been due, in seconds.
pub const QUEUE_LAG: &str = "shiming_queue_lag_seconds";
/// Jobs that wait for a person.
pub const JOBS_DEAD: &str = "shiming_jobs_dead";
/// Whether the last look at the queues succeeded.
pub const STORE_UP: &str = "shiming_store_up";

/// Names and units for whoever reads the figures; to be called once, after a recorder is installed.
pub fn describe() {
    let seconds = |name, text: &'static str| describe_histogram!(name, Unit::Seconds, text);
    seconds(REQUESTS, "Requests by method, route and status");
    seconds(
        PROVIDER,
        "Answers of providers (registry, authority, bank, mail, sms) by outcome",
    );
    seconds(JOBS, "Jobs by kind and outcome");
    seconds(WEBHOOKS, "Attempts to deliver a webhook by outcome");
    seconds(FRAMES, "Frames of scans, from their arrival to the verdict");
    describe_counter!(EVENTS, "What happened in cases, by kind and code");
    describe_counter!(OUTCOMES, "Cases that ended, by outcome and method");
    describe_counter!(
        CONFLICTS,
        "Decisions that were made again because somebody was first"
    );
    describe_gauge!(SCANS_RUNNING, "Scans that run on this node");
    describe_gauge!(SCANS_WAITING, "Phones that wait in line on this node");
    describe_gauge!(QUEUE_DUE, "What is due and not done, by queue");
    describe_gauge!(
        QUEUE_LAG,
        Unit::Seconds,
        "How long the oldest of it has been due"
    );
    describe_gauge!(JOBS_DEAD, "Jobs that wait for a person");
    describe_gauge!(STORE_UP, "1 if the database answered the last look");
}

/// A request was answered. The route is the pattern, never the path.
pub fn request(method: &'static str, route: &str, status: u16, took: Duration) {
    let labels = [
        ("method", method.to_owned()),
        ("route", route.to_owned()),
        ("status", status.to_string()),
    ];
    histogram!(REQUESTS, &labels).record(took.as_secs_f64());
}

/// A change of a case is stored.
pub(crate) fn stored(change: &Change) {
    let method = change.case.method.as_ref().map(word);
    let method = method.unwrap_or_else(|| "none".to_owned());
    for event in &change.events {
        let code = event.code.map_or("", |code| code.as_str());
        counter!(EVENTS, "event" => word(&event.kind), "code" => code).increment(1);
    }
    // A consent may be taken back after the end, which is counted once.
    let after = |event: &Event| event.kind == EventKind::ConsentWithdrawn;
    if change.case.state.is_final() && !change.events.iter().all(after) {
        counter!(OUTCOMES, "outcome" => change.case.state.name(), "method" => method).increment(1);
    }
}

/// A decision has to be made again.
pub(crate) fn conflict() {
    counter!(CONFLICTS).increment(1);
}

/// A provider answered, or did not.
pub(crate) fn provider(name: &'static str, outcome: &'static str, took: Duration) {
    histogram!(PROVIDER, "provider" => name, "outcome" => outcome).record(took.as_secs_f64());
}

/// A job was tried.
pub(crate) fn job(kind: JobKind, done: bool, took: Duration) {
    let kind = match kind {
        JobKind::CheckRegistry { .. } => "check_registry",
        JobKind::Wake { .. } => "wake",
        JobKind::HandOver { .. } => "hand_over",
        JobKind::TendCredential { .. } => "tend_credential",
        JobKind::Notify { .. } => "notify",
    };
    let outcome = if done { "done" } else { "failed" };
    histogram!(JOBS, "kind" => kind, "outcome" => outcome).record(took.as_secs_f64());
}

/// A webhook was tried.
pub(crate) fn webhook(outcome: Outcome, took: Duration) {
    let outcome = match outcome {
        Outcome::Delivered => "delivered",
        Outcome::Again(_) => "again",
        Outcome::GivenUp => "given_up",
    };
    histogram!(WEBHOOKS, "outcome" => outcome).record(took.as_secs_f64());
}

/// A frame of a scan was judged.
pub(crate) fn frame(age: Duration) {
    histogram!(FRAMES).record(age.as_secs_f64());
}

/// The wire word of a unit-like enum.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => "other".to_owned(),
    }
}
