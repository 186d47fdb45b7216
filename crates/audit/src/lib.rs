//! The audit trail: who did what to what, in a chain that shows every later change.
//!
//! | question | answer |
//! |---|---|
//! | What is written down? | a [`Record`]: actor, action, subject, details. Ids and words only, never personal data |
//! | Why can't an entry be changed, removed or moved? | its hash holds its number, its content and the hash before it ([`chain`]) |
//! | Why can't the end be cut off, or all of it be rewritten? | signed [`Anchor`]s leave the machine, daily |
//! | How does a stranger check a part of it? | with a [`segment`] and an anchor, on any machine, without our keys |
//!
//! ```
//! use chrono::DateTime;
//! use shiming_audit::{Actor, Anchor, AnchorSigner, Entry, GENESIS, Record};
//!
//! let at = DateTime::UNIX_EPOCH;
//! let first = Entry::after(0, &GENESIS, Record::new(Actor::system(), "server.started", at));
//! let second = Entry::after(first.seq, &first.hash, Record::new(Actor::operator("op_1"), "case.revealed", at).about("ver_1"));
//!
//! let signer = AnchorSigner::from_seed(&[7; 32]);
//! let anchor = signer.sign(second.seq, second.hash, at);
//! assert!(anchor.verify().is_ok());
//! ```

mod anchor;
pub mod chain;
mod port;
mod record;
pub mod segment;

pub use anchor::{Anchor, AnchorError, AnchorSigner};
pub use chain::{Broken, Chain, Entry, GENESIS, Hash};
pub use port::{Audit, AuditError, AuditFilter, AuditTrail, Head, Stored};
pub use record::{Actor, ActorKind, Record};
