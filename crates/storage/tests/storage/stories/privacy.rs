//! What is kept of people, and how it goes.

use shiming_storage::Storage;
use shiming_verification::{
    fact::{Fact, RegistryAnswer},
    lifecycle::{LifeFact, Revocation},
    policy::Policy,
    ports::{
        RegistryEntry, RegistryStatus,
        privacy::{DataKind, RetentionRun},
    },
    words::Realm,
};

use crate::support::{Bench, Hands, at, claim, id_number};

async fn kept(storage: &dyn Storage) -> [u64; 4] {
    let kept = storage.kept().await.expect("counted");
    DataKind::ALL.map(|kind| {
        let found = kept.iter().find(|one| one.kind == kind);
        found.expect("every kind").count
    })
}

async fn revoke(storage: &dyn Storage, hands: &Hands<'_>) {
    let id = hands.credential();
    let living = storage.living(id).await.expect("read").expect("stored");
    let fact = LifeFact::Revoked {
        cause: Revocation::Operator,
        told: None,
    };
    let ended = living.life.decide(id, fact, &Policy::default(), at(1));
    let ended = ended.expect("accepted");
    storage.commit_life(&ended).await.expect("stored");
}

pub async fn a_person_whose_credential_has_ended_is_forgotten_whole(bench: Bench) {
    let storage = &*bench.storage;
    let entry = RegistryEntry {
        claim: claim(1),
        status: RegistryStatus::Active,
    };
    storage
        .put_enterprise(&entry, Realm::Live, at(0))
        .await
        .unwrap();
    let hands = Hands::new(storage, 1);
    hands.verify(claim(1)).await;
    let id = id_number(1);
    assert_eq!(storage.cases_of_person(&id).await.unwrap().len(), 1);
    assert_eq!(storage.credentials_of_person(&id).await.unwrap().len(), 1);
    assert_eq!(
        storage.check(&claim(1), Realm::Live).await,
        RegistryAnswer::Match
    );

    assert!(storage.erase_person(&id, at(2)).await.unwrap());
    let left = storage.credentials_of_person(&id).await.unwrap().len();
    assert_eq!(left, 1, "a valid credential ends by its own rules");
    revoke(storage, &hands).await;
    assert!(storage.erase_person(&id, at(3)).await.unwrap());
    assert_eq!(storage.cases_of_person(&id).await.unwrap(), []);
    assert_eq!(storage.credentials_of_person(&id).await.unwrap(), []);
    let answer = storage.check(&claim(1), Realm::Live).await;
    assert_eq!(
        answer,
        RegistryAnswer::Mismatch,
        "the registry's row names nobody any more"
    );
    assert!(!storage.erase_person(&id, at(4)).await.unwrap());
}

pub async fn what_is_over_and_older_goes_and_is_reported(bench: Bench) {
    let storage = &*bench.storage;
    let (passed, canceled, open) = (
        Hands::new(storage, 1),
        Hands::new(storage, 2),
        Hands::new(storage, 3),
    );
    passed.verify(claim(1)).await;
    canceled.open().await;
    canceled.hear(Fact::Canceled).await;
    open.open().await;
    storage
        .put_photo(&id_number(9), Realm::Live, b"face", at(0))
        .await
        .unwrap();
    assert_eq!(kept(storage).await, [1, 1, 0, 1]);

    for kind in DataKind::ALL {
        let early = storage.erase_older(kind, at(0), at(5), 10).await.unwrap();
        assert_eq!(early, 0, "{kind:?} is not older");
    }
    for kind in [
        DataKind::OtherCases,
        DataKind::VerifiedCases,
        DataKind::ReferencePhotos,
    ] {
        let gone = storage.erase_older(kind, at(1), at(5), 10).await.unwrap();
        assert_eq!(gone, 1, "{kind:?}");
        let again = storage.erase_older(kind, at(1), at(5), 10).await.unwrap();
        assert_eq!(again, 0, "{kind:?}");
    }
    assert_eq!(kept(storage).await, [0; 4]);
    assert_eq!(storage.load(passed.id()).await.unwrap(), None);
    assert!(storage.load(open.id()).await.unwrap().is_some());
    let credential = storage.credential(passed.platform, &passed.account).await;
    assert!(credential.unwrap().is_some(), "it has a life of its own");

    let run = RetentionRun {
        kind: DataKind::OtherCases.as_str().to_owned(),
        at: at(5),
        before: at(1),
        erased: 1,
    };
    storage.note_retention(&run).await.unwrap();
    assert_eq!(storage.retention_runs(9).await.unwrap(), [run]);
}

pub async fn a_withdrawn_consent_is_noted_once_and_takes_the_scans(bench: Bench) {
    let storage = &*bench.storage;
    let hands = Hands::new(storage, 1);
    hands.verify(claim(1)).await;
    storage
        .add_scan_record(hands.id(), "{}", at(0))
        .await
        .unwrap();
    assert!(storage.withdraw_consents(hands.id(), at(1)).await.unwrap());
    assert!(
        !storage.withdraw_consents(hands.id(), at(2)).await.unwrap(),
        "already"
    );
    assert!(storage.erase_scans(hands.id(), at(1)).await.unwrap());
    assert!(!storage.erase_scans(hands.id(), at(1)).await.unwrap());
    assert_eq!(
        storage
            .scan_records(hands.platform, hands.id())
            .await
            .unwrap(),
        []
    );
    let consents = storage.consents(hands.platform, hands.id()).await.unwrap();
    assert_eq!(consents.len(), 1, "that it was given stays");
    assert!(storage.load(hands.id()).await.unwrap().is_some());
}
