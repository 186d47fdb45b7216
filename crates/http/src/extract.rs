//! Reading requests: JSON bodies whose faults become problems instead of plain text.

use axum::{
    Json,
    extract::{FromRequest, Request, rejection::JsonRejection},
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
