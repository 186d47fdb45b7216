//! A process that is killed with no warning.

use std::{
    env,
    io::{BufRead, BufReader, Write, stdout},
    process::{Command, Stdio},
};

use shiming_storage::open;

use crate::support::{Bench, Hands, settings};

/// Set in the child process: the folder of its database, and the number of its first case.
const CHILD: &str = "SHIMING_CRASH_TEST";
const SELF: &str = "crash::what_was_acknowledged_survives_kill_9";
const ROUNDS: u16 = 3;
const CASES_A_ROUND: u16 = 40;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9() {
    if let Ok(orders) = env::var(CHILD) {
        return commit_until_killed(&orders).await;
    }
    let bench = Bench::sqlite().await;
    for round in 0..ROUNDS {
        let acknowledged = kill_a_committing_child(&bench.settings.url, round * 1000);
        assert!(acknowledged.len() >= usize::from(CASES_A_ROUND));
        for n in acknowledged {
            let hands = Hands::new(&*bench.storage, n);
            assert_eq!(hands.load().await.version, 2, "case {n} was acknowledged");
            assert_eq!(
                bench
                    .storage
                    .events_since(hands.id(), 0)
                    .await
                    .unwrap()
                    .len(),
                2
            );
        }
    }
}

/// Runs this very test as another process and kills it in the middle of its work; gives what it had acknowledged.
fn kill_a_committing_child(url: &str, first: u16) -> Vec<u16> {
    let mut child = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", SELF, "--nocapture"])
        .env(CHILD, format!("{first} {url}"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let number = |line: String| {
        line.strip_prefix("acknowledged ")
            .and_then(|n| n.parse().ok())
    };
    let mut numbers = lines.by_ref().map_while(Result::ok).filter_map(number);
    let mut acknowledged: Vec<u16> = numbers.by_ref().take(CASES_A_ROUND.into()).collect();
    child.kill().expect("SIGKILL");
    acknowledged.extend(numbers);
    child.wait().expect("is dead");
    acknowledged
}

async fn commit_until_killed(orders: &str) {
    let (first, url) = orders.split_once(' ').expect("number and URL");
    let first: u16 = first.parse().expect("a number");
    let folder = tempfile::tempdir().expect("a folder");
    let storage = open(&settings(url.to_owned(), &folder))
        .await
        .expect("opens");
    for n in first..first + 1000 {
        let hands = Hands::new(&*storage, n);
        hands.open().await;
        hands.hear(Hands::chosen()).await;
        writeln!(stdout(), "acknowledged {n}")
            .and_then(|()| stdout().flush())
            .expect("heard");
    }
}
