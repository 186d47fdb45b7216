//! What the bank method asks of the outside: the bank, the directory of branches, the outbox of transfers.

use std::{fmt, path::Path};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_identifiers::{Cnaps, EnterpriseName, Uscc};

use super::LedgerError;
use crate::{
    bank::{AccountNumber, Branch, EndToEndId, FailReason, Fen, Misfit, OrderBody, TransferStatus},
    ids::{CaseId, TransferId},
    words::Realm,
};

/// One transfer, as the bank is asked for it. The same transfer always gives the same instruction, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// The key by which every report names it.
    pub end_to_end: EndToEndId,
    /// The payee's name.
    pub creditor: EnterpriseName,
    /// The payee's credit code.
    pub creditor_uscc: Uscc,
    /// The payee's account.
    pub account: AccountNumber,
    /// The payee's branch.
    pub branch: Branch,
    /// How much, in renminbi.
    pub amount: Fen,
    /// When it was ordered; the messages' own time, so that a repeated hand-over has the same content.
    pub ordered_at: DateTime<Utc>,
}

/// Why a channel did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// It is certain that the bank did not get and will not get it: it may be handed over again.
    #[error("the bank channel did not take it: {0}")]
    NotTaken(String),
    /// It may have gone through. Ask [`BankChannel::holds`], never hand over again.
    #[error("the bank channel broke off: {0}")]
    Unclear(String),
}

/// Whether the bank has been given an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// It has.
    Yes,
    /// It has not, and nothing that is still on its way can give it to the bank: it may be handed over again.
    /// An adapter says so only if it can prove it.
    No,
    /// Nobody can tell.
    Unknown,
}

/// A bank that takes instructions and reports about them. Logs and errors hold no names, account numbers or amounts.
#[async_trait]
pub trait BankChannel: Send + Sync {
    /// Gives an instruction to the bank. An instruction whose end-to-end id the channel already holds is not given again,
    /// and the answer is `Ok`.
    async fn hand_over(&self, instruction: &Instruction) -> Result<(), ChannelError>;

    /// Whether the instruction with this end-to-end id was given to the bank; asked after a crash.
    async fn holds(&self, id: &EndToEndId) -> Result<Holds, ChannelError>;

    /// Files that the bank has left and nobody has dealt with, oldest first.
    async fn incoming(&self) -> Result<Vec<Box<dyn Report>>, ChannelError>;

    /// A file has been dealt with; it won't be in [`BankChannel::incoming`] again, unless it is unfinished.
    async fn dealt_with(&self, name: &str, how: Handled) -> Result<(), ChannelError>;

    /// A file that a person has brought, told to people by `name`.
    fn report_of(&self, file: &Path, name: &str) -> Box<dyn Report>;

    /// The operator's own account, to which a reverse transfer is paid.
    fn own_account(&self) -> OwnAccount;
}

/// How a file was dealt with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handled {
    /// Its records are stored.
    Applied,
    /// It can't be read; nothing of it was stored. The reason names line or path.
    Refused(String),
    /// It ends too early; nothing of it was stored. It comes again when it has grown, and at last to be refused.
    Unfinished(String),
}

/// The operator's account, as a payer has to type it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAccount {
    /// Whose it is.
    pub name: String,
    /// Its number.
    pub number: AccountNumber,
    /// Bank and branch, in words.
    pub bank: String,
}

/// A file from the bank. It may be of any size: nothing of it but one record is ever in memory.
pub trait Report: Send + Sync {
    /// Its name, for people.
    fn name(&self) -> &str;

    /// SHA-256 of its bytes: the same file again changes nothing.
    ///
    /// # Errors
    /// It can't be read.
    fn digest(&self) -> Result<[u8; 32], ReportError>;

    /// Its records from the beginning. Called twice: once to see that the whole file can be read, once to store it.
    ///
    /// # Errors
    /// It can't be opened or is of no known kind.
    fn records(&self) -> Result<Records, ReportError>;
}

/// The records of a file, one by one. After an error there is no next one.
pub type Records = Box<dyn Iterator<Item = Result<Record, ReportError>> + Send>;

/// A file can't be used. The text names the line or path and holds no names, account numbers or amounts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct ReportError {
    /// Line or path within the file.
    pub place: String,
    /// What is wrong, and what to do.
    pub what: String,
    /// Whether the file ends before it should, so that its writer may still be at work.
    pub unfinished: bool,
}

impl ReportError {
    /// Something that can't be used at a place, however the file goes on.
    pub fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            what: what.into(),
            unfinished: false,
        }
    }

    /// The same, because the file ends there.
    #[must_use]
    pub fn at_the_end(self) -> Self {
        Self {
            unfinished: true,
            ..self
        }
    }
}

/// One thing that the bank says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// How an instruction stands (`pain.002`).
    Status(StatusRecord),
    /// A booked entry of our account (`camt.053`, `camt.054`, CSV).
    Entry(Entry),
}

/// How an instruction stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusRecord {
    /// The instruction's end-to-end id as the bank repeats it.
    pub end_to_end: String,
    /// What the bank says.
    pub status: BankStatus,
    /// When it says so.
    pub at: DateTime<Utc>,
}

/// What a bank says of an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BankStatus {
    /// Accepted for processing, or settled on our side only (`ACTC`, `ACCP`, `ACSP`, `ACSC`, `PDNG`, `RCVD`).
    Accepted,
    /// Credited to the payee (`ACCC`).
    Credited,
    /// Refused (`RJCT`).
    Rejected(FailReason),
}

/// Whether an entry takes from our account or adds to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Money left.
    Debit,
    /// Money came.
    Credit,
}

/// A booked entry of the operator's account in renminbi.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Entry {
    /// What tells it from every other entry of the account, also in another file (`AcctSvcrRef`, or account, statement,
    /// `NtryRef`, amount and date).
    pub id: String,
    /// Whether money left or came.
    pub direction: Direction,
    /// How much.
    pub amount: Fen,
    /// When it was booked.
    pub booked_at: DateTime<Utc>,
    /// Whose the other account is, as the bank says it.
    pub counterparty: Option<String>,
    /// The other account's number, as the bank says it.
    pub counterparty_account: Option<String>,
    /// End-to-end id, unless the bank says that there is none.
    pub end_to_end: Option<String>,
    /// The remittance text.
    pub remittance: Option<String>,
    /// Why money came back, if it did.
    pub returned: Option<FailReason>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({:?}, …)", self.direction)
    }
}

/// What to look for in the directory of branches; empty fields don't narrow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BranchQuery {
    /// Part of a name, or the beginning of a CNAPS code.
    pub text: String,
    /// The bank, in the directory's spelling.
    pub bank: Option<String>,
    /// Province, in the directory's spelling.
    pub province: Option<String>,
    /// City, in the directory's spelling.
    pub city: Option<String>,
}

/// Provinces with their cities, and banks, that the directory knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BranchRegions {
    /// Banks, in the order of their codes.
    pub banks: Vec<String>,
    /// Provinces, each with its cities.
    pub provinces: Vec<(String, Vec<String>)>,
}

/// The directory of bank branches 联行号.
#[async_trait]
pub trait BranchDirectory: Send + Sync {
    /// The branch with this code.
    async fn branch(&self, cnaps: &Cnaps) -> Result<Option<Branch>, LedgerError>;

    /// Branches that fit, at most `limit`, by code.
    async fn find_branches(
        &self,
        query: &BranchQuery,
        limit: u32,
    ) -> Result<Vec<Branch>, LedgerError>;

    /// What can be chosen from.
    async fn branch_regions(&self) -> Result<BranchRegions, LedgerError>;

    /// Inserts or updates branches in one transaction; answers with how many were new and how many differed.
    async fn put_branches(
        &self,
        branches: &[Branch],
        now: DateTime<Utc>,
    ) -> Result<(u64, u64), LedgerError>;
}

/// A transfer as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTransfer {
    /// Its id.
    pub id: TransferId,
    /// The case that it belongs to.
    pub case: CaseId,
    /// Its number within the case, from 1.
    pub seq: u32,
    /// Real or demonstration.
    pub realm: Realm,
    /// End-to-end id, or the reference of a reverse transfer.
    pub key: String,
    /// Where it stands.
    pub status: TransferStatus,
    /// Why it failed, if it did.
    pub reason: Option<FailReason>,
    /// Account and amount; `None` once the case has been erased.
    pub body: Option<OrderBody>,
    /// When it was planned.
    pub planned_at: DateTime<Utc>,
    /// When it last moved.
    pub updated_at: DateTime<Utc>,
}

/// A record of the bank that belongs to no transfer, or did not fit the one that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmatchedEntry {
    /// What tells it from others, for resolving it.
    pub id: uuid::Uuid,
    /// Why it is listed.
    pub misfit: Misfit,
    /// The entry; a status record has no amount and no counterparty.
    pub entry: Entry,
    /// File that it came in.
    pub source: String,
    /// When it was stored.
    pub stored_at: DateTime<Utc>,
}

/// How an entry was matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matched {
    /// It belongs to this transfer.
    Transfer(TransferId),
    /// It belongs to none.
    Not(Misfit),
}

/// The outbox of transfers, and what the bank's files have said. Amounts, names and account numbers lie sealed.
#[async_trait]
pub trait Transfers: Send + Sync {
    /// The transfer with this id.
    async fn transfer(&self, id: TransferId) -> Result<Option<StoredTransfer>, LedgerError>;

    /// The transfer with this end-to-end id or reference.
    async fn transfer_by_key(&self, key: &str) -> Result<Option<StoredTransfer>, LedgerError>;

    /// Moves a transfer on if it stands at one of `from`; false if it does not, and nothing is changed.
    async fn move_transfer(
        &self,
        id: TransferId,
        from: &[TransferStatus],
        to: TransferStatus,
        reason: Option<FailReason>,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError>;

    /// Amounts sent to this account since a moment.
    async fn recent_amounts(
        &self,
        account: &AccountNumber,
        realm: Realm,
        since: DateTime<Utc>,
    ) -> Result<Vec<Fen>, LedgerError>;

    /// Transfers whose last word is still to come, oldest first.
    async fn outstanding_transfers(&self, limit: u32) -> Result<Vec<StoredTransfer>, LedgerError>;

    /// Whether a file with this digest has been stored whole.
    async fn knows_report(&self, digest: [u8; 32]) -> Result<bool, LedgerError>;

    /// Notes that a file has been stored whole.
    async fn note_report(
        &self,
        digest: [u8; 32],
        name: &str,
        records: u64,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// Which of these entries are stored already, by their ids.
    async fn known_entries(&self, ids: &[&str]) -> Result<Vec<bool>, LedgerError>;

    /// Stores entries with how they were matched; one that is there already stays as it is.
    async fn store_entries(
        &self,
        entries: &[(Entry, Matched)],
        source: &str,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// Entries that nobody has dealt with, oldest first.
    async fn unmatched_entries(&self, limit: u32) -> Result<Vec<UnmatchedEntry>, LedgerError>;

    /// Notes that a person has dealt with an entry; false if there is none such.
    async fn resolve_entry(
        &self,
        id: uuid::Uuid,
        note: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError>;
}
