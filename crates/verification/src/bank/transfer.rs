//! Transfers as the outbox and the bank know them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_identifiers::{EnterpriseName, Uscc, normalise};

use super::{AccountNumber, BankDetails, Fen};
use crate::{
    code::Code,
    ids::{CaseId, TransferId},
    words::Realm,
};

/// The key by which a payment is found again in everything that the bank says: `EndToEndId` of ISO 20022, at most 35
/// characters of `A–Z 0–9`. It is made from the transfer's id, so the same transfer never has another one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EndToEndId(String);

impl EndToEndId {
    /// The key of a transfer.
    #[must_use]
    pub fn of(transfer: TransferId) -> Self {
        let hex = transfer.uuid().as_simple().to_string();
        Self(format!("SM{}", hex.to_ascii_uppercase()))
    }

    /// The key as it stands in messages.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The one-time reference of a reverse transfer, `SM` and eight digits; short enough to be typed into a bank's form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PaymentReference(String);

impl PaymentReference {
    /// A reference from a random number.
    #[must_use]
    pub fn from_number(number: u64) -> Self {
        Self(format!("SM{:08}", number % 100_000_000))
    }

    /// Every reference in a remittance text, which people fill with spaces, full-width digits and words of their own.
    #[must_use]
    pub fn all_in(text: &str) -> Vec<Self> {
        let plain = normalise(text).replace('-', "");
        let found = |start: usize| {
            let digits = plain.get(start + 2..start + 10)?;
            let ends = !plain[start + 10..].starts_with(|c: char| c.is_ascii_digit());
            (ends && digits.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| Self(format!("SM{digits}")))
        };
        plain
            .match_indices("SM")
            .filter_map(|(start, _)| found(start))
            .collect()
    }

    /// The reference as people type it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a transfer stands in the outbox. Money moves between `HandingOver` and `Sent`, and only there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferStatus {
    /// Stored with the case's decision; nobody outside knows of it.
    Planned,
    /// The channel is about to be called, or was called and nobody knows how it ended.
    HandingOver,
    /// The channel has it.
    Sent,
    /// The bank has accepted it for processing.
    Accepted,
    /// Nobody knows whether the bank has it. It is never sent again; a report or a person decides.
    Unknown,
    /// Booked, or credited to the payee.
    Settled,
    /// The bank refused it; no money moved.
    Failed,
    /// Came back after it had been booked.
    Returned,
    /// A payment that we wait for (reverse transfer).
    Awaited,
}

impl TransferStatus {
    /// Whether the bank's last word is still to come.
    #[must_use]
    pub const fn is_outstanding(self) -> bool {
        !matches!(self, Self::Settled | Self::Failed | Self::Returned)
    }
}

/// Why a transfer failed, in one vocabulary for every bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailReason {
    /// Name and account do not belong together (`BE01`, `BE04`, `BE05`, 账号户名不符).
    NameMismatch,
    /// The account is unknown, closed, blocked or not open for payments (`AC01`, `AC04`, `AC06`, `AG01`).
    AccountRefused,
    /// The branch's code is wrong (`RC01`, `RC04`, `AGNT`).
    BranchUnknown,
    /// Our own account, contract or message stands in the way (`AM02`–`AM04`, `AC05`, `FF01`); no fault of the applicant's.
    Operator,
    /// Anything else.
    Other,
}

impl FailReason {
    /// What the applicant reads.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::NameMismatch => Code::AccountNameMismatch,
            Self::AccountRefused => Code::AccountRefused,
            Self::BranchUnknown => Code::BankBranchUnknown,
            Self::Operator | Self::Other => Code::TransferFailed,
        }
    }

    /// Whether one of the case's transfers is used up by it.
    #[must_use]
    pub const fn uses_a_transfer(self) -> bool {
        !matches!(self, Self::Operator)
    }
}

/// What was heard of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TransferReport {
    /// The money has arrived (or left our account for good).
    Settled,
    /// It failed or came back.
    Failed(FailReason),
}

/// A transfer that a decision has planned, stored in the same commit as the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferOrder {
    /// Its id.
    pub id: TransferId,
    /// The case that it belongs to.
    pub case: CaseId,
    /// Its number within the case, from 1.
    pub seq: u32,
    /// Real or demonstration.
    pub realm: Realm,
    /// How it is found again: the end-to-end id, or for a reverse transfer the reference that the payer types.
    pub key: String,
    /// `Planned` for a forward transfer, `Awaited` for a reverse one.
    pub status: TransferStatus,
    /// What is sealed.
    pub body: OrderBody,
    /// When it was planned.
    pub at: DateTime<Utc>,
}

/// The secret part of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderBody {
    /// The enterprise's account.
    pub details: BankDetails,
    /// The enterprise's credit code, which a payment message may carry.
    pub uscc: Uscc,
    /// The amount to send; for a reverse transfer what the payer was asked for.
    pub amount: Fen,
}

/// A payment that came in, as the rules for a reverse transfer look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingPayment {
    /// The payer's name as the bank says it, if it can be read as one.
    pub payer: Option<EnterpriseName>,
    /// The payer's account, if it can be read as one.
    pub account: Option<AccountNumber>,
}

impl IncomingPayment {
    /// Whether it comes from the account that was named, under its name. A payment that names our reference but comes from
    /// elsewhere proves nothing.
    ///
    /// # Errors
    /// What does not fit.
    pub fn fits(&self, details: &BankDetails) -> Result<(), Misfit> {
        let key = details.account_name.key();
        if self.payer.as_ref().map(EnterpriseName::key) != Some(key) {
            return Err(Misfit::PayerName);
        }
        if self.account.as_ref() != Some(&details.account_number) {
            return Err(Misfit::PayerAccount);
        }
        Ok(())
    }
}

/// Why an entry of a statement belongs to no transfer for now; it is listed until a person has looked at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Misfit {
    /// It names no transfer or reference of ours.
    NoReference,
    /// It names one that we do not know.
    UnknownReference,
    /// The amount is not the one that was sent.
    Amount,
    /// The payer's name is not the enterprise's.
    PayerName,
    /// The payer's account is not the one of the form.
    PayerAccount,
    /// The reference is used or over.
    Late,
    /// It contradicts what was heard before, for example a rejection after a booking.
    Contradiction,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn an_end_to_end_id_fits_the_messages() {
        let id = EndToEndId::of(TransferId::new(Uuid::from_u128(0xabc)));
        assert_eq!(id.as_str(), "SM00000000000000000000000000000ABC");
        assert!(id.as_str().len() <= 35);
    }

    #[test]
    fn a_reference_is_found_however_it_was_typed() {
        let reference = PaymentReference::from_number(1_200_482_913);
        assert_eq!(reference.as_str(), "SM00482913");
        for text in [
            "SM00482913",
            "认证 sm 0048 2913 谢谢",
            "ＳＭ００４８２９１３",
            "SM-0048-2913",
        ] {
            assert_eq!(
                PaymentReference::all_in(text),
                std::slice::from_ref(&reference),
                "{text}"
            );
        }
        for text in ["", "SM0048291", "SM004829134", "货款", "SM"] {
            assert_eq!(PaymentReference::all_in(text), [], "{text}");
        }
    }
}
