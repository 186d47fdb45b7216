//! The bank as the business knows it, over files.

use std::path::Path;

use async_trait::async_trait;
use shiming_verification::{
    bank::EndToEndId,
    ports::bank::{BankChannel, ChannelError, Handled, Holds, Instruction, OwnAccount, Report},
};

use crate::{
    iso::{Debtor, file_name, pain001},
    report::{FileReport, Reading},
    spool::{Claimed, Spool},
};

/// One payment a file, since its name is the proof that it was given.
pub struct FileChannel {
    spool: Spool,
    debtor: Debtor,
    bank: String,
    reading: Reading,
}

impl FileChannel {
    /// A channel on a spool. `bank` is the debtor's bank and branch in words.
    #[must_use]
    pub const fn new(spool: Spool, debtor: Debtor, bank: String, reading: Reading) -> Self {
        Self {
            spool,
            debtor,
            bank,
            reading,
        }
    }
}

#[async_trait]
impl BankChannel for FileChannel {
    async fn hand_over(&self, instruction: &Instruction) -> Result<(), ChannelError> {
        let message = pain001(&self.debtor, std::slice::from_ref(instruction));
        let message = message.map_err(|error| ChannelError::NotTaken(error.to_string()))?;
        self.prepared().await.map_err(ChannelError::NotTaken)?;
        let name = file_name(&instruction.end_to_end);
        self.spool.hand_over(&name, &message).await
    }

    async fn holds(&self, id: &EndToEndId) -> Result<Holds, ChannelError> {
        self.spool.holds(&file_name(id)).await
    }

    async fn incoming(&self) -> Result<Vec<Box<dyn Report>>, ChannelError> {
        self.prepared().await.map_err(ChannelError::Unclear)?;
        let claimed = self.spool.incoming().await;
        let claimed = claimed.map_err(|error| ChannelError::Unclear(error.to_string()))?;
        let report = |file: Claimed| self.report_of(&file.path, &file.name);
        Ok(claimed.into_iter().map(report).collect())
    }

    async fn dealt_with(&self, name: &str, how: Handled) -> Result<(), ChannelError> {
        let moved = match &how {
            Handled::Applied => self.spool.dealt_with(name, None).await,
            Handled::Refused(why) => self.spool.dealt_with(name, Some(why)).await,
            Handled::Unfinished(why) => self.spool.unfinished(name, why).await,
        };
        moved.map_err(|error| ChannelError::Unclear(error.to_string()))
    }

    fn report_of(&self, file: &Path, name: &str) -> Box<dyn Report> {
        Box::new(FileReport::new(file, name, self.reading.clone()))
    }

    fn own_account(&self) -> OwnAccount {
        OwnAccount {
            name: self.debtor.name.clone(),
            number: self.debtor.account.clone(),
            bank: self.bank.clone(),
        }
    }
}

impl FileChannel {
    /// The folders are made again when somebody has taken them away; a share may be mounted late.
    async fn prepared(&self) -> Result<(), String> {
        self.spool
            .prepare()
            .await
            .map_err(|error| format!("the bank's folders can't be used: {error}"))
    }
}
