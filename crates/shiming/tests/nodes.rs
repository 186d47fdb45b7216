//! Several real nodes on one real PostgreSQL, behind a real nginx. The face models have to be there (`./x setup --tests`).
#![cfg(feature = "node-tests")]
#![allow(
    clippy::disallowed_methods,
    reason = "waits for real processes in real time"
)]

#[path = "nodes/cluster.rs"]
mod cluster;

use std::time::{Duration, Instant};

use cluster::Cluster;
use serde_json::{Value, json};
use shiming_testbed::{
    applicant::{Applicant, Phone, elements},
    browser::{Browser, Heard, http_client},
    signal, wait_until,
};

/// An announcement of another node takes a few milliseconds; the slow poll comes after 15 s.
const AT_ONCE: Duration = Duration::from_secs(5);

async fn company(http: &reqwest::Client, origin: &str) -> Value {
    let companies = Browser::new(http, origin).get("/demo/api/companies").await;
    let all = companies.body.as_array().expect("companies").clone();
    let good =
        |company: &&Value| company["status"] == "active" && company["subject_type"] == "enterprise";
    elements(all.iter().find(good).expect("an active enterprise"))
}

async fn consented(applicant: &mut Applicant, http: &reqwest::Client, origin: &str) -> Phone {
    applicant.choose().await;
    let view = applicant.submit(&company(http, origin).await).await;
    let mut phone = applicant.phone(http, origin, &view).await;
    phone.consent().await;
    phone
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_does_the_other_shows_at_once() {
    let cluster = Cluster::start(&[]);
    let (one, two) = (cluster.nodes[0].origin(), cluster.nodes[1].origin());
    let http = http_client();
    let mut on_one = Applicant::of_the_demo(&http, &one).await;
    let mut on_two = on_one.at(&two);
    let company = company(&http, &one).await;

    assert_eq!(on_one.choose().await["method"], "face");
    assert_eq!(
        on_two.view().await["method"],
        "face",
        "read after write on the other node"
    );
    let mut page = on_two
        .pc
        .events(&on_two.path("/events"))
        .await
        .expect("a stream");
    let submitted = on_one.submit(&company).await;
    assert_eq!(submitted["state"], "awaiting_scan");
    assert_eq!(on_two.view().await["version"], submitted["version"]);
    let begun = Instant::now();
    let shown = page.until(|view| view["state"] == "awaiting_scan").await;
    assert_eq!(shown["invitation"]["url"], submitted["invitation"]["url"]);

    let mut phone = on_one.phone(&http, &one, &submitted).await;
    phone.consent().await;
    page.until(|view| view["scan"]["phase"] == "consented")
        .await;
    let mut scan = phone.scan().await.expect("a connection");
    scan.until("ready").await;
    page.until(|view| view["scan"]["phase"] == "scanning").await;
    assert!(
        begun.elapsed() < AT_ONCE,
        "not only by the slow poll: {:?}",
        begun.elapsed()
    );

    // Renewing the code on the other node's page ends the scan that runs on this one.
    let renewed = on_two
        .pc
        .post(&on_two.path("/invitation"), &json!({}))
        .await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    let result = scan.until("result").await;
    assert_eq!(result["outcome"], "no_try_used");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_loses_no_scan_and_shows_in_no_request() {
    let mut cluster = Cluster::start(&[("SHIMING_DRAIN_SECONDS", "1")]);
    let proxy = cluster.proxy();
    let http = http_client();
    let mut applicant = Applicant::of_the_demo(&http, &proxy).await;
    let phone = consented(&mut applicant, &http, &proxy).await;
    let mut scan = phone.scan().await.expect("a connection through nginx");
    let first = scan.until("ready").await;
    let visitor = cluster::Visitor::begin(applicant.clone());

    let mut moves = 0;
    for node in 0..2 {
        cluster.nodes[node].tell("-TERM");
        // The phone does as the page does: on any close but a result it connects again.
        let patience = Instant::now();
        let mut ended = false;
        while !ended {
            assert!(
                patience.elapsed() < Duration::from_mins(1),
                "the node does not end"
            );
            let heard = tokio::time::timeout(Duration::from_millis(100), scan.hear()).await;
            if let Ok(heard) = heard
                && !matches!(heard, Heard::Message(_))
            {
                assert_eq!(heard, Heard::Closed(1012), "told to connect again");
                moves += 1;
                scan = cluster::again(&phone).await;
                assert_eq!(scan.until("ready").await, first, "no try was used");
            }
            ended = cluster.nodes[node].has_ended();
        }
        cluster.nodes[node].start();
    }
    assert!(moves >= 1, "one of the two nodes had the scan");
    let (asked, failed) = visitor.end().await;
    assert!(
        asked > 20 && failed.is_empty(),
        "{failed:?} of {asked} requests failed"
    );
    let view = applicant.view().await;
    assert_eq!(view["state"], "face_running");
    assert_eq!(view["last_error"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_done_by_a_worker_alone() {
    let mut cluster = Cluster::of_pages_only();
    let http = http_client();
    let origin = cluster.nodes[0].origin();
    Applicant::of_the_demo(&http, &origin).await;
    let jobs = || cluster.postgres.psql("shiming", "SELECT COUNT(*) FROM job");
    cluster
        .postgres
        .execute("shiming", "UPDATE job SET due_at = 0");
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(jobs(), "1", "servers without a worker leave it");

    let mut worker = cluster.worker();
    wait_until("the job is done", || jobs() == "0");
    signal(worker.id(), "-TERM");
    assert!(worker.wait().expect("ends").success());
    cluster.nodes[0].tell("-TERM");
    wait_until("the node has ended", || cluster.nodes[0].has_ended());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_says_whether_it_may_be_given_work() {
    let mut cluster = Cluster::start(&[("SHIMING_DRAIN_SECONDS", "30")]);
    let http = http_client();
    let origin = cluster.nodes[0].origin();
    let mut asking = Browser::new(&http, &origin);
    assert_eq!(asking.get("/ready").await.status, 200);

    cluster.postgres.down();
    assert_eq!(asking.get("/health").await.status, 200, "the process lives");
    let answer = asking.get("/ready").await;
    assert_eq!(
        (answer.status.as_u16(), &answer.body["status"]),
        (503, &json!("no_store"))
    );
    cluster.postgres.up();
    let begun = Instant::now();
    while asking.get("/ready").await.status != 200 {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it does not recover"
        );
    }

    // A running scan keeps a node that is told to stop alive; it says so.
    let mut applicant = Applicant::of_the_demo(&http, &origin).await;
    let phone = consented(&mut applicant, &http, &origin).await;
    let mut scan = phone.scan().await.expect("a connection");
    scan.until("ready").await;
    cluster.nodes[0].tell("-TERM");
    let begun = Instant::now();
    loop {
        let answer = asking.get("/ready").await;
        if answer.body["status"] == "ending" {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{}", answer.body);
    }
    assert_eq!(
        phone.scan().await.err().map(|refused| refused.as_u16()),
        Some(503)
    );
    cluster.nodes[0].tell("-TERM");
    wait_until("the second signal ends it", || cluster.nodes[0].has_ended());
}
