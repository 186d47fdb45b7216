//! Where this machine can be reached, and which address links begin with.

mod base_url;
mod lan;

pub use base_url::{Listening, base_url, https_urls};
pub use lan::{hostname, lan_addresses};
