//! Reference photos: found by a keyed hash, readable only with the person's key.

use std::path::{Path, PathBuf};

use shiming_storage::api::PhotoWritten;
use shiming_verification::words::Realm;

use crate::support::{Bench, at, id_number};

const PHOTO: &[u8] = b"\xFF\xD8\xFF a face, and again: a face, a face \xFF\xD9";

/// All files under a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let entries = entries.map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

pub async fn a_photo_is_read_back_and_belongs_to_its_realm(bench: Bench) {
    let storage = &bench.storage;
    storage
        .put_photo(&id_number(1), Realm::Demo, PHOTO, at(0))
        .await
        .unwrap();
    let demo = storage.photo(&id_number(1), Realm::Demo).await.unwrap();
    assert_eq!(demo.as_deref(), Some(PHOTO));
    assert_eq!(
        storage.photo(&id_number(1), Realm::Live).await.unwrap(),
        None
    );
    assert_eq!(
        storage.photo(&id_number(2), Realm::Demo).await.unwrap(),
        None
    );
}

pub async fn a_photo_is_written_when_it_differs(bench: Bench) {
    let storage = &bench.storage;
    let person = storage.indexes().person(&id_number(1));
    let write = async |photo: &[u8]| storage.write_photo(person, Realm::Live, photo, at(0)).await;
    assert_eq!(write(PHOTO).await.unwrap(), PhotoWritten::Inserted);
    assert_eq!(write(PHOTO).await.unwrap(), PhotoWritten::Unchanged);
    assert_eq!(write(b"another").await.unwrap(), PhotoWritten::Updated);
    let now = storage.photo(&id_number(1), Realm::Live).await.unwrap();
    assert_eq!(now.as_deref(), Some(&b"another"[..]));
}

pub async fn a_photo_lies_sealed(bench: Bench) {
    bench
        .storage
        .put_photo(&id_number(1), Realm::Live, PHOTO, at(0))
        .await
        .unwrap();
    let lying = files(&bench.folder.path().join("objects"));
    assert_eq!(lying.len(), 1);
    let (path, bytes) = (
        lying[0].display().to_string(),
        std::fs::read(&lying[0]).unwrap(),
    );
    assert!(!path.contains(id_number(1).as_str()), "{path}");
    assert!(bytes.len() > PHOTO.len());
    assert!(
        !bytes
            .windows(6)
            .any(|window| PHOTO.windows(6).any(|photo| photo == window))
    );
}

pub async fn a_lost_object_is_a_fault_and_not_a_missing_photo(bench: Bench) {
    bench
        .storage
        .put_photo(&id_number(1), Realm::Live, PHOTO, at(0))
        .await
        .unwrap();
    std::fs::remove_file(&files(&bench.folder.path().join("objects"))[0]).unwrap();
    let fault = bench
        .storage
        .photo(&id_number(1), Realm::Live)
        .await
        .expect_err("lost");
    assert!(
        fault.to_string().contains("reference photo is gone"),
        "{fault}"
    );
}
