//! A storage to try things on, and hands that lead a case through its states.

mod hands;
mod people;

use std::sync::Arc;

use object_store::{ObjectStore, local::LocalFileSystem};
use shiming_storage::{Settings, Storage, migrate, open};
use shiming_vault::{KeyRing, MasterKey, OsEntropy};
use shiming_verification::{ids::PlatformId, ports::Platform, words::Realm};
use tempfile::TempDir;
use uuid::Uuid;

pub use hands::{Hands, consent, phone, token};
pub use people::{at, claim, id_number, person_name, uscc};

/// An open, migrated, empty storage with one live and one demo platform.
pub struct Bench {
    pub storage: Arc<dyn Storage>,
    pub settings: Settings,
    pub folder: TempDir,
}

pub const LIVE: PlatformId = PlatformId::new(Uuid::from_u128(1));
pub const DEMO: PlatformId = PlatformId::new(Uuid::from_u128(2));

impl Bench {
    pub async fn sqlite() -> Self {
        let (settings, folder) = Self::sqlite_settings();
        Self::on(settings, folder).await
    }

    /// Settings for a file that is not there yet.
    pub fn sqlite_settings() -> (Settings, TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("data/shiming.db").display());
        (settings(url, &folder), folder)
    }

    pub async fn on(settings: Settings, folder: TempDir) -> Self {
        crate::statements::note_if_asked();
        migrate(&settings.url).await.expect("migrates");
        let storage = open(&settings).await.expect("opens");
        for (id, realm) in [(LIVE, Realm::Live), (DEMO, Realm::Demo)] {
            let platform = Platform {
                id,
                name: format!("Platform {}", realm.as_str()),
                realm,
            };
            storage
                .add_platform(&platform, at(0))
                .await
                .expect("stored");
        }
        Self {
            storage,
            settings,
            folder,
        }
    }

    /// Another node on the same database.
    pub async fn second_node(&self) -> Arc<dyn Storage> {
        open(&self.settings).await.expect("opens again")
    }
}

pub fn settings(url: String, folder: &TempDir) -> Settings {
    let objects = folder.path().join("objects");
    std::fs::create_dir_all(&objects).expect("a folder for objects");
    let objects = LocalFileSystem::new_with_prefix(objects).expect("a folder for objects");
    Settings {
        url,
        objects: Arc::new(objects) as Arc<dyn ObjectStore>,
        keys: KeyRing::new(MasterKey::from_bytes([7; 32])),
        entropy: Arc::new(OsEntropy),
    }
}
