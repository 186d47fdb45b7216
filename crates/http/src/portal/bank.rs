//! The bank method's part of the portal: branches, account, confirmation, amount.

use axum::{
    Json,
    extract::{Query, State},
};
use serde::{Deserialize, Serialize};
use shiming_verification::{bank::BankForm, ports::bank::BranchQuery};
use utoipa::{IntoParams, ToSchema};

use super::{OwnCase, bank_view::BranchView, case::answer, view::CaseView};
use crate::{
    cookies::Applicant,
    extract::Input,
    problem::{Failure, Problem},
    state::AppState,
};

/// What to look for; empty fields don't narrow.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BranchParams {
    /// Part of a name, or the beginning of a CNAPS code.
    #[serde(default)]
    pub q: String,
    /// The bank.
    pub bank: Option<String>,
    /// Province.
    pub province: Option<String>,
    /// City.
    pub city: Option<String>,
}

/// Branches that fit, at most 50.
#[derive(Serialize, ToSchema)]
pub struct BranchesView {
    /// In the order of their codes.
    pub branches: Vec<BranchView>,
    /// `check_digit` if what was typed is a code of 12 digits whose last one does not fit: probably mistyped.
    pub warning: Option<&'static str>,
}

/// What can be chosen from.
#[derive(Serialize, ToSchema)]
pub struct BranchRegionsView {
    /// Banks.
    pub banks: Vec<String>,
    /// Provinces with their cities.
    pub provinces: Vec<ProvinceView>,
}

/// A province with its cities.
#[derive(Serialize, ToSchema)]
pub struct ProvinceView {
    /// Its name.
    pub name: String,
    /// Its cities that have branches.
    pub cities: Vec<String>,
}

/// The corporate account as typed.
#[derive(Deserialize, ToSchema)]
pub struct BankRequest {
    /// The account's name; must be the enterprise's.
    pub account_name: String,
    /// The account's number.
    pub account_number: String,
    /// The branch's CNAPS code.
    pub cnaps: String,
}

/// The amount as typed.
#[derive(Deserialize, ToSchema)]
pub struct AmountRequest {
    /// Yuan with at most two decimals, such as `0.37`.
    pub amount: String,
}

/// Searches the directory of bank branches.
#[utoipa::path(get, path = "/branches", params(BranchParams), responses(
    (status = 200, body = BranchesView), (status = 401, body = Problem),
))]
pub async fn branches(
    State(state): State<AppState>,
    Applicant(_): Applicant,
    Query(wanted): Query<BranchParams>,
) -> Result<Json<BranchesView>, Failure> {
    let query = BranchQuery {
        text: wanted.q,
        bank: given(wanted.bank),
        province: given(wanted.province),
        city: given(wanted.city),
    };
    let found = state.services.find_branches(&query).await?;
    Ok(Json(BranchesView {
        branches: found.branches.into_iter().map(BranchView::from).collect(),
        warning: found.warning,
    }))
}

fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// Banks, provinces and cities of the directory.
#[utoipa::path(get, path = "/branch-regions", responses(
    (status = 200, body = BranchRegionsView), (status = 401, body = Problem),
))]
pub async fn branch_regions(
    State(state): State<AppState>,
    Applicant(_): Applicant,
) -> Result<Json<BranchRegionsView>, Failure> {
    let regions = state.services.branch_regions().await?;
    let province = |(name, cities)| ProvinceView { name, cities };
    Ok(Json(BranchRegionsView {
        banks: regions.banks,
        provinces: regions.provinces.into_iter().map(province).collect(),
    }))
}

/// Submits the corporate account. Nothing is sent before it is confirmed.
#[utoipa::path(post, path = "/cases/{id}/bank", params(("id" = String, Path)), request_body = BankRequest, responses(
    (status = 200, body = CaseView), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub async fn submit(
    State(state): State<AppState>,
    own: OwnCase,
    Input(typed): Input<BankRequest>,
) -> Result<Json<CaseView>, Failure> {
    let form = BankForm {
        account_name: typed.account_name,
        account_number: typed.account_number,
        cnaps: typed.cnaps,
    };
    let done = state.services.submit_bank_details(own.case.id, &form).await;
    answer(&state, done).await
}

/// Confirms the account: the transfer is ordered, or the reference for the enterprise's payment issued.
#[utoipa::path(post, path = "/cases/{id}/transfer", params(("id" = String, Path)), responses(
    (status = 200, body = CaseView), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub async fn confirm(
    State(state): State<AppState>,
    own: OwnCase,
) -> Result<Json<CaseView>, Failure> {
    let done = state.services.confirm_transfer(own.case.id).await;
    answer(&state, done).await
}

/// Submits the amount that arrived. A wrong one is in the answer's `last_error`.
#[utoipa::path(post, path = "/cases/{id}/amount", params(("id" = String, Path)), request_body = AmountRequest, responses(
    (status = 200, body = CaseView), (status = 409, body = Problem), (status = 422, body = Problem),
    (status = 429, body = Problem),
))]
pub async fn enter_amount(
    State(state): State<AppState>,
    own: OwnCase,
    Input(typed): Input<AmountRequest>,
) -> Result<Json<CaseView>, Failure> {
    let done = state
        .services
        .enter_amount(own.case.id, &typed.amount)
        .await;
    answer(&state, done).await
}
