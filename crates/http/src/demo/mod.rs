//! The demo platform's API. Mounted only when the demonstration is on.

use axum::{
    Json,
    extract::{DefaultBodyLimit, Multipart, State, multipart::MultipartError},
    http::StatusCode,
    response::IntoResponse,
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use serde::{Deserialize, Serialize};
use shiming_service::demo::seeded;
use shiming_verification::{
    case::State as CaseState,
    code::Code,
    ids::CaseId,
    ports::{RegistryEntry, RegistryStatus},
    words::{Realm, SubjectType},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::words::{RegistryStatusName, StateName, SubjectTypeName};
use crate::{
    extract::Input,
    problem::{Failure, Problem},
    state::AppState,
};

/// Largest photo in bytes.
const PHOTO_LIMIT: usize = 10 * 1024 * 1024;
/// Remembers which verifications this browser has opened. Not a secret: it opens nothing.
const COOKIE: &str = "shiming-demo";
/// How many verifications are remembered.
const REMEMBERED: usize = 12;

/// Routes under `/demo/api`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(companies))
        .routes(routes!(enrol))
        .routes(routes!(open))
        .routes(routes!(accounts))
        .layer(DefaultBodyLimit::max(PHOTO_LIMIT + 64 * 1024))
}

/// A synthetic company, with everything that its legal representative would type.
#[derive(Debug, Serialize, ToSchema)]
pub struct Company {
    /// Invented.
    pub enterprise_name: String,
    /// Valid check character, issued to nobody.
    pub uscc: String,
    /// `enterprise` or `individual_business`.
    #[schema(value_type = SubjectTypeName)]
    pub subject_type: SubjectType,
    /// Invented, or the visitor.
    pub legal_representative: String,
    /// Made up, valid check character.
    pub id_number: String,
    /// `active`, `cancelled` or `revoked`.
    #[schema(value_type = RegistryStatusName)]
    pub status: String,
    /// Whether a reference photo is there, so that the face can match.
    pub has_photo: bool,
}

impl Company {
    fn of(entry: &RegistryEntry, has_photo: bool) -> Self {
        let status = match entry.status {
            RegistryStatus::Active => "active",
            RegistryStatus::Cancelled => "cancelled",
            RegistryStatus::Revoked => "revoked",
        };
        Self {
            enterprise_name: entry.claim.enterprise_name.as_str().to_owned(),
            uscc: entry.claim.uscc.as_str().to_owned(),
            subject_type: entry.claim.subject,
            legal_representative: entry.claim.legal_representative.as_str().to_owned(),
            id_number: entry.claim.id_number.as_str().to_owned(),
            status: status.to_owned(),
            has_photo,
        }
    }
}

/// The seeded companies.
#[utoipa::path(get, path = "/companies", responses((status = 200, body = Vec<Company>)))]
async fn companies(State(state): State<AppState>) -> Result<Json<Vec<Company>>, Failure> {
    let mut companies = Vec::new();
    for entry in seeded() {
        let photo = state
            .services
            .photos
            .photo(&entry.claim.id_number, Realm::Demo)
            .await;
        companies.push(Company::of(
            &entry,
            photo.is_ok_and(|photo| photo.is_some()),
        ));
    }
    Ok(Json(companies))
}

/// The multipart form of [`enrol`].
#[derive(ToSchema)]
#[allow(dead_code)] // Only describes the form.
struct EnrolForm {
    /// JPEG, PNG or WebP, at most 10 MB.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    photo: String,
    /// The visitor's name, or any other.
    legal_representative: String,
    /// A name for the invented company.
    enterprise_name: Option<String>,
}

/// Makes the visitor the legal representative of a new invented company.
#[utoipa::path(post, path = "/enrol", request_body(content = EnrolForm, content_type = "multipart/form-data"), responses(
    (status = 201, body = Company), (status = 413, body = Problem), (status = 422, body = Problem),
))]
async fn enrol(
    State(state): State<AppState>,
    mut form: Multipart,
) -> Result<impl IntoResponse, Failure> {
    let (mut photo, mut person, mut enterprise) = (None, String::new(), None);
    while let Some(part) = form
        .next_field()
        .await
        .map_err(|error| unreadable(&error))?
    {
        let name = part.name().map(str::to_owned);
        let bytes = part
            .bytes()
            .await
            .map_err(|error| unreadable(&error))?
            .to_vec();
        match name.as_deref() {
            Some("photo") => photo = Some(bytes),
            Some("legal_representative") => person = into_text(bytes)?,
            Some("enterprise_name") => enterprise = Some(into_text(bytes)?),
            _ => {}
        }
    }
    let photo = photo.ok_or(Failure::field(
        "/photo",
        Code::DocumentUnreadable,
        "required",
    ))?;
    if photo.len() > PHOTO_LIMIT {
        return Err(Failure::of(Code::PayloadTooLarge));
    }
    let company = state
        .services
        .enrol_visitor(photo, &person, enterprise.as_deref())
        .await?;
    Ok((StatusCode::CREATED, Json(Company::of(&company, true))))
}

fn into_text(bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|_| Failure::field("", Code::InvalidInput, "not_utf8"))
}

fn unreadable(error: &MultipartError) -> Failure {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Failure::of(Code::PayloadTooLarge)
    } else {
        Failure::field("", Code::InvalidInput, "multipart")
    }
}

/// Who verifies.
#[derive(Deserialize, ToSchema)]
pub struct DemoOpenRequest {
    /// What the demo platform calls the account.
    pub account_name: Option<String>,
}

/// Where to go on.
#[derive(Serialize, ToSchema)]
pub struct OpenedView {
    /// `ver_…`
    pub id: String,
    /// The portal's address, with its single-use secret.
    pub url: String,
}

/// Opens a verification for a fresh account of the demo platform.
#[utoipa::path(post, path = "/verifications", request_body = DemoOpenRequest, responses((status = 201, body = OpenedView)))]
async fn open(
    State(state): State<AppState>,
    jar: CookieJar,
    Input(request): Input<DemoOpenRequest>,
) -> Result<impl IntoResponse, Failure> {
    let opened = state
        .services
        .open_demo(request.account_name.as_deref())
        .await?;
    let id = opened.case.id;
    let mut cases = remembered(&jar);
    cases.insert(0, id);
    cases.truncate(REMEMBERED);
    let value: Vec<String> = cases.iter().map(ToString::to_string).collect();
    let cookie = Cookie::build((COOKIE, value.join(".")))
        .path("/demo")
        .http_only(true)
        .same_site(SameSite::Strict);
    let url = format!("/verify/{id}#{}", opened.client_secret);
    let body = Json(OpenedView {
        id: id.to_string(),
        url,
    });
    Ok((StatusCode::CREATED, jar.add(cookie), body))
}

/// One account of this browser.
#[derive(Serialize, ToSchema)]
pub struct DemoAccount {
    /// The demo platform's id of the account.
    pub account_id: String,
    /// What the demo platform calls it.
    pub account_name: String,
    /// `ver_…`
    pub verification_id: String,
    /// State of the verification.
    #[schema(value_type = StateName)]
    pub state: String,
    /// What it left.
    pub credential: Option<Badge>,
}

/// What a platform shows next to a verified account.
#[derive(Serialize, ToSchema)]
pub struct Badge {
    /// The verified enterprise.
    pub enterprise_name: String,
    /// Its credit code.
    pub uscc: String,
    /// When.
    pub verified_at: chrono::DateTime<chrono::Utc>,
}

/// The accounts that this browser has opened verifications for, newest first.
#[utoipa::path(get, path = "/accounts", responses((status = 200, body = Vec<DemoAccount>)))]
async fn accounts(
    State(state): State<AppState>,
    jar: CookieJar,
) -> Result<Json<Vec<DemoAccount>>, Failure> {
    let mut accounts = Vec::new();
    for id in remembered(&jar) {
        let Ok(case) = state.services.cases.get(id).await else {
            continue;
        };
        if case.realm != Realm::Demo {
            continue;
        }
        let credential = match (&case.state, &case.claim) {
            (CaseState::Verified { at, .. }, Some(claim)) => Some(Badge {
                enterprise_name: claim.enterprise_name.as_str().to_owned(),
                uscc: claim.uscc.as_str().to_owned(),
                verified_at: *at,
            }),
            _ => None,
        };
        accounts.push(DemoAccount {
            account_id: case.account.id.clone(),
            account_name: case.account.name.clone(),
            verification_id: id.to_string(),
            state: case.state.name().to_owned(),
            credential,
        });
    }
    Ok(Json(accounts))
}

fn remembered(jar: &CookieJar) -> Vec<CaseId> {
    let value = jar
        .get(COOKIE)
        .map(|cookie| cookie.value().to_owned())
        .unwrap_or_default();
    value
        .split('.')
        .filter_map(|id| id.parse().ok())
        .take(REMEMBERED)
        .collect()
}
