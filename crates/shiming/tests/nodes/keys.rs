//! A new master key while two nodes serve: nobody notices, and the old one can go.

use std::{fs, time::Duration};

use shiming_testbed::{applicant::Applicant, browser::http_client, wait_until};

use crate::{
    cluster::{Cluster, Visitor},
    company,
};

#[tokio::test(flavor = "multi_thread")]
async fn master_keys_are_exchanged_while_nodes_serve() {
    let cluster = Cluster::start(&[]);
    let (one, two) = (cluster.nodes[0].origin(), cluster.nodes[1].origin());
    let http = http_client();
    let mut early = Applicant::of_the_demo(&http, &one).await;
    early.choose().await;
    let visitor = Visitor::begin(early.at(&two));

    let file = cluster.key_file();
    let old = fs::read_to_string(&file).expect("keys");
    let new = cluster.run(&["keys", "generate", "--print"]);
    let put = |text: &str| {
        let beside = file.with_extension("part");
        fs::write(&beside, text).expect("written");
        fs::rename(&beside, &file).expect("in its place");
    };
    let sql = |sql: &str| cluster.postgres.psql("shiming", sql);
    let before = sql("SELECT DISTINCT master_key FROM data_key");
    put(&format!("{old}\n{new}"));
    put(&format!("{new}\n{old}"));
    wait_until("everything is under the new key", || {
        let now = sql("SELECT DISTINCT master_key FROM data_key");
        now.lines().count() == 1 && now != before
    });
    put(&new);
    // Each node looks at its file every few seconds.
    tokio::time::sleep(Duration::from_secs(7)).await;

    let view = early.at(&two).submit(&company(&http, &two).await).await;
    assert_eq!(
        view["state"], "awaiting_scan",
        "an old case goes on: {view}"
    );
    let late = Applicant::of_the_demo(&http, &two).await;
    late.at(&one).choose().await;
    let (asked, failed) = visitor.end().await;
    assert!(asked > 20 && failed.is_empty(), "{failed:?} of {asked}");
}
