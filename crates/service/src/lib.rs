//! Use cases: what platforms, applicants, legal representatives and time do, each in a few lines that load, decide
//! and commit. Everything outside comes in through ports, clock and randomness included.

pub mod api_keys;
pub mod bank;
pub mod cases;
pub mod certificates;
pub mod demo;
pub mod edge;
mod error;
pub mod federation;
pub mod lives;
pub mod measure;
pub mod measured;
mod nodes;
pub mod notifications;
pub mod operators;
pub mod phone;
pub mod platform_api;
mod platforms;
pub mod portal;
pub mod privacy;
pub mod progress;
mod registry_check;
mod review;
pub mod risk;
pub mod sandbox;
pub mod scan;
pub mod step;
pub mod tokens;
pub mod trail;
pub mod webhooks;
mod worker;

use std::{ops::Deref, sync::Arc};

use shiming_audit::AuditTrail;
use shiming_vault::{Entropy, VaultError};
use shiming_verification::{
    ports::{
        Access, Authority, Jobs, ReferencePhotos, Registry, RegistryTable, ScanRecords,
        console::{ConsoleCases, ConsoleFigures},
        federation::Federation,
        feed::Feed,
        lives::Lives,
        operators::{OperatorSessions, Operators},
        platform_api::PlatformApi,
        privacy::Privacy,
        risk::RiskSignals,
    },
    ports_scan::{KeptScans, SeenFrames},
};

pub use error::ServiceError;
pub use nodes::Readiness;
pub use shiming_identifiers::IdNumber;

use crate::{
    bank::BankParts,
    cases::Cases,
    edge::Clock,
    scan::{FacePool, ScanSettings, Scans},
};

/// Everything that the use cases work with.
pub struct Parts {
    /// Stored cases.
    pub cases: Cases,
    /// Platforms, keys, sessions.
    pub access: Arc<dyn Access>,
    /// Credentials after the pass.
    pub lives: Arc<dyn Lives>,
    /// Things to do later.
    pub jobs: Arc<dyn Jobs>,
    /// Says whether elements belong together.
    pub registry: Arc<dyn Registry>,
    /// The embedded registry, for the demonstration's synthetic companies.
    pub registry_table: Arc<dyn RegistryTable>,
    /// Holds the reference photos.
    pub authority: Arc<dyn Authority>,
    /// The embedded photos, for the demonstration's visitors.
    pub photos: Arc<dyn ReferencePhotos>,
    /// Records of scans.
    pub records: Arc<dyn ScanRecords>,
    /// What is kept of people, and how it goes.
    pub privacy: Arc<dyn Privacy>,
    /// For how long it is kept.
    pub retention: privacy::Retention,
    /// What risk rules count.
    pub risk: Arc<dyn RiskSignals>,
    /// Frames of earlier scans.
    pub seen_frames: Arc<dyn SeenFrames>,
    /// Frames of scans that are kept for a while.
    pub kept_scans: Arc<dyn KeptScans>,
    /// The bank method.
    pub bank: BankParts,
    /// The face engine.
    pub faces: FacePool,
    /// How scans are run.
    pub settings: ScanSettings,
    /// Operators and how they sign in.
    pub operators: Arc<dyn Operators>,
    /// Where they may come from by single sign-on, if there is such a place.
    pub sso: Option<operators::SsoProvider>,
    /// Their sessions.
    pub sessions: Arc<dyn OperatorSessions>,
    /// Cases, as operators read them.
    pub console: Arc<dyn ConsoleCases>,
    /// Figures and lists beside the cases.
    pub figures: Arc<dyn ConsoleFigures>,
    /// The audit trail.
    pub audit: Arc<dyn AuditTrail>,
    /// Keeps what sister platforms and we need of each other.
    pub federation: Arc<dyn Federation>,
    /// What platforms are told; events that go with no commit of a case are published here.
    pub feed: Arc<dyn Feed>,
    /// What platforms' programs read and set up, and the webhooks on their way.
    pub platform_api: Arc<dyn PlatformApi>,
    /// Messages to people.
    pub notifications: notifications::NotificationParts,
    /// Asks addresses that somebody else has typed in.
    pub outbound: shiming_outbound::Client,
    /// Running scans.
    pub scans: Scans,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// The use cases; cheap to clone.
#[derive(Clone)]
pub struct Services(Arc<Parts>);

impl Services {
    /// Use cases over their parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// A fresh UUID, version 7.
    ///
    /// # Errors
    /// [`VaultError::NoEntropy`].
    pub fn fresh_id(&self) -> Result<uuid::Uuid, VaultError> {
        edge::fresh_uuid(self.clock.now(), &*self.entropy)
    }
}

impl Deref for Services {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
