//! Commands that take a credential of the test mode on, in the place of registry, operator and clock.

use chrono::Duration;
use serde::Deserialize;
use shiming_verification::{
    fact::RegistryAnswer,
    ids::{CredentialId, PlatformId},
    lifecycle::{LifeFact, Revocation},
    words::Realm,
};

use super::simulate::LONGEST_LEAP;
use crate::{Services, error::ServiceError};

/// What is to happen to a credential.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum LifeSimulation {
    /// The registry says cancelled or revoked: suspended.
    RegistryStruckOff {},
    /// The registry says that all is well: a suspension by the registry is lifted.
    RegistryConfirms {},
    /// The registry says something else than what was verified: due again.
    RegistryDiffers {},
    /// The registry can't be asked: nothing changes.
    RegistryUnavailable {},
    /// An operator stops it.
    Suspend {},
    /// An operator lifts the suspension.
    Lift {},
    /// An operator ends it.
    Revoke {},
    /// Time passes for this credential.
    AdvanceTime {
        /// Seconds, at most 400 days.
        seconds: u32,
    },
}

impl LifeSimulation {
    fn fact(self) -> LifeFact {
        match self {
            Self::RegistryStruckOff {} => LifeFact::RegistryAnswered(RegistryAnswer::Inactive),
            Self::RegistryConfirms {} => LifeFact::RegistryAnswered(RegistryAnswer::Match),
            Self::RegistryDiffers {} => LifeFact::RegistryAnswered(RegistryAnswer::Mismatch),
            Self::RegistryUnavailable {} => LifeFact::RegistryAnswered(RegistryAnswer::Unavailable),
            Self::Suspend {} => LifeFact::Suspended { told: None },
            Self::Lift {} => LifeFact::Lifted,
            Self::Revoke {} => LifeFact::Revoked {
                cause: Revocation::Operator,
                told: None,
            },
            Self::AdvanceTime { seconds } => LifeFact::Leapt {
                by: Duration::seconds(i64::from(seconds.min(LONGEST_LEAP))),
            },
        }
    }
}

impl Services {
    /// Makes something happen to a credential of the test mode.
    ///
    /// # Errors
    /// `NotFound` outside the test mode and for another platform's; `Refused` by the rules; `Unavailable`.
    pub async fn simulate_life(
        &self,
        platform: PlatformId,
        id: CredentialId,
        what: LifeSimulation,
    ) -> Result<(), ServiceError> {
        let living = self.living_of(platform, id).await?;
        if living.credential.realm != Realm::Test {
            return Err(ServiceError::NotFound);
        }
        self.step_life(id, what.fact()).await.map(drop)
    }
}
