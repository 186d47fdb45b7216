//! The outbox: money leaves here and nowhere else.
//!
//! Each step is a commit of its own, and each is a compare-and-set, so that a kill between any two of them leaves a state
//! that says what is known:
//!
//! | stored status | what is known | what the worker does with it |
//! |---|---|---|
//! | `planned` | nobody outside has heard of it | marks it `handing_over`, then calls the channel |
//! | `handing_over` | the channel may or may not have it | asks the channel whether it has; never hands over on a guess |
//! | `sent` | the channel has it | nothing |
//! | `unknown` | nobody can tell | nothing; a report of the bank or a person decides |

use std::{sync::Arc, time::Duration};

use shiming_verification::{
    bank::{EndToEndId, FailReason, TransferStatus},
    ids::TransferId,
    ports::bank::{BankChannel, ChannelError, Holds, Instruction, StoredTransfer},
    words::Realm,
};

use super::BankDesk;
use crate::error::ServiceError;

/// How long the channel may take. Shorter than a job's lease, so that no second worker comes while the first still waits.
const PATIENCE: Duration = Duration::from_secs(40);

impl BankDesk<'_> {
    /// Takes a planned transfer one step on; called again, it goes on where it was broken off.
    ///
    /// # Errors
    /// `Unavailable`: to be called again later.
    pub async fn hand_over(&self, id: TransferId) -> Result<(), ServiceError> {
        let Some(transfer) = self.bank.transfers.transfer(id).await? else {
            return Ok(());
        };
        if transfer.realm == Realm::Test {
            let (planned, sent) = (TransferStatus::Planned, TransferStatus::Sent);
            return self.moved(&transfer, planned, sent, None).await.map(drop);
        }
        let channel = self.channel_for(&transfer)?;
        match transfer.status {
            TransferStatus::Planned => self.give(&*channel, &transfer).await,
            TransferStatus::HandingOver => self.find_out(&*channel, &transfer).await,
            _ => Ok(()),
        }
    }

    fn channel_for(&self, transfer: &StoredTransfer) -> Result<Arc<dyn BankChannel>, ServiceError> {
        let channel = self.bank.channel.clone();
        channel
            .filter(|_| self.bank.serves(transfer.realm))
            .ok_or_else(|| ServiceError::Unavailable("no bank channel is configured".to_owned()))
    }

    async fn give(
        &self,
        channel: &dyn BankChannel,
        transfer: &StoredTransfer,
    ) -> Result<(), ServiceError> {
        use TransferStatus::{Failed, HandingOver, Planned, Sent};
        let Some(instruction) = self.instruction(transfer).await? else {
            let reason = Some(FailReason::Other);
            self.moved(transfer, Planned, Failed, reason).await?;
            return Ok(());
        };
        if !self.moved(transfer, Planned, HandingOver, None).await? {
            return Ok(());
        }
        let call = tokio::time::timeout(PATIENCE, channel.hand_over(&instruction));
        match call.await {
            Ok(Ok(())) => {
                self.moved(transfer, HandingOver, Sent, None).await?;
                Ok(())
            }
            Ok(Err(ChannelError::NotTaken(why))) => {
                self.moved(transfer, HandingOver, Planned, None).await?;
                Err(ServiceError::Unavailable(why))
            }
            Ok(Err(ChannelError::Unclear(_))) | Err(_) => self.find_out(channel, transfer).await,
        }
    }

    /// A hand-over was broken off, or is said to have been: only the channel can tell whether it went through.
    async fn find_out(
        &self,
        channel: &dyn BankChannel,
        transfer: &StoredTransfer,
    ) -> Result<(), ServiceError> {
        use TransferStatus::{HandingOver, Planned, Sent, Unknown};
        let id = EndToEndId::of(transfer.id);
        let asked = tokio::time::timeout(PATIENCE, channel.holds(&id)).await;
        let answer = asked.map_err(|_| ServiceError::Unavailable("no answer".to_owned()))?;
        match answer.map_err(|error| ServiceError::Unavailable(error.to_string()))? {
            Holds::Yes => {
                self.moved(transfer, HandingOver, Sent, None).await?;
                Ok(())
            }
            Holds::No => {
                self.moved(transfer, HandingOver, Planned, None).await?;
                let why = "a hand-over was broken off before the bank had it".to_owned();
                Err(ServiceError::Unavailable(why))
            }
            Holds::Unknown => {
                tracing::error!(transfer = %transfer.id, "a transfer is in an unknown state and won't be sent again; look at `shiming bank outstanding`");
                self.moved(transfer, HandingOver, Unknown, None).await?;
                Ok(())
            }
        }
    }

    /// What the bank is asked for, unless the case no longer wants it: given up, over, or of another enterprise by now.
    async fn instruction(
        &self,
        transfer: &StoredTransfer,
    ) -> Result<Option<Instruction>, ServiceError> {
        let case = match self.cases.get(transfer.case).await {
            Ok(case) => case,
            Err(ServiceError::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let own = case.bank.transfer.as_ref().map(|own| own.id);
        let wanted = !case.state.is_final() && own == Some(transfer.id);
        let body = transfer.body.clone().filter(|_| wanted);
        Ok(body.map(|body| Instruction {
            end_to_end: EndToEndId::of(transfer.id),
            creditor: body.details.account_name,
            creditor_uscc: body.uscc,
            account: body.details.account_number,
            branch: body.details.branch,
            amount: body.amount,
            ordered_at: transfer.planned_at,
        }))
    }

    async fn moved(
        &self,
        transfer: &StoredTransfer,
        from: TransferStatus,
        to: TransferStatus,
        reason: Option<FailReason>,
    ) -> Result<bool, ServiceError> {
        let now = self.cases.clock.now();
        let transfers = &self.bank.transfers;
        Ok(transfers
            .move_transfer(transfer.id, &[from], to, reason, now)
            .await?)
    }
}
