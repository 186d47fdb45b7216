//! What the bank's files say, matched with what was sent and what is waited for.
//!
//! Everything here may be done again after a crash: a transfer moves by compare-and-set, a case hears a fact once, an entry is
//! stored once, and only a file that is stored whole is noted as known.

use std::{collections::HashSet, sync::Arc};

use super::BankDesk;
use crate::{edge::fresh_uuid, error::ServiceError, step::Step};
use shiming_identifiers::EnterpriseName;
use shiming_verification::{
    bank::{
        AccountNumber, FailReason, Fen, IncomingPayment, Misfit, PaymentReference, TransferReport,
        TransferStatus,
    },
    case::State,
    code::Refusal,
    ids::{CredentialId, TransferId},
    ports::{
        LedgerError,
        bank::{
            BankStatus, ChannelError, Direction, Entry, Handled, Matched, Record, Records, Report,
            ReportError, StatusRecord, StoredTransfer,
        },
    },
};

/// Records that are in memory at once.
const BATCH: usize = 256;

/// What storing a file did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stored {
    /// Whether the very file had been stored before; then nothing was done.
    pub known_file: bool,
    /// Records that it holds.
    pub records: u64,
    /// Records that belong to a transfer.
    pub matched: u64,
    /// Entries that belong to none and wait for a person.
    pub unmatched: u64,
    /// Entries that another file had brought before.
    pub known: u64,
}

/// A file could not be stored.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The file itself; nothing of it was stored.
    #[error(transparent)]
    File(#[from] ReportError),
    /// The store; the same file again goes on where it was broken off.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<LedgerError> for StatementError {
    fn from(error: LedgerError) -> Self {
        Self::Service(error.into())
    }
}

impl BankDesk<'_> {
    /// Stores every file that the bank has left.
    ///
    /// # Errors
    /// `Unavailable`: the files are still there.
    pub async fn take_in_reports(&self) -> Result<(), ServiceError> {
        let Some(channel) = &self.bank.channel else {
            return Ok(());
        };
        let failed = |error: ChannelError| ServiceError::Unavailable(error.to_string());
        for report in channel.incoming().await.map_err(failed)? {
            let report: Arc<dyn Report> = report.into();
            let handled = match self.store_report(report.clone()).await {
                Ok(stored) => {
                    tracing::info!(
                        file = report.name(),
                        ?stored,
                        "a file of the bank is stored"
                    );
                    Handled::Applied
                }
                Err(StatementError::File(error)) if error.unfinished => {
                    Handled::Unfinished(error.to_string())
                }
                Err(StatementError::File(error)) => {
                    tracing::error!(file = report.name(), %error, "a file of the bank can't be read; nothing of it was stored");
                    Handled::Refused(error.to_string())
                }
                Err(StatementError::Service(error)) => return Err(error),
            };
            let done = channel.dealt_with(report.name(), handled).await;
            done.map_err(failed)?;
        }
        Ok(())
    }

    /// Stores a file of the bank: read once to see that all of it can be read, then record by record.
    ///
    /// # Errors
    /// The file can't be read, and nothing of it was stored; or the store failed, and it may be stored again.
    pub async fn store_report(&self, report: Arc<dyn Report>) -> Result<Stored, StatementError> {
        let digest = blocking({
            let report = report.clone();
            move || report.digest()
        })
        .await?;
        if self.bank.transfers.knows_report(digest).await? {
            return Ok(Stored {
                known_file: true,
                ..Stored::default()
            });
        }
        blocking({
            let report = report.clone();
            move || report.records()?.try_for_each(|record| record.map(drop))
        })
        .await?;
        let mut stored = Stored::default();
        let opened = report.clone();
        let mut records = Some(blocking(move || opened.records()).await?);
        while let Some(rest) = records.take() {
            let (batch, rest) = blocking(move || next_batch(rest)).await?;
            self.store_batch(batch, report.name(), &mut stored).await?;
            records = rest;
        }
        let now = self.cases.clock.now();
        self.bank
            .transfers
            .note_report(digest, report.name(), stored.records, now)
            .await?;
        Ok(stored)
    }

    async fn store_batch(
        &self,
        batch: Vec<Record>,
        source: &str,
        stored: &mut Stored,
    ) -> Result<(), ServiceError> {
        stored.records += batch.len() as u64;
        let mut entries = Vec::new();
        for record in batch {
            match record {
                Record::Entry(entry) => entries.push(entry),
                Record::Status(status) => match self.match_status(&status).await? {
                    Matched::Transfer(_) => stored.matched += 1,
                    Matched::Not(_) => entries.push(as_entry(&status)),
                },
            }
        }
        let mut seen = HashSet::new();
        entries.retain(|entry| seen.insert(entry.id.clone()));
        let ids: Vec<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
        let known = self.bank.transfers.known_entries(&ids).await?;
        let mut fresh = Vec::new();
        for (entry, _) in entries.into_iter().zip(known).filter(|(_, known)| {
            stored.known += u64::from(*known);
            !known
        }) {
            let matched = self.match_entry(&entry).await?;
            match matched {
                Matched::Transfer(_) => stored.matched += 1,
                Matched::Not(_) => stored.unmatched += 1,
            }
            fresh.push((entry, matched));
        }
        let now = self.cases.clock.now();
        Ok(self
            .bank
            .transfers
            .store_entries(&fresh, source, now)
            .await?)
    }

    async fn match_status(&self, record: &StatusRecord) -> Result<Matched, ServiceError> {
        let Some(transfer) = self.sent_transfer(Some(&record.end_to_end)).await? else {
            return Ok(Matched::Not(Misfit::UnknownReference));
        };
        match record.status {
            BankStatus::Accepted => {
                use TransferStatus::{Accepted, HandingOver, Sent, Unknown};
                let from = [HandingOver, Sent, Unknown];
                let (id, now) = (transfer.id, self.cases.clock.now());
                let transfers = &self.bank.transfers;
                transfers
                    .move_transfer(id, &from, Accepted, None, now)
                    .await?;
                Ok(Matched::Transfer(transfer.id))
            }
            BankStatus::Credited => self.hear(&transfer, TransferReport::Settled).await,
            BankStatus::Rejected(reason) => {
                self.hear(&transfer, TransferReport::Failed(reason)).await
            }
        }
    }

    async fn match_entry(&self, entry: &Entry) -> Result<Matched, ServiceError> {
        if let Some(transfer) = self.sent_transfer(entry.end_to_end.as_deref()).await? {
            let sent = transfer.body.as_ref().map(|body| body.amount);
            return match (entry.direction, entry.returned) {
                _ if sent.is_some_and(|sent| sent != entry.amount) => {
                    Ok(Matched::Not(Misfit::Amount))
                }
                (_, Some(reason)) => self.came_back(&transfer, reason).await,
                (Direction::Debit, None) => self.hear(&transfer, TransferReport::Settled).await,
                (Direction::Credit, None) => Ok(Matched::Not(Misfit::Contradiction)),
            };
        }
        if entry.direction == Direction::Credit && entry.returned.is_none() {
            return self.match_payment(entry).await;
        }
        let named = entry.end_to_end.as_deref().is_some_and(looks_like_ours);
        Ok(Matched::Not(if named {
            Misfit::UnknownReference
        } else {
            Misfit::NoReference
        }))
    }

    /// The forward transfer that an end-to-end id names.
    async fn sent_transfer(
        &self,
        end_to_end: Option<&str>,
    ) -> Result<Option<StoredTransfer>, ServiceError> {
        let id = end_to_end.map(|id| id.trim().to_ascii_uppercase());
        match id.filter(|id| looks_like_ours(id)) {
            Some(id) => Ok(self.bank.transfers.transfer_by_key(&id).await?),
            None => Ok(None),
        }
    }

    /// Moves a transfer to what the bank says of it and tells its case, which may have lost interest.
    pub(crate) async fn hear(
        &self,
        transfer: &StoredTransfer,
        report: TransferReport,
    ) -> Result<Matched, ServiceError> {
        use TransferStatus::{Accepted, Failed, HandingOver, Planned, Sent, Settled, Unknown};
        let (to, reason) = match report {
            TransferReport::Settled => (Settled, None),
            TransferReport::Failed(reason) => (Failed, Some(reason)),
        };
        let from = [Planned, HandingOver, Sent, Accepted, Unknown];
        self.move_and_tell(transfer, &from, (to, reason), report)
            .await
    }

    pub(crate) async fn came_back(
        &self,
        transfer: &StoredTransfer,
        reason: FailReason,
    ) -> Result<Matched, ServiceError> {
        use TransferStatus::{Accepted, HandingOver, Planned, Returned, Sent, Settled, Unknown};
        let from = [Planned, HandingOver, Sent, Accepted, Unknown, Settled];
        let report = TransferReport::Failed(reason);
        self.move_and_tell(transfer, &from, (Returned, Some(reason)), report)
            .await
    }

    async fn move_and_tell(
        &self,
        transfer: &StoredTransfer,
        from: &[TransferStatus],
        (to, reason): (TransferStatus, Option<FailReason>),
        report: TransferReport,
    ) -> Result<Matched, ServiceError> {
        let (id, now) = (transfer.id, self.cases.clock.now());
        let transfers = &self.bank.transfers;
        let moved = transfers.move_transfer(id, from, to, reason, now).await?;
        if !moved && transfer.status != to {
            return Ok(Matched::Not(Misfit::Contradiction));
        }
        // Also when it stood there already: whoever moved it may have died before the case heard of it.
        self.tell_case(transfer, Step::TransferReport(id, report))
            .await?;
        Ok(Matched::Transfer(id))
    }

    /// Whether the case took it in; one that is over, or goes on without this transfer, does not.
    async fn tell_case(&self, transfer: &StoredTransfer, step: Step) -> Result<bool, ServiceError> {
        match self.cases.step(transfer.case, step).await {
            Ok(_) => Ok(true),
            Err(
                ServiceError::NotFound
                | ServiceError::Refused(Refusal::NothingDue | Refusal::NotNow { .. }),
            ) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A payment to us, which may be a reverse transfer.
    async fn match_payment(&self, entry: &Entry) -> Result<Matched, ServiceError> {
        let mut misfit = Misfit::NoReference;
        let text = entry.remittance.as_deref().unwrap_or_default();
        for reference in PaymentReference::all_in(text) {
            misfit = Misfit::UnknownReference;
            let transfers = &self.bank.transfers;
            if let Some(awaited) = transfers.transfer_by_key(reference.as_str()).await? {
                return self.match_awaited(&awaited, &payment_of(entry)).await;
            }
        }
        Ok(Matched::Not(misfit))
    }

    pub(crate) async fn match_awaited(
        &self,
        awaited: &StoredTransfer,
        payment: &IncomingPayment,
    ) -> Result<Matched, ServiceError> {
        let Some(body) = &awaited.body else {
            return Ok(Matched::Not(Misfit::Late));
        };
        let now = self.cases.clock.now();
        let credential = CredentialId::new(fresh_uuid(now, &*self.bank.entropy)?);
        let step = Step::Payment(awaited.id, payment.clone(), credential);
        let heard = self.tell_case(awaited, step).await?;
        if let Err(misfit) = payment.fits(&body.details) {
            return Ok(Matched::Not(misfit));
        }
        if !heard && !self.was_passed_by(awaited).await? {
            return Ok(Matched::Not(Misfit::Late));
        }
        let (from, to) = ([TransferStatus::Awaited], TransferStatus::Settled);
        let transfers = &self.bank.transfers;
        transfers
            .move_transfer(awaited.id, &from, to, None, now)
            .await?;
        Ok(Matched::Transfer(awaited.id))
    }

    /// Whether the case was passed by this very transfer whose row has not moved: the process died between the two.
    async fn was_passed_by(&self, awaited: &StoredTransfer) -> Result<bool, ServiceError> {
        let case = match self.cases.get(awaited.case).await {
            Ok(case) => case,
            Err(ServiceError::NotFound) => return Ok(false),
            Err(error) => return Err(error),
        };
        let own: Option<TransferId> = case.bank.transfer.as_ref().map(|own| own.id);
        let passed = matches!(case.state, State::Verified { .. }) && own == Some(awaited.id);
        Ok(passed && awaited.status == TransferStatus::Awaited)
    }
}

/// `SM` and 32 hexadecimal digits; saves a look-up for every other payment of a busy account.
fn looks_like_ours(end_to_end: &str) -> bool {
    let digits = end_to_end.strip_prefix("SM");
    digits.is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn payment_of(entry: &Entry) -> IncomingPayment {
    let name = entry.counterparty.as_deref();
    let number = entry.counterparty_account.as_deref();
    IncomingPayment {
        payer: name.and_then(|name| EnterpriseName::parse(name).ok()),
        account: number.and_then(|number| AccountNumber::parse(number).ok()),
    }
}

/// A status that names no transfer of ours, as it is listed.
fn as_entry(record: &StatusRecord) -> Entry {
    Entry {
        id: format!(
            "status/{}/{:?}/{}",
            record.end_to_end,
            record.status,
            record.at.timestamp_millis()
        ),
        direction: Direction::Debit,
        amount: Fen::new(0),
        booked_at: record.at,
        counterparty: None,
        counterparty_account: None,
        end_to_end: Some(record.end_to_end.clone()),
        remittance: None,
        returned: None,
    }
}

/// Up to [`BATCH`] records, and the rest if there may be more.
fn next_batch(mut records: Records) -> Result<(Vec<Record>, Option<Records>), ReportError> {
    let batch = records
        .by_ref()
        .take(BATCH)
        .collect::<Result<Vec<_>, _>>()?;
    let more = batch.len() == BATCH;
    Ok((batch, more.then_some(records)))
}

/// Reading a file is no work for the threads that answer requests.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ReportError> + Send + 'static,
) -> Result<T, StatementError> {
    let broke_off =
        |_| ServiceError::Unavailable("reading a file of the bank broke off".to_owned());
    let read = tokio::task::spawn_blocking(work).await.map_err(broke_off)?;
    Ok(read?)
}
