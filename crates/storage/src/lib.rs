//! Storage: the ledger and its neighbours on SQLite and PostgreSQL, and sealed objects beside them.
//!
//! [`open`] gives an `Arc<dyn` [`Storage`]`>`: every port of the business that is answered by a database, and the traits of
//! [`api`] for the server's own upkeep. Which engine answers is decided by the URL and nowhere else.
//!
//! # One text for two engines
//!
//! The files in `repository/` are written once, against a type `Db` that they do not define. `sqlite.rs` and
//! `postgres.rs` each define it, add what really differs (how to connect, how to begin a write, how to claim jobs), and
//! mount the same files. The conformance suite in `tests/` runs on both.
//!
//! # What is in the clear
//!
//! Cases, credentials and scan records are sealed with a key of their own ([`shiming_vault::DataKey`]); photos with the person's. ID
//! numbers and representatives' names exist only as keyed hashes. Enterprise names and credit codes of the
//! registry table are public data and stay readable.

// Mounting the repository files twice is the point.
#![allow(clippy::duplicate_mod)]

pub mod api;
mod error;
pub mod import;
mod indexes;
pub mod keys_apart;
mod objects;
mod open;
mod registry;
mod seals;
pub mod transfer;
mod words;

mod postgres;
mod sqlite;

pub use api::Storage;
pub use error::StoreError;
pub use indexes::{Indexes, PersonIndex};
pub use open::{OpenError, Settings, migrate, open, pending_migrations, snapshot};
