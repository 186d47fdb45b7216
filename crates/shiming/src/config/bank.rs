//! The bank's section of the configuration.

use std::path::PathBuf;

use confique::Config as Configuration;
use serde::{Deserialize, Serialize};
use shiming_bank::csv::{Column, Mapping, Money};

use super::Secret;

/// How files reach the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BankMode {
    /// No bank: the bank method is not offered.
    Off,
    /// A folder of this machine or a mounted share.
    Folder,
    /// An SFTP server.
    Sftp,
}

/// The bank.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct BankSection {
    /// `off`: the bank method is not offered. `folder`: files are exchanged over a folder of this machine or a mounted share.
    /// `sftp`: over the bank's SFTP server.
    #[config(env = "SHIMING_BANK_MODE", default = "off")]
    pub mode: BankMode,

    /// Whether a sandbox bank is at the other end, so that the demonstration may use it. With a real bank it has to be off:
    /// the demonstration moves no money.
    #[config(env = "SHIMING_BANK_SANDBOX", default = false)]
    pub sandbox: bool,

    /// With `folder`: the folder that holds the three below; `bank` in the data directory if not set.
    #[config(env = "SHIMING_BANK_FOLDER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,

    /// Folder from which the bank takes payment files (`pain.001.001.09`).
    #[config(env = "SHIMING_BANK_OUTGOING", default = "out")]
    pub outgoing: String,

    /// Folder in which the bank leaves its files (`pain.002`, `camt.053`, `camt.054`, CSV).
    #[config(env = "SHIMING_BANK_INCOMING", default = "in")]
    pub incoming: String,

    /// Our own folder: what was sent, what is being read, what is done or failed. On the same file system as the two above.
    #[config(env = "SHIMING_BANK_RECORDS", default = "records")]
    pub records: String,

    /// Name of the operator's account, from which transfers are paid.
    #[config(env = "SHIMING_BANK_ACCOUNT_NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_name: Option<String>,

    /// Number of the operator's account. Entries of other accounts are refused.
    #[config(env = "SHIMING_BANK_ACCOUNT_NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_number: Option<String>,

    /// CNAPS code 联行号 of the branch that keeps the operator's account.
    #[config(env = "SHIMING_BANK_ACCOUNT_CNAPS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_cnaps: Option<String>,

    /// Bank and branch of the operator's account in words, for enterprises that pay us instead (reverse transfer).
    #[config(env = "SHIMING_BANK_ACCOUNT_BANK")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_bank: Option<String>,

    /// The bank's SFTP server.
    #[config(nested)]
    pub sftp: SftpSection,

    /// The columns of statements that the bank exports as CSV, each by the header's word or by its number from 1. Statements
    /// in CSV are read once `time`, `counterparty` and either `debit` and `credit` or `amount` are set.
    #[config(nested)]
    pub csv: CsvSection,
}

/// The SFTP server.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct SftpSection {
    /// Host name or address.
    #[config(env = "SHIMING_BANK_SFTP_HOST")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,

    /// Port of the server.
    #[config(env = "SHIMING_BANK_SFTP_PORT", default = 22)]
    pub port: u16,

    /// User at the server.
    #[config(env = "SHIMING_BANK_SFTP_USER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,

    /// File of the private key, Ed25519 or ECDSA.
    #[config(env = "SHIMING_BANK_SFTP_KEY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,

    /// Pass phrase of the private key, if it has one; meant for the environment only.
    #[config(env = "SHIMING_BANK_SFTP_PASSPHRASE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passphrase: Option<Secret>,

    /// The server's public key as `ssh-ed25519 AAAA…`; a server with another one is not talked to. `ssh-keyscan` shows it,
    /// the bank has to confirm it.
    #[config(env = "SHIMING_BANK_SFTP_HOST_KEY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_key: Option<String>,

    /// Folder of the server that holds `outgoing`, `incoming` and `records`; `.` is where the user arrives.
    #[config(env = "SHIMING_BANK_SFTP_FOLDER", default = ".")]
    pub folder: String,
}

/// The columns of CSV statements.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct CsvSection {
    /// What stands between columns: one character, or `tab`.
    #[config(env = "SHIMING_BANK_CSV_DELIMITER", default = ",")]
    pub delimiter: String,

    /// Column of the booking time or day, such as `交易时间`.
    #[config(env = "SHIMING_BANK_CSV_TIME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,

    /// Column of the time of day, where it is one of its own.
    #[config(env = "SHIMING_BANK_CSV_TIME_OF_DAY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_of_day: Option<String>,

    /// How times are written, as in `%Y-%m-%d %H:%M:%S`; any of the usual ways if not set. China's time.
    #[config(env = "SHIMING_BANK_CSV_TIME_FORMAT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_format: Option<String>,

    /// Column of money that left, such as `借方发生额` or `支出`.
    #[config(env = "SHIMING_BANK_CSV_DEBIT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debit: Option<String>,

    /// Column of money that came, such as `贷方发生额` or `收入`.
    #[config(env = "SHIMING_BANK_CSV_CREDIT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,

    /// Column of amounts, where the bank exports one column instead of two, such as `金额`. Without `direction` a minus or
    /// brackets mean that money left.
    #[config(env = "SHIMING_BANK_CSV_AMOUNT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,

    /// With `amount`: column that says whether money left or came, such as `借贷标志`. Known are 借 and 贷, 支出 and 收入, `D`
    /// and `C`, `DBIT` and `CRDT` and their like.
    #[config(env = "SHIMING_BANK_CSV_DIRECTION")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,

    /// Whether amounts have commas between thousands. A comma is an error otherwise.
    #[config(env = "SHIMING_BANK_CSV_THOUSANDS", default = false)]
    pub thousands: bool,

    /// Column of the name on the other side, such as `对方户名`.
    #[config(env = "SHIMING_BANK_CSV_COUNTERPARTY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counterparty: Option<String>,

    /// Column of the account on the other side, such as `对方账号`.
    #[config(env = "SHIMING_BANK_CSV_COUNTERPARTY_ACCOUNT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counterparty_account: Option<String>,

    /// Column of the payment's text, such as `摘要` or `附言`.
    #[config(env = "SHIMING_BANK_CSV_REMARK")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,

    /// Column of the bank's own number of the entry, such as `流水号`. Without it, entries are told apart by all they say.
    #[config(env = "SHIMING_BANK_CSV_SERIAL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,

    /// Column of our end-to-end id, where the bank exports it; else it is looked for in the text.
    #[config(env = "SHIMING_BANK_CSV_END_TO_END")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_to_end: Option<String>,

    /// Column of the currency, where there may be several; another one than renminbi is an error.
    #[config(env = "SHIMING_BANK_CSV_CURRENCY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,

    /// Column of the account whose statement it is; another one than the operator's is an error.
    #[config(env = "SHIMING_BANK_CSV_ACCOUNT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

/// The mapping of columns is half set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    /// A needed column is missing.
    #[error(
        "bank.csv needs `time`, `counterparty` and either `debit` and `credit` or `amount`, as soon as one of them is set"
    )]
    HalfSet,
    /// No single byte.
    #[error("bank.csv.delimiter is one ASCII character, or `tab`")]
    Delimiter,
}

impl CsvSection {
    /// The mapping, if columns are set.
    ///
    /// # Errors
    /// [`CsvError`].
    pub fn mapping(&self) -> Result<Option<Mapping>, CsvError> {
        let column = |text: &Option<String>| text.as_deref().map(Column::parse);
        let (Some(time), Some(counterparty), Some(money)) =
            (column(&self.time), column(&self.counterparty), self.money())
        else {
            return if self.any() {
                Err(CsvError::HalfSet)
            } else {
                Ok(None)
            };
        };
        let delimiter = match self.delimiter.as_bytes() {
            b"tab" => b'\t',
            [one] if one.is_ascii() => *one,
            _ => return Err(CsvError::Delimiter),
        };
        Ok(Some(Mapping {
            delimiter,
            time,
            time_of_day: column(&self.time_of_day),
            time_format: self.time_format.clone(),
            money,
            thousands: self.thousands,
            counterparty,
            counterparty_account: column(&self.counterparty_account),
            remark: column(&self.remark),
            serial: column(&self.serial),
            end_to_end: column(&self.end_to_end),
            currency: column(&self.currency),
            account: column(&self.account),
        }))
    }

    /// Whether one of the columns is set without which nothing can be read.
    fn any(&self) -> bool {
        let columns = [
            &self.time,
            &self.counterparty,
            &self.debit,
            &self.credit,
            &self.amount,
        ];
        columns.into_iter().any(Option::is_some)
    }

    /// Amounts in two columns or in one; `None` if neither is set whole, or both are.
    fn money(&self) -> Option<Money> {
        let column = |text: &Option<String>| text.as_deref().map(Column::parse);
        match (
            column(&self.debit),
            column(&self.credit),
            column(&self.amount),
        ) {
            (Some(debit), Some(credit), None) => Some(Money::Sides { debit, credit }),
            (None, None, Some(amount)) => Some(Money::One {
                amount,
                direction: column(&self.direction),
            }),
            _ => None,
        }
    }
}
