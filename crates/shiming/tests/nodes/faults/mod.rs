//! What may go wrong while verifications run: processes that die, a database that restarts, a full disk, storage and receivers
//! that are away. Afterwards nothing acknowledged is lost, nothing is doubled, no try is used, and every case goes on.
//!
//! `./x test faults` lets each fault last longer, and repeats it.

mod load;

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use load::{Load, Receiver, Verified};
use serde_json::json;
use shiming_testbed::{
    S3,
    applicant::Applicant,
    browser::{Browser, http_client},
    wait_until,
};

use crate::{
    cluster::Cluster,
    company,
    machine::{Machine, enrol_answer, make_bucket, on_s3},
};

/// How often a fault is repeated, and how long the load goes on between.
fn rounds() -> (u32, Duration) {
    if std::env::var_os("SHIMING_ALL_FAULTS").is_some() {
        (4, Duration::from_secs(3))
    } else {
        (1, Duration::from_millis(1500))
    }
}

const GENEROUS: [(&str, &str); 3] = [
    ("SHIMING_API_PER_SECOND", "100000"),
    ("SHIMING_API_BURST", "100000"),
    ("SHIMING_TRUSTED_HOSTS", "127.0.0.1"),
];

/// Two nodes, a platform in test mode, its receiver, and clients that keep them busy.
struct Busy {
    cluster: Cluster,
    key: String,
    receiver: Receiver,
}

impl Busy {
    async fn start() -> (Self, load::Working) {
        let cluster = Cluster::start(&GENEROUS);
        let added = cluster.run(&["platform", "add", "Shop"]);
        let platform = word(&added, "plt_");
        let key = word(
            &cluster.run(&["api-key", "create", &platform, "--test"]),
            "sk_test_",
        );
        let (receiver, url) = Receiver::start().await;
        let origins: Vec<_> = cluster
            .nodes
            .iter()
            .map(crate::cluster::Node::origin)
            .collect();
        let mut program = Browser::with_key(&http_client(), &origins[0], &key);
        let made = program
            .post_once("/v1/webhook_endpoints", "hook", &json!({ "url": url }))
            .await;
        assert_eq!(made.status, 201, "{}", made.body);
        let working = Load::new(origins, &key).begin();
        let busy = Self {
            cluster,
            key,
            receiver,
        };
        (busy, working)
    }

    /// Everything that was acknowledged is there, once.
    fn account_for(&self, verified: &Verified) {
        assert!(verified.len() >= 8, "only {} verifications", verified.len());
        let sql = |sql: &str| self.cluster.postgres.psql("shiming", sql);
        let cases = sql(
            "SELECT COUNT(*), COUNT(DISTINCT account_id) FROM verification_case WHERE realm = 'test'",
        );
        let all = verified.len();
        assert_eq!(cases, format!("{all}|{all}"), "one case for each account");
        let states = sql("SELECT DISTINCT state FROM verification_case WHERE realm = 'test'");
        assert_eq!(states, "verified");
        assert_eq!(sql("SELECT COUNT(*) FROM credential"), all.to_string());
        assert_eq!(sql("SELECT COUNT(*) FROM mark"), "0", "no try is used");
        let gaps = "SELECT COUNT(*) FROM feed_head h WHERE h.seq <> (SELECT COUNT(*) FROM public_event e WHERE e.platform = h.platform)";
        assert_eq!(sql(gaps), "0", "events are numbered without gaps");
        let expected: BTreeSet<&String> = verified.values().collect();
        wait_until("every pass has been told", || {
            let passes = self.receiver.passes();
            expected.iter().all(|case| passes.contains_key(*case))
        });
        let passes = self.receiver.passes();
        assert!(
            passes.values().all(|events| *events == 1),
            "one event tells of a pass"
        );
        let said = self.cluster.run(&["audit", "verify"]);
        assert!(!said.contains("broken"), "{said}");
    }
}

fn word(printed: &str, beginning: &str) -> String {
    let mut words = printed.split_whitespace();
    let found = words.find(|word| word.starts_with(beginning));
    found
        .unwrap_or_else(|| panic!("no {beginning} in {printed}"))
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_are_killed_under_load() {
    let (rounds, pause) = rounds();
    let (mut busy, working) = Busy::start().await;
    for round in 0..rounds {
        for node in 0..2 {
            tokio::time::sleep(pause).await;
            let before = working.again();
            busy.cluster.nodes[node].kill();
            let begun = Instant::now();
            while working.again() == before && begun.elapsed() < Duration::from_secs(20) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            assert!(working.again() > before, "round {round}: nobody noticed");
            busy.cluster.nodes[node].start();
        }
    }
    tokio::time::sleep(pause).await;
    busy.account_for(&working.finish().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_restarts_under_load() {
    let (rounds, pause) = rounds();
    let (mut busy, working) = Busy::start().await;
    for round in 0..rounds {
        tokio::time::sleep(pause).await;
        let before = working.again();
        if round % 2 == 0 {
            busy.cluster.postgres.kill();
        } else {
            busy.cluster.postgres.down();
        }
        tokio::time::sleep(pause).await;
        busy.cluster.postgres.up();
        tokio::time::sleep(pause).await;
        assert!(working.again() > before, "round {round}: nobody noticed");
    }
    busy.account_for(&working.finish().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_answers_nonsense_hears_everything_later() {
    let (busy, working) = Busy::start().await;
    busy.receiver.be_deaf(true);
    tokio::time::sleep(rounds().1).await;
    busy.receiver.be_deaf(false);
    let verified = working.finish().await;
    // What failed waits for its next turn; a person may send it at once.
    let endpoint = busy.cluster.postgres.psql(
        "shiming",
        "SELECT COUNT(*) FROM webhook_delivery WHERE status = 'pending'",
    );
    assert_ne!(endpoint, "0", "there is something to be sent again");
    busy.cluster.postgres.execute(
        "shiming",
        "UPDATE webhook_delivery SET due_at = 0 WHERE status = 'pending'",
    );
    busy.account_for(&verified);
    assert!(busy.key.starts_with("sk_test_"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_and_forgets_nothing() {
    let machine = Machine::new(&[]);
    let node = machine.serve_where_files_may_end();
    let (http, origin) = (http_client(), node.origin());
    let company = company(&http, &origin).await;
    let mut applicant = Applicant::of_the_demo(&http, &origin).await;
    let chosen = applicant.choose().await;

    node.limit_files("4096");
    let refused = applicant
        .pc
        .post(&applicant.path("/elements"), &company)
        .await;
    assert!(refused.status.is_server_error(), "{}", refused.body);
    assert_eq!(refused.body["try_used"], false, "{}", refused.body);
    assert_eq!(applicant.pc.get("/health").await.status, 200, "it lives");
    assert_eq!(
        applicant.view().await["version"],
        chosen["version"],
        "and can be read"
    );

    node.limit_files("unlimited");
    let view = applicant.submit(&company).await;
    assert_eq!(view["state"], "awaiting_scan", "{view}");
    assert_eq!(view["last_error"], serde_json::Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_that_can_not_be_stored_is_said_so_and_the_rest_goes_on() {
    let http = http_client();
    let s3 = S3::start();
    make_bucket(&http, &s3).await;
    let node = Machine::new(&on_s3(&s3)).serve();
    let origin = node.origin();
    s3.freeze();
    let (status, body) = enrol_answer(&http, &origin).await;
    assert!(status.is_server_error(), "{status} {body}");
    // Whoever needs no evidence is not held up.
    let mut applicant = Applicant::of_the_demo(&http, &origin).await;
    applicant.choose().await;
    let view = applicant.submit(&company(&http, &origin).await).await;
    assert_eq!(view["state"], "awaiting_scan", "{view}");
    s3.thaw();
    let (status, body) = enrol_answer(&http, &origin).await;
    assert_eq!(status, 201, "{body}");
}
