//! Spans arrive at a collector, by OTLP over HTTP, and hold nothing that was submitted.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use shiming_testbed::{applicant::Applicant, browser::http_client, wait_until};

use crate::{company, machine::Machine};

type Received = Arc<Mutex<Vec<u8>>>;

async fn take(State(received): State<Received>, headers: HeaderMap, body: Bytes) {
    assert_eq!(headers["content-type"], "application/x-protobuf");
    received.lock().expect("whole").extend_from_slice(&body);
}

fn holds(bytes: &[u8], wanted: impl AsRef<[u8]>) -> bool {
    let wanted = wanted.as_ref();
    bytes.windows(wanted.len()).any(|part| part == wanted)
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_of_a_request_reach_the_collector_without_personal_data() {
    let received = Received::default();
    let collector = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = collector.local_addr().unwrap();
    let router = Router::new()
        .route("/v1/traces", post(take))
        .with_state(received.clone());
    tokio::spawn(async move { axum::serve(collector, router).await });

    let endpoint = format!("http://{address}/v1/traces");
    let machine = Machine::new(&[("SHIMING_OTLP_ENDPOINT", endpoint)]);
    let mut node = machine.serve();
    let (http, origin) = (http_client(), node.origin());
    let company = company(&http, &origin).await;
    let mut applicant = Applicant::of_the_demo(&http, &origin).await;
    applicant.choose().await;
    applicant.submit(&company).await;
    for (path, trace) in [("/v1/platform", "a1"), ("/portal/api/none", "b2")] {
        let parent = format!("00-{}-00f067aa0ba902b7-01", trace.repeat(16));
        let sent = http
            .get(format!("{origin}{path}"))
            .header("traceparent", parent);
        sent.send().await.expect("an answer");
    }
    node.tell("-TERM");
    wait_until("the server has ended", || node.has_ended());

    let received = received.lock().unwrap().clone();
    for span in ["POST /portal/api/cases/{id}/elements", "registry", "commit"] {
        assert!(holds(&received, span), "no span {span}");
    }
    assert!(holds(&received, [0xa1; 16]), "a program's trace goes on");
    assert!(!holds(&received, [0xb2; 16]), "a visitor's does not");
    for field in [
        "enterprise_name",
        "uscc",
        "legal_representative",
        "id_number",
    ] {
        let submitted = company[field].as_str().expect("a text");
        assert!(!holds(&received, submitted), "{field} is in a span");
    }
}
