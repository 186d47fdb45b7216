//! The only place where errors become HTTP: problem details (RFC 9457) with the stable codes.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use shiming_service::ServiceError;
use shiming_verification::code::{Code, Notice, Refusal};
use utoipa::ToSchema;

use crate::language::{Blanks, Language, text};

/// An error that is not yet in the reader's language.
#[derive(Debug, Clone)]
pub struct Failure {
    code: Code,
    notice: Option<Notice>,
    fields: Vec<FieldProblem>,
}

/// Problem details.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Stable address of the kind of problem.
    pub r#type: String,
    /// The stable code; what programs decide by.
    pub code: String,
    /// Short and the same for every occurrence.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened and what to do next, in the reader's language.
    pub detail: String,
    /// To be named to support.
    pub request_id: String,
    /// Whether a try was used up.
    pub try_used: bool,
    /// Tries that are left, where tries are counted.
    pub tries_left: Option<u32>,
    /// When to try again, where there is a time.
    pub retry_at: Option<DateTime<Utc>>,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldProblem {
    /// JSON pointer (RFC 6901) into the request's body.
    pub pointer: String,
    /// The code whose text the user reads.
    pub code: String,
    /// A finer reason for programs.
    pub reason: String,
}

impl Failure {
    /// A failure with a code alone.
    #[must_use]
    pub const fn of(code: Code) -> Self {
        Self {
            code,
            notice: None,
            fields: Vec::new(),
        }
    }

    /// A failure that is over at a moment.
    #[must_use]
    pub fn until(code: Code, retry_at: DateTime<Utc>) -> Self {
        let notice = Notice::free(code, retry_at).until(retry_at);
        Self {
            notice: Some(notice),
            ..Self::of(code)
        }
    }

    /// One wrong field.
    #[must_use]
    pub fn field(pointer: &str, code: Code, reason: &str) -> Self {
        let problem = FieldProblem {
            pointer: pointer.to_owned(),
            code: code.as_str().to_owned(),
            reason: reason.to_owned(),
        };
        Self {
            code: Code::InvalidInput,
            notice: None,
            fields: vec![problem],
        }
    }

    fn status(&self) -> StatusCode {
        status_of(self.code)
    }

    /// The problem as its reader sees it.
    #[must_use]
    pub fn in_language(self, language: Language, request_id: &str) -> Problem {
        let notice = self.notice.as_ref();
        let tries_left = notice.and_then(|notice| notice.tries_left);
        let retry_at = notice.and_then(|notice| notice.retry_at);
        let blanks = Blanks {
            tries_left,
            retry_at,
            request_id,
        };
        Problem {
            r#type: type_of(self.code),
            code: self.code.as_str().to_owned(),
            title: self.code.as_str().replace('_', " "),
            status: self.status().as_u16(),
            detail: text(language, self.code.as_str(), &blanks),
            request_id: request_id.to_owned(),
            try_used: notice.is_some_and(|notice| notice.try_used),
            tries_left,
            retry_at,
            errors: self.fields,
        }
    }
}

/// The stable address of a kind of problem.
pub fn type_of(code: Code) -> String {
    format!("/problems/{}", code.as_str().replace('_', "-"))
}

/// The status that a code is always answered with.
pub const fn status_of(code: Code) -> StatusCode {
    match code {
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::SessionInvalid | Code::SignInFailed | Code::ApiKeyInvalid => StatusCode::UNAUTHORIZED,
        Code::IdempotencyKeyMissing => StatusCode::BAD_REQUEST,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::IdempotencyInProgress
        | Code::NotAllowedNow
        | Code::QrAlreadyClaimed
        | Code::TransferPending => StatusCode::CONFLICT,
        Code::QrExpired | Code::AmountExpired => StatusCode::GONE,
        Code::NotLegalRep
        | Code::Forbidden
        | Code::StepUpNeeded
        | Code::ScopeMissing
        | Code::TestModeOnly => StatusCode::FORBIDDEN,
        Code::TooManyChecks
        | Code::FaceAttemptsExceeded
        | Code::TooManyRequests
        | Code::LinkSentTooOften
        | Code::AmountFrozen => StatusCode::TOO_MANY_REQUESTS,
        Code::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::SystemError | Code::RegistryUnavailable | Code::SignInUnavailable => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::NotFound => Self::of(Code::NotFound),
            ServiceError::NoSession => Self::of(Code::SessionInvalid),
            ServiceError::Refused(Refusal::Ruled(notice)) => Self {
                code: notice.code,
                notice: Some(notice),
                fields: Vec::new(),
            },
            ServiceError::Refused(Refusal::NotNow { .. } | Refusal::NothingDue) => {
                Self::of(Code::NotAllowedNow)
            }
            ServiceError::Fields(fields) => {
                let fields = fields.into_iter().map(|wrong| FieldProblem {
                    pointer: format!("/{}", wrong.field),
                    code: wrong.code.as_str().to_owned(),
                    reason: wrong.reason.to_owned(),
                });
                Self {
                    code: Code::InvalidInput,
                    notice: None,
                    fields: fields.collect(),
                }
            }
            ServiceError::Unavailable(why) => {
                tracing::error!(%why, "a request could not be served");
                Self::of(Code::SystemError)
            }
        }
    }
}

/// The failure waits in the response's extensions until [`crate::guard::explain`], which knows the reader's
/// language and the request's id, writes the body.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Problem {
    /// The finished response.
    #[must_use]
    pub fn into_http(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&self)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if let Some(retry_at) = self.retry_at
            && let Ok(value) = HeaderValue::from_str(&httpdate(retry_at))
        {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }
}

/// RFC 9110, section 5.6.7.
fn httpdate(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
