//! Tokens of QR codes and of messages' own links: derived, so that they can be shown again without being stored.

use shiming_vault::{Token, TokenKey, token_digest};
use shiming_verification::{
    case::Digest,
    ids::{CaseId, NotificationId},
};

/// The digest by which the stores know a token.
#[must_use]
pub fn digest(token: &str) -> Digest {
    Digest(token_digest(token))
}

/// The token of a case's n-th QR code.
#[must_use]
pub fn invitation(key: &TokenKey, case: CaseId, seq: u32) -> Token {
    key.derive("invitation", &[case.uuid().as_bytes(), &seq.to_be_bytes()])
}

/// What a link carries by which the consent of a case can be taken back: the case's id and a token, so that a link is good for as
/// long as there is something to take back.
#[must_use]
pub fn consent_key(key: &TokenKey, case: CaseId) -> String {
    let token = key.derive("consent", &[case.uuid().as_bytes()]);
    format!("{case}.{}", token.expose())
}

/// The code in the link by which a message's receiver can refuse more of the same.
#[must_use]
pub fn message(key: &TokenKey, id: NotificationId) -> Token {
    key.derive("message", &[id.uuid().as_bytes()])
}
