//! The bank's memory: a JSON file beside its folder, so that it survives a restart.

use std::{fs, io, path::Path};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::order::Order;

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It waits for a command.
    Waiting,
    /// The payee has it.
    Paid,
    /// It was refused.
    Rejected,
    /// It came back.
    Returned,
}

/// A payment that the bank was asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Payment {
    #[serde(flatten)]
    pub order: Order,
    pub standing: Standing,
    pub received_at: String,
}

/// Whether a booking takes from the account or adds to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Debit,
    Credit,
}

/// A booking on the customer's account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Booking {
    pub number: u64,
    pub side: Side,
    pub fen: i64,
    pub at: String,
    pub name: String,
    pub account: String,
    pub end_to_end: Option<String>,
    pub remark: String,
    /// The reason's code, if money came back.
    pub returned: Option<String>,
}

impl Booking {
    /// The bank's own reference.
    pub fn reference(&self) -> String {
        format!("SBX{:09}", self.number)
    }
}

/// All of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Book {
    /// The customer's account.
    pub account: String,
    pub payments: Vec<Payment>,
    pub bookings: Vec<Booking>,
    /// Files that were written.
    pub files: u64,
}

impl Book {
    /// Reads the book, or begins one.
    pub fn open(file: &Path, account: &str) -> Result<Self> {
        match fs::read(file) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .with_context(|| format!("{} is damaged; remove it", file.display())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self {
                account: account.to_owned(),
                ..Self::default()
            }),
            Err(error) => Err(error).with_context(|| format!("{} can't be read", file.display())),
        }
    }

    /// Writes it whole.
    pub fn save(&self, file: &Path) -> Result<()> {
        let part = file.with_extension("tmp");
        fs::write(&part, serde_json::to_vec_pretty(self)?)?;
        fs::rename(&part, file).with_context(|| format!("{} can't be written", file.display()))
    }

    /// The payment with this end-to-end id.
    pub fn payment(&mut self, end_to_end: &str) -> Option<&mut Payment> {
        self.payments
            .iter_mut()
            .find(|payment| payment.order.end_to_end == end_to_end)
    }
}

/// Yuan as whole fen.
pub fn fen(amount: &str) -> Result<i64> {
    let (yuan, decimals) = amount.split_once('.').unwrap_or((amount, ""));
    anyhow::ensure!(decimals.len() <= 2, "{amount} has more than two decimals");
    let yuan: u32 = yuan
        .parse()
        .with_context(|| format!("{amount} is no amount"))?;
    let decimals: u8 = format!("{decimals:0<2}")
        .parse()
        .with_context(|| format!("{amount} is no amount"))?;
    Ok(i64::from(yuan) * 100 + i64::from(decimals))
}
