//! The business: cases, credentials, policy. Pure.
