//! The bank channel against files, folders and servers.

mod bad_input;
mod branches;
mod csv;
mod dialects;
mod folder;
mod huge;
mod messages;
mod schema;
mod seeds;
mod sftp;
mod support;
