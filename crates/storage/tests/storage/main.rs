//! Storage, told as stories that hold on every engine, and what only one engine or a whole process can show.

mod crash;
mod import;
#[cfg(feature = "postgres-tests")]
mod postgres;
mod secrecy;
mod sqlite;
mod stories;
mod support;
