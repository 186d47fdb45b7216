//! What platforms are told.

use shiming_verification::{
    feed::{About, PublicEvent, PublicKind},
    ids::EventId,
    ports::feed::{EventQuery, FedEvent},
    words::Realm,
};
use uuid::Uuid;

use crate::support::{Bench, DEMO, Hands, LIVE, at, claim};

fn kinds(events: &[FedEvent]) -> Vec<&'static str> {
    events.iter().map(|fed| fed.event.kind.as_str()).collect()
}

pub async fn a_commit_tells_its_platform_in_order_and_without_gaps(bench: Bench) {
    let storage = &bench.storage;
    Hands::new(&**storage, 1).verify(claim(1)).await;
    Hands::new(&**storage, 2).open().await;
    let query = EventQuery {
        oldest_first: true,
        ..EventQuery::default()
    };
    let told = storage.events(LIVE, query, 100).await.unwrap();
    assert_eq!(
        kinds(&told),
        [
            "verification.created",
            "verification.updated",
            "verification.updated",
            "verification.updated",
            "verification.updated",
            "verification.updated",
            "verification.updated",
            "verification.verified",
            "credential.issued",
            "verification.created",
        ]
    );
    let numbers: Vec<u64> = told.iter().map(|fed| fed.seq).collect();
    assert_eq!(numbers, (1..=10).collect::<Vec<_>>());
    let verified = &told[7].event;
    assert_eq!(verified.about.state.as_deref(), Some("verified"));
    assert_eq!(
        verified.about.credential_id,
        Some(Hands::new(&**storage, 1).credential())
    );

    let page = EventQuery {
        after: Some(3),
        case: Some(Hands::new(&**storage, 1).id()),
        ..query
    };
    let next = storage.events(LIVE, page, 2).await.unwrap();
    assert_eq!(next.iter().map(|fed| fed.seq).collect::<Vec<_>>(), [4, 5]);
    let one = storage.event(LIVE, verified.id).await.unwrap();
    assert_eq!(one.as_ref(), Some(&told[7]));
}

pub async fn another_platform_is_told_nothing(bench: Bench) {
    let storage = &bench.storage;
    Hands::new(&**storage, 1).open().await;
    let all = EventQuery::default();
    let mine = storage.events(LIVE, all, 10).await.unwrap();
    assert_eq!(mine.len(), 1);
    assert!(storage.events(DEMO, all, 10).await.unwrap().is_empty());
    assert_eq!(storage.event(DEMO, mine[0].event.id).await.unwrap(), None);
}

pub async fn an_event_without_a_case_is_told_once(bench: Bench) {
    let storage = &bench.storage;
    let event = PublicEvent {
        id: EventId::new(Uuid::from_u128(77)),
        platform: LIVE,
        kind: PublicKind::EnterpriseVerificationRevoked,
        stream: Uuid::from_u128(5),
        about: About {
            account_id: Some("account-1".to_owned()),
            ..About::default()
        },
        at: at(1),
    };
    storage.publish(&event).await.unwrap();
    storage.publish(&event).await.unwrap();
    let told = storage
        .events(LIVE, EventQuery::default(), 10)
        .await
        .unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].seq, &told[0].event), (1, &event));
}

pub async fn numbers_have_no_gaps_when_many_commit_at_once(bench: Bench) {
    let tasks = (0..8_u16).map(|task| {
        let storage = bench.storage.clone();
        tokio::spawn(async move {
            for n in 0..10 {
                Hands::new(&*storage, 100 + task * 10 + n).open().await;
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let query = EventQuery {
        oldest_first: true,
        ..EventQuery::default()
    };
    let told = bench.storage.events(LIVE, query, 1000).await.unwrap();
    let numbers: Vec<u64> = told.iter().map(|fed| fed.seq).collect();
    assert_eq!(numbers, (1..=80).collect::<Vec<_>>());
}

pub async fn test_mode_has_a_realm_of_its_own(bench: Bench) {
    let platform = shiming_verification::ports::Platform {
        id: shiming_verification::ids::PlatformId::new(Uuid::from_u128(3)),
        name: "Platform test".to_owned(),
        realm: Realm::Test,
    };
    bench.storage.add_platform(&platform, at(0)).await.unwrap();
    assert_eq!(
        bench.storage.platform(platform.id).await.unwrap(),
        Some(platform.clone())
    );
    let mut hands = Hands::new(&*bench.storage, 9);
    hands.platform = platform.id;
    hands.realm = Some(Realm::Test);
    hands.verify(claim(9)).await;
    assert_eq!(hands.load().await.realm, Realm::Test);
}
