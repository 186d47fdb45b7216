//! Sister platforms: ours to ask (`consumer`), and theirs that ask us (`provider`, `token`).

pub mod consumer;
mod keys;
mod notices;
pub mod portable;
pub mod provider;
mod sister_forms;
pub mod sisters;
mod source;
pub mod token;

use serde::{Serialize, de::DeserializeOwned};
use shiming_verification::ports::federation::TicketKind;

pub use source::SignedNotice;

use crate::{Services, error::ServiceError, tokens::digest};

pub(crate) fn json(value: &impl Serialize) -> Result<String, ServiceError> {
    serde_json::to_string(value).map_err(|error| ServiceError::Unavailable(error.to_string()))
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, ServiceError> {
    serde_json::from_str(text).map_err(|error| ServiceError::Unavailable(error.to_string()))
}

impl Services {
    /// What goes with a short-lived secret, as it stands.
    pub(crate) async fn ticket<T: DeserializeOwned>(
        &self,
        kind: TicketKind,
        secret: &str,
    ) -> Result<T, ServiceError> {
        let found = self
            .federation
            .ticket(kind, digest(secret), self.clock.now())
            .await?;
        from_json(&found.ok_or(ServiceError::NoSession)?)
    }
}
