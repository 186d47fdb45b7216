//! Both methods from the opening to the pass, on either engine, killed with SIGKILL before and after every commit. Another
//! process goes on: nothing acknowledged is lost, nothing is doubled, no try is used, and the case passes.

use std::{
    collections::HashMap,
    env,
    io::{BufRead, BufReader, Write, stdout},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use shiming_service::{step::Step, tokens::invitation};
use shiming_verification::{
    bank::{Fen, PaymentReference, Standing},
    case::{Case, Consent, Digest, State},
    change::EventKind,
    fact::{FaceOutcome, Liveness, RegistryAnswer},
    feed::PublicKind,
    ids::CredentialId,
    ports::{bank::Record, feed::EventQuery},
    risk::Signals,
    words::{EngineGrade, Method, SubjectType},
};
use uuid::Uuid;

use crate::support::{
    FolderBank, World, booking, case_id, claim, details, opening, platform_id, start, transfer_id,
};

/// Set in the child: method, number of the moment at which it waits to be killed, database, folder.
const CHILD: &str = "SHIMING_METHOD_KILL_TEST";
const SELF: &str = "methods::a_method_survives_kills_on_sqlite";
/// All moments are tried if this is set; otherwise every fourth, from another one for each method.
const ALL: &str = "SHIMING_ALL_FAULTS";
const METHODS: [&str; 2] = ["face", "bank"];

#[tokio::test(flavor = "multi_thread")]
async fn a_method_survives_kills_on_sqlite() {
    if let Ok(orders) = env::var(CHILD) {
        return work_until_killed(&orders).await;
    }
    kill_all_the_way(|folder, _| format!("sqlite:{}", folder.join("shiming.db").display())).await;
}

#[cfg(feature = "postgres-tests")]
#[tokio::test(flavor = "multi_thread")]
async fn a_method_survives_kills_on_postgresql() {
    let server = shiming_testbed::Postgres::start(shiming_testbed::Durability::None);
    kill_all_the_way(|_, name| server.database(name)).await;
}

async fn kill_all_the_way(url: impl Fn(&Path, &str) -> String) {
    let all = env::var_os(ALL).is_some();
    for (nth, method) in METHODS.into_iter().enumerate() {
        let mut kills = 0;
        for moment in (1 + nth as u64..).step_by(if all { 1 } else { 4 }) {
            let folder = tempfile::tempdir().unwrap();
            let url = url(folder.path(), &format!("{method}_{moment}"));
            // The tables are there before anybody works.
            World::at(&url, folder.path(), Arc::new(|| ())).await;
            let (was_killed, acknowledged) = run_and_kill(method, moment, &url, folder.path());
            go_on(method, moment, &url, folder.path(), acknowledged).await;
            if !was_killed {
                break;
            }
            kills += 1;
        }
        assert!(kills >= if all { 18 } else { 4 }, "{method}: {kills} kills");
    }
}

/// Whether it was killed, and the version of the case that it had acknowledged last.
fn run_and_kill(method: &str, moment: u64, url: &str, folder: &Path) -> (bool, u64) {
    let mut child = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", SELF, "--nocapture"])
        .env(
            CHILD,
            format!("{method} {moment} {url} {}", folder.display()),
        )
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let (mut waits, mut acknowledged) = (false, 0);
    for line in lines.map_while(Result::ok) {
        if let Some(version) = line.strip_prefix("acknowledged ") {
            acknowledged = version.parse().expect("a version");
        }
        if line == "waits to be killed" {
            waits = true;
            child.kill().expect("SIGKILL");
        }
    }
    child.wait().expect("is dead");
    (waits, acknowledged)
}

async fn work_until_killed(orders: &str) {
    let orders: Vec<&str> = orders.splitn(4, ' ').collect();
    let &[method, moment, url, folder] = orders.as_slice() else {
        panic!("{orders:?}");
    };
    let fatal: u64 = moment.parse().expect("a number");
    let armed = Arc::new(AtomicU64::new(0));
    let counter = armed.clone();
    let hook = Arc::new(move || {
        let now = counter.load(Ordering::SeqCst);
        if now > 0 && counter.fetch_add(1, Ordering::SeqCst) == fatal {
            say("waits to be killed");
            loop {
                std::thread::park();
            }
        }
    });
    let world = World::at(url, Path::new(folder), hook).await;
    armed.store(1, Ordering::SeqCst);
    go_through(&world, method).await;
}

fn say(line: &str) {
    writeln!(stdout(), "{line}")
        .and_then(|()| stdout().flush())
        .expect("heard");
}

/// Does what whoever is next has to do, until the case has passed.
async fn go_through(world: &World, method: &str) {
    loop {
        let stored = world.cases.ledger.load(case_id(1)).await.unwrap();
        let Some(case) = stored else {
            let change = opening(&world.cases.policy, 1);
            (world.step)();
            world.cases.ledger.commit(&change).await.unwrap();
            continue;
        };
        say(&format!("acknowledged {}", case.version));
        if case.state.is_final() {
            return;
        }
        match next(world, &case, method) {
            Some(step) => drop(world.cases.step(case.id, step).await.unwrap()),
            None => move_money(world).await,
        }
    }
}

fn phone() -> Digest {
    Digest([9; 32])
}

/// The next step of the case; `None` if it is the bank's.
fn next(world: &World, case: &Case, method: &str) -> Option<Step> {
    let credential = CredentialId::new(Uuid::from_u128(11));
    let method = if method == "face" {
        Method::Face
    } else {
        Method::Bank
    };
    Some(match &case.state {
        State::Draft if case.method.is_none() => Step::Choose(SubjectType::Enterprise, method),
        State::Draft => Step::Submit(Box::new(claim()), Signals::default()),
        State::Checking { .. } => Step::RegistryAnswer(RegistryAnswer::Match),
        State::AwaitingScan {
            invitation: code, ..
        } => {
            let token = invitation(&world.cases.tokens, case.id, code.seq);
            Step::Claim {
                token: Digest(token.digest()),
                phone: phone(),
                match_code: "42".to_owned(),
            }
        }
        State::ScanClaimed { session, .. } if session.consent.is_none() => {
            let consent = Consent {
                notice_version: "2026-01".to_owned(),
                language: "zh-CN".to_owned(),
                at: start(),
            };
            Step::Consent(phone(), Some(consent))
        }
        State::ScanClaimed { .. } => Step::StartScan(phone()),
        State::FaceRunning { live_at: None, .. } => {
            Step::Liveness(Liveness::Live, Signals::default())
        }
        State::FaceRunning { .. } => {
            let grade = EngineGrade::Rated;
            Step::Face(FaceOutcome::Match { grade }, credential)
        }
        State::AwaitingTransfer if case.bank.details.is_none() => {
            Step::BankDetails(Box::new(details()))
        }
        State::AwaitingTransfer => match case.bank.transfer.as_ref().map(|own| own.standing) {
            None => Step::ConfirmTransfer {
                transfer: transfer_id(1),
                amount: Fen::new(37),
                reference: PaymentReference::from_number(1),
            },
            Some(Standing::Underway) => return None,
            other => panic!("{other:?}"),
        },
        State::AmountPending { .. } => Step::Amount(Fen::new(37), credential),
        other => panic!("nobody knows what to do in {other:?}"),
    })
}

/// The worker hands over; the bank's statement says that it arrived.
async fn move_money(world: &World) {
    for _ in 0..3 {
        if FolderBank::reached(&world.folder).is_empty() {
            // A hand-over that was broken off is an error first; the job comes again.
            let _ = world.desk().hand_over(transfer_id(1)).await;
        }
    }
    (world.step)();
    world
        .store("statement", vec![Record::Entry(booking("e1", 1, 37))])
        .await;
    (world.step)();
}

/// A process that takes over. A scan that was running has lost its phone's connection: the same phone scans anew.
async fn go_on(method: &str, moment: u64, url: &str, folder: &Path, acknowledged: u64) {
    let at = format!("{method}, moment {moment}");
    let world = World::at(url, folder, Arc::new(|| ())).await;
    let stored = world.cases.ledger.load(case_id(1)).await.unwrap();
    let version = stored.as_ref().map_or(0, |case| case.version);
    assert!(
        version >= acknowledged,
        "{at}: {acknowledged} was acknowledged, {version} is stored"
    );
    if let Some(State::FaceRunning { .. }) = stored.map(|case| case.state) {
        let again = world.cases.step(case_id(1), Step::StartScan(phone())).await;
        again.unwrap_or_else(|error| panic!("{at}: the phone may not go on: {error}"));
    }
    go_through(&world, method).await;
    let passed = world.cases.get(case_id(1)).await.unwrap();
    assert!(matches!(passed.state, State::Verified { .. }), "{at}");
    nothing_is_doubled(&world, &at).await;
    if method == "bank" {
        assert_eq!(
            FolderBank::reached(folder).len(),
            1,
            "{at}: money left once"
        );
    }
}

async fn nothing_is_doubled(world: &World, at: &str) {
    let mut happened: HashMap<EventKind, usize> = HashMap::new();
    for stored in world.storage.events_since(case_id(1), 0).await.unwrap() {
        *happened.entry(stored.event.kind).or_default() += 1;
    }
    for once in [
        EventKind::Opened,
        EventKind::RegistryMatched,
        EventKind::Verified,
    ] {
        assert_eq!(happened.get(&once), Some(&1), "{at}: {once:?}");
    }
    for never in [
        EventKind::TryFailed,
        EventKind::RegistryRefused,
        EventKind::AmountWrong,
    ] {
        assert_eq!(happened.get(&never), None, "{at}: a try was used");
    }
    let query = EventQuery {
        oldest_first: true,
        ..EventQuery::default()
    };
    let told = world
        .storage
        .events(platform_id(), query, 1000)
        .await
        .unwrap();
    let numbers: Vec<u64> = told.iter().map(|event| event.seq).collect();
    let without_gaps: Vec<u64> = (1..=told.len() as u64).collect();
    assert_eq!(numbers, without_gaps, "{at}");
    let passes = told
        .iter()
        .filter(|told| told.event.kind == PublicKind::VerificationVerified);
    assert_eq!(passes.count(), 1, "{at}: the platform hears of one pass");
}
