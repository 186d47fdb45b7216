//! The bank of the test mode: no money is sent, and what became of it is commanded.

use serde::Deserialize;
use shiming_identifiers::Cnaps;
use shiming_verification::{
    bank::{BankForm, Branch, FailReason, IncomingPayment, Standing, TransferReport},
    case::Case,
    code::Refusal,
    ports::bank::{Matched, StoredTransfer},
};

use crate::{Services, error::ServiceError};

/// An account number to type.
pub const ACCOUNT: &str = "99000000000000001";
/// The CNAPS code of the branch that every server knows in test mode. No real bank has 990.
const CNAPS: &str = "990100000018";

/// The branch to type.
#[must_use]
pub fn sample_branch() -> &'static str {
    CNAPS
}

/// The branch that every server knows in test mode, if this is its code.
#[must_use]
pub fn branch(code: &str) -> Option<Branch> {
    let cnaps = Cnaps::parse(code)
        .ok()
        .filter(|cnaps| cnaps.as_str() == CNAPS)?;
    Some(Branch {
        cnaps,
        bank: "测试银行".to_owned(),
        name: "测试银行样例支行".to_owned(),
        province: "北京市".to_owned(),
        city: "北京市".to_owned(),
    })
}

/// The corporate account as typed; what is left out is what passes.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypedAccount {
    /// The account's name; the enterprise's if absent.
    pub account_name: Option<String>,
    /// The account's number.
    pub account_number: Option<String>,
    /// The branch's CNAPS code.
    pub cnaps: Option<String>,
}

impl Services {
    pub(super) async fn account_in_test(
        &self,
        case: &Case,
        typed: TypedAccount,
    ) -> Result<Case, ServiceError> {
        let own_name = case.claim.as_ref().map(|claim| &claim.enterprise_name);
        let own_name = own_name.map(|name| name.as_str().to_owned());
        let form = BankForm {
            account_name: typed.account_name.or(own_name).unwrap_or_default(),
            account_number: typed.account_number.unwrap_or_else(|| ACCOUNT.to_owned()),
            cnaps: typed.cnaps.unwrap_or_else(|| CNAPS.to_owned()),
        };
        self.submit_bank_details(case.id, &form).await
    }

    pub(super) async fn transfer_arrives(&self, case: &Case) -> Result<Case, ServiceError> {
        let transfer = self.transfer_in_test(case).await?;
        let desk = self.bank_desk();
        let heard = desk.hear(&transfer, TransferReport::Settled).await?;
        self.unless_contradicted(case, heard).await
    }

    /// Fails on its way, or comes back after it arrived, as a bank that has spoken too soon reports it.
    pub(super) async fn transfer_fails(
        &self,
        case: &Case,
        reason: FailReason,
    ) -> Result<Case, ServiceError> {
        let transfer = self.transfer_in_test(case).await?;
        let standing = case
            .bank
            .transfer
            .as_ref()
            .map(|transfer| transfer.standing);
        let desk = self.bank_desk();
        let matched = match standing {
            Some(Standing::Arrived { .. }) => desk.came_back(&transfer, reason).await?,
            _ => desk.hear(&transfer, TransferReport::Failed(reason)).await?,
        };
        self.unless_contradicted(case, matched).await
    }

    /// In reverse: the enterprise's payment comes in, from its own account or from another one.
    pub(super) async fn payment_arrives(
        &self,
        case: &Case,
        from_another: bool,
    ) -> Result<Case, ServiceError> {
        let transfer = self.transfer_in_test(case).await?;
        let details = transfer.body.as_ref().map(|body| body.details.clone());
        let payment = IncomingPayment {
            payer: details.as_ref().map(|details| details.account_name.clone()),
            account: details
                .filter(|_| !from_another)
                .map(|details| details.account_number),
        };
        self.bank_desk().match_awaited(&transfer, &payment).await?;
        self.cases.get(case.id).await
    }

    /// The amount that was sent, or another one.
    pub(super) async fn amount_in_test(
        &self,
        case: &Case,
        typed: Option<String>,
    ) -> Result<Case, ServiceError> {
        let Some(transfer) = &case.bank.transfer else {
            return Err(not_now(case));
        };
        let typed = typed.unwrap_or_else(|| transfer.amount.expose_yuan());
        self.enter_amount(case.id, &typed).await
    }

    async fn transfer_in_test(&self, case: &Case) -> Result<StoredTransfer, ServiceError> {
        let Some(own) = &case.bank.transfer else {
            return Err(not_now(case));
        };
        let stored = self.bank.transfers.transfer(own.id).await?;
        stored.ok_or(ServiceError::NotFound)
    }

    async fn unless_contradicted(
        &self,
        case: &Case,
        matched: Matched,
    ) -> Result<Case, ServiceError> {
        match matched {
            Matched::Transfer(_) => self.cases.get(case.id).await,
            Matched::Not(_) => Err(not_now(case)),
        }
    }
}

fn not_now(case: &Case) -> ServiceError {
    let state = case.state.name();
    Refusal::NotNow { state }.into()
}
