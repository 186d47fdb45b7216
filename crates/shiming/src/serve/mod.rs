//! The running server: sockets, certificates, worker, and an orderly end.

mod anchors;
mod announce;
mod branches;
mod forwarded;
mod housekeeping;
mod keys;
mod listen;
mod logging;
mod metrics;
mod nodes;
mod present;
mod qr;
mod run;
mod stop;
mod traces;

pub use logging::start_logging;
pub use run::{Role, run, work};
