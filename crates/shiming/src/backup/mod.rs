//! Backup and restore: database, evidence and keys in one folder that says what belongs to it.
//!
//! The database is written as of one moment, as a SQLite file whichever engine it comes from. Evidence is copied before and
//! after: what the database names is then in the copy, even if it came or went meanwhile.

mod manifest;
mod objects;
mod restore;
mod write;

pub use objects::carry as carry_objects;
pub use restore::restore;
pub use write::write;

/// Names within the folder.
const DATABASE: &str = "database.sqlite3";
const OBJECTS: &str = "objects";
const KEYS: &str = "master.key";
const MANIFEST: &str = "manifest.json";
