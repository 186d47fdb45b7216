//! Whether whoever shows a credential has the key that it was issued to (RFC 9901, sections 4.3 and 7.3).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    disclose::digest,
    jose::{self, Jwk, JwkSet, TokenError},
};

/// `typ` of the proof.
pub const TYP: &str = "kb+jwt";
/// Seconds that a proof may be old.
const FRESH: i64 = 600;

/// What is asked of whoever shows a credential.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Binding<'a> {
    /// Nothing was asked; a credential that is bound to a key is not taken then.
    #[default]
    NotAsked,
    /// A proof for this audience and nonce.
    Asked {
        /// Who asks, as the holder was told.
        audience: &'a str,
        /// What was drawn for this time.
        nonce: &'a str,
    },
    /// It does not matter, as when holders look at what they hold.
    Waived,
}

/// How a credential and its holder's key go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyBinding {
    /// The credential is bound to no key.
    None,
    /// It is bound to one, and its holder has proven to have it.
    Proven,
    /// It is bound to one, and nobody looked for a proof.
    NotChecked,
}

/// Why the holder is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BindingError {
    /// It is bound, and no proof came or none was asked for.
    #[error(
        "the credential is bound to a key of its holder, and no proof of that key is there or was asked for"
    )]
    Unproven,
    /// A proof was asked for or came, and the credential is bound to no key.
    #[error("the credential is bound to no key, so that nobody can prove to be its holder")]
    Unbound,
    /// The key in the credential can't be used.
    #[error("the key that the credential is bound to can't be used")]
    Key,
    /// The proof is not signed by that key.
    #[error("the proof of the holder's key is not believed: {0}")]
    Proof(#[from] TokenError),
    /// It was made for somebody or something else, or is old.
    #[error("the proof of the holder's key was made for another {0}")]
    Other(&'static str),
}

#[derive(Deserialize)]
struct Proof {
    iat: i64,
    aud: String,
    nonce: String,
    sd_hash: String,
}

/// `shown` is the credential up to and with the last `~`, `proof` what follows.
pub(crate) fn check(
    claims: &Map<String, Value>,
    (shown, proof): (&str, &str),
    binding: Binding,
    now: DateTime<Utc>,
) -> Result<KeyBinding, BindingError> {
    let holder = claims.get("cnf");
    let (audience, nonce) = match (binding, holder) {
        (Binding::NotAsked | Binding::Waived, None) if proof.is_empty() => {
            return Ok(KeyBinding::None);
        }
        (_, None) => return Err(BindingError::Unbound),
        (Binding::Waived, Some(_)) => return Ok(KeyBinding::NotChecked),
        (Binding::NotAsked, Some(_)) => return Err(BindingError::Unproven),
        (Binding::Asked { audience, nonce }, Some(_)) => (audience, nonce),
    };
    if proof.is_empty() {
        return Err(BindingError::Unproven);
    }
    let key = holder.and_then(|holder| holder.get("jwk")).cloned();
    let key = key.and_then(|key| serde_json::from_value::<Jwk>(key).ok());
    let key = key.filter(Jwk::is_valid).ok_or(BindingError::Key)?;
    let told: Proof = jose::verify(proof, TYP, &JwkSet { keys: vec![key] })?;
    let age = now.timestamp().saturating_sub(told.iat);
    let table = [
        (told.aud == audience, "audience"),
        (told.nonce == nonce, "nonce"),
        (told.sd_hash == digest(shown), "credential"),
        ((-60..=FRESH).contains(&age), "time"),
    ];
    match table.iter().find(|(fits, _)| !fits) {
        Some((_, what)) => Err(BindingError::Other(what)),
        None => Ok(KeyBinding::Proven),
    }
}
