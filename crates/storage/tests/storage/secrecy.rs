//! What a thief of the data folder reads.

use std::path::{Path, PathBuf};

use shiming_storage::Settings;
use shiming_verification::{
    bank::Misfit,
    lifecycle::{LifeFact, Revocation},
    notification::Block,
    policy::Policy,
    ports::{RegistryEntry, RegistryStatus, bank::Matched, privacy::Reach},
    words::Realm,
};

use crate::{
    stories::{
        bank::{entry as bank_entry, order},
        notifications::sent,
    },
    support::{Bench, Hands, LIVE, at, claim, id_number, person_name},
};

fn all_bytes(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let read = |path: PathBuf| {
        if path.is_dir() {
            return all_bytes(&path);
        }
        let bytes = std::fs::read(&path).expect("a file");
        vec![(path, bytes)]
    };
    paths.flat_map(read).collect()
}

fn places_of(text: &[u8], files: &[(PathBuf, Vec<u8>)]) -> Vec<String> {
    let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    let holding = files.iter().filter(|(_, bytes)| holds(bytes));
    holding
        .map(|(path, _)| path.display().to_string())
        .collect()
}

#[tokio::test]
async fn no_file_holds_an_id_number_or_a_representatives_name() {
    let bench = Bench::sqlite().await;
    let storage = &bench.storage;
    let (registered, submitted) = (claim(1), claim(2));
    let entry = RegistryEntry {
        claim: registered.clone(),
        status: RegistryStatus::Active,
    };
    storage
        .put_enterprise(&entry, Realm::Live, at(0))
        .await
        .unwrap();
    storage
        .put_photo(&id_number(1), Realm::Live, b"this is a face", at(0))
        .await
        .unwrap();
    let hands = Hands::new(&**storage, 1);
    hands.verify(submitted.clone()).await;
    let record = r#"{"similarity":0.8125}"#;
    storage
        .add_scan_record(hands.id(), record, at(0))
        .await
        .unwrap();

    order(&Hands::new(&**storage, 3), 37).await;
    let elsewhere = Hands::new(&**storage, 4);
    elsewhere.invite(claim(4)).await;
    let message = sent(&elsewhere, "her.own.address@example.cn").await;
    let refusal = Block::Platform(LIVE);
    storage
        .block(&message.order.to.address, refusal, at(1))
        .await
        .unwrap();
    let unmatched = [(
        bank_entry("serial 4711", 100),
        Matched::Not(Misfit::NoReference),
    )];
    storage
        .store_entries(&unmatched, "one.xml", at(0))
        .await
        .unwrap();

    let files = all_bytes(bench.folder.path());
    let public = places_of(registered.enterprise_name.as_str().as_bytes(), &files);
    assert!(
        !public.is_empty(),
        "the registry's public names are there to be found"
    );
    let secrets = [
        id_number(1).as_str().to_owned(),
        id_number(2).as_str().to_owned(),
        person_name(1).as_str().to_owned(),
        person_name(1).key().as_str().to_owned(),
        person_name(2).as_str().to_owned(),
        submitted.enterprise_name.as_str().to_owned(),
        submitted.uscc.as_str().to_owned(),
        record.to_owned(),
        "this is a face".to_owned(),
        "3500000000000003".to_owned(),
        "35000000000000002".to_owned(),
        "serial 4711".to_owned(),
        "\"amount\":37".to_owned(),
        "her.own.address".to_owned(),
    ];
    for secret in secrets {
        assert_eq!(
            places_of(secret.as_bytes(), &files),
            Vec::<String>::new(),
            "{secret}"
        );
    }
}

/// Everything by which an erased person could be known again: the number, the name, the keyed hash, the keys.
#[expect(
    clippy::too_many_lines,
    reason = "one story, with all the places to search"
)]
#[tokio::test]
async fn an_erased_person_has_left_no_trace_in_database_objects_or_a_backup_without_its_keys() {
    let bench = Bench::sqlite().await;
    let storage = &bench.storage;
    let (mine, other) = (claim(1), claim(2));
    for claim in [&mine, &other] {
        let entry = RegistryEntry {
            claim: claim.clone(),
            status: RegistryStatus::Active,
        };
        storage
            .put_enterprise(&entry, Realm::Live, at(0))
            .await
            .unwrap();
        storage
            .put_photo(&claim.id_number, Realm::Live, b"a face", at(0))
            .await
            .unwrap();
    }
    for (n, claim) in [(1, &mine), (2, &other)] {
        let hands = Hands::new(&**storage, n);
        hands.verify(claim.clone()).await;
        storage
            .add_scan_record(hands.id(), r#"{"similarity":0.8125}"#, at(0))
            .await
            .unwrap();
    }
    let credential = Hands::new(&**storage, 1).credential();
    let living = storage.living(credential).await.unwrap().unwrap();
    let fact = LifeFact::Revoked {
        cause: Revocation::Operator,
        told: None,
    };
    let ended = living
        .life
        .decide(credential, fact, &Policy::default(), at(1))
        .unwrap();
    storage.commit_life(&ended).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup.sqlite3");
    let keys = folder.path().join("keys");
    shiming_storage::snapshot(&bench.settings.url, &backup)
        .await
        .unwrap();
    let copy = format!("sqlite:{}", backup.display());
    shiming_storage::keys_apart::take(&copy, &keys)
        .await
        .unwrap();

    let hash = storage.indexes().person(&id_number(1)).to_bytes();
    let before = all_bytes(bench.folder.path());
    assert_ne!(
        places_of(&hash, &before),
        Vec::<String>::new(),
        "it is there to be found"
    );
    assert!(
        storage
            .erase_person(&id_number(1), Reach::Server, at(2))
            .await
            .unwrap()
    );

    let files = all_bytes(bench.folder.path());
    let person = hex::encode(hash);
    for trace in [
        &hash[..],
        person.as_bytes(),
        id_number(1).as_str().as_bytes(),
    ] {
        assert_eq!(places_of(trace, &files), Vec::<String>::new());
    }
    assert!(
        storage
            .photo(&id_number(2), Realm::Live)
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        storage
            .load(Hands::new(&**storage, 2).id())
            .await
            .unwrap()
            .is_some()
    );

    // The next backup replaces the file of keys; the old copy of the database then says nothing of the person any more.
    let next = folder.path().join("next.sqlite3");
    shiming_storage::snapshot(&bench.settings.url, &next)
        .await
        .unwrap();
    let next = format!("sqlite:{}", next.display());
    shiming_storage::keys_apart::take(&next, &keys)
        .await
        .unwrap();
    shiming_storage::keys_apart::put(&copy, &keys)
        .await
        .unwrap();
    let restored = Settings {
        url: copy,
        ..bench.settings.clone()
    };
    let restored = shiming_storage::open(&restored).await.unwrap();
    assert_eq!(
        restored.load(Hands::new(&**storage, 1).id()).await.unwrap(),
        None
    );
    assert!(
        restored
            .load(Hands::new(&**storage, 2).id())
            .await
            .unwrap()
            .is_some()
    );
}
