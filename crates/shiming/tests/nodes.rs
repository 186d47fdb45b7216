//! Several real nodes on one real PostgreSQL, behind a real nginx. The face models have to be there (`./x setup --tests`).
#![cfg(feature = "node-tests")]
#![allow(
    clippy::disallowed_methods,
    reason = "waits for real processes in real time"
)]

#[path = "nodes/cluster.rs"]
mod cluster;
#[path = "nodes/faults/mod.rs"]
mod faults;
#[path = "nodes/keys.rs"]
mod keys;
#[path = "nodes/log_privacy.rs"]
mod log_privacy;
#[path = "nodes/machine.rs"]
mod machine;
#[path = "nodes/metrics.rs"]
mod metrics;
#[path = "nodes/traces.rs"]
mod traces;

use std::time::{Duration, Instant};

use cluster::Cluster;
use machine::{Machine, enrol, make_bucket, on_s3, timeless};
use serde_json::{Value, json};
use shiming_testbed::{
    Durability, Postgres, S3,
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
    let mut phone = applicant.phone(origin, &view).await;
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

    let mut phone = on_one.phone(&one, &submitted).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_live_installation_moves_to_postgresql_and_its_backup_comes_back_on_an_empty_machine() {
    let http = http_client();
    let postgres = Postgres::start(Durability::None);
    let url = postgres.database("shiming");
    let machine = Machine::new(&[]);
    let mut node = machine.serve();
    let mut applicant = Applicant::of_the_demo(&http, &node.origin()).await;
    let phone = consented(&mut applicant, &http, &node.origin()).await;
    let enrolled = enrol(&http, &node.origin()).await;

    // The first run is made while the server serves, the second one takes along what came after it.
    let from = format!("sqlite:{}", machine.file("data/shiming.sqlite3").display());
    let told = machine.run(&["migrate", "--from", &from, "--to", &url]);
    assert!(told.contains("verification_case"), "{told}");
    let renewed = applicant
        .pc
        .post(&applicant.path("/cancel"), &json!({}))
        .await;
    assert_eq!(renewed.status, 200);
    let seen = applicant.view().await;
    node.tell("-TERM");
    wait_until("the server has ended", || node.has_ended());
    let told = machine.run(&["migrate", "--from", &from, "--to", &url]);
    assert!(
        told.contains("        1 rows,         1 written"),
        "only what changed: {told}"
    );
    let again = machine.run(&["migrate", "--from", &from, "--to", &url]);
    assert!(
        !again.contains(" 1 written"),
        "nothing is left to do: {again}"
    );

    let moved = machine.with("SHIMING_DATABASE_URL", &url);
    let node = moved.serve();
    assert_eq!(
        timeless(applicant.at(&node.origin()).view().await),
        timeless(seen.clone())
    );
    let asked = phone
        .browser
        .at(&node.origin())
        .get("/phone/api/scan")
        .await;
    assert_eq!(
        asked.status, 200,
        "the phone's session has moved too: {}",
        asked.body
    );

    // A backup of a serving PostgreSQL node, restored on an empty machine with the embedded database.
    let backup = machine.file("backup").display().to_string();
    moved.run(&["backup", &backup]);
    let empty = Machine::new(&[]);
    let told = empty.run(&["restore", &backup]);
    assert!(told.contains("restored"), "{told}");
    let restored = empty.serve();
    assert_eq!(
        timeless(applicant.at(&restored.origin()).view().await),
        timeless(seen.clone())
    );
    drop(restored);
    let refused = empty.fail(&["restore", &backup]);
    assert!(refused.contains("move it away first"), "{refused}");

    // And from there to another PostgreSQL, with evidence on S3.
    let s3 = S3::start();
    make_bucket(&http, &s3).await;
    let again = empty.file("again").display().to_string();
    empty.run(&["backup", &again]);
    let other = postgres.database("other");
    let third = Machine::new(&on_s3(&s3)).with("SHIMING_DATABASE_URL", &other);
    third.run(&["restore", &again]);
    let photo = machine.photo_of(&enrolled).await;
    assert!(photo.is_some());
    assert_eq!(
        third.photo_of(&enrolled).await,
        photo,
        "the photo opens after all that"
    );

    // Whatever was changed in a backup is told before anything is restored.
    std::fs::write(empty.file("again/master.key"), "something else").expect("written");
    let spoilt = Machine::new(&[]).fail(&["restore", &again]);
    assert!(
        spoilt.contains("master.key is not as it was backed up"),
        "{spoilt}"
    );
}
