//! Sealed objects beside the database: reference photos and frames of scans, on the local disk or wherever `object_store` reaches.

use object_store::{ObjectStore, ObjectStoreExt, PutPayload, path::Path};
use shiming_verification::{ids::CaseId, words::Realm};

use crate::{PersonIndex, StoreError};

/// Where a person's photo lies. The name is a keyed hash; it says nothing without the key.
pub(crate) fn photo_path(person: PersonIndex, realm: Realm) -> Path {
    let name = person.0.to_string();
    Path::from_iter(["reference_photos", realm.as_str(), &name[..2], &name])
}

/// Where the frames of a scan lie.
pub(crate) fn frames_path(case: CaseId, record: u32) -> Path {
    let name = case.uuid().simple().to_string();
    // The last digits of an id are random, the first are its time.
    let shelf = name[name.len() - 2..].to_owned();
    Path::from_iter(["scan_frames", &shelf, &format!("{name}-{record}")])
}

pub(crate) async fn put(
    store: &dyn ObjectStore,
    path: &Path,
    sealed: Vec<u8>,
) -> Result<(), StoreError> {
    store.put(path, PutPayload::from(sealed)).await?;
    Ok(())
}

/// The object, or `None` if it is gone.
pub(crate) async fn get(
    store: &dyn ObjectStore,
    path: &Path,
) -> Result<Option<Vec<u8>>, StoreError> {
    match store.get(path).await {
        Ok(found) => Ok(Some(found.bytes().await?.into())),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Deletes the object; one that is gone already is as good.
pub(crate) async fn delete(store: &dyn ObjectStore, path: &Path) -> Result<(), StoreError> {
    match store.delete(path).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
