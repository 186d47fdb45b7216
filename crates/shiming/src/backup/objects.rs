//! Carrying sealed objects from one place to another, byte by byte compared.

use anyhow::{Result, bail};
use futures_util::TryStreamExt as _;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};

/// Copies every object that the target lacks or has in another size, and reads back what was written; tells how many there
/// were. Objects have names that nobody guesses and contents that are sealed anew with each writing.
pub async fn carry(from: &dyn ObjectStore, to: &dyn ObjectStore) -> Result<u64> {
    let mut all = from.list(None);
    let mut count = 0;
    while let Some(object) = all.try_next().await? {
        let path = &object.location;
        count += 1;
        let there = to.head(path).await;
        if there.is_ok_and(|there| {
            there.size == object.size && there.last_modified >= object.last_modified
        }) {
            continue;
        }
        let bytes = match from.get(path).await {
            Ok(found) => found.bytes().await?,
            // Erased since it was listed.
            Err(object_store::Error::NotFound { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        to.put(path, PutPayload::from(bytes.clone())).await?;
        if to.get(path).await?.bytes().await? != bytes {
            bail!("{path} did not arrive as it was sent");
        }
    }
    Ok(count)
}
