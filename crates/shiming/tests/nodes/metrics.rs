//! Figures for Prometheus, from a server on which one applicant has come as far as the QR code.

use reqwest::StatusCode;
use shiming_testbed::{
    applicant::Applicant,
    browser::{Browser, http_client},
    free_port,
};

use crate::{company, machine::Machine};

async fn figures(http: &reqwest::Client, port: u16) -> String {
    let url = format!("http://127.0.0.1:{port}/metrics");
    let answer = http.get(url).send().await.expect("answers");
    assert_eq!(answer.status(), StatusCode::OK);
    answer.text().await.expect("text")
}

/// The figure with this name and these labels, in whatever order they stand.
fn figure(text: &str, name: &str, labels: &[&str]) -> Option<f64> {
    let is_it = |line: &&str| {
        let own = line.strip_prefix(name);
        own.is_some_and(|rest| rest.starts_with(['{', ' ']))
            && labels.iter().all(|label| line.contains(label))
    };
    let line = text.lines().find(is_it)?;
    line.rsplit(' ').next()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_counted_on_a_listener_of_its_own() {
    let port = free_port();
    let machine = Machine::new(&[("SHIMING_METRICS_LISTEN", format!("127.0.0.1:{port}"))]);
    let node = machine.serve();
    let (http, origin) = (http_client(), node.origin());
    let mut applicant = Applicant::of_the_demo(&http, &origin).await;
    applicant.choose().await;
    applicant.submit(&company(&http, &origin).await).await;

    let text = figures(&http, port).await;
    let elements = [
        "method=\"POST\"",
        "route=\"/portal/api/cases/{id}/elements\"",
        "status=\"200\"",
    ];
    let once = [
        ("shiming_http_request_seconds_count", &elements[..]),
        (
            "shiming_provider_seconds_count",
            &["provider=\"registry\"", "outcome=\"match\""],
        ),
        (
            "shiming_case_events_total",
            &["event=\"invitation_issued\""],
        ),
        ("shiming_store_up", &[]),
    ];
    for (name, labels) in once {
        assert_eq!(figure(&text, name, labels), Some(1.0), "{name}: {text}");
    }
    for nothing in ["shiming_jobs_dead", "shiming_scans_running"] {
        assert_eq!(figure(&text, nothing, &[]), Some(0.0), "{nothing}: {text}");
    }
    let lag = figure(&text, "shiming_queue_lag_seconds", &["queue=\"jobs\""]);
    assert!(lag.is_some_and(|lag| lag < 60.0), "{text}");

    let outside = Browser::new(&http, &origin).get("/metrics").await;
    assert_eq!(outside.status, StatusCode::NOT_FOUND, "not for visitors");
}
