//! What the portal shows of the bank method. No amount of a forward transfer, and of an account number its end only.

use chrono::{DateTime, Utc};
use serde::Serialize;
use shiming_verification::{
    bank::{BankDetails, Branch, Standing, Transfer},
    case::Case,
    policy::Policy,
    ports::bank::OwnAccount,
    words::{BankDirection, Method},
};
use utoipa::ToSchema;

use crate::words::{BankDirectionName, BankStepName};

/// How far the bank method is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BankView {
    /// What it waits for.
    #[schema(value_type = BankStepName)]
    pub step: &'static str,
    /// Whether the last transfer failed and the account is to be mended.
    pub mending: bool,
    /// The account last submitted.
    pub details: Option<BankDetailsView>,
    /// When the transfer was confirmed.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Until when the amount, or the payment, is accepted.
    pub until: Option<DateTime<Utc>>,
    /// Until when the entry of amounts is frozen.
    pub frozen_until: Option<DateTime<Utc>>,
    /// Amounts that may still be typed before the entry is frozen.
    pub tries_left: u32,
    /// Transfers that this verification has left.
    pub transfers_left: u32,
    /// Where the enterprise pays to, if it is to pay.
    pub payment: Option<PaymentView>,
}

/// What the bank method is like here, also for those who have not chosen it yet.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BankTermsView {
    /// `forward`: we pay and the applicant types the amount; `reverse`: the enterprise pays.
    #[schema(value_type = BankDirectionName)]
    pub direction: BankDirection,
    /// Minutes in which a transfer usually arrives.
    pub usual_minutes: u32,
}

impl BankTermsView {
    /// The terms of a policy.
    pub(super) const fn of(policy: &Policy) -> Self {
        Self {
            direction: policy.bank_direction,
            usual_minutes: policy.transfer_minutes,
        }
    }
}

/// The account, its number masked.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BankDetailsView {
    /// As typed.
    pub account_name: String,
    /// The last four characters.
    pub account_number: String,
    /// The branch.
    pub branch: BranchView,
}

/// A bank branch.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BranchView {
    /// Its code, 12 digits.
    pub cnaps: String,
    /// The bank.
    pub bank: String,
    /// The branch's full name.
    pub name: String,
    /// Province.
    pub province: String,
    /// City.
    pub city: String,
}

/// What the enterprise pays, where to, and with which words.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PaymentView {
    /// Whose account.
    pub name: String,
    /// Its number, in full: it is the operator's.
    pub account_number: String,
    /// Bank and branch.
    pub bank: String,
    /// The one-time reference for the remittance text.
    pub reference: String,
    /// How much, in yuan.
    pub amount: String,
}

impl BankView {
    /// The bank method of a case whose elements are checked; `None` for another method or before that.
    pub(super) fn of(case: &Case, policy: &Policy, payee: Option<&OwnAccount>) -> Option<Self> {
        if case.method != Some(Method::Bank) || case.matched_at.is_none() {
            return None;
        }
        let transfer = case.bank.transfer.as_ref();
        let (until, wrong, frozen_until) = match transfer.map(|transfer| transfer.standing) {
            Some(Standing::Arrived {
                until,
                wrong,
                frozen_until,
                ..
            }) => (Some(until), wrong, frozen_until),
            Some(Standing::Awaited { until }) => (Some(until), 0, None),
            Some(Standing::Underway) | None => (None, 0, None),
        };
        Some(Self {
            step: step(case, transfer),
            mending: case.mends_bank_details(),
            details: case.bank.details.as_ref().map(BankDetailsView::of),
            confirmed_at: transfer.map(|transfer| transfer.confirmed_at),
            until,
            frozen_until,
            tries_left: policy.amount_tries.saturating_sub(wrong),
            transfers_left: policy
                .bank_transfers
                .saturating_sub(case.bank.transfers_used),
            payment: transfer.and_then(|transfer| PaymentView::of(transfer, payee?)),
        })
    }
}

fn step(case: &Case, transfer: Option<&Transfer>) -> &'static str {
    match transfer.map(|transfer| transfer.standing) {
        Some(Standing::Arrived { .. }) => "amount",
        Some(Standing::Awaited { .. }) => "payment",
        Some(Standing::Underway) => "underway",
        None if case.bank.details.is_some() && !case.mends_bank_details() => "confirm",
        None => "details",
    }
}

impl BankDetailsView {
    fn of(details: &BankDetails) -> Self {
        Self {
            account_name: details.account_name.as_str().to_owned(),
            account_number: details.account_number.masked(),
            branch: details.branch.clone().into(),
        }
    }
}

impl From<Branch> for BranchView {
    fn from(branch: Branch) -> Self {
        Self {
            cnaps: branch.cnaps.as_str().to_owned(),
            bank: branch.bank,
            name: branch.name,
            province: branch.province,
            city: branch.city,
        }
    }
}

impl PaymentView {
    fn of(transfer: &Transfer, payee: &OwnAccount) -> Option<Self> {
        Some(Self {
            name: payee.name.clone(),
            account_number: payee.number.expose().to_owned(),
            bank: payee.bank.clone(),
            reference: transfer.reference.as_ref()?.as_str().to_owned(),
            amount: transfer.amount.expose_yuan(),
        })
    }
}
