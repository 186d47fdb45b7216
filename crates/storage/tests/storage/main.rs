//! Storage, told as stories that hold on every engine, and what only one engine or a whole process can show.

mod crash;
mod import;
#[cfg(feature = "postgres-tests")]
mod postgres;
#[cfg(feature = "s3-tests")]
mod s3;
mod secrecy;
mod sqlite;
mod statements;
mod stories;
mod support;
