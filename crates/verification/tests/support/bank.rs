//! An enterprise with a corporate account, and what it does at the bank.

use shiming_identifiers::{Cnaps, EnterpriseName};
use shiming_verification::{
    bank::{
        AccountNumber, BankDetails, Branch, FailReason, Fen, IncomingPayment, PaymentReference,
        TransferReport,
    },
    code::Refusal,
    fact::{Fact, RegistryAnswer},
    ids::TransferId,
    words::{Method, SubjectType},
};
use uuid::Uuid;

use super::{Story, claim, credential};

pub const RIGHT: Fen = Fen::new(37);
pub const WRONG: Fen = Fen::new(38);

pub fn branch() -> Branch {
    Branch {
        cnaps: Cnaps::parse("105100000017").unwrap(),
        bank: "示例银行".to_owned(),
        name: "示例银行示例支行".to_owned(),
        province: "北京市".to_owned(),
        city: "北京市".to_owned(),
    }
}

pub fn details_of(name: &str) -> BankDetails {
    BankDetails {
        account_name: EnterpriseName::parse(name).unwrap(),
        account_number: AccountNumber::parse("35000000000000002").unwrap(),
        branch: branch(),
    }
}

pub fn details() -> BankDetails {
    details_of("示例科技有限公司")
}

pub fn transfer(n: u32) -> TransferId {
    TransferId::new(Uuid::from_u128(u128::from(100 + n)))
}

pub trait AtTheBank {
    fn choose_method(&mut self, method: Method) -> Result<(), Refusal>;
    fn give_account(&mut self, details: BankDetails) -> Result<(), Refusal>;
    fn confirm(&mut self, n: u32) -> Result<(), Refusal>;
    fn bank_says(&mut self, n: u32, report: TransferReport) -> Result<(), Refusal>;
    fn fails(&mut self, n: u32, reason: FailReason) -> Result<(), Refusal>;
    fn type_in(&mut self, amount: Fen) -> Result<(), Refusal>;
    fn pay(&mut self, n: u32, payer: &str, account: &str) -> Result<(), Refusal>;
}

impl AtTheBank for Story {
    fn choose_method(&mut self, method: Method) -> Result<(), Refusal> {
        let subject = SubjectType::Enterprise;
        self.hear(Fact::Chosen { subject, method })
    }

    fn give_account(&mut self, details: BankDetails) -> Result<(), Refusal> {
        let details = Box::new(details);
        self.hear(Fact::BankDetailsSubmitted { details })
    }

    fn confirm(&mut self, n: u32) -> Result<(), Refusal> {
        self.hear(Fact::TransferConfirmed {
            transfer: transfer(n),
            amount: RIGHT,
            reference: PaymentReference::from_number(u64::from(n)),
        })
    }

    fn bank_says(&mut self, n: u32, report: TransferReport) -> Result<(), Refusal> {
        let transfer = transfer(n);
        self.hear(Fact::TransferReported { transfer, report })
    }

    fn fails(&mut self, n: u32, reason: FailReason) -> Result<(), Refusal> {
        self.bank_says(n, TransferReport::Failed(reason))
    }

    fn type_in(&mut self, amount: Fen) -> Result<(), Refusal> {
        let tallies = self.tallies;
        self.hear(Fact::AmountEntered {
            amount,
            credential: credential(),
            tallies,
        })
    }

    fn pay(&mut self, n: u32, payer: &str, account: &str) -> Result<(), Refusal> {
        let tallies = self.tallies;
        let payment = IncomingPayment {
            payer: EnterpriseName::parse(payer).ok(),
            account: AccountNumber::parse(account).ok(),
        };
        self.hear(Fact::PaymentSeen {
            transfer: transfer(n),
            payment,
            credential: credential(),
            tallies,
        })
    }
}

/// Elements checked, account wanted.
pub fn at_the_bank() -> Story {
    let mut story = Story::opened();
    story.choose_method(Method::Bank).unwrap();
    story.submit(claim()).unwrap();
    story.answer(RegistryAnswer::Match).unwrap();
    story
}

/// The first transfer confirmed.
pub fn underway() -> Story {
    let mut story = at_the_bank();
    story.give_account(details()).unwrap();
    story.confirm(1).unwrap();
    story
}

/// The first transfer arrived.
pub fn arrived() -> Story {
    let mut story = underway();
    story.bank_says(1, TransferReport::Settled).unwrap();
    story
}
