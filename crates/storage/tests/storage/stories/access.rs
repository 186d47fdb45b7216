//! Platforms, keys, secrets and sessions.

use shiming_storage::api::{PruneBefore, Pruned};
use shiming_verification::{
    case::Digest, fact::RegistryAnswer, ports::PortalSession, words::Realm,
};

use crate::support::{Bench, DEMO, Hands, LIVE, at, claim};

pub async fn a_platform_is_found_by_its_unrevoked_key(bench: Bench) {
    let storage = &bench.storage;
    let ids: Vec<_> = storage
        .platforms()
        .await
        .unwrap()
        .iter()
        .map(|p| (p.id, p.realm))
        .collect();
    assert_eq!(ids, [(LIVE, Realm::Live), (DEMO, Realm::Demo)]);

    let (old, new) = (Digest([1; 32]), Digest([2; 32]));
    storage
        .add_api_key(LIVE, old, "sk_old", at(1))
        .await
        .unwrap();
    storage
        .add_api_key(LIVE, new, "sk_new", at(2))
        .await
        .unwrap();
    let found = storage.platform_of_key(old).await.unwrap();
    assert_eq!(found, storage.platform(LIVE).await.unwrap());
    assert_eq!(
        storage.platform_of_key(Digest([3; 32])).await.unwrap(),
        None
    );

    assert_eq!(
        storage
            .revoke_api_keys(DEMO, "sk_old", at(3))
            .await
            .unwrap(),
        0,
        "not its key"
    );
    assert_eq!(
        storage
            .revoke_api_keys(LIVE, "sk_old", at(3))
            .await
            .unwrap(),
        1
    );
    assert_eq!(storage.platform_of_key(old).await.unwrap(), None);
    assert!(storage.platform_of_key(new).await.unwrap().is_some());
}

pub async fn a_client_secret_opens_once_in_time_and_for_its_case(bench: Bench) {
    let storage = &bench.storage;
    let (mine, other) = (
        Hands::new(&**storage, 1).id(),
        Hands::new(&**storage, 2).id(),
    );
    let secret = Digest([9; 32]);
    storage
        .add_client_secret(secret, mine, at(10))
        .await
        .unwrap();
    let used = async |case, now| storage.use_client_secret(secret, case, now).await.unwrap();
    assert!(!used(other, at(1)).await, "another case's");
    assert!(!used(mine, at(10)).await, "over");
    assert!(used(mine, at(9)).await);
    assert!(!used(mine, at(9)).await, "used up");
    assert!(
        !storage
            .use_client_secret(Digest([8; 32]), mine, at(1))
            .await
            .unwrap()
    );
}

pub async fn a_portal_session_ends(bench: Bench) {
    let (storage, key) = (&bench.storage, Digest([4; 32]));
    let session = PortalSession {
        platform: LIVE,
        account_id: "account-1".to_owned(),
    };
    storage
        .add_portal_session(key, &session, at(10))
        .await
        .unwrap();
    assert_eq!(
        storage.portal_session(key, at(9)).await.unwrap(),
        Some(session)
    );
    assert_eq!(storage.portal_session(key, at(10)).await.unwrap(), None);
    assert_eq!(
        storage
            .portal_session(Digest([5; 32]), at(9))
            .await
            .unwrap(),
        None
    );
}

pub async fn what_is_over_is_pruned_and_nothing_else(bench: Bench) {
    let storage = &bench.storage;
    let session = PortalSession {
        platform: LIVE,
        account_id: "account-1".to_owned(),
    };
    for (byte, end) in [(1, at(10)), (2, at(20))] {
        let digest = Digest([byte; 32]);
        storage
            .add_portal_session(digest, &session, end)
            .await
            .unwrap();
        let case = Hands::new(&**storage, 1).id();
        storage.add_client_secret(digest, case, end).await.unwrap();
    }
    for (n, minute) in [(1, 0), (2, 15)] {
        let mut hands = Hands::new(&**storage, n);
        hands.now = at(minute);
        hands.submit(claim(n)).await;
        hands.hear(hands.answered(RegistryAnswer::Mismatch)).await;
    }
    let before = PruneBefore {
        marks: at(10),
        frame_hashes: at(10),
    };
    let pruned = storage.prune(at(10), before).await.unwrap();
    assert_eq!((pruned.client_secrets, pruned.portal_sessions), (1, 1));
    assert_eq!(pruned.marks, 3, "one failure counted against three");
    assert!(
        storage
            .portal_session(Digest([2; 32]), at(11))
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(
        storage.prune(at(10), before).await.unwrap(),
        Pruned::default()
    );
}
