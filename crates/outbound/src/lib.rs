//! Requests to addresses that somebody else has typed in: webhooks, sister platforms, message gateways.
//!
//! Such an address may be meant to reach what only this server can: the cloud's metadata service, a database, another
//! container. So a [`Client`] speaks https to public addresses only, checks them at the moment of connecting (a name may
//! answer differently the second time), follows no redirect, and reads a bounded answer within a bounded time. Whoever runs
//! the server can allow single hosts by name.

mod address;
mod client;
mod resolver;
mod target;

pub use address::is_public;
pub use client::{Answer, Client, Limits, OutboundError};
pub use target::{Rules, Target, TargetError};
