//! What platforms say to each other.
//!
//! | file | what |
//! |---|---|
//! | [`claims`] | `verified_claims` with an `authority` entry: what we say, what we accept |
//! | [`jose`] | ES256 signatures and public keys |
//! | [`sd_jwt`] | the portable credential (SD-JWT VC) |
//! | [`key_binding`] | whether whoever shows one is its holder |
//! | [`status_list`] | whether a credential still stands (Token Status List) |
//! | [`notice`] | notices that something has ended |
//! | [`webhook`] | signatures of notices and of platforms' webhooks (Standard Webhooks) |
//! | [`relying`] | the visit to a sister platform, or to an identity provider (OpenID Connect) |

pub mod claims;
mod disclose;
pub mod jose;
pub mod key_binding;
pub mod notice;
pub mod relying;
pub mod sd_jwt;
pub mod status_list;
pub mod webhook;
