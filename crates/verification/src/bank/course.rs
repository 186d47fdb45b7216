//! How far a case is with the bank method. It outlives a change of method, since money may be on its way.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{BankDetails, Fen, PaymentReference};
use crate::ids::TransferId;

/// What the bank method has gathered in a case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Course {
    /// The account last submitted.
    pub details: Option<BankDetails>,
    /// Transfers of this case that count against its limit.
    pub transfers_used: u32,
    /// Transfers of this case, counted or not.
    pub transfers_made: u32,
    /// The transfer that is going on, if any.
    pub transfer: Option<Transfer>,
}

impl Course {
    /// Until when a payment by the enterprise is waited for, if one is.
    #[must_use]
    pub const fn awaited_until(&self) -> Option<DateTime<Utc>> {
        match &self.transfer {
            Some(Transfer {
                standing: Standing::Awaited { until },
                ..
            }) => Some(*until),
            _ => None,
        }
    }
}

/// A transfer as its case sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Its id.
    pub id: TransferId,
    /// When the applicant confirmed it.
    pub confirmed_at: DateTime<Utc>,
    /// The amount that was sent; compared with what the applicant types, and shown to nobody.
    pub amount: Fen,
    /// The one-time reference, if the enterprise pays us instead.
    pub reference: Option<PaymentReference>,
    /// Where it stands.
    pub standing: Standing,
}

/// Where a case's transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Standing {
    /// Confirmed; the bank has not yet said that it arrived.
    Underway,
    /// The enterprise is to pay us.
    Awaited {
        /// Until when the reference is good.
        until: DateTime<Utc>,
    },
    /// Arrived; the applicant may type the amount.
    Arrived {
        /// Until when.
        until: DateTime<Utc>,
        /// Wrong amounts in a row.
        wrong: u32,
        /// How often the entry has been frozen.
        freezes: u32,
        /// Set while the entry is frozen: when it opens again.
        frozen_until: Option<DateTime<Utc>>,
    },
}
