//! The use cases over real parts.

use std::{num::NonZero, sync::Arc, thread};

use anyhow::Result;
use shiming_face::Engine;
use shiming_service::{
    Parts, Services,
    bank::{BankDesk, BankParts},
    cases::Cases,
    measured::Measured,
    notifications::{NotificationParts, Post},
    progress::ProgressBoard,
    scan::{EmbeddedAuthority, FacePool, Scans},
};
use shiming_storage::Storage;
use shiming_vault::{KeyRing, OsEntropy};
use shiming_verification::ports::{Authority, Registry, bank::BankChannel};

use super::{SystemClock, migrated_storage, outbound_client, storage::storage_and_keys};
use crate::config::Config;

/// The use cases, and the storage below them.
pub struct Built {
    /// The use cases.
    pub services: Services,
    /// What they are stored in.
    pub storage: Arc<dyn Storage>,
    /// The master keys in use.
    pub keys: KeyRing,
}

/// Whether a process looks at faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Faces {
    /// It does: the models are loaded.
    Scanned,
    /// It does not, and saves their memory.
    Not,
}

/// Cores that this process may use.
fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Opens everything that the use cases need.
pub async fn build(config: &Config, faces: Faces) -> Result<Built> {
    let (storage, keys) = storage_and_keys(config).await?;
    let settings = config.scan.to_settings();
    let faces = match faces {
        Faces::Scanned => {
            let options = config.face.engine_options(cores());
            let engine = Arc::new(Engine::load(&options)?);
            FacePool::new(engine, options.workers, settings.at_once)
        }
        Faces::Not => FacePool::without_engine(),
    };
    let registry: Arc<dyn Registry> = storage.clone();
    let authority: Arc<dyn Authority> =
        Arc::new(EmbeddedAuthority::new(storage.clone(), faces.clone()));
    let clock = Arc::new(SystemClock::default());
    let cases = stored_cases(config, &storage, clock.clone());
    let services = Services::new(Parts {
        cases,
        access: storage.clone(),
        jobs: storage.clone(),
        lives: storage.clone(),
        registry: Arc::new(Measured(registry)),
        registry_table: storage.clone(),
        authority: Arc::new(Measured(authority)),
        photos: storage.clone(),
        records: storage.clone(),
        operators: storage.clone(),
        sso: config.sso.provider()?,
        sessions: storage.clone(),
        console: storage.clone(),
        figures: storage.clone(),
        seen_frames: storage.clone(),
        kept_scans: storage.clone(),
        risk: storage.clone(),
        privacy: storage.clone(),
        retention: config.retention.to_retention(),
        audit: storage.clone(),
        bank: bank_parts(config, &storage)?,
        federation: storage.clone(),
        feed: storage.clone(),
        platform_api: storage.clone(),
        notifications: notification_parts(config, &storage)?,
        outbound: outbound_client(&config.outbound)?,
        faces,
        settings,
        scans: Scans::default(),
        clock,
        entropy: Arc::new(OsEntropy),
    });
    Ok(Built {
        services,
        storage,
        keys,
    })
}

fn notification_parts(config: &Config, storage: &Arc<dyn Storage>) -> Result<NotificationParts> {
    let timed = |post: Post| Post {
        messenger: Arc::new(Measured(post.messenger)),
        ..post
    };
    Ok(NotificationParts {
        store: storage.clone(),
        post: super::post(config)?.map(timed),
    })
}

fn stored_cases(config: &Config, storage: &Arc<dyn Storage>, clock: Arc<SystemClock>) -> Cases {
    Cases {
        ledger: storage.clone(),
        policy: config.to_policy(),
        tokens: storage.token_key().clone(),
        clock,
        board: Arc::new(ProgressBoard::default()),
    }
}

fn bank_parts(config: &Config, storage: &Arc<dyn Storage>) -> Result<BankParts> {
    Ok(BankParts {
        channel: super::bank_channel(config)?.map(watched),
        sandbox: config.bank.sandbox,
        branches: storage.clone(),
        transfers: storage.clone(),
        audit: storage.clone(),
        entropy: Arc::new(OsEntropy),
    })
}

fn watched(channel: Arc<dyn BankChannel>) -> Arc<dyn BankChannel> {
    Arc::new(Measured(channel))
}

/// The bank's books without the rest of the server, for the command line.
pub struct BankBooks {
    cases: Cases,
    bank: BankParts,
}

impl BankBooks {
    /// Who keeps them.
    #[must_use]
    pub const fn desk(&self) -> BankDesk<'_> {
        BankDesk {
            cases: &self.cases,
            bank: &self.bank,
        }
    }
}

/// Opens the bank's books.
pub async fn bank_books(config: &Config) -> Result<BankBooks> {
    let storage = migrated_storage(config).await?;
    Ok(BankBooks {
        cases: stored_cases(config, &storage, Arc::new(SystemClock::default())),
        bank: bank_parts(config, &storage)?,
    })
}
