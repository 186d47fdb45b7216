//! Reading requests: paths and JSON bodies whose faults become problems instead of plain text.

use std::str::FromStr;

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Request, rejection::JsonRejection},
    http::{StatusCode, request::Parts},
};
use serde::de::DeserializeOwned;
use shiming_verification::code::Code;

use crate::problem::Failure;

/// A JSON body.
pub struct Input<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Input<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Failure::of(Code::PayloadTooLarge))
            }
            Err(rejection) => Err(Failure::field("", Code::InvalidInput, reason(&rejection))),
        }
    }
}

const fn reason(rejection: &JsonRejection) -> &'static str {
    match rejection {
        JsonRejection::JsonSyntaxError(_) => "json_syntax",
        JsonRejection::JsonDataError(_) => "json_shape",
        JsonRejection::MissingJsonContentType(_) => "content_type",
        _ => "body",
    }
}

/// Two things that the path names, the second within the first; what can't be names names nothing.
pub struct Within<A, B>(pub A, pub B);

impl<A: FromStr, B: FromStr, S: Send + Sync> FromRequestParts<S> for Within<A, B> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let named = path
            .ok()
            .and_then(|Path((outer, inner))| Some(Self(outer.parse().ok()?, inner.parse().ok()?)));
        named.ok_or(Failure::of(Code::NotFound))
    }
}

/// What the path names; what can't be a name names nothing.
pub struct At<T>(pub T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let name = Path::<String>::from_request_parts(parts, state).await;
        let name = name.ok().filter(|Path(name)| !name.contains('\0'));
        let named = name.and_then(|Path(name)| name.parse().ok());
        named.map(Self).ok_or(Failure::of(Code::NotFound))
    }
}
