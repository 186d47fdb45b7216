//! https: a certificate from files, from an ACME directory, or from an own authority for the LAN.
//!
//! | mode | certificate | kept fresh by |
//! |---|---|---|
//! | `files` | PEM files | reading them again when they change, and on SIGHUP |
//! | `acme` | ordered by TLS-ALPN-01 | the order's own renewal |
//! | `self_made` | signed by the root in `<data>/tls` | a new leaf when it ends soon or this machine's addresses change |

mod acme;
mod authority;
mod certificate;
mod files;
mod names;
mod scope;
mod self_made;
mod setup;

pub use authority::{Authority, LEAF_FILE, ROOT_FILE};
pub use certificate::{CertificateFacts, read_certificate};
pub use files::server_config;
pub use names::Names;
pub use scope::Scope;
pub use self_made::renewal_due;
pub use setup::{Https, names_now, prepare};
