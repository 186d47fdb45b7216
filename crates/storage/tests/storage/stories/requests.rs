//! Requests that carry a key, and failures of the test mode that time forgets.

use shiming_storage::Storage;
use shiming_verification::{
    case::Digest,
    fact::{Fact, RegistryAnswer},
    ports::idempotency::{FirstAnswer, KeyedRequest, Known},
    words::Realm,
};
use tokio::task::JoinSet;

use crate::support::{Bench, Hands, at, claim};

fn request(body: u8) -> KeyedRequest {
    KeyedRequest {
        scope: Digest([1; 32]),
        request: Digest([body; 32]),
        makes: uuid::Uuid::from_u128(1),
        held_until: at(1),
        expires_at: at(60),
    }
}

fn answer() -> FirstAnswer {
    FirstAnswer {
        status: 201,
        kind: "application/json".to_owned(),
        body: b"{\"secret\":\"once\"}".to_vec(),
    }
}

async fn begin(storage: &dyn Storage, body: u8, minute: i64) -> Known {
    let mut request = request(body);
    request.makes = uuid::Uuid::from_u128(u128::from(minute.unsigned_abs()));
    let later = at(minute) - at(0);
    request.held_until += later;
    request.expires_at += later;
    let known = storage.begin_request(&request, at(minute)).await;
    known.expect("the store answers")
}

pub async fn a_request_is_done_once_and_answered_the_same(bench: Bench) {
    let storage = &*bench.storage;
    let scope = request(0).scope;
    assert_eq!(begin(storage, 7, 0).await, Known::First);
    assert_eq!(begin(storage, 7, 0).await, Known::Running);
    assert_eq!(begin(storage, 8, 0).await, Known::Other, "another body");
    storage.keep_answer(scope, &answer()).await.unwrap();
    assert_eq!(begin(storage, 7, 30).await, Known::Done(answer()));
    storage.forget_request(scope).await.unwrap();
    assert_eq!(
        begin(storage, 7, 30).await,
        Known::Done(answer()),
        "answers stay"
    );
    assert_eq!(
        begin(storage, 8, 60).await,
        Known::First,
        "after its time the key is free"
    );
}

pub async fn a_request_whose_server_died_may_be_done_again(bench: Bench) {
    let storage = &*bench.storage;
    assert_eq!(begin(storage, 7, 0).await, Known::First);
    assert_eq!(
        begin(storage, 8, 1).await,
        Known::Other,
        "it may have been done"
    );
    for minute in [1, 2] {
        assert_eq!(
            begin(storage, 7, minute).await,
            Known::Orphaned(uuid::Uuid::from_u128(0)),
            "nobody holds it any more, and what it may have made has the first one's id"
        );
    }
    storage.forget_request(request(7).scope).await.unwrap();
    assert_eq!(
        begin(storage, 8, 2).await,
        Known::First,
        "it failed and is free"
    );
}

pub async fn a_request_is_begun_by_one_of_eight(bench: Bench) {
    let mut trying = JoinSet::new();
    for _ in 0..8 {
        let storage = bench.storage.clone();
        trying.spawn(async move { begin(&*storage, 7, 0).await });
    }
    let known = trying.join_all().await;
    let firsts = known.iter().filter(|known| **known == Known::First);
    assert_eq!(firsts.count(), 1, "{known:?}");
}

pub async fn failures_of_the_test_mode_go_with_the_time_that_is_made_to_pass(bench: Bench) {
    let storage = &*bench.storage;
    let mut hands = Hands::new(storage, 1);
    hands.realm = Some(Realm::Test);
    hands.submit(claim(1)).await;
    hands.hear(hands.answered(RegistryAnswer::Mismatch)).await;
    let count = async || {
        let (account, own) = (hands.account(), claim(1));
        let tallies = storage
            .tallies(&account, Some(&own), Realm::Test, at(-60), at(0))
            .await
            .unwrap();
        tallies.account_mismatches.count
    };
    assert_eq!(count().await, 1);
    let by = chrono::Duration::hours(25);
    hands.hear(Fact::Leapt { by }).await;
    assert_eq!(count().await, 0);
}
