//! What a pass leaves on an account.

use chrono::Duration;
use shiming_storage::Storage;
use shiming_verification::{credential::CredentialStatus, words::Realm};

use crate::support::{Bench, DEMO, Hands, LIVE, at, claim};

async fn accounts_of_licence(storage: &dyn Storage, hands: &Hands<'_>, realm: Realm) -> u32 {
    let (since, now) = (at(0) - Duration::hours(24), at(0));
    let claim = claim(1);
    let tallies = storage
        .tallies(&hands.account(), Some(&claim), realm, since, now)
        .await;
    tallies.expect("counted").accounts_of_licence
}

pub async fn a_pass_leaves_a_credential(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    assert_eq!(
        bench
            .storage
            .credential(LIVE, &hands.account)
            .await
            .unwrap(),
        None
    );
    hands.verify(claim(1)).await;
    let credential = bench
        .storage
        .credential(LIVE, &hands.account)
        .await
        .unwrap()
        .expect("left");
    assert_eq!(
        (credential.id, credential.case),
        (hands.credential(), hands.id())
    );
    assert_eq!(credential.claim, claim(1).into());
    assert_eq!(credential.status, CredentialStatus::Active);
    let of_case = bench
        .storage
        .credential_of_case(LIVE, hands.id())
        .await
        .unwrap();
    assert_eq!(of_case, Some(credential));
}

pub async fn a_newer_credential_supersedes_the_accounts_older_one(bench: Bench) {
    let first = Hands::new(&*bench.storage, 1);
    first.verify(claim(1)).await;
    let mut second = Hands::new(&*bench.storage, 2);
    second.account.clone_from(&first.account);
    second.now = at(1);
    second.verify(claim(2)).await;
    let stranger = Hands::new(&*bench.storage, 3);
    stranger.verify(claim(3)).await;

    let newest = bench
        .storage
        .credential(LIVE, &first.account)
        .await
        .unwrap()
        .expect("left");
    assert_eq!(
        (newest.id, newest.status),
        (second.credential(), CredentialStatus::Active)
    );
    let old = bench
        .storage
        .credential_of_case(LIVE, first.id())
        .await
        .unwrap()
        .expect("kept");
    assert_eq!(old.status, CredentialStatus::Superseded);
    let other = bench
        .storage
        .credential(LIVE, &stranger.account)
        .await
        .unwrap()
        .expect("left");
    assert_eq!(
        other.status,
        CredentialStatus::Active,
        "another account's stays"
    );
}

pub async fn other_accounts_of_a_licence_are_counted(bench: Bench) {
    let storage = &*bench.storage;
    let me = Hands::new(storage, 1);
    assert_eq!(accounts_of_licence(storage, &me, Realm::Live).await, 0);
    me.verify(claim(1)).await;
    assert_eq!(
        accounts_of_licence(storage, &me, Realm::Live).await,
        0,
        "one's own does not count"
    );

    for n in [2, 3] {
        Hands::new(storage, n).verify(claim(1)).await;
    }
    assert_eq!(accounts_of_licence(storage, &me, Realm::Live).await, 2);
    let mut moved_on = Hands::new(storage, 4);
    "account-3".clone_into(&mut moved_on.account);
    moved_on.verify(claim(4)).await;
    assert_eq!(
        accounts_of_licence(storage, &me, Realm::Live).await,
        1,
        "3 has another licence now"
    );

    let mut demo = Hands::new(storage, 5);
    demo.platform = DEMO;
    demo.verify(claim(1)).await;
    assert_eq!(accounts_of_licence(storage, &me, Realm::Live).await, 1);
    assert_eq!(accounts_of_licence(storage, &me, Realm::Demo).await, 1);
}
