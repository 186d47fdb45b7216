//! What operators at the console look for, claim, write and count.

use chrono::Duration;
use shiming_storage::{
    Storage,
    api::{ImportRun, Written},
    import::BadRow,
};
use shiming_verification::{
    api_key::{ApiKey, Scope},
    case::{Case, Digest},
    fact::{FaceOutcome, Fact, Liveness, RegistryAnswer, Tallies},
    ids::{ApiKeyId, OperatorId},
    policy::Policy,
    ports::{
        RegistryEntry, RegistryStatus,
        console::{CaseCursor, CaseFilter, Lookup, Note, SavedView},
    },
    words::{EngineGrade, Realm},
};
use uuid::Uuid;

use super::operators::operator;
use crate::support::{Bench, DEMO, Hands, LIVE, at, claim};

fn ids(cases: &[Case]) -> Vec<u128> {
    cases.iter().map(|case| case.id.uuid().as_u128()).collect()
}

async fn found(storage: &dyn Storage, filter: &CaseFilter) -> Vec<u128> {
    ids(&storage.find_cases(filter, None, 10).await.expect("found"))
}

pub async fn cases_are_found_by_what_is_sealed_in_them(bench: Bench) {
    let storage = &*bench.storage;
    let first = Hands::new(storage, 1);
    first.verify(claim(1)).await;
    let mut second = Hands::new(storage, 2);
    second.now = at(10);
    second.invite(claim(2)).await;
    let mut other = Hands::new(storage, 3);
    (other.platform, other.now) = (DEMO, at(20));
    other.open().await;

    let (one, two, three) = (1001, 1002, 1003);
    assert_eq!(
        found(storage, &CaseFilter::default()).await,
        [three, two, one]
    );
    let own = claim(1);
    let lookups = [
        Lookup::Case(first.id()),
        Lookup::Credential(first.credential()),
        Lookup::Account(first.account.clone()),
        Lookup::Uscc(own.uscc.clone()),
        Lookup::Person(own.id_number.clone()),
        Lookup::Name(own.enterprise_name.clone()),
    ];
    for lookup in lookups.clone() {
        let filter = CaseFilter {
            lookups: vec![lookup.clone()],
            ..CaseFilter::default()
        };
        assert_eq!(found(storage, &filter).await, [one], "{lookup:?}");
    }
    let any = CaseFilter {
        lookups: lookups.to_vec(),
        platform: Some(LIVE),
        realm: Some(Realm::Live),
        ..CaseFilter::default()
    };
    assert_eq!(found(storage, &any).await, [one], "any of them, once");
    let narrow = CaseFilter {
        state: Some("awaiting_scan".to_owned()),
        method: Some("face".to_owned()),
        since: Some(at(5)),
        until: Some(at(15)),
        ..CaseFilter::default()
    };
    assert_eq!(found(storage, &narrow).await, [two]);
    let coded = CaseFilter {
        code: Some("element_mismatch".to_owned()),
        ..CaseFilter::default()
    };
    assert!(found(storage, &coded).await.is_empty());
    let cursor = CaseCursor {
        opened_at: at(10).timestamp_millis(),
        id: second.id().uuid(),
    };
    let rest = storage
        .find_cases(&CaseFilter::default(), Some(cursor), 10)
        .await
        .unwrap();
    assert_eq!(ids(&rest), [one], "the page behind the second");
}

async fn in_review(storage: &dyn Storage, n: u16) -> Hands<'_> {
    let hands = Hands::new(storage, n);
    hands.film(claim(n)).await;
    let tallies = Tallies::default();
    let live = Fact::LivenessJudged {
        verdict: Liveness::Live,
        tallies,
    };
    hands.hear(live).await;
    let unclear = Fact::FaceCompared {
        outcome: FaceOutcome::Unclear {
            grade: EngineGrade::Unrated,
        },
        credential: hands.credential(),
        tallies,
    };
    let policy = Policy {
        review_unclear_faces: true,
        ..Policy::default()
    };
    let change = hands.load().await.decide(unclear, &policy, hands.now);
    storage.commit(&change.expect("it follows")).await.unwrap();
    hands
}

pub async fn a_review_is_claimed_by_one_operator_at_a_time(bench: Bench) {
    let storage = &*bench.storage;
    let (anna, ben) = (operator(1, "anna"), operator(2, "ben"));
    for one in [&anna, &ben] {
        storage.put_operator(one, false).await.unwrap();
    }
    let case = in_review(storage, 1).await.id();
    Hands::new(storage, 2).open().await;
    let claim = async |of: OperatorId, now: i64| {
        let claimed = storage.claim_review(case, of, at(now), at(now + 30)).await;
        claimed.unwrap()
    };
    assert!(claim(anna.id, 0).await);
    assert!(!claim(ben.id, 10).await, "Anna has it");
    assert!(claim(anna.id, 10).await, "she keeps it");
    let queue = storage.review_queue(at(11), 10).await.unwrap();
    assert_eq!(queue.len(), 1, "nothing else is in review");
    assert_eq!(queue[0].claim, Some((anna.id, at(40))));
    assert!(claim(ben.id, 40).await, "her time is over");
    storage.release_review(case, anna.id).await.unwrap();
    let queue = storage.review_queue(at(41), 10).await.unwrap();
    assert_eq!(
        queue[0].claim,
        Some((ben.id, at(70))),
        "not hers to release"
    );
    storage.release_review(case, ben.id).await.unwrap();
    let queue = storage.review_queue(at(41), 10).await.unwrap();
    assert_eq!(queue[0].claim, None);
}

pub async fn notes_story_and_answers_belong_to_their_case(bench: Bench) {
    let storage = &*bench.storage;
    let anna = operator(1, "anna");
    storage.put_operator(&anna, true).await.unwrap();
    let hands = Hands::new(storage, 1);
    hands.film(claim(1)).await;
    let note = |n: u128, text: &str| Note {
        id: Uuid::from_u128(n),
        operator: anna.id,
        text: text.to_owned(),
        at: at(i64::try_from(n).expect("small")),
    };
    let notes = [note(1, "电话已核实"), note(2, "wait for the letter")];
    for note in &notes {
        storage.add_note(hands.id(), note).await.unwrap();
    }
    assert_eq!(storage.notes(hands.id()).await.unwrap(), notes);
    let nobody = Hands::new(storage, 9).id();
    assert!(
        storage.add_note(nobody, &notes[0]).await.is_err(),
        "no such case"
    );
    assert!(storage.notes(nobody).await.unwrap().is_empty());

    storage
        .add_scan_record(hands.id(), "{}", at(1))
        .await
        .unwrap();
    let scans = storage.scans_of(hands.id()).await.unwrap();
    assert_eq!(scans, [(1, at(1), "{}".to_owned())]);
    assert!(storage.scans_of(nobody).await.unwrap().is_empty());
    let story = storage.story(hands.id()).await.unwrap();
    assert_eq!((story[0].kind.as_str(), story[0].version), ("opened", 1));
    assert_eq!(story.last().expect("lines").kind, "scan_started");

    let own = claim(1);
    let answers = storage.field_answers(&own, Realm::Live).await.unwrap();
    assert_eq!(answers, None, "no record");
    let entry = RegistryEntry {
        claim: own.clone(),
        status: RegistryStatus::Cancelled,
    };
    storage
        .put_enterprise(&entry, Realm::Live, at(0))
        .await
        .unwrap();
    let mut other = own;
    other.legal_representative = claim(2).legal_representative;
    let answers = storage.field_answers(&other, Realm::Live).await.unwrap();
    let answers = answers.expect("a record");
    assert!(answers.enterprise_name && answers.id_number && !answers.legal_representative);
    assert_eq!((answers.subject_type, answers.active), (Some(true), false));
}

pub async fn figures_count_events_cases_and_spans(bench: Bench) {
    let storage = &*bench.storage;
    Hands::new(storage, 1).verify(claim(1)).await;
    let mut slow = Hands::new(storage, 2);
    slow.submit(claim(2)).await;
    slow.hear(slow.answered(RegistryAnswer::Mismatch)).await;
    slow.now = at(2);
    slow.hear(slow.submitted(claim(2))).await;
    slow.hear(slow.answered(RegistryAnswer::Match)).await;
    let (since, until) = (at(-60), at(60));
    let counts = storage.event_counts(since, until).await.unwrap();
    let of = |kind: &str| {
        let found = counts.iter().find(|count| count.kind == kind);
        found.map(|count| (count.events, count.cases))
    };
    assert_eq!(of("elements_submitted"), Some((3, 2)));
    assert_eq!(of("verified"), Some((1, 1)));
    let day = Duration::days(counts[0].day) - Duration::hours(8);
    let begins = chrono::DateTime::UNIX_EPOCH + day;
    assert!(
        begins <= at(0) && at(0) < begins + Duration::days(1),
        "a day in China"
    );
    let cases = storage.cases_by_event(since, until).await.unwrap();
    assert!(
        cases.contains(&("registry_refused".to_owned(), 1)),
        "{cases:?}"
    );
    assert!(
        storage
            .event_counts(at(60), at(90))
            .await
            .unwrap()
            .is_empty()
    );

    let to = ["registry_matched", "registry_refused"];
    let latency = storage.latency("opened", &to, since, until).await.unwrap();
    assert_eq!((latency.count, latency.p50), (2, 0));
    let latency = storage
        .latency("opened", &["registry_matched"], since, until)
        .await
        .unwrap();
    assert_eq!((latency.count, latency.p95), (2, 120_000));
}

pub async fn views_policies_and_jobs_are_kept(bench: Bench) {
    let storage = &*bench.storage;
    let (anna, ben) = (operator(1, "anna"), operator(2, "ben"));
    for one in [&anna, &ben] {
        storage.put_operator(one, false).await.unwrap();
    }
    let view = SavedView {
        id: Uuid::from_u128(5),
        name: "今天的".to_owned(),
        query: "state=in_review".to_owned(),
    };
    storage.save_view(anna.id, &view, at(0)).await.unwrap();
    assert_eq!(
        storage.saved_views(anna.id).await.unwrap(),
        std::slice::from_ref(&view)
    );
    assert!(storage.saved_views(ben.id).await.unwrap().is_empty());
    assert!(!storage.delete_view(ben.id, view.id).await.unwrap());
    assert!(storage.delete_view(anna.id, view.id).await.unwrap());

    assert!(storage.note_policy("{\"a\":1}", at(0)).await.unwrap());
    assert!(
        !storage.note_policy("{\"a\":1}", at(1)).await.unwrap(),
        "the same"
    );
    assert!(storage.note_policy("{\"a\":2}", at(2)).await.unwrap());
    let policies = storage.policy_versions().await.unwrap();
    let told: Vec<_> = policies.iter().map(|one| (one.seq, one.at)).collect();
    assert_eq!(told, [(2, at(2)), (1, at(0))]);

    let hands = Hands::new(storage, 1);
    let due = hands.open().await.wakes_at().expect("an open case ends");
    let jobs = storage
        .claim_jobs("w", 1, due, due + Duration::minutes(5))
        .await
        .unwrap();
    storage.bury_job(jobs[0].id, "no way").await.unwrap();
    let stuck = storage.stuck_jobs(None, 10).await.unwrap();
    assert_eq!(
        (stuck[0].id, stuck[0].last_error.as_str()),
        (jobs[0].id, "no way")
    );
    let behind = storage.stuck_jobs(Some(&stuck[0].place), 10).await;
    assert!(behind.unwrap().is_empty());
    assert!(storage.restart_job(jobs[0].id, due).await.unwrap());
    assert!(storage.stuck_jobs(None, 10).await.unwrap().is_empty());
}

/// Kept with their run, in the order of the file, each line once.
async fn rows_that_could_not_be_used(storage: &dyn Storage, import: Uuid) {
    let bad = |line, column, reason| BadRow {
        line,
        column,
        reason,
    };
    let later = [bad(40, None, "not_utf8"), bad(7, Some("uscc"), "empty")];
    storage.record_bad_rows(import, &later).await.unwrap();
    let again = [
        bad(7, Some("uscc"), "check_digit"),
        bad(3, Some("status"), "unknown_status"),
    ];
    storage.record_bad_rows(import, &again).await.unwrap();
    let listed = async |after, limit| {
        let found = storage.import_errors(import, after, limit).await.unwrap();
        let told = found
            .into_iter()
            .map(|row| (row.line, row.column, row.reason));
        told.collect::<Vec<_>>()
    };
    let row = |line, column: Option<&str>, reason: &str| {
        (line, column.map(str::to_owned), reason.to_owned())
    };
    assert_eq!(
        listed(0, 2).await,
        [
            row(3, Some("status"), "unknown_status"),
            row(7, Some("uscc"), "empty")
        ]
    );
    assert_eq!(listed(7, 2).await, [row(40, None, "not_utf8")]);
    let other = storage.import_errors(Uuid::from_u128(99), 0, 9).await;
    assert!(other.unwrap().is_empty());
}

pub async fn imports_and_keys_are_listed_newest_first(bench: Bench) {
    let storage = &*bench.storage;
    for n in 1..=3_u8 {
        let run = ImportRun {
            id: Uuid::from_u128(n.into()),
            realm: Realm::Live,
            source: format!("{n}.csv"),
            started_at: at(n.into()),
            finished_at: (n < 3).then(|| at(10)),
            written: Written {
                inserted: n.into(),
                ..Written::default()
            },
            bad_rows: 0,
            photos: 0,
            bad_photos: 0,
        };
        storage.record_import(&run).await.unwrap();
    }
    let newest = storage.imports(None, 2).await.unwrap();
    let sources: Vec<_> = newest.iter().map(|run| run.source.as_str()).collect();
    assert_eq!(sources, ["3.csv", "2.csv"]);
    assert_eq!(newest[0].finished_at, None);
    let rest = storage.imports(Some(at(2)), 2).await.unwrap();
    assert_eq!(rest.len(), 1);
    let errors = storage.import_errors(rest[0].id, 0, 10).await.unwrap();
    assert!(errors.is_empty(), "every row was good");
    rows_that_could_not_be_used(storage, newest[0].id).await;

    for n in 1..=2_u8 {
        let key = ApiKey {
            id: ApiKeyId::new(Uuid::from_u128(n.into())),
            platform: LIVE,
            name: String::new(),
            prefix: format!("sk_live_{n}"),
            scopes: Scope::ALL.to_vec(),
            created_at: at(n.into()),
            revoked_at: None,
            expires_at: None,
        };
        storage.put_key(&key, Digest([n; 32])).await.unwrap();
    }
    let prefixes = async || {
        let keys = storage.api_keys(LIVE).await.unwrap();
        let told = keys.into_iter().map(|key| (key.prefix, key.revoked_at));
        told.collect::<Vec<_>>()
    };
    let first = ("sk_live_1".to_owned(), None);
    assert_eq!(prefixes().await, [("sk_live_2".to_owned(), None), first]);
    assert_eq!(
        storage
            .revoke_keys_of(DEMO, "sk_live_1", at(5))
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        storage
            .revoke_keys_of(LIVE, "sk_live_1", at(5))
            .await
            .unwrap(),
        1
    );
    assert_eq!(prefixes().await[1].1, Some(at(5)));
    assert!(storage.api_keys(DEMO).await.unwrap().is_empty());
}
