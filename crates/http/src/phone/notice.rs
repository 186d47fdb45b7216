//! The notice that precedes the separate consent (China's measures on face recognition, 2025-06-01, and PIPL, article
//! 17): who, what for, how, how long, which rights, which other way.

use axum::{Json, extract::State};
use serde::Serialize;
use shiming_service::phone::NOTICE_VERSION;
use utoipa::ToSchema;

use crate::{
    cookies::PhoneKey,
    language::{Language, server_text},
    problem::{Failure, Problem},
    state::AppState,
};

/// The notice in the reader's language.
#[derive(Debug, Serialize, ToSchema)]
pub struct Notice {
    /// To be sent back with the answer.
    pub version: String,
    /// Who processes the data.
    pub who: String,
    /// What for.
    pub purpose: String,
    /// In which way.
    pub how: String,
    /// For how long.
    pub retention: String,
    /// Which rights the person has.
    pub rights: String,
    /// Which other way there is.
    pub alternatives: String,
}

/// The notice text in the language asked for.
#[utoipa::path(get, path = "/notice", responses((status = 200, body = Notice), (status = 401, body = Problem)))]
pub async fn notice(
    State(state): State<AppState>,
    PhoneKey(key): PhoneKey,
    language: Language,
) -> Result<Json<Notice>, Failure> {
    let case = state.services.case_of_phone(&key).await?;
    let platform = state.services.platform_of(&case).await?;
    let part = |name: &str| {
        server_text(language, &format!("notice_{name}")).replace("{platform}", &platform.name)
    };
    Ok(Json(Notice {
        version: NOTICE_VERSION.to_owned(),
        who: part("who"),
        purpose: part("purpose"),
        how: part("how"),
        retention: part("retention"),
        rights: part("rights"),
        alternatives: part("alternatives"),
    }))
}
