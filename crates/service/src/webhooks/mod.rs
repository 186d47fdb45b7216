//! Webhooks: signed, thin, at least once, in order for each case, by the published schedule.

mod endpoints;
mod message;
mod schedule;
mod sender;
pub mod signature;

pub(crate) use endpoints::address_fault;
pub use endpoints::{EndpointForm, NewEndpoint};
pub use message::payload;
pub use schedule::SCHEDULE;
pub(crate) use schedule::pause_after;
pub(crate) use sender::pause_asked;
