//! The business of enterprise real-name verification, pure: no clock, no randomness, no I/O.
//!
//! A [`case::Case`] is one verification. [`case::Case::decide`] takes a [`fact::Fact`], the [`policy::Policy`] and the time and
//! answers with a [`change::Change`] to store whole, or with a [`code::Refusal`] in the domain's words.
//! [`ports`] are what the business asks of the outside.

pub mod api_key;
pub mod bank;
pub mod case;
pub mod change;
pub mod claim;
pub mod code;
pub mod credential;
mod decide;
pub mod fact;
pub mod feed;
pub mod ids;
pub mod lifecycle;
pub mod notification;
pub mod operator;
pub mod policy;
pub mod ports;
pub mod ports_nodes;
pub mod ports_scan;
pub mod review;
pub mod risk;
pub mod sso;
pub mod sync;
pub mod words;
