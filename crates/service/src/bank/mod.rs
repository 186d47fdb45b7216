//! The bank method: what the applicant does, what the outbox does, what the bank's files say.

mod by_hand;
mod outbox;
mod reconcile;

use std::{str::FromStr, sync::Arc, time::Duration};

use shiming_audit::AuditTrail;
use shiming_identifiers::{Cnaps, CnapsWarning};
use shiming_vault::Entropy;
use shiming_verification::{
    bank::{BankDetails, BankForm, Branch, Fen, PaymentReference, draw},
    case::Case,
    claim::FieldError,
    code::{Code, Notice, Refusal},
    ids::{CaseId, CredentialId, TransferId},
    ports::bank::{
        BankChannel, BranchDirectory, BranchQuery, BranchRegions, OwnAccount, Transfers,
    },
    words::{Method, Realm},
};

use tokio_util::sync::CancellationToken;

pub use by_hand::Outstanding;
pub use reconcile::{StatementError, Stored};

use crate::{Services, cases::Cases, edge::random, error::ServiceError, sandbox, step::Step};

/// How often the bank's folder is looked into.
const PACE: Duration = Duration::from_secs(2);

/// Branches that one search shows.
const BRANCHES_SHOWN: u32 = 50;
/// Random bytes from which an amount is drawn; all but one in 10^20 draws end within them.
const BYTES_A_DRAW: usize = 64;

/// What the bank method works with.
pub struct BankParts {
    /// The bank, if one is connected.
    pub channel: Option<Arc<dyn BankChannel>>,
    /// Whether the channel leads to a sandbox bank, so that the demonstration may use it. The demonstration never moves real
    /// money.
    pub sandbox: bool,
    /// The directory of branches.
    pub branches: Arc<dyn BranchDirectory>,
    /// The outbox and the bank's entries.
    pub transfers: Arc<dyn Transfers>,
    /// Where what a person does at the books is recorded.
    pub audit: Arc<dyn AuditTrail>,
    /// Gives randomness for ids.
    pub entropy: Arc<dyn Entropy>,
}

/// Who deals with the bank: hands transfers over and matches what comes back with what was sent.
#[derive(Clone, Copy)]
pub struct BankDesk<'a> {
    /// Stored cases.
    pub cases: &'a Cases,
    /// The bank and its books.
    pub bank: &'a BankParts,
}

/// What a search in the directory of branches found.
pub struct BranchesFound {
    /// Branches, by code.
    pub branches: Vec<Branch>,
    /// What is doubtful about the code, as a slug, if a whole one was searched for.
    pub warning: Option<&'static str>,
}

impl BankParts {
    /// Whether cases of a realm can use the bank method. The test mode needs no bank: its money is simulated.
    #[must_use]
    pub fn serves(&self, realm: Realm) -> bool {
        match realm {
            Realm::Test => true,
            Realm::Live => self.channel.is_some(),
            Realm::Demo => self.channel.is_some() && self.sandbox,
        }
    }
}

impl Services {
    /// Who deals with the bank.
    #[must_use]
    pub fn bank_desk(&self) -> BankDesk<'_> {
        BankDesk {
            cases: &self.cases,
            bank: &self.bank,
        }
    }

    /// Looks for files of the bank until it is told to stop.
    pub async fn watch_bank(&self, stop: CancellationToken) {
        while self.bank.channel.is_some() && !stop.is_cancelled() {
            if let Err(error) = self.bank_desk().take_in_reports().await {
                tracing::warn!(%error, "the bank's files can't be taken in");
            }
            let _ = tokio::time::timeout(PACE, stop.cancelled()).await;
        }
    }

    /// The methods that the applicant of a case may choose.
    #[must_use]
    pub fn methods_for(&self, case: &Case) -> Vec<Method> {
        let allowed = self.cases.policy.methods.iter().copied();
        let open = |method: &Method| *method != Method::Bank || self.bank.serves(case.realm);
        allowed.filter(open).collect()
    }

    /// Refuses the bank method where there is no bank for it.
    pub(crate) fn must_be_open(&self, case: &Case, method: Method) -> Result<(), ServiceError> {
        if self.methods_for(case).contains(&method) {
            return Ok(());
        }
        let notice = Notice::free(Code::InvalidInput, self.clock.now());
        Err(Refusal::Ruled(notice).into())
    }

    /// Branches that fit a search, and what is doubtful about the code that was searched for.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn find_branches(&self, query: &BranchQuery) -> Result<BranchesFound, ServiceError> {
        let code = Cnaps::from_str(&query.text).ok();
        let directory = &self.bank.branches;
        Ok(BranchesFound {
            branches: directory.find_branches(query, BRANCHES_SHOWN).await?,
            warning: code.and_then(|code| code.warning()).map(CnapsWarning::code),
        })
    }

    /// Banks, provinces and cities to choose from.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn branch_regions(&self) -> Result<BranchRegions, ServiceError> {
        Ok(self.bank.branches.branch_regions().await?)
    }

    /// The operator's account, for a reverse transfer.
    #[must_use]
    pub fn own_bank_account(&self) -> Option<OwnAccount> {
        Some(self.bank.channel.as_ref()?.own_account())
    }

    /// The applicant submits the corporate account.
    ///
    /// # Errors
    /// `Fields` with every wrong field; `Refused` where it does not fit.
    pub async fn submit_bank_details(
        &self,
        id: CaseId,
        form: &BankForm,
    ) -> Result<Case, ServiceError> {
        let case = self.cases.get(id).await?;
        let Some(claim) = &case.claim else {
            let state = case.state.name();
            return Err(Refusal::NotNow { state }.into());
        };
        let branch = match sandbox::branch(&form.cnaps).filter(|_| case.realm == Realm::Test) {
            Some(branch) => Some(branch),
            None => self.branch_of(&form.cnaps).await?,
        };
        let details = BankDetails::parse(form, claim, branch).map_err(ServiceError::Fields)?;
        let case = self
            .cases
            .step(id, Step::BankDetails(Box::new(details)))
            .await?;
        self.check_soon(case).await
    }

    async fn branch_of(&self, code: &str) -> Result<Option<Branch>, ServiceError> {
        match Cnaps::from_str(code) {
            Ok(cnaps) => Ok(self.bank.branches.branch(&cnaps).await?),
            Err(_) => Ok(None),
        }
    }

    /// The applicant confirms the account; a transfer is planned.
    ///
    /// # Errors
    /// `Refused` where there is nothing to confirm or no transfer left.
    pub async fn confirm_transfer(&self, id: CaseId) -> Result<Case, ServiceError> {
        let case = self.cases.get(id).await?;
        self.must_be_open(&case, Method::Bank)?;
        let step = Step::ConfirmTransfer {
            transfer: TransferId::new(self.fresh_id()?),
            amount: self.draw_amount(&case).await?,
            reference: PaymentReference::from_number(u64::from_be_bytes(random(&*self.entropy)?)),
        };
        let case = self.cases.step(id, step).await?;
        self.check_soon(case).await
    }

    /// An amount that the account has not lately been sent.
    async fn draw_amount(&self, case: &Case) -> Result<Fen, ServiceError> {
        let since = self.clock.now() - self.cases.policy.amount_recent();
        let recent = match &case.bank.details {
            Some(details) => {
                let account = &details.account_number;
                let transfers = &self.bank.transfers;
                transfers.recent_amounts(account, case.realm, since).await?
            }
            None => Vec::new(),
        };
        let bytes: [u8; BYTES_A_DRAW] = random(&*self.entropy)?;
        draw(&bytes, &recent).ok_or_else(|| {
            ServiceError::Unavailable("the random bytes gave no amount; try again".to_owned())
        })
    }

    /// The applicant types the amount, in yuan.
    ///
    /// # Errors
    /// `Fields` if it is no amount, which uses no try; `Refused` while the entry is frozen.
    pub async fn enter_amount(&self, id: CaseId, typed: &str) -> Result<Case, ServiceError> {
        let amount = Fen::parse_yuan(typed).map_err(|_| {
            ServiceError::Fields(vec![FieldError {
                field: "amount",
                code: Code::InvalidInput,
                reason: "amount",
            }])
        })?;
        let credential = CredentialId::new(self.fresh_id()?);
        self.cases.step(id, Step::Amount(amount, credential)).await
    }
}
