//! Cases, their events, and who may see them.

use shiming_storage::api::StoredEvent;
use shiming_verification::{
    change::EventKind,
    code::Code,
    fact::{Fact, RegistryAnswer},
    ports::CommitError,
};

use crate::support::{Bench, DEMO, Hands, LIVE, at, claim, consent, phone, token};

fn kinds(events: &[StoredEvent]) -> Vec<EventKind> {
    events.iter().map(|stored| stored.event.kind).collect()
}

pub async fn a_case_reads_back_as_it_was_committed(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    for committed in [
        hands.agree(claim(1)).await,
        hands.hear(Fact::Canceled).await,
    ] {
        assert_eq!(committed.id, hands.id());
        assert!(committed.version > 1);
    }
    let stored = hands.load().await;
    assert_eq!(stored.claim, Some(claim(1)));
    assert_eq!(stored.state.name(), "canceled");
    assert_eq!(stored.account, hands.account());
    assert_eq!(
        bench
            .storage
            .load(Hands::new(&*bench.storage, 2).id())
            .await
            .unwrap(),
        None
    );
}

pub async fn a_case_is_found_by_its_present_token_and_its_last_phone(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    hands.film(claim(1)).await;
    let storage = &bench.storage;
    let by_token = storage
        .find_by_token(token(1))
        .await
        .unwrap()
        .expect("has this token");
    assert_eq!(by_token.id, hands.id());
    assert_eq!(storage.find_by_token(token(2)).await.unwrap(), None);

    hands.hear(Fact::Canceled).await;
    assert_eq!(
        storage.find_by_token(token(1)).await.unwrap(),
        None,
        "the code is over"
    );
    let by_phone = storage
        .find_by_phone(phone(1))
        .await
        .unwrap()
        .expect("scanned with it");
    assert_eq!(
        (by_phone.id, by_phone.state.name()),
        (hands.id(), "canceled")
    );
    assert_eq!(storage.find_by_phone(phone(2)).await.unwrap(), None);
}

pub async fn a_commit_on_an_old_version_leaves_nothing(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    hands.invite(claim(1)).await;
    let late = hands.decide(Fact::Canceled).await;
    let current = hands.hear(Fact::EditWanted).await;

    let refused = bench.storage.commit(&late).await;
    assert!(matches!(refused, Err(CommitError::Conflict)), "{refused:?}");
    assert_eq!(hands.load().await, current);
    let told = kinds(&bench.storage.events_since(hands.id(), 0).await.unwrap());
    assert!(!told.contains(&EventKind::Canceled), "{told:?}");
}

pub async fn the_same_case_can_not_be_opened_twice(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    hands.open().await;
    let refused = bench.storage.commit(&hands.opening()).await;
    assert!(matches!(refused, Err(CommitError::Conflict)), "{refused:?}");
    assert_eq!(
        bench
            .storage
            .events_since(hands.id(), 0)
            .await
            .unwrap()
            .len(),
        1
    );
}

pub async fn events_resume_after_a_version(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    let invited = hands.invite(claim(1)).await;
    let all = bench.storage.events_since(hands.id(), 0).await.unwrap();
    let story = [
        EventKind::Opened,
        EventKind::Chosen,
        EventKind::ElementsSubmitted,
        EventKind::RegistryMatched,
        EventKind::InvitationIssued,
    ];
    assert_eq!(kinds(&all), story);
    let numbers: Vec<_> = all
        .iter()
        .map(|stored| (stored.version, stored.ordinal))
        .collect();
    assert_eq!(numbers, [(1, 0), (2, 0), (3, 0), (4, 0), (4, 1)]);
    assert_eq!(all[0].event.at, at(0));

    let rest = bench.storage.events_since(hands.id(), 3).await.unwrap();
    assert_eq!(rest, all[3..]);
    assert_eq!(
        bench
            .storage
            .events_since(hands.id(), invited.version)
            .await
            .unwrap(),
        []
    );

    hands.hear(Fact::EditWanted).await;
    hands.hear(hands.submitted(claim(2))).await;
    hands.hear(hands.answered(RegistryAnswer::Mismatch)).await;
    let refused = bench.storage.events_since(hands.id(), 6).await.unwrap();
    assert_eq!(
        refused[0].event.code.map(Code::as_str),
        Some("element_mismatch")
    );
}

pub async fn a_commit_is_announced(bench: Bench) {
    let mut changes = bench.storage.changes();
    let hands = Hands::new(&*bench.storage, 1);
    hands.open().await;
    assert!(bench.storage.commit(&hands.opening()).await.is_err());
    hands.hear(Hands::chosen()).await;
    for version in [1, 2] {
        let heard = changes.recv().await.expect("announced");
        assert_eq!((heard.case, heard.version), (hands.id(), version));
    }
    assert!(
        changes.try_recv().is_err(),
        "a refused commit is not announced"
    );
}

pub async fn another_platform_sees_nothing_of_a_case(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    hands.verify(claim(1)).await;
    let (storage, id) = (&bench.storage, hands.id());
    storage.add_scan_record(id, "{}", at(1)).await.unwrap();

    assert!(storage.case_of(LIVE, id).await.unwrap().is_some());
    assert_eq!(storage.case_of(DEMO, id).await.unwrap(), None);
    assert_eq!(
        storage
            .cases_of_account(DEMO, "account-1", 10)
            .await
            .unwrap(),
        []
    );
    assert_eq!(storage.cases_before(DEMO, at(100), 10).await.unwrap(), []);
    assert_eq!(storage.credential(DEMO, "account-1").await.unwrap(), None);
    assert_eq!(storage.credential_of_case(DEMO, id).await.unwrap(), None);
    assert_eq!(storage.consents(DEMO, id).await.unwrap(), []);
    assert_eq!(storage.scan_records(DEMO, id).await.unwrap(), []);
}

pub async fn lists_are_newest_first_and_within_their_limit(bench: Bench) {
    for n in 1..=5 {
        let mut hands = Hands::new(&*bench.storage, n);
        hands.now = at(n.into());
        "one account".clone_into(&mut hands.account);
        hands.open().await;
    }
    let opened = |cases: Vec<shiming_verification::case::Case>| -> Vec<_> {
        cases.into_iter().map(|case| case.opened_at).collect()
    };
    let of_account = bench
        .storage
        .cases_of_account(LIVE, "one account", 3)
        .await
        .unwrap();
    assert_eq!(opened(of_account), [at(5), at(4), at(3)]);
    let before = bench.storage.cases_before(LIVE, at(4), 2).await.unwrap();
    assert_eq!(opened(before), [at(3), at(2)]);
}

pub async fn a_consent_outlives_its_session(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    hands.agree(claim(1)).await;
    let over = hands.hear(Fact::Canceled).await;
    assert_eq!(over.session(), None);
    let consents = bench.storage.consents(LIVE, hands.id()).await.unwrap();
    assert_eq!(consents, [consent(at(0))]);
}

pub async fn scan_records_are_numbered(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    hands.open().await;
    for (minute, record) in [(1, r#"{"score":0.1}"#), (2, r#"{"score":0.9}"#)] {
        bench
            .storage
            .add_scan_record(hands.id(), record, at(minute))
            .await
            .unwrap();
    }
    let records = bench.storage.scan_records(LIVE, hands.id()).await.unwrap();
    let told: Vec<_> = records
        .iter()
        .map(|r| (r.seq, r.at, r.record.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (1, at(1), r#"{"score":0.1}"#),
            (2, at(2), r#"{"score":0.9}"#)
        ]
    );

    let unknown = Hands::new(&*bench.storage, 2).id();
    assert!(
        bench
            .storage
            .add_scan_record(unknown, "{}", at(3))
            .await
            .is_err()
    );
}

pub async fn versions_are_told_of_the_cases_that_exist(bench: Bench) {
    let (one, two) = (
        Hands::new(&*bench.storage, 1),
        Hands::new(&*bench.storage, 2),
    );
    one.open().await;
    two.open().await;
    two.hear(Hands::chosen()).await;
    let asked: Vec<_> = (0..1200)
        .map(|n| Hands::new(&*bench.storage, n).id())
        .collect();
    let mut told = bench.storage.versions_of(&asked).await.unwrap();
    told.sort();
    assert_eq!(told, [(one.id(), 1), (two.id(), 2)]);
    assert_eq!(bench.storage.versions_of(&[]).await.unwrap(), []);
}
