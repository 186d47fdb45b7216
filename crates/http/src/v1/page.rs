//! Lists: pages of a bounded length, each with the way to the next.

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use shiming_verification::{
    code::Code,
    ids::{CaseId, CredentialId},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::problem::Failure;

/// Entries of a page if nothing else is asked for, and at most.
const USUAL: u32 = 20;
const MOST: u32 = 100;

/// Which page of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Entries wanted, 1 to 100; 20 if absent.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(pattern = "^[0-9a-f]{32}$")]
    pub cursor: Option<String>,
}

impl PageQuery {
    /// How many entries.
    ///
    /// # Errors
    /// `invalid_input` outside 1 to 100.
    pub fn limit(&self) -> Result<u32, Failure> {
        match self.limit {
            None => Ok(USUAL),
            Some(limit) if (1..=MOST).contains(&limit) => Ok(limit),
            Some(_) => Err(Failure::field("/limit", Code::InvalidInput, "range")),
        }
    }

    /// What the page comes after.
    ///
    /// # Errors
    /// `invalid_input` if it is no cursor.
    pub fn after<T: From<Cursor>>(&self) -> Result<Option<T>, Failure> {
        let parsed = self.cursor.as_deref().map(Cursor::parse);
        match parsed {
            None => Ok(None),
            Some(Some(cursor)) => Ok(Some(T::from(cursor))),
            Some(None) => Err(Failure::field("/cursor", Code::InvalidInput, "cursor")),
        }
    }
}

/// Where a page ends: 32 hexadecimal digits, in which nobody should look for a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(u128);

impl Cursor {
    fn parse(text: &str) -> Option<Self> {
        let shaped =
            text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let number = u128::from_str_radix(text, 16).ok().filter(|_| shaped)?;
        Some(Self(number))
    }

    fn print(self) -> String {
        format!("{:032x}", self.0)
    }
}

impl From<Uuid> for Cursor {
    fn from(id: Uuid) -> Self {
        Self(id.as_u128())
    }
}

impl From<u64> for Cursor {
    fn from(number: u64) -> Self {
        Self(number.into())
    }
}

impl From<Cursor> for CaseId {
    fn from(cursor: Cursor) -> Self {
        Self::new(Uuid::from_u128(cursor.0))
    }
}

impl From<Cursor> for CredentialId {
    fn from(cursor: Cursor) -> Self {
        Self::new(Uuid::from_u128(cursor.0))
    }
}

impl From<Cursor> for u64 {
    /// A number in a feed; one that no feed reaches is its end.
    fn from(cursor: Cursor) -> Self {
        Self::try_from(cursor.0)
            .unwrap_or(Self::MAX)
            .min(i64::MAX.unsigned_abs())
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The entries.
    pub data: Vec<T>,
    /// Cursor of the next page; `null` at the end.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page of the entries that were found when one more than wanted was asked for.
    pub fn of<E>(
        mut found: Vec<E>,
        limit: u32,
        cursor: impl Fn(&E) -> Cursor,
        view: impl Fn(E) -> T,
    ) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = found.len() > limit;
        found.truncate(limit);
        let next_cursor = found.last().filter(|_| more).map(cursor);
        let next_cursor = next_cursor.map(Cursor::print);
        Self {
            data: found.into_iter().map(view).collect(),
            next_cursor,
        }
    }
}

/// A query string; its faults become problems.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        // No text of ours holds a NUL, and not every database takes one.
        let has_nul = parts.uri.query().is_some_and(|text| text.contains("%00"));
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) if !has_nul => Ok(Self(value)),
            _ => Err(Failure::field("", Code::InvalidInput, "query")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_what_it_prints_and_nothing_else() {
        let cursor = Cursor::from(17_u64);
        assert_eq!(Cursor::parse(&cursor.print()), Some(cursor));
        assert_eq!(u64::from(cursor), 17);
        for wrong in [
            "",
            "17",
            "+0000000000000000000000000000011",
            "0000000000000000000000000000001G",
        ] {
            assert_eq!(Cursor::parse(wrong), None, "{wrong}");
        }
        assert_eq!(u64::from(Cursor(u128::MAX)), i64::MAX.unsigned_abs());
    }
}
