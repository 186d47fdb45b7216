//! How the console shows cases: masked, with names instead of ids.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde::Serialize;
use shiming_verification::{
    case::{Case, State},
    ids::{OperatorId, PlatformId},
};
use utoipa::ToSchema;

use crate::{
    portal::view::{AccountView, ElementsView, NoticeView},
    problem::Failure,
    state::AppState,
    words::StateName,
};

/// Bytes as base64url.
#[must_use]
pub fn url64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The wire word of an enum.
#[must_use]
pub fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// Names of platforms and operators, read once for a list.
pub struct Names {
    platforms: HashMap<PlatformId, String>,
    operators: HashMap<OperatorId, String>,
}

impl Names {
    /// The names of today.
    pub async fn read(state: &AppState) -> Result<Self, Failure> {
        let platforms = state.services.access.platforms().await;
        let platforms = platforms.map_err(shiming_service::ServiceError::from)?;
        let operators = state.services.all_operators().await?;
        Ok(Self {
            platforms: platforms
                .into_iter()
                .map(|one| (one.id, one.name))
                .collect(),
            operators: operators
                .into_iter()
                .map(|one| (one.id, one.name))
                .collect(),
        })
    }

    /// The operator's name, or the id of one who is gone.
    #[must_use]
    pub fn operator(&self, id: OperatorId) -> String {
        let name = self.operators.get(&id).cloned();
        name.unwrap_or_else(|| id.to_string())
    }

    fn platform(&self, id: PlatformId) -> PlatformRef {
        PlatformRef {
            id: id.to_string(),
            name: self.platforms.get(&id).cloned().unwrap_or_default(),
        }
    }
}

/// A platform, by name.
#[derive(Serialize, ToSchema)]
pub struct PlatformRef {
    /// `plt_…`
    pub id: String,
    /// As applicants read it.
    pub name: String,
}

/// A case in a list.
#[derive(Serialize, ToSchema)]
pub struct CaseRow {
    /// `ver_…`
    pub id: String,
    /// Its state.
    #[schema(value_type = StateName)]
    pub state: String,
    /// Whose.
    pub platform: PlatformRef,
    /// Whose account.
    pub account: AccountView,
    /// `live`, `demo` or `test`.
    pub realm: String,
    /// Risk rules that were broken, by their words.
    pub risk: Vec<String>,
    /// Subject type.
    pub subject_type: Option<String>,
    /// Method.
    pub method: Option<String>,
    /// What was entered; the legal representative masked.
    pub elements: Option<ElementsView>,
    /// What went wrong last.
    pub last_error: Option<NoticeView>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// Since when it waits for a reviewer.
    pub in_review_since: Option<DateTime<Utc>>,
}

impl CaseRow {
    /// A case, with names.
    #[must_use]
    pub fn of(case: &Case, names: &Names) -> Self {
        Self {
            id: case.id.to_string(),
            state: case.state.name().to_owned(),
            platform: names.platform(case.account.platform),
            account: AccountView {
                id: case.account.id.clone(),
                name: case.account.name.clone(),
            },
            realm: case.realm.as_str().to_owned(),
            risk: case
                .risk
                .iter()
                .map(|one| one.kind.as_str().to_owned())
                .collect(),
            subject_type: case.subject.as_ref().map(word),
            method: case.method.as_ref().map(word),
            elements: case.claim.as_ref().map(ElementsView::of),
            last_error: case.last_error.clone().map(NoticeView::from),
            opened_at: case.opened_at,
            expires_at: case.expires_at,
            in_review_since: match case.state {
                State::InReview { since } => Some(since),
                _ => None,
            },
        }
    }
}
