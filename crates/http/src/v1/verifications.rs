//! Verifications: open, read, list, cancel, and a fresh link to one.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_service::portal::Opened;
use shiming_verification::{
    case::{Case, State as CaseState, Terms, TermsError},
    code::Code,
    ids::CaseId,
    ports::listings::CaseFilter,
    words::{Account, Method, SubjectType},
};
use utoipa::{IntoParams, ToSchema};

use super::{
    gate::Caller,
    page::{Asked, Page, PageQuery},
};
use crate::{
    extract::Input,
    portal::view::{AccountView, NoticeView},
    problem::{Failure, Problem},
    state::AppState,
    words::{MethodName, ModeName, StateName, SubjectTypeName},
};

/// A verification to be opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationRequest {
    /// Whose.
    pub account: AccountRequest,
    /// Where the portal sends the applicant at the end; https, http on `localhost`, or a path of this server.
    #[schema(max_length = 2048)]
    pub return_url: Option<String>,
    /// Methods that the applicant may choose from; all that the server offers if absent.
    #[schema(value_type = Option<Vec<MethodName>>)]
    pub methods: Option<Vec<Method>>,
    /// Subject types that the applicant may choose from; all if absent.
    #[schema(value_type = Option<Vec<SubjectTypeName>>)]
    pub subject_types: Option<Vec<SubjectType>>,
    /// Language of the hosted page: `zh-CN` or `en`; the browser's if absent.
    pub language: Option<String>,
    /// Your own notes, given back unchanged: at most 20 keys of 40 characters, values of 500. No personal data, please.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// An account as the platform knows it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRequest {
    /// The platform's own id, 1 to 128 characters.
    #[schema(min_length = 1, max_length = 128)]
    pub id: String,
    /// What to call it to the people who verify.
    #[schema(max_length = 128)]
    pub name: Option<String>,
}

/// A verification.
#[derive(Serialize, ToSchema)]
pub struct VerificationView {
    /// `ver_…`
    pub id: String,
    /// `test` or `live`.
    #[schema(value_type = ModeName)]
    pub mode: String,
    /// Name of the state.
    #[schema(value_type = StateName)]
    pub state: String,
    /// Whose.
    pub account: AccountView,
    /// The chosen subject type.
    #[schema(value_type = Option<SubjectTypeName>)]
    pub subject_type: Option<SubjectType>,
    /// The chosen method.
    #[schema(value_type = Option<MethodName>)]
    pub method: Option<Method>,
    /// Where to send the applicant. Only in the answers that make it; works once, for 30 minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The single-use secret within `url`, for embedding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// Where the portal sends the applicant at the end.
    pub return_url: Option<String>,
    /// Language of the hosted page.
    pub language: Option<String>,
    /// Your own notes.
    pub metadata: BTreeMap<String, String>,
    /// What went wrong last.
    pub last_error: Option<NoticeView>,
    /// `crd_…` once verified.
    pub credential_id: Option<String>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
}

impl VerificationView {
    pub(super) fn of(caller: &Caller, case: Case) -> Self {
        Self {
            id: case.id.to_string(),
            mode: caller.mode().to_owned(),
            state: case.state.name().to_owned(),
            subject_type: case.subject,
            method: case.method,
            url: None,
            client_secret: None,
            credential_id: match case.state {
                CaseState::Verified { credential, .. } => Some(credential.to_string()),
                _ => None,
            },
            account: AccountView {
                id: case.account.id,
                name: case.account.name,
            },
            return_url: case.return_url,
            language: case.terms.language,
            metadata: case.terms.metadata,
            last_error: case.last_error.map(NoticeView::from),
            created_at: case.opened_at,
            expires_at: case.expires_at,
        }
    }

    fn opened(state: &AppState, caller: &Caller, opened: Opened) -> Self {
        let url = format!(
            "{}/verify/{}#{}",
            state.pages.portal_origin, opened.case.id, opened.client_secret
        );
        Self {
            url: Some(url),
            client_secret: Some(opened.client_secret),
            ..Self::of(caller, opened.case)
        }
    }
}

/// Which verifications.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VerificationFilter {
    /// Only of this account.
    pub account_id: Option<String>,
    /// Only in this state.
    #[param(value_type = Option<StateName>)]
    pub state: Option<String>,
}

/// Opens a verification for an account. Send the applicant to `url` at once: its secret works once, for 30 minutes.
#[utoipa::path(post, path = "/verifications", tag = "Verifications", request_body = VerificationRequest,
    params(("Idempotency-Key" = String, Header, description = "Any text of your own, 1 to 255 characters: the same request with the same key is done once.")),
    responses(
        (status = 201, body = VerificationView), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem),
    ),
    security(("api_key" = ["verifications:write"])))]
pub async fn open(
    State(state): State<AppState>,
    caller: Caller,
    Input(request): Input<VerificationRequest>,
) -> Result<impl IntoResponse, Failure> {
    let AccountRequest { id, name } = request.account;
    let account = Account::new(caller.platform.id, &id, name.as_deref())
        .map_err(|_| Failure::field("/account", Code::InvalidInput, "length"))?;
    if !request.return_url.as_deref().is_none_or(is_safe_return_url) {
        return Err(Failure::field("/return_url", Code::InvalidInput, "scheme"));
    }
    let terms = Terms {
        metadata: request.metadata,
        language: request.language,
        methods: request.methods,
        subjects: request.subject_types,
    };
    terms
        .check(&state.services.cases.policy)
        .map_err(of_terms)?;
    let opened = state
        .services
        .open_on_terms(&caller.platform, account, request.return_url, terms)
        .await?;
    let path = format!("/v1/verifications/{}", opened.case.id);
    let place =
        HeaderValue::from_str(&path).unwrap_or(HeaderValue::from_static("/v1/verifications"));
    let place: [(HeaderName, HeaderValue); 1] = [(header::LOCATION, place)];
    let body = Json(VerificationView::opened(&state, &caller, opened));
    Ok((StatusCode::CREATED, place, body))
}

fn of_terms(error: TermsError) -> Failure {
    let (pointer, reason) = match error {
        TermsError::Metadata => ("/metadata", "length"),
        TermsError::Language => ("/language", "unknown"),
        TermsError::Methods => ("/methods", "not_offered"),
        TermsError::Subjects => ("/subject_types", "empty"),
    };
    Failure::field(pointer, Code::InvalidInput, reason)
}

/// Verifications, newest first.
#[utoipa::path(get, path = "/verifications", tag = "Verifications", params(VerificationFilter, PageQuery),
    responses(
        (status = 200, body = Page<VerificationView>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem),
    ),
    security(("api_key" = ["verifications:read"])))]
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Asked(filter): Asked<VerificationFilter>,
    Asked(page): Asked<PageQuery>,
) -> Result<Json<Page<VerificationView>>, Failure> {
    let limit = page.limit()?;
    let filter = CaseFilter {
        account_id: filter.account_id,
        state: filter.state,
        after: page.after::<CaseId>()?,
    };
    let cases = state
        .services
        .list_cases(caller.platform.id, &filter, limit + 1)
        .await?;
    let view = |case| VerificationView::of(&caller, case);
    Ok(Json(Page::of(
        cases,
        limit,
        |case| case.id.to_string(),
        view,
    )))
}

/// How a verification stands.
#[utoipa::path(get, path = "/verifications/{id}", tag = "Verifications", params(("id" = String, Path, description = "`ver_…`")),
    responses(
        (status = 200, body = VerificationView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 429, body = Problem),
    ),
    security(("api_key" = ["verifications:read"])))]
pub async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<VerificationView>, Failure> {
    let case = own(&state, &caller, &id).await?;
    Ok(Json(VerificationView::of(&caller, case)))
}

/// Gives a verification up.
#[utoipa::path(post, path = "/verifications/{id}/cancel", tag = "Verifications", params(
        ("id" = String, Path, description = "`ver_…`"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses(
        (status = 200, body = VerificationView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem),
    ),
    security(("api_key" = ["verifications:write"])))]
pub async fn cancel(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<VerificationView>, Failure> {
    let case = own(&state, &caller, &id).await?;
    let case = state.services.cancel(case.id).await?;
    Ok(Json(VerificationView::of(&caller, case)))
}

/// A fresh link for an applicant who comes back to an open verification. Earlier links that were not used stay good.
#[utoipa::path(post, path = "/verifications/{id}/link", tag = "Verifications", params(
        ("id" = String, Path, description = "`ver_…`"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses(
        (status = 201, body = VerificationView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem),
    ),
    security(("api_key" = ["verifications:write"])))]
pub async fn link(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<VerificationView>), Failure> {
    let case = own(&state, &caller, &id).await?;
    let opened = state.services.link_again(case).await?;
    let body = VerificationView::opened(&state, &caller, opened);
    Ok((StatusCode::CREATED, Json(body)))
}

/// The caller's verification with this id; somebody else's does not exist.
pub(super) async fn own(state: &AppState, caller: &Caller, id: &str) -> Result<Case, Failure> {
    let id: CaseId = id.parse().map_err(|_| Failure::of(Code::NotFound))?;
    let case = state.services.cases.get(id).await?;
    if case.account.platform != caller.platform.id {
        return Err(Failure::of(Code::NotFound));
    }
    Ok(case)
}

/// Nothing that a browser would run or that leaves TLS.
fn is_safe_return_url(url: &str) -> bool {
    let local = url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\");
    let loopback = ["http://localhost", "http://127.0.0.1"]
        .iter()
        .any(|origin| {
            let rest = url.strip_prefix(origin);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/', '?']))
        });
    url.len() <= 2048
        && !url.contains(char::is_control)
        && (local || loopback || url.starts_with("https://"))
}

#[cfg(test)]
mod tests {
    use super::is_safe_return_url;

    #[test]
    fn a_return_url_is_https_or_our_own_path() {
        for url in [
            "https://platform.example/done?x=1",
            "/demo",
            "http://localhost:3000/done",
            "http://127.0.0.1",
        ] {
            assert!(is_safe_return_url(url), "{url}");
        }
        for url in [
            "javascript:alert(1)",
            "//evil.example",
            "/\\evil.example",
            "http://platform.example",
            "http://localhost.evil.example/",
            "http://localhost@evil.example/",
            "data:x",
        ] {
            assert!(!is_safe_return_url(url), "{url}");
        }
    }
}
