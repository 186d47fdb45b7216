//! Lists: pages of a bounded length, each with the way to the next.

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use shiming_verification::code::Code;
use utoipa::{IntoParams, ToSchema};

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
    pub fn after<T: std::str::FromStr>(&self) -> Result<Option<T>, Failure> {
        let parse = |text: &String| text.parse().ok();
        match &self.cursor {
            None => Ok(None),
            Some(text) => {
                parse(text)
                    .map(Some)
                    .ok_or(Failure::field("/cursor", Code::InvalidInput, "cursor"))
            }
        }
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
        cursor: impl Fn(&E) -> String,
        view: impl Fn(E) -> T,
    ) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = found.len() > limit;
        found.truncate(limit);
        let next_cursor = found.last().filter(|_| more).map(cursor);
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
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(_) => Err(Failure::field("", Code::InvalidInput, "query")),
        }
    }
}
