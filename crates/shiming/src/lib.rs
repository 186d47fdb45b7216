//! The server and its command line, as a library for whoever measures or tests the whole server.
//!
//! Thin over the libraries: reads the configuration, reads the real clock and the real randomness, opens files and
//! sockets, and hands all of it to the crates that decide.
#![allow(
    clippy::disallowed_methods,
    reason = "the one place where the real clock and real randomness enter"
)]

mod backup;
mod cli;
pub mod config;
mod doctor;
mod net;
mod private_file;
pub mod serve;
mod tls;
pub mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

/// Does what the command line asks for.
#[must_use]
pub fn main() -> ExitCode {
    // Whatever this process writes is its own user's alone.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    // Only fails when a provider was installed before, which nothing else does.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
