//! What a thief of the data folder reads.

use std::path::{Path, PathBuf};

use shiming_verification::{
    bank::Misfit,
    ports::{RegistryEntry, RegistryStatus, bank::Matched},
    words::Realm,
};

use crate::{
    stories::bank::{entry as bank_entry, order},
    support::{Bench, Hands, at, claim, id_number, person_name},
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
    ];
    for secret in secrets {
        assert_eq!(
            places_of(secret.as_bytes(), &files),
            Vec::<String>::new(),
            "{secret}"
        );
    }
}
