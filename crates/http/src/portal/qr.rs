//! The QR code as a picture.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use fast_qr::{
    ECL, QRBuilder,
    convert::{Builder, Shape, svg::SvgBuilder},
};
use shiming_verification::code::Code;

use super::OwnCase;
use crate::{problem::Failure, state::AppState};

/// The QR code of the case's present invitation (ISO/IEC 18004, error correction M).
#[utoipa::path(get, path = "/cases/{id}/qr.svg", params(("id" = String, Path)), responses(
    (status = 200, description = "The code", content_type = "image/svg+xml"), (status = 410, description = "There is none"),
))]
pub async fn qr_code(State(state): State<AppState>, own: OwnCase) -> Result<Response, Failure> {
    let token = state
        .services
        .invitation_token(&own.case)
        .ok_or(Failure::of(Code::QrExpired))?;
    let link = format!("{}/s#{token}", state.pages.phone_origin);
    let code = QRBuilder::new(link).ecl(ECL::M).build();
    let code = code.map_err(|_| Failure::of(Code::SystemError))?;
    let svg = SvgBuilder::default()
        .shape(Shape::Square)
        .margin(4)
        .to_str(&code);
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, svg).into_response())
}
