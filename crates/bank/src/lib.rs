//! The bank channel: what leaves for the bank and what comes back from it, as files.
//!
//! | part | what |
//! |---|---|
//! | [`iso`] | ISO 20022: `pain.001` written; `pain.002`, `camt.053` and `camt.054` read |
//! | [`csv`] | statements that a bank's console exports, by a mapping of columns |
//! | [`report`] | a file of either kind as the business reads it |
//! | [`spool`] | handing files over and taking them in, on a folder or over SFTP |
//! | [`channel`] | all of it as the port [`BankChannel`](shiming_verification::ports::bank::BankChannel) |
//! | [`branches`] | the directory of bank branches from a list |
//!
//! Files come from outside. Every reader here works in constant memory, names the line of what it can't use, and stops at the
//! first such line: a file is used whole or not at all.

pub mod branches;
pub mod channel;
pub mod csv;
mod id;
pub mod iso;
mod lines;
mod moment;
mod money;
pub mod report;
pub mod spool;
mod text;
