//! Platforms, keys, secrets and sessions.

use shiming_storage::api::{PruneBefore, Pruned};
use shiming_verification::{
    api_key::{ApiKey, Scope},
    case::Digest,
    fact::RegistryAnswer,
    ids::{ApiKeyId, PlatformId},
    ports::{Platform, PortalSession},
    words::Realm,
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
    let (old_key, new_key) = (key(1, LIVE), key(2, LIVE));
    storage.put_key(&old_key, old).await.unwrap();
    storage.put_key(&new_key, new).await.unwrap();
    let owner = storage.platform(LIVE).await.unwrap().unwrap();
    let found = storage.key_of_secret(old).await.unwrap();
    assert_eq!(found, Some((old_key.clone(), owner)));
    assert_eq!(storage.key_of_secret(Digest([3; 32])).await.unwrap(), None);
    let keys = storage.keys(LIVE).await.unwrap();
    assert_eq!(keys, [old_key.clone(), new_key]);

    let is_good = async |secret, now| {
        let found = storage.key_of_secret(secret).await.unwrap();
        found.is_some_and(|(key, _)| key.is_good(now))
    };
    assert!(
        !storage.end_key(DEMO, old_key.id, at(3)).await.unwrap(),
        "not its key"
    );
    assert!(storage.end_key(LIVE, old_key.id, at(9)).await.unwrap());
    assert!(
        !storage.end_key(LIVE, old_key.id, at(20)).await.unwrap(),
        "never longer again"
    );
    assert!(is_good(old, at(8)).await && !is_good(old, at(9)).await);
    assert!(!storage.revoke_key(DEMO, old_key.id, at(3)).await.unwrap());
    assert!(storage.revoke_key(LIVE, old_key.id, at(3)).await.unwrap());
    assert!(!is_good(old, at(4)).await && is_good(new, at(4)).await);
}

fn key(n: u128, platform: PlatformId) -> ApiKey {
    ApiKey {
        id: ApiKeyId::new(uuid::Uuid::from_u128(n)),
        platform,
        name: format!("key {n}"),
        prefix: "sk_live_abcd".to_owned(),
        scopes: vec![Scope::VerificationsRead, Scope::EventsRead],
        created_at: at(0),
        expires_at: None,
        revoked_at: None,
    }
}

pub async fn a_platform_has_one_test_side_and_its_own_origins(bench: Bench) {
    let storage = &bench.storage;
    assert_eq!(storage.test_platform(LIVE).await.unwrap(), None);
    let test = Platform {
        id: PlatformId::new(uuid::Uuid::from_u128(31)),
        name: "Platform live".to_owned(),
        realm: Realm::Test,
    };
    storage.put_test_platform(&test, LIVE, at(1)).await.unwrap();
    assert_eq!(
        storage.test_platform(LIVE).await.unwrap(),
        Some(test.clone())
    );
    assert!(
        storage.put_test_platform(&test, LIVE, at(2)).await.is_err(),
        "one only"
    );
    let origins = [
        "https://b.example".to_owned(),
        "https://a.example".to_owned(),
    ];
    storage.set_origins(test.id, &origins).await.unwrap();
    let found = storage.origins(test.id).await.unwrap();
    assert_eq!(found, ["https://a.example", "https://b.example"]);
    assert!(storage.origins(LIVE).await.unwrap().is_empty());
    storage.set_origins(test.id, &[]).await.unwrap();
    assert!(storage.origins(test.id).await.unwrap().is_empty());
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
        risk_signs: at(0),
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
