//! The bank channel from its configuration.

use std::{path::PathBuf, sync::Arc};

use shiming_bank::{
    channel::FileChannel,
    iso::Debtor,
    report::Reading,
    spool::{Folder, Folders, Place, Sftp, SftpServer, Spool},
};
use shiming_identifiers::Cnaps;
use shiming_service::edge::random;
use shiming_vault::OsEntropy;
use shiming_verification::{bank::AccountNumber, ports::bank::BankChannel};

use crate::config::{BankMode, BankSection, Config, CsvError, Secret};

/// The bank's settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    /// A setting that the mode needs.
    #[error("the bank is on: set `bank.{0}`")]
    Missing(&'static str),
    /// The operator's account number.
    #[error("bank.account_number is no account number ({0})")]
    Account(&'static str),
    /// The operator's branch.
    #[error("bank.account_cnaps is no 12-digit CNAPS code")]
    Cnaps,
    /// The columns of CSV statements.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// The private key.
    #[error("bank.sftp.key: {0}")]
    Key(std::io::Error),
    /// The server's key.
    #[error("bank.sftp.host_key: {0}")]
    HostKey(#[from] shiming_bank::spool::HostKeyError),
}

/// The bank that is configured; `None` without one.
///
/// # Errors
/// [`BankError`] names the setting.
pub fn bank_channel(config: &Config) -> Result<Option<Arc<dyn BankChannel>>, BankError> {
    let bank = &config.bank;
    let place: Arc<dyn Place> = match bank.mode {
        BankMode::Off => return Ok(None),
        BankMode::Folder => Arc::new(Folder::new(&bank_folder(config))),
        BankMode::Sftp => Arc::new(Sftp::new(
            server(bank)?,
            &config.data_dir.join("bank-inbox"),
        )),
    };
    let folders = Folders {
        outgoing: bank.outgoing.clone(),
        incoming: bank.incoming.clone(),
        records: bank.records.clone(),
    };
    let account_bank = bank.account_bank.clone().unwrap_or_default();
    let channel = FileChannel::new(
        Spool::new(place, folders, unique),
        debtor(bank)?,
        account_bank,
        bank_reading(config)?,
    );
    Ok(Some(Arc::new(channel)))
}

/// How the bank's files are read.
///
/// # Errors
/// [`BankError`] names the setting.
pub fn bank_reading(config: &Config) -> Result<Reading, BankError> {
    Ok(Reading {
        account: account(&config.bank)?,
        csv: config.bank.csv.mapping()?,
    })
}

/// The folder of mode `folder`.
#[must_use]
fn bank_folder(config: &Config) -> PathBuf {
    let default = || config.data_dir.join("bank");
    config.bank.folder.clone().unwrap_or_else(default)
}

fn set<'a>(value: Option<&'a String>, name: &'static str) -> Result<&'a str, BankError> {
    value
        .map(String::as_str)
        .filter(|value| !value.is_empty())
        .ok_or(BankError::Missing(name))
}

fn account(bank: &BankSection) -> Result<AccountNumber, BankError> {
    AccountNumber::parse(set(bank.account_number.as_ref(), "account_number")?)
        .map_err(BankError::Account)
}

fn debtor(bank: &BankSection) -> Result<Debtor, BankError> {
    let cnaps = set(bank.account_cnaps.as_ref(), "account_cnaps")?;
    Ok(Debtor {
        name: set(bank.account_name.as_ref(), "account_name")?.to_owned(),
        account: account(bank)?,
        cnaps: Cnaps::parse(cnaps).map_err(|_| BankError::Cnaps)?,
    })
}

fn server(bank: &BankSection) -> Result<SftpServer, BankError> {
    let sftp = &bank.sftp;
    let key = sftp.key.as_ref().ok_or(BankError::Missing("sftp.key"))?;
    let passphrase = sftp.passphrase.as_ref().map(Secret::expose);
    Ok(SftpServer {
        host: set(sftp.host.as_ref(), "sftp.host")?.to_owned(),
        port: sftp.port,
        user: set(sftp.user.as_ref(), "sftp.user")?.to_owned(),
        key: SftpServer::load_key(key, passphrase).map_err(BankError::Key)?,
        host_key: SftpServer::parse_host_key(set(sftp.host_key.as_ref(), "sftp.host_key")?)?,
        root: sftp.folder.clone(),
    })
}

/// A number for a file's name; without randomness at hand, time and process still tell it from others.
fn unique() -> u128 {
    let bytes = random::<16>(&OsEntropy);
    bytes.map_or_else(|_| u128::from(std::process::id()), u128::from_be_bytes)
}
