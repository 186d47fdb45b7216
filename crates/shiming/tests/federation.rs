//! Two real servers that synchronise with each other, and an independent client that asks one of them. The face models have to be
//! there (`./x setup`).
#![allow(
    clippy::disallowed_methods,
    reason = "waits for real processes in real time"
)]

#[path = "federation/independent.rs"]
mod independent;
#[path = "federation/server.rs"]
mod server;
#[path = "federation/sync.rs"]
mod sync;
