//! Keys: what erasing one erases, and how master keys change.

use shiming_storage::{Settings, open};
use shiming_vault::{KeyRing, MasterKey};
use shiming_verification::{
    fact::Fact,
    ports::{CommitError, privacy::Reach},
    words::Realm,
};

use crate::support::{Bench, Hands, LIVE, at, claim, id_number};

pub async fn an_erased_case_is_gone_and_takes_no_changes(bench: Bench) {
    let (storage, hands) = (&bench.storage, Hands::new(&*bench.storage, 1));
    hands.verify(claim(1)).await;
    storage
        .add_scan_record(hands.id(), "{}", at(0))
        .await
        .unwrap();
    let open = Hands::new(&**storage, 2);
    open.open().await;
    let change = open.decide(Fact::Canceled).await;

    for erased in [&hands, &open] {
        assert!(storage.erase_case(erased.id(), at(1)).await.unwrap());
        assert!(
            !storage.erase_case(erased.id(), at(1)).await.unwrap(),
            "already"
        );
        assert_eq!(storage.load(erased.id()).await.unwrap(), None);
    }
    assert_eq!(storage.scan_records(LIVE, hands.id()).await.unwrap(), []);
    assert!(
        !storage
            .events_since(hands.id(), 0)
            .await
            .unwrap()
            .is_empty(),
        "the story stays"
    );
    assert!(
        storage
            .credential(LIVE, &hands.account)
            .await
            .unwrap()
            .is_some(),
        "so does its result"
    );
    let late = storage.commit(&change).await;
    assert!(matches!(late, Err(CommitError::Conflict)), "{late:?}");
}

pub async fn an_erased_person_has_no_photo_and_no_finished_case(bench: Bench) {
    let storage = &bench.storage;
    for realm in [Realm::Live, Realm::Demo] {
        storage
            .put_photo(&id_number(1), realm, b"face", at(0))
            .await
            .unwrap();
    }
    storage
        .put_photo(&id_number(2), Realm::Live, b"other face", at(0))
        .await
        .unwrap();
    let (done, running) = (Hands::new(&**storage, 1), Hands::new(&**storage, 2));
    done.verify(claim(1)).await;
    running.submit(claim(1)).await;
    let stranger = Hands::new(&**storage, 3);
    stranger.verify(claim(3)).await;

    assert!(
        storage
            .erase_person(&id_number(1), Reach::Server, at(1))
            .await
            .unwrap()
    );
    for realm in [Realm::Live, Realm::Demo] {
        assert_eq!(storage.photo(&id_number(1), realm).await.unwrap(), None);
    }
    assert_eq!(storage.load(done.id()).await.unwrap(), None);
    assert!(
        storage.load(running.id()).await.unwrap().is_some(),
        "it is still needed"
    );
    assert!(storage.load(stranger.id()).await.unwrap().is_some());
    assert!(
        storage
            .photo(&id_number(2), Realm::Live)
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        !storage
            .erase_person(&id_number(1), Reach::Server, at(1))
            .await
            .unwrap(),
        "nothing is left"
    );
}

pub async fn master_keys_are_rotated(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    let case = hands.invite(claim(1)).await;
    let new = MasterKey::from_bytes([8; 32]);
    let both = KeyRing::new(new.clone()).with_previous(MasterKey::from_bytes([7; 32]));
    let rotating = open(&Settings {
        keys: both,
        ..bench.settings.clone()
    })
    .await
    .unwrap();
    assert_eq!(rotating.rewrap_keys(2).await.unwrap(), 2, "a few at a time");
    assert_eq!(
        rotating.rewrap_keys(100).await.unwrap(),
        2,
        "index, tokens, audit and the case"
    );
    assert_eq!(rotating.rewrap_keys(100).await.unwrap(), 0);

    let rotated = Settings {
        keys: KeyRing::new(new),
        ..bench.settings.clone()
    };
    let rotated = open(&rotated)
        .await
        .expect("the old key is not needed any more");
    assert_eq!(rotated.load(hands.id()).await.unwrap(), Some(case));
    let (mine, theirs) = (bench.storage.indexes(), rotated.indexes());
    assert_eq!(
        mine.person(&id_number(1)),
        theirs.person(&id_number(1)),
        "indexes stay valid"
    );
}

pub async fn foreign_master_keys_are_refused(bench: Bench) {
    let keys = KeyRing::new(MasterKey::from_bytes([9; 32]));
    let refused = open(&Settings {
        keys,
        ..bench.settings.clone()
    })
    .await
    .err();
    let message = refused.expect("sealed with another key").to_string();
    let needed = MasterKey::from_bytes([7; 32]).id().to_string();
    assert!(message.contains(&needed), "{message}");
}

pub async fn every_node_derives_the_same_tokens(bench: Bench) {
    let other = bench.second_node().await;
    let token = |key: &shiming_vault::TokenKey| key.derive("invitation", &[b"ver_1", b"1"]);
    assert_eq!(token(bench.storage.token_key()), token(other.token_key()));
}
