//! Reference photos: a row that says where the sealed object lies, the object itself, the person's key.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use object_store::path::Path;
use shiming_identifiers::IdNumber;
use shiming_vault::{DataKey, Owner};
use shiming_verification::{
    ports::{LedgerError, ReferencePhotos},
    words::Realm,
};

use super::{Conn, Result, Store, data_key};
use crate::{PersonIndex, StoreError, api::PhotoWritten, objects, words::millis};

/// For what a person's key seals a photo.
const PURPOSE: &str = "reference photo";

pub(super) fn owner(person: PersonIndex) -> Owner {
    Owner::person(person.0)
}

impl Store {
    pub(super) async fn put_sealed_photo(
        &self,
        person: PersonIndex,
        realm: Realm,
        photo: &[u8],
        now: DateTime<Utc>,
    ) -> Result<PhotoWritten> {
        let content = self.indexes.photo(person, photo).0.to_vec();
        let before = self.photo_content(person, realm).await?;
        if before.as_deref() == Some(&content[..]) {
            return Ok(PhotoWritten::Unchanged);
        }
        let path = objects::photo_path(person, realm);
        let sealed = self
            .seals
            .seal(&self.person_key(person).await?, PURPOSE, photo)?;
        objects::put(&*self.objects, &path, sealed).await?;
        self.put_photo_row(person, realm, (&path, content), now)
            .await?;
        Ok(if before.is_some() {
            PhotoWritten::Updated
        } else {
            PhotoWritten::Inserted
        })
    }

    async fn person_key(&self, person: PersonIndex) -> Result<DataKey> {
        let mut tx = self.begin().await?;
        let key = data_key::get_or_create(&mut tx, &self.seals, owner(person)).await?;
        tx.commit().await?;
        Ok(key)
    }

    async fn photo_content(&self, person: PersonIndex, realm: Realm) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT content FROM reference_photo WHERE realm = $1 AND id_index = $2";
        let query = sqlx::query_scalar(sql)
            .bind(realm.as_str())
            .bind(person.0.0.to_vec());
        Ok(query.fetch_optional(&self.reader).await?)
    }

    async fn put_photo_row(
        &self,
        person: PersonIndex,
        realm: Realm,
        (object, content): (&Path, Vec<u8>),
        now: DateTime<Utc>,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO reference_photo (realm, id_index, object, content, updated_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (realm, id_index) DO UPDATE SET object = excluded.object,
               content = excluded.content, updated_at = excluded.updated_at",
        )
        .bind(realm.as_str())
        .bind(person.0.0.to_vec())
        .bind(object.to_string())
        .bind(content)
        .bind(millis(now))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn read_photo(&self, person: PersonIndex, realm: Realm) -> Result<Option<Vec<u8>>> {
        let row: Option<(String, Vec<u8>)> = sqlx::query_as(
            "SELECT p.object, k.wrapped
             FROM reference_photo p JOIN data_key k ON k.owner = $1
             WHERE p.realm = $2 AND p.id_index = $3",
        )
        .bind(owner(person).as_str().to_owned())
        .bind(realm.as_str())
        .bind(person.0.0.to_vec())
        .fetch_optional(&self.reader)
        .await?;
        let Some((object, wrapped)) = row else {
            return Ok(None);
        };
        let sealed = objects::get(&*self.objects, &Path::from(object)).await?;
        let sealed = sealed.ok_or(StoreError::Missing {
            what: "reference photo",
        })?;
        let photo = self
            .seals
            .key(owner(person), &wrapped)?
            .open(PURPOSE, &sealed)?;
        Ok(Some(photo.to_vec()))
    }

    /// Deletes the rows that name the person's photos, and tells the objects; the key is the caller's.
    pub(super) async fn forget_photos(
        &self,
        conn: &mut Conn,
        person: PersonIndex,
    ) -> Result<Vec<String>> {
        let query =
            sqlx::query_scalar("DELETE FROM reference_photo WHERE id_index = $1 RETURNING object")
                .bind(person.0.0.to_vec());
        Ok(query.fetch_all(conn).await?)
    }
}

#[async_trait]
impl ReferencePhotos for Store {
    async fn photo(&self, id: &IdNumber, realm: Realm) -> Result<Option<Vec<u8>>, LedgerError> {
        Ok(self.read_photo(self.indexes.person(id), realm).await?)
    }

    async fn put_photo(
        &self,
        id: &IdNumber,
        realm: Realm,
        photo: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        self.put_sealed_photo(self.indexes.person(id), realm, photo, now)
            .await?;
        Ok(())
    }
}
