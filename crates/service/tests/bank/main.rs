//! The bank method over a real store and a bank of the test's own: the outbox, killed at every step, and what the bank's
//! files do.

mod kill;
mod methods;
mod outbox;
mod reconcile;
mod support;
