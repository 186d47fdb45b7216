//! From configuration to working parts: the one place that knows every crate.

mod bank;
mod edge;
mod keys;
mod letters;
mod notifications;
mod objects;
mod outbound;
mod services;
mod storage;

pub use bank::{bank_channel, bank_reading};
pub use edge::SystemClock;
pub use keys::{KeysError, key_file, master_keys};
pub use letters::letters;
pub use notifications::{carrier, post};
pub use objects::objects;
pub use outbound::outbound_client;
pub use services::{BankBooks, Built, Faces, bank_books, build};
pub use storage::{database_url, embedded_file, migrated_storage};
