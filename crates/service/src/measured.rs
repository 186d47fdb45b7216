//! Providers whose answers are timed and counted, whatever they are.

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use shiming_verification::{
    bank::EndToEndId,
    claim::Claim,
    fact::{FaceOutcome, RegistryAnswer},
    ports::{
        Authority, Comparison, Registry,
        bank::{BankChannel, ChannelError, Handled, Holds, Instruction, OwnAccount, Report},
        notifications::{Letter, Messenger, SendError},
    },
    sync::VerifiedElements,
    words::Realm,
};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::measure;

/// A provider with a watch beside it.
pub struct Measured<T: ?Sized>(pub Arc<T>);

#[async_trait]
impl Registry for Measured<dyn Registry> {
    async fn check(&self, claim: &Claim, realm: Realm) -> RegistryAnswer {
        let begun = Instant::now();
        let span = tracing::info_span!("registry");
        let answer = self.0.check(claim, realm).instrument(span).await;
        note_registry(answer, begun.elapsed());
        answer
    }

    async fn confirm(&self, elements: &VerifiedElements, realm: Realm) -> RegistryAnswer {
        let begun = Instant::now();
        let span = tracing::info_span!("registry");
        let answer = self.0.confirm(elements, realm).instrument(span).await;
        note_registry(answer, begun.elapsed());
        answer
    }
}

fn note_registry(answer: RegistryAnswer, took: Duration) {
    let word = match answer {
        RegistryAnswer::Match => "match",
        RegistryAnswer::Mismatch => "mismatch",
        RegistryAnswer::NotFound => "not_found",
        RegistryAnswer::Inactive => "inactive",
        RegistryAnswer::Unavailable => "unavailable",
    };
    measure::provider("registry", word, took);
}

#[async_trait]
impl Authority for Measured<dyn Authority> {
    async fn compare(&self, claim: &Claim, realm: Realm, stills: &[Vec<u8>]) -> Comparison {
        let begun = Instant::now();
        let span = tracing::info_span!("authority");
        let comparison = self.0.compare(claim, realm, stills).instrument(span).await;
        let word = match comparison.outcome {
            FaceOutcome::Match { .. } => "match",
            FaceOutcome::NoMatch => "no_match",
            FaceOutcome::Unclear { .. } => "unclear",
            FaceOutcome::ReferenceMissing => "reference_missing",
            FaceOutcome::Unavailable => "unavailable",
        };
        measure::provider("authority", word, begun.elapsed());
        comparison
    }
}

#[async_trait]
impl BankChannel for Measured<dyn BankChannel> {
    async fn hand_over(&self, instruction: &Instruction) -> Result<(), ChannelError> {
        let begun = Instant::now();
        let span = tracing::info_span!("bank");
        let done = self.0.hand_over(instruction).instrument(span).await;
        let word = match &done {
            Ok(()) => "handed_over",
            Err(ChannelError::NotTaken(_)) => "not_taken",
            Err(ChannelError::Unclear(_)) => "unclear",
        };
        measure::provider("bank", word, begun.elapsed());
        done
    }

    async fn holds(&self, id: &EndToEndId) -> Result<Holds, ChannelError> {
        self.0.holds(id).await
    }

    async fn incoming(&self) -> Result<Vec<Box<dyn Report>>, ChannelError> {
        self.0.incoming().await
    }

    async fn dealt_with(&self, name: &str, how: Handled) -> Result<(), ChannelError> {
        self.0.dealt_with(name, how).await
    }

    fn report_of(&self, file: &Path, name: &str) -> Box<dyn Report> {
        self.0.report_of(file, name)
    }

    fn own_account(&self) -> OwnAccount {
        self.0.own_account()
    }
}

#[async_trait]
impl Messenger for Measured<dyn Messenger> {
    async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let begun = Instant::now();
        let span = tracing::info_span!("message");
        let sent = self.0.send(letter).instrument(span).await;
        let word = match &sent {
            Ok(()) => "sent",
            Err(SendError::Refused(_)) => "refused",
            Err(SendError::NotNow(_)) => "unavailable",
        };
        let channel = letter.to.address.channel().as_str();
        measure::provider(channel, word, begun.elapsed());
        sent
    }
}
