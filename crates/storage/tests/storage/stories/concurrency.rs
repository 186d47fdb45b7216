//! Many at once.

use std::time::Duration;

use shiming_verification::{
    case::Digest,
    fact::Fact,
    words::{Method, SubjectType},
};
use tokio::task::JoinSet;

use crate::support::{Bench, Hands, at};

/// A fact that changes the case whenever it is told.
fn choice(turn: u32) -> Fact {
    let individual = turn.is_multiple_of(2);
    let subject = if individual {
        SubjectType::IndividualBusiness
    } else {
        SubjectType::Enterprise
    };
    Fact::Chosen {
        subject,
        method: Method::Face,
    }
}

pub async fn four_hundred_changes_by_eight_tasks_are_all_kept(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    hands.open().await;
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let storage = bench.storage.clone();
        tasks.spawn(async move {
            let hands = Hands::new(&*storage, 1);
            let mut conflicts = 0;
            for turn in 0..50 {
                conflicts += hands.insist(choice(turn)).await;
            }
            conflicts
        });
    }
    let conflicts: u32 = tasks.join_all().await.into_iter().sum();
    assert!(conflicts > 0, "eight tasks at once must have met");
    assert_eq!(hands.load().await.version, 401);
    let events = bench.storage.events_since(hands.id(), 0).await.unwrap();
    let versions: Vec<_> = events.iter().map(|stored| stored.version).collect();
    assert_eq!(versions, (1..=401).collect::<Vec<_>>());
}

pub async fn a_client_secret_is_used_by_one_of_eight(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    hands.open().await;
    let secret = Digest([5; 32]);
    bench
        .storage
        .add_client_secret(secret, hands.id(), at(10))
        .await
        .unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let (storage, case) = (bench.storage.clone(), hands.id());
        tasks.spawn(async move {
            storage
                .use_client_secret(secret, case, at(1))
                .await
                .unwrap()
        });
    }
    let used = tasks
        .join_all()
        .await
        .into_iter()
        .filter(|used| *used)
        .count();
    assert_eq!(used, 1);
}

pub async fn two_nodes_share_one_ledger(bench: Bench) {
    let other = bench.second_node().await;
    Hands::new(&*bench.storage, 1).open().await;
    let mut tasks = JoinSet::new();
    for storage in [bench.storage.clone(), other.clone()] {
        tasks.spawn(async move {
            let hands = Hands::new(&*storage, 1);
            for turn in 0..25 {
                hands.insist(choice(turn)).await;
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(Hands::new(&*other, 1).load().await.version, 51);
}

/// A node may stop waiting at any moment: the request is gone, the process shuts down.
pub async fn a_commit_that_is_dropped_half_way_leaves_all_or_nothing(bench: Bench) {
    let mut acknowledged = [false; 40];
    for n in 0..40 {
        let change = Hands::new(&*bench.storage, n).opening();
        let patience = Duration::from_micros(60 * u64::from(n));
        let done = tokio::time::timeout(patience, bench.storage.commit(&change)).await;
        acknowledged[usize::from(n)] = done.is_ok_and(|done| done.is_ok());
    }
    let last = Hands::new(&*bench.storage, 40);
    last.open().await;
    assert_eq!(
        last.load().await.version,
        1,
        "no broken transaction holds the ledger"
    );

    let mut kept = 1;
    for n in 0..40 {
        let id = Hands::new(&*bench.storage, n).id();
        let stored = bench.storage.load(id).await.unwrap().is_some();
        let told = bench.storage.events_since(id, 0).await.unwrap().len() == 1;
        assert_eq!(
            stored, told,
            "case {n} is stored without its event or the other way round"
        );
        assert!(
            stored || !acknowledged[usize::from(n)],
            "case {n} was acknowledged"
        );
        kept += u32::from(stored);
    }
    let due = bench.storage.overdue_jobs(at(60 * 24 * 365)).await.unwrap();
    assert_eq!(
        due,
        u64::from(kept),
        "each stored case has its wake job, and nothing else has"
    );
}
