//! The words of the bank method: money, accounts, branches, transfers.
//!
//! Amounts and account numbers are secrets: they print nothing, and leave the types only through `expose`.

mod account;
mod course;
mod money;
mod transfer;

pub use account::{AccountNumber, BankDetails, BankForm, Branch};
pub use course::{Course, Standing, Transfer};
pub use money::{Fen, MoneyError, draw};
pub use transfer::{
    EndToEndId, FailReason, IncomingPayment, Misfit, OrderBody, PaymentReference, TransferOrder,
    TransferReport, TransferStatus,
};
