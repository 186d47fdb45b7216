//! The outbox and its workers.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use shiming_storage::{
    Storage,
    api::{Queue, Queues},
};
use shiming_verification::{
    change::{Job, JobKind},
    fact::Fact,
    ports::LeasedJob,
};
use tokio::task::JoinSet;

use crate::support::{Bench, Hands, at, claim};

async fn claim_one(
    storage: &dyn Storage,
    worker: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Option<LeasedJob> {
    let mut jobs = storage
        .claim_jobs(worker, 1, now, until)
        .await
        .expect("claims");
    assert!(jobs.len() <= 1, "no more than asked for");
    jobs.pop()
}

/// A case whose only job is a wake, due when the case ends.
async fn with_a_wake(storage: &dyn Storage) -> (Hands<'_>, DateTime<Utc>) {
    let hands = Hands::new(storage, 1);
    let due = hands
        .open()
        .await
        .wakes_at()
        .expect("an open case ends some day");
    (hands, due)
}

fn later(time: DateTime<Utc>, minutes: i64) -> DateTime<Utc> {
    time + chrono::Duration::minutes(minutes)
}

pub async fn a_job_is_due_at_its_time_and_leased_to_one_worker(bench: Bench) {
    let storage = &*bench.storage;
    let (hands, due) = with_a_wake(storage).await;
    let early = later(due, -1);
    assert_eq!(claim_one(storage, "a", early, due).await, None, "not yet");

    let job = claim_one(storage, "a", due, later(due, 5))
        .await
        .expect("due");
    assert_eq!(job.kind, JobKind::Wake { case: hands.id() });
    assert_eq!(job.attempts, 1);
    assert_eq!(
        claim_one(storage, "b", later(due, 1), later(due, 6)).await,
        None,
        "it is leased"
    );

    storage.complete_job(job.id).await.unwrap();
    assert_eq!(
        claim_one(storage, "b", later(due, 60), later(due, 65)).await,
        None,
        "it is done"
    );
}

pub async fn a_lease_that_ends_gives_the_job_to_another(bench: Bench) {
    let storage = &*bench.storage;
    let (_, due) = with_a_wake(storage).await;
    claim_one(storage, "dies", due, later(due, 5))
        .await
        .expect("due");
    let again = claim_one(storage, "b", later(due, 5), later(due, 10))
        .await
        .expect("lease is over");
    assert_eq!(again.attempts, 2, "a worker that died counts");
}

pub async fn a_heartbeat_keeps_the_lease(bench: Bench) {
    let storage = &*bench.storage;
    let (_, due) = with_a_wake(storage).await;
    let job = claim_one(storage, "a", due, later(due, 5))
        .await
        .expect("due");
    assert!(
        storage
            .extend_lease(job.id, "a", later(due, 20))
            .await
            .unwrap()
    );
    assert_eq!(
        claim_one(storage, "b", later(due, 10), later(due, 15)).await,
        None
    );
    assert!(
        !storage
            .extend_lease(job.id, "b", later(due, 99))
            .await
            .unwrap(),
        "not its lease"
    );

    claim_one(storage, "b", later(due, 20), later(due, 25))
        .await
        .expect("lease is over");
    assert!(
        !storage
            .extend_lease(job.id, "a", later(due, 99))
            .await
            .unwrap(),
        "lost it"
    );
}

pub async fn a_retry_waits_and_a_dead_job_waits_for_a_person(bench: Bench) {
    let storage = &*bench.storage;
    let (_, due) = with_a_wake(storage).await;
    let job = claim_one(storage, "a", due, later(due, 5))
        .await
        .expect("due");
    storage
        .retry_job(job.id, later(due, 30), "no answer")
        .await
        .unwrap();
    assert_eq!(
        claim_one(storage, "a", later(due, 29), later(due, 34)).await,
        None
    );
    let job = claim_one(storage, "a", later(due, 30), later(due, 35))
        .await
        .expect("due again");

    storage.bury_job(job.id, "still no answer").await.unwrap();
    assert_eq!(
        claim_one(storage, "a", later(due, 999), later(due, 1000)).await,
        None
    );
    let dead = storage.dead_jobs(None, 10).await.unwrap();
    assert_eq!((dead[0].id, dead[0].attempts), (job.id, 2));
    assert_eq!(dead[0].last_error, "still no answer");
    assert!(dead[0].payload.contains("\"wake\""), "{}", dead[0].payload);
    assert_eq!(
        storage.overdue_jobs(later(due, 999)).await.unwrap(),
        0,
        "it waits for nobody's worker"
    );

    assert!(storage.revive_job(job.id, later(due, 40)).await.unwrap());
    assert!(
        !storage.revive_job(job.id, later(due, 40)).await.unwrap(),
        "it lives"
    );
    let job = claim_one(storage, "a", later(due, 40), later(due, 45))
        .await
        .expect("alive");
    assert_eq!(job.attempts, 1, "a fresh start");
}

pub async fn a_newer_wake_takes_the_place_of_the_older(bench: Bench) {
    let storage = &*bench.storage;
    let hands = Hands::new(storage, 1);
    let mut case = hands.film(claim(1)).await;
    let soon = case.wakes_at().expect("the session ends");
    case = hands.hear(Fact::EditWanted).await;
    let late = case.wakes_at().expect("the case ends");
    assert!(soon < late);

    let wakes = |jobs: Vec<LeasedJob>| {
        jobs.into_iter()
            .filter(|job| matches!(job.kind, JobKind::Wake { .. }))
            .count()
    };
    let jobs = storage
        .claim_jobs("a", 10, soon, later(soon, 1))
        .await
        .unwrap();
    assert_eq!(wakes(jobs), 0, "the earlier wake is gone");
    let jobs = storage
        .claim_jobs("a", 10, late, later(late, 1))
        .await
        .unwrap();
    assert_eq!(wakes(jobs), 1, "one wake, not one for every change");
}

pub async fn a_worker_that_is_late_can_not_end_the_job_that_took_its_place(bench: Bench) {
    let storage = &*bench.storage;
    let (hands, due) = with_a_wake(storage).await;
    let old = claim_one(storage, "a", due, later(due, 5))
        .await
        .expect("due");
    let mut change = hands.decide(Hands::chosen()).await;
    change.jobs = vec![Job {
        kind: JobKind::Wake { case: hands.id() },
        run_at: later(due, 1),
    }];
    storage.commit(&change).await.unwrap();

    storage.complete_job(old.id).await.unwrap();
    storage.bury_job(old.id, "late").await.unwrap();
    storage
        .retry_job(old.id, later(due, 99), "late")
        .await
        .unwrap();
    assert!(
        !storage
            .extend_lease(old.id, "a", later(due, 99))
            .await
            .unwrap()
    );
    let new = claim_one(storage, "b", later(due, 1), later(due, 6))
        .await
        .expect("untouched");
    assert_ne!(new.id, old.id);
    assert_eq!(new.attempts, 1);
}

pub async fn a_finished_case_is_not_woken(bench: Bench) {
    let storage = &*bench.storage;
    let (hands, due) = with_a_wake(storage).await;
    hands.hear(Fact::Canceled).await;
    assert_eq!(
        claim_one(storage, "a", later(due, 1), later(due, 2)).await,
        None
    );
}

pub async fn four_hundred_jobs_go_to_one_of_eight_workers_each(bench: Bench) {
    for n in 0..400 {
        Hands::new(&*bench.storage, n).open().await;
    }
    let other = bench.second_node().await;
    let (due, until) = (at(60 * 24 * 30), at(60 * 24 * 31));
    let mut workers = JoinSet::new();
    for number in 0..8 {
        let storage = if number % 2 == 0 {
            bench.storage.clone()
        } else {
            other.clone()
        };
        workers.spawn(async move {
            let (name, mut mine) = (format!("worker {number}"), Vec::new());
            loop {
                let jobs = storage
                    .claim_jobs(&name, 7, due, until)
                    .await
                    .expect("claims");
                if jobs.is_empty() {
                    return mine;
                }
                mine.extend(jobs.into_iter().map(|job| job.id));
            }
        });
    }
    let claimed: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    assert_eq!(claimed.len(), 400, "each once");
    assert_eq!(
        claimed.into_iter().collect::<HashSet<_>>().len(),
        400,
        "and all of them"
    );
}

pub async fn queues_tell_what_is_due_since_when_and_what_waits_for_a_person(bench: Bench) {
    let storage = &*bench.storage;
    assert_eq!(storage.queues(at(0)).await.unwrap(), Queues::default());
    let (_, due) = with_a_wake(storage).await;
    let early = storage.queues(later(due, -1)).await.unwrap();
    assert_eq!(early.jobs, Queue::default(), "not yet");
    let waiting = storage.queues(later(due, 3)).await.unwrap();
    let one = Queue {
        due: 1,
        oldest: Some(due),
    };
    assert_eq!(waiting.jobs, one);
    assert_eq!(waiting.webhooks, Queue::default());

    let job = claim_one(storage, "a", due, later(due, 5))
        .await
        .expect("due");
    storage.bury_job(job.id, "it can't be done").await.unwrap();
    let buried = storage.queues(later(due, 60)).await.unwrap();
    assert_eq!((buried.jobs, buried.dead_jobs), (Queue::default(), 1));
}
