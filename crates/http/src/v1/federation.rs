//! Sister platforms, as the platform's programs see them: who has signed in for one, and portable credentials.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use shiming_federation::jose::Jwk;
use shiming_verification::{code::Code, ids::CredentialId};
use utoipa::{
    ToSchema,
    openapi::schema::{Object, ObjectBuilder, SchemaType, Type},
};

use super::Caller;
use crate::{
    extract::Input,
    problem::{Failure, Problem},
    state::AppState,
};

/// Who has signed in for a sister platform's request.
#[derive(Deserialize, ToSchema)]
pub struct LoginRequest {
    /// The `request` that the browser brought to your login address.
    pub request: String,
    /// Your own id of the account that has signed in.
    pub account_id: String,
}

/// Where to send that browser.
#[derive(Serialize, ToSchema)]
pub struct LoginAnswer {
    /// The consent page; for this browser only, once, within ten minutes.
    pub url: String,
}

/// Says who has signed in for a sister platform's request; answers with the consent page's address.
#[utoipa::path(post, path = "/federation/logins", tag = "Sister platforms", request_body = LoginRequest,
    responses(
        (status = 200, body = LoginAnswer), (status = 401, body = Problem), (status = 404, body = Problem),
    ),
    security(("api_key" = ["verifications:write"])))]
pub async fn sign_in(
    State(state): State<AppState>,
    Caller { platform, .. }: Caller,
    Input(request): Input<LoginRequest>,
) -> Result<Json<LoginAnswer>, Failure> {
    let origin = &state.pages.portal_origin;
    let signed_in =
        state
            .services
            .sign_in(platform.id, &request.request, &request.account_id, origin);
    match signed_in.await {
        Ok(url) => Ok(Json(LoginAnswer { url })),
        Err(shiming_service::ServiceError::NoSession) => Err(Failure::of(Code::NotFound)),
        Err(error) => Err(error.into()),
    }
}

/// How a portable credential is to be made.
#[derive(Deserialize, ToSchema)]
pub struct PortableRequest {
    /// A public P-256 key (JWK) of the holder, to which the credential is bound (`cnf`).
    #[schema(required = false, schema_with = holder_key)]
    pub holder_key: Option<Jwk>,
}

/// RFC 7517 and RFC 7518, section 6.2.1: 32 bytes a coordinate; other members are passed over.
fn holder_key() -> Object {
    let one_of = |word: &str| {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some([word]))
    };
    let coordinate = || {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[A-Za-z0-9_-]{43}$"))
    };
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
        .property("kty", one_of("EC"))
        .property("crv", one_of("P-256"))
        .property("x", coordinate())
        .property("y", coordinate())
        .required("kty")
        .required("crv")
        .required("x")
        .required("y")
        .description(Some(
            "A public P-256 key (JWK) of the holder, to which the credential is bound (`cnf`).",
        ))
        .build()
}

/// A portable credential.
#[derive(Serialize, ToSchema)]
pub struct PortableAnswer {
    /// An SD-JWT VC.
    pub credential: String,
}

/// A valid credential as an SD-JWT VC, issued now.
#[utoipa::path(post, path = "/credentials/{id}/portable", tag = "Sister platforms", params(("id" = String, Path)),
    request_body = PortableRequest,
    responses(
        (status = 200, body = PortableAnswer), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem),
    ),
    security(("api_key" = ["credentials:read"])))]
pub async fn portable(
    State(state): State<AppState>,
    Caller { platform, .. }: Caller,
    Path(id): Path<String>,
    Input(request): Input<PortableRequest>,
) -> Result<Json<PortableAnswer>, Failure> {
    let id: CredentialId = id.parse().map_err(|_| Failure::of(Code::NotFound))?;
    if request
        .holder_key
        .as_ref()
        .is_some_and(|key| !key.is_valid())
    {
        return Err(Failure::field("/holder_key", Code::InvalidInput, "key"));
    }
    let living = state.services.living_of(platform.id, id).await?;
    let origin = &state.pages.portal_origin;
    let made = state
        .services
        .portable(&living.credential, origin, request.holder_key.as_ref());
    Ok(Json(PortableAnswer {
        credential: made.await?,
    }))
}
