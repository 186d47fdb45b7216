//! What platforms say to each other.
//!
//! | file | what |
//! |---|---|
//! | [`claims`] | `verified_claims` with an `authority` entry: what we say, what we accept |
//! | [`jose`] | ES256 signatures and public keys |
//! | [`sd_jwt`] | the portable credential (SD-JWT VC) |
//! | [`status_list`] | whether a credential still stands (Token Status List) |
//! | [`notice`] | signed notices that something has ended |
//! | [`relying`] | the visit to a sister platform (OpenID Connect) |

pub mod claims;
pub mod jose;
pub mod notice;
pub mod relying;
pub mod sd_jwt;
pub mod status_list;
