//! A real process, killed with SIGKILL before every single thing that it does to the world, and another that goes on.

use std::{
    env,
    io::{BufRead, BufReader, Write, stdout},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use chrono::Duration;
use shiming_verification::{
    bank::{EndToEndId, TransferStatus},
    change::JobKind,
    ports::Jobs,
};

use crate::support::{FolderBank, World, start, transfer_id};

/// Set in the child: the number of the step before which it waits to be killed, and the folder.
const CHILD: &str = "SHIMING_OUTBOX_KILL_TEST";
const SELF: &str = "kill::money_leaves_once_whenever_the_process_is_killed";

#[tokio::test(flavor = "multi_thread")]
async fn money_leaves_once_whenever_the_process_is_killed() {
    if let Ok(orders) = env::var(CHILD) {
        return work_until_killed(&orders).await;
    }
    let mut kills = 0;
    for step in 1.. {
        let folder = tempfile::tempdir().unwrap();
        let was_killed = run_and_kill(step, folder.path());
        go_on(folder.path(), was_killed, step).await;
        if !was_killed {
            break;
        }
        kills += 1;
    }
    assert!(kills >= 10, "the child does more than {kills} things");
}

/// Runs this very test as another process that confirms one transfer and hands it over; kills it before its n-th step.
/// False if it finished before.
fn run_and_kill(step: u64, folder: &Path) -> bool {
    let mut child = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", SELF, "--nocapture"])
        .env(CHILD, format!("{step} {}", folder.display()))
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut words = lines.map_while(Result::ok);
    let waits = words.any(|line| line == "waits to be killed");
    if waits {
        child.kill().expect("SIGKILL");
    }
    child.wait().expect("is dead");
    waits
}

async fn work_until_killed(orders: &str) {
    let (step, folder) = orders.split_once(' ').expect("number and folder");
    let fatal: u64 = step.parse().expect("a number");
    let armed = Arc::new(AtomicU64::new(0));
    let counter = armed.clone();
    let hook = Arc::new(move || {
        // Armed when the case is ready to be confirmed: what comes before moves no money.
        let now = counter.load(Ordering::SeqCst);
        if now > 0 && counter.fetch_add(1, Ordering::SeqCst) == fatal {
            writeln!(stdout(), "waits to be killed")
                .and_then(|()| stdout().flush())
                .expect("heard");
            loop {
                std::thread::park();
            }
        }
    });
    let world = World::in_folder(Path::new(folder), hook).await;
    world.at_the_bank(1).await;
    armed.store(1, Ordering::SeqCst);
    world.confirm(1).await;
    work(&world, 0).await;
    (world.step)();
}

/// What the worker does with due jobs: each until it is done.
async fn work(world: &World, minutes: i64) -> bool {
    let now = start() + Duration::minutes(minutes);
    let storage: &dyn Jobs = &*world.storage;
    let lease = now + Duration::seconds(60);
    (world.step)();
    let jobs = storage.claim_jobs("w", 10, now, lease).await.unwrap();
    let mut worked = false;
    for job in jobs {
        let JobKind::HandOver { transfer } = job.kind else {
            continue;
        };
        worked = true;
        let done = world.desk().hand_over(transfer).await;
        (world.step)();
        match done {
            Ok(()) => storage.complete_job(job.id).await.unwrap(),
            Err(error) => storage
                .retry_job(job.id, now, &error.to_string())
                .await
                .unwrap(),
        }
    }
    worked
}

/// Another process takes over after the dead one's lease, and looks until nothing is left to do.
async fn go_on(folder: &Path, was_killed: bool, step: u64) {
    let world = World::in_folder(folder, Arc::new(|| ())).await;
    let planned = world.storage.transfer(transfer_id(1)).await.unwrap();
    if planned.is_none() {
        assert!(was_killed, "step {step}: a finished child has confirmed");
        assert!(FolderBank::reached(folder).is_empty(), "step {step}");
        world.confirm(1).await;
    }
    for minutes in [2, 4, 6, 8] {
        if !work(&world, minutes).await {
            break;
        }
    }
    let own = EndToEndId::of(transfer_id(1));
    let once = [own.as_str().to_owned()];
    assert_eq!(
        FolderBank::reached(folder),
        once,
        "step {step}: never twice, never lost"
    );
    assert_eq!(world.status(1).await, TransferStatus::Sent, "step {step}");
}
