//! Verifications: open, read, list, cancel, and a fresh link to one.

use std::collections::BTreeMap;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_service::portal::{Making, Opened};
use shiming_verification::{
    case::{Case, State as CaseState, Terms, TermsError},
    code::Code,
    ids::CaseId,
    ports::listings::CaseFilter,
    words::{Account, Method, Realm, SubjectType},
};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{Object, ObjectBuilder, Type},
};

use super::{
    contact::ContactRequest,
    gate::Caller,
    page::{Asked, Page, PageQuery},
};
use crate::{
    extract::{At, Input},
    portal::view::{AccountView, NoticeView},
    problem::{Failure, Problem},
    state::AppState,
    words::{LanguageName, MethodName, ModeName, OfferedMethodName, StateName, SubjectTypeName},
};

/// A verification to be opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationRequest {
    /// Whose.
    pub account: AccountRequest,
    /// Where the portal sends the applicant at the end; https, http on `localhost`, or a path of this server.
    #[schema(
        max_length = 2048,
        pattern = r"^(https://|http://(localhost|127\.0\.0\.1)([:/?]|$)|/($|[^/\\\x00-\x1f\x7f-\x9f]))[^\x00-\x1f\x7f-\x9f]*$"
    )]
    pub return_url: Option<String>,
    /// Methods that the applicant may choose from; all that the server offers if absent.
    #[schema(value_type = Option<Vec<OfferedMethodName>>, min_items = 1)]
    pub methods: Option<Vec<Method>>,
    /// Subject types that the applicant may choose from; all if absent.
    #[schema(value_type = Option<Vec<SubjectTypeName>>, min_items = 1)]
    pub subject_types: Option<Vec<SubjectType>>,
    /// Language of the hosted page; the browser's if absent.
    #[schema(value_type = Option<LanguageName>)]
    pub language: Option<String>,
    /// Where to tell the account's owner of the outcome and of due dates, if the server sends messages; nowhere if absent.
    pub contact: Option<ContactRequest>,
    /// Your own notes, given back unchanged: at most 20 keys of 40 characters, values of 500. No personal data, please.
    #[serde(default)]
    #[schema(schema_with = notes)]
    pub metadata: BTreeMap<String, String>,
}

/// At most 20 keys of 40 characters, values of 500, no control characters.
fn notes() -> Object {
    let text = |least: usize, most: usize| {
        let pattern = format!(r"^[^\x00-\x1f\x7f-\x9f]{{{least},{most}}}$");
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(pattern))
    };
    ObjectBuilder::new()
        .property_names(Some(text(1, 40)))
        .additional_properties(Some(text(0, 500)))
        .max_properties(Some(20))
        .build()
}

/// An account as the platform knows it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRequest {
    /// The platform's own id, 1 to 128 characters, no white space around it.
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = r"^[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]{0,126}[^\s\x00-\x1f\x7f-\x9f])?$"
    )]
    pub id: String,
    /// What to call it to the people who verify.
    #[schema(max_length = 128, pattern = r"^[^\x00-\x1f\x7f-\x9f]{0,128}$")]
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
    /// In test mode: what the simulated transfer carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_transfer: Option<TestTransferView>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
}

/// What a simulated transfer carries. In live mode only the bank's statement tells.
#[derive(Serialize, ToSchema)]
pub struct TestTransferView {
    /// Yuan, such as `0.37`.
    pub amount: String,
    /// In reverse: the reference that the enterprise's payment has to carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl TestTransferView {
    fn of(case: &Case) -> Option<Self> {
        let transfer = case.bank.transfer.as_ref();
        let transfer = transfer.filter(|_| case.realm == Realm::Test)?;
        let reference = transfer.reference.as_ref();
        Some(Self {
            amount: transfer.amount.expose_yuan(),
            reference: reference.map(|reference| reference.as_str().to_owned()),
        })
    }
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
            test_transfer: TestTransferView::of(&case),
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
        let language = opened.case.terms.language.as_deref();
        let url = format!(
            "{}/verify/{}{}#{}",
            state.pages.portal_origin,
            opened.case.id,
            language.map_or(String::new(), |tag| format!("?lang={tag}")),
            opened.client_secret
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
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = VerificationView)),
    security(("api_key" = ["verifications:write"])))]
pub async fn open(
    State(state): State<AppState>,
    caller: Caller,
    Extension(making): Extension<Making>,
    Input(request): Input<VerificationRequest>,
) -> Result<impl IntoResponse, Failure> {
    let AccountRequest { id, name } = request.account;
    let account = Account::new(caller.platform.id, &id, name.as_deref())
        .ok()
        .filter(|account| account.id == id)
        .ok_or_else(|| Failure::field("/account", Code::InvalidInput, "length"))?;
    if !request.return_url.as_deref().is_none_or(is_safe_return_url) {
        return Err(Failure::field("/return_url", Code::InvalidInput, "scheme"));
    }
    let contact = request.contact.as_ref();
    let contact = contact.map(|contact| contact.parse(request.language.as_deref()));
    let terms = Terms {
        contact: contact.transpose()?,
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
        .open_once(making, &caller.platform, account, request.return_url, terms)
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
    responses((status = 200, body = Page<VerificationView>)),
    security(("api_key" = ["verifications:read"])))]
pub async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Asked(filter): Asked<VerificationFilter>,
    Asked(page): Asked<PageQuery>,
) -> Result<Json<Page<VerificationView>>, Failure> {
    let limit = page.limit()?;
    if !filter.state.as_deref().is_none_or(StateName::is_one) {
        return Err(Failure::field("/state", Code::InvalidInput, "unknown"));
    }
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
        |case: &Case| case.id.uuid().into(),
        view,
    )))
}

/// How a verification stands.
#[utoipa::path(get, path = "/verifications/{id}", tag = "Verifications", params(("id" = String, Path, description = "`ver_…`")),
    responses((status = 200, body = VerificationView), (status = 404, body = Problem)),
    security(("api_key" = ["verifications:read"])))]
pub async fn show(
    State(state): State<AppState>,
    caller: Caller,
    At(id): At<CaseId>,
) -> Result<Json<VerificationView>, Failure> {
    let case = own(&state, &caller, id).await?;
    Ok(Json(VerificationView::of(&caller, case)))
}

/// Gives a verification up.
#[utoipa::path(post, path = "/verifications/{id}/cancel", tag = "Verifications", params(("id" = String, Path, description = "`ver_…`")),
    responses((status = 200, body = VerificationView), (status = 404, body = Problem)),
    security(("api_key" = ["verifications:write"])))]
pub async fn cancel(
    State(state): State<AppState>,
    caller: Caller,
    At(id): At<CaseId>,
) -> Result<Json<VerificationView>, Failure> {
    let case = own(&state, &caller, id).await?;
    let case = state.services.cancel(case.id).await?;
    Ok(Json(VerificationView::of(&caller, case)))
}

/// A fresh link for an applicant who comes back to an open verification. Earlier links that were not used stay good.
#[utoipa::path(post, path = "/verifications/{id}/link", tag = "Verifications", params(("id" = String, Path, description = "`ver_…`")),
    responses((status = 201, body = VerificationView), (status = 404, body = Problem)),
    security(("api_key" = ["verifications:write"])))]
pub async fn link(
    State(state): State<AppState>,
    caller: Caller,
    At(id): At<CaseId>,
) -> Result<(StatusCode, Json<VerificationView>), Failure> {
    let case = own(&state, &caller, id).await?;
    let opened = state.services.link_again(case).await?;
    let body = VerificationView::opened(&state, &caller, opened);
    Ok((StatusCode::CREATED, Json(body)))
}

/// The caller's verification with this id; somebody else's does not exist.
pub(super) async fn own(state: &AppState, caller: &Caller, id: CaseId) -> Result<Case, Failure> {
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
