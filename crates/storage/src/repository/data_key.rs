//! Owners' wrapped data keys.

use shiming_vault::{DataKey, Owner};

use super::{Conn, Result};
use crate::seals::Seals;

/// The owner's key, or `None` if it was erased or never made.
pub(super) async fn get(conn: &mut Conn, seals: &Seals, owner: Owner) -> Result<Option<DataKey>> {
    let wrapped: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT wrapped FROM data_key WHERE owner = $1")
            .bind(owner.as_str().to_owned())
            .fetch_optional(conn)
            .await?;
    wrapped
        .map(|wrapped| seals.key(owner, &wrapped))
        .transpose()
}

/// The owner's key, made if there is none. Two nodes that make it at once end up with the same one.
pub(super) async fn get_or_create(conn: &mut Conn, seals: &Seals, owner: Owner) -> Result<DataKey> {
    if let Some(key) = get(conn, seals, owner.clone()).await? {
        return Ok(key);
    }
    let (fresh, wrapped) = seals.fresh(owner.clone())?;
    sqlx::query(
        "INSERT INTO data_key (owner, master_key, wrapped) VALUES ($1, $2, $3)
         ON CONFLICT (owner) DO NOTHING",
    )
    .bind(owner.as_str().to_owned())
    .bind(seals.master_key())
    .bind(wrapped)
    .execute(&mut *conn)
    .await?;
    Ok(get(conn, seals, owner).await?.unwrap_or(fresh))
}

/// Deletes the owner's key; what it sealed can't be read again. False if there was none.
pub(super) async fn erase(conn: &mut Conn, owner: &Owner) -> Result<bool> {
    let done = sqlx::query("DELETE FROM data_key WHERE owner = $1")
        .bind(owner.as_str().to_owned())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Wraps anew up to `limit` keys that an earlier master key wraps.
pub(super) async fn rewrap(conn: &mut Conn, seals: &Seals, limit: u32) -> Result<u64> {
    let current = seals.master_key();
    let old: Vec<(String, Vec<u8>)> = sqlx::query_as(
        "SELECT owner, wrapped FROM data_key WHERE master_key <> $1 ORDER BY owner LIMIT $2",
    )
    .bind(&current)
    .bind(i64::from(limit))
    .fetch_all(&mut *conn)
    .await?;
    for (owner, wrapped) in &old {
        let anew = seals.rewrap(Owner::stored(owner.clone()), wrapped)?;
        sqlx::query(
            "UPDATE data_key SET wrapped = COALESCE($1, wrapped), master_key = $2 WHERE owner = $3",
        )
        .bind(anew)
        .bind(&current)
        .bind(owner)
        .execute(&mut *conn)
        .await?;
    }
    Ok(old.len() as u64)
}
