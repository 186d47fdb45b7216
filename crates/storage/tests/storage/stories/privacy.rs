//! What is kept of people, and how it goes.

use shiming_storage::Storage;
use shiming_verification::{
    fact::{Fact, RegistryAnswer},
    lifecycle::{LifeFact, Revocation},
    policy::Policy,
    ports::{
        RegistryEntry, RegistryStatus,
        privacy::{DataKind, KeptFrames, Reach, RetentionRun},
    },
    ports_scan::KeepUntil,
    words::Realm,
};

use crate::support::{Bench, DEMO, Hands, LIVE, at, claim, id_number};

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
    assert_eq!(
        storage
            .cases_of_person(&id, Reach::Server)
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        storage
            .credentials_of_person(&id, Reach::Server)
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        storage.check(&claim(1), Realm::Live).await,
        RegistryAnswer::Match
    );

    assert!(
        storage
            .erase_person(&id, Reach::Server, at(2))
            .await
            .unwrap()
    );
    let left = storage
        .credentials_of_person(&id, Reach::Server)
        .await
        .unwrap()
        .len();
    assert_eq!(left, 1, "a valid credential ends by its own rules");
    revoke(storage, &hands).await;
    assert!(
        storage
            .erase_person(&id, Reach::Server, at(3))
            .await
            .unwrap()
    );
    assert_eq!(
        storage.cases_of_person(&id, Reach::Server).await.unwrap(),
        []
    );
    assert_eq!(
        storage
            .credentials_of_person(&id, Reach::Server)
            .await
            .unwrap(),
        []
    );
    let answer = storage.check(&claim(1), Realm::Live).await;
    assert_eq!(
        answer,
        RegistryAnswer::Mismatch,
        "the registry's row names nobody any more"
    );
    assert!(
        !storage
            .erase_person(&id, Reach::Server, at(4))
            .await
            .unwrap()
    );
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

pub async fn a_withdrawn_consent_is_noted_with_its_commit_and_makes_no_case_younger(bench: Bench) {
    let storage = &*bench.storage;
    let mut hands = Hands::new(storage, 1);
    hands.verify(claim(1)).await;
    let given = storage.consents_on_record(hands.id()).await.unwrap();
    assert_eq!((given.len(), given[0].withdrawn_at), (1, None));
    storage
        .add_scan_record(hands.id(), "{}", at(0))
        .await
        .unwrap();
    let until = KeepUntil::Reviewed(at(9));
    storage
        .keep_scan(hands.id(), 1, b"frames", until)
        .await
        .unwrap();
    let kept = KeptFrames {
        record: 1,
        keep_until: at(9),
        for_review: true,
    };
    assert_eq!(storage.frames_kept(hands.id()).await.unwrap(), [kept]);

    hands.now = at(5);
    hands.hear(Fact::ConsentWithdrawn).await;
    let withdrawn = storage.consents_on_record(hands.id()).await.unwrap();
    assert_eq!(withdrawn[0].withdrawn_at, Some(at(5)));
    assert_eq!(
        withdrawn[0].consent, given[0].consent,
        "that it was given stays"
    );
    hands.now = at(6);
    hands.hear(Fact::ConsentWithdrawn).await;
    let again = storage.consents_on_record(hands.id()).await.unwrap();
    assert_eq!(again, withdrawn, "the first time counts");

    assert!(storage.erase_scans(hands.id(), at(5)).await.unwrap());
    assert!(!storage.erase_scans(hands.id(), at(5)).await.unwrap());
    assert_eq!(storage.frames_kept(hands.id()).await.unwrap(), []);
    let scans = storage.scan_records(hands.platform, hands.id()).await;
    assert_eq!(scans.unwrap(), []);
    assert!(storage.load(hands.id()).await.unwrap().is_some());
    let older = storage.erase_older(DataKind::VerifiedCases, at(1), at(7), 10);
    assert_eq!(
        older.await.unwrap(),
        1,
        "its end is what retention reckons from"
    );
}

/// Two platforms, one person.
pub async fn a_platform_erases_its_own_data_of_a_person_and_nobody_elses(bench: Bench) {
    let storage = &*bench.storage;
    let (ours, mut theirs) = (Hands::new(storage, 1), Hands::new(storage, 2));
    theirs.platform = DEMO;
    theirs.realm = Some(Realm::Live);
    let id = id_number(1);
    storage
        .put_photo(&id, Realm::Live, b"face", at(0))
        .await
        .unwrap();
    for hands in [&ours, &theirs] {
        hands.verify(claim(1)).await;
        revoke(storage, hands).await;
        let mut failed = Hands::new(storage, hands.n + 10);
        (failed.platform, failed.realm) = (hands.platform, hands.realm);
        failed.submit(claim(1)).await;
        failed.hear(failed.answered(RegistryAnswer::Mismatch)).await;
        failed.hear(Fact::Canceled).await;
    }
    let (own, other) = (Reach::Platform(LIVE), Reach::Platform(DEMO));
    assert_eq!(storage.cases_of_person(&id, own).await.unwrap().len(), 2);
    let mismatches = || async {
        let (account, claim) = (ours.account(), claim(1));
        let counted = storage.tallies(&account, Some(&claim), Realm::Live, at(-9), at(9));
        counted.await.unwrap().id_mismatches.count
    };
    assert_eq!(mismatches().await, 2);

    assert!(storage.erase_person(&id, own, at(2)).await.unwrap());
    assert_eq!(storage.cases_of_person(&id, own).await.unwrap(), []);
    assert_eq!(storage.credentials_of_person(&id, own).await.unwrap(), []);
    assert_eq!(storage.load(ours.id()).await.unwrap(), None);
    assert!(!storage.erase_person(&id, own, at(3)).await.unwrap());

    assert_eq!(storage.cases_of_person(&id, other).await.unwrap().len(), 2);
    let left = storage.credentials_of_person(&id, other).await.unwrap();
    assert_eq!(left.len(), 1);
    assert!(storage.load(theirs.id()).await.unwrap().is_some());
    assert_eq!(mismatches().await, 1, "their failure still counts");
    let photo = storage.photo(&id, Realm::Live).await.unwrap();
    assert!(photo.is_some(), "the photo is the server's");
}
