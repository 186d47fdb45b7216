//! SD-JWT (RFC 9901) as a verifiable credential (SD-JWT VC, Internet-Draft 24): signed claims, of which the holder may hold
//! back some.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use shiming_vault::{Entropy, VaultError};

use crate::{
    jose::{self, Jwk, JwkSet, LONGEST_TOKEN, SigningKey, TokenError},
    status_list::{self, Status, StatusError},
};

/// `typ` of a credential.
pub const TYP: &str = "dc+sd-jwt";
/// Media type of a credential.
pub const MEDIA_TYPE: &str = "application/dc+sd-jwt";
/// Claims that the draft forbids to hold back.
const NEVER_HIDDEN: [&str; 6] = ["iss", "nbf", "exp", "cnf", "vct", "status"];
/// Most disclosures that are read.
const MOST_DISCLOSURES: usize = 64;

/// One claim that may be held back: salt, name, value (RFC 9901, section 4.2).
#[must_use]
pub fn disclosure(salt: &str, name: &str, value: &Value) -> String {
    jose::encode(json!([salt, name, value]).to_string().as_bytes())
}

/// The digest by which the signed part knows a disclosure: over its encoded text, as it is.
#[must_use]
pub fn digest(disclosure: &str) -> String {
    jose::encode(&Sha256::digest(disclosure))
}

/// Issues a credential. The claims in `hidden` may be held back by their holder, those in `plain` not.
///
/// # Errors
/// [`VaultError::NoEntropy`].
pub fn issue(
    key: &SigningKey,
    plain: Map<String, Value>,
    hidden: &[(&str, Value)],
    holder: Option<&Jwk>,
    entropy: &dyn Entropy,
) -> Result<String, VaultError> {
    let mut disclosures = Vec::new();
    for (name, value) in hidden {
        let mut salt = [0; 16];
        entropy.fill(&mut salt)?;
        disclosures.push(disclosure(&jose::encode(&salt), name, value));
    }
    let mut digests: Vec<_> = disclosures.iter().map(|each| digest(each)).collect();
    // In an order that does not tell which is which.
    digests.sort();
    let mut claims = plain;
    claims.insert("_sd".to_owned(), json!(digests));
    claims.insert("_sd_alg".to_owned(), json!("sha-256"));
    if let Some(holder) = holder {
        claims.insert("cnf".to_owned(), json!({ "jwk": holder }));
    }
    let signed = key.sign(TYP, &Value::Object(claims));
    let mut credential = format!("{signed}~");
    for disclosure in disclosures {
        credential.push_str(&disclosure);
        credential.push('~');
    }
    Ok(credential)
}

/// Why a credential is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// Its signed part is not believed.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A disclosure is none, or does not belong to this credential.
    #[error("a disclosed claim does not belong to this credential")]
    Disclosure,
    /// Digests are made by another algorithm.
    #[error("the credential's digests are of an unknown kind")]
    DigestAlgorithm,
    /// A claim is missing or of another kind.
    #[error("the credential has no usable {0}")]
    Claim(&'static str),
    /// Its time is over or has not begun.
    #[error("the credential is not valid at this time")]
    Time,
    /// Its status list does not tell.
    #[error(transparent)]
    Status(#[from] StatusError),
}

/// A credential that was believed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verified {
    /// Who issued it.
    pub issuer: String,
    /// What kind of credential it is.
    pub kind: String,
    /// Every claim that it carries or discloses.
    pub claims: Map<String, Value>,
    /// How many claims its holder holds back.
    pub held_back: usize,
    /// Whether a key binding came with it; it is not checked, which needs the verifier's own nonce.
    pub key_binding: bool,
    /// What the status list says; `None` if no list was given or named.
    pub status: Option<Status>,
}

/// Verifies a credential: signature, disclosures, times and, if a list is given, its status.
///
/// # Errors
/// [`CredentialError`].
pub fn verify(
    text: &str,
    keys: &JwkSet,
    status: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Verified, CredentialError> {
    let text = text.trim();
    if text.len() > LONGEST_TOKEN {
        return Err(TokenError::Format.into());
    }
    let mut parts = text.split('~');
    let signed: Map<String, Value> = jose::verify(parts.next().unwrap_or_default(), TYP, keys)?;
    let mut rest: Vec<&str> = parts.collect();
    let binding = rest.pop().ok_or(TokenError::Format)?;
    let (claims, held_back) = disclose(signed, &rest)?;
    check_times(&claims, now)?;
    let status = look_up(&claims, status, keys, now)?;
    Ok(Verified {
        issuer: text_of(&claims, "iss")?,
        kind: text_of(&claims, "vct")?,
        held_back,
        key_binding: !binding.is_empty(),
        status,
        claims,
    })
}

/// Puts the disclosed claims in the place of their digests.
fn disclose(
    mut claims: Map<String, Value>,
    disclosures: &[&str],
) -> Result<(Map<String, Value>, usize), CredentialError> {
    let digests: Vec<String> = match claims.remove("_sd") {
        None => Vec::new(),
        Some(list) => serde_json::from_value(list).map_err(|_| CredentialError::Disclosure)?,
    };
    if claims.remove("_sd_alg").is_some_and(|alg| alg != "sha-256") {
        return Err(CredentialError::DigestAlgorithm);
    }
    if disclosures.len() > MOST_DISCLOSURES {
        return Err(CredentialError::Disclosure);
    }
    let mut open = digests;
    for text in disclosures {
        let known = digest(text);
        let place = open.iter().position(|each| *each == known);
        open.swap_remove(place.ok_or(CredentialError::Disclosure)?);
        let (name, value) = read(text).ok_or(CredentialError::Disclosure)?;
        if NEVER_HIDDEN.contains(&name.as_str()) || claims.insert(name, value).is_some() {
            return Err(CredentialError::Disclosure);
        }
    }
    Ok((claims, open.len()))
}

fn read(disclosure: &str) -> Option<(String, Value)> {
    let bytes = jose::decode(disclosure)?;
    let (_, name, value): (String, String, Value) = serde_json::from_slice(&bytes).ok()?;
    let reserved = name == "_sd" || name == "..." || name == "_sd_alg";
    (!reserved).then_some((name, value))
}

fn check_times(claims: &Map<String, Value>, now: DateTime<Utc>) -> Result<(), CredentialError> {
    let now = now.timestamp();
    let time = |name| {
        claims
            .get(name)
            .map(|value| value.as_i64().ok_or(CredentialError::Time))
    };
    let begun = |at: i64| at <= now + 60;
    if let Some(nbf) = time("nbf").transpose()?
        && !begun(nbf)
    {
        return Err(CredentialError::Time);
    }
    if let Some(iat) = time("iat").transpose()?
        && !begun(iat)
    {
        return Err(CredentialError::Time);
    }
    match time("exp").transpose()? {
        Some(exp) if exp > now => Ok(()),
        _ => Err(CredentialError::Time),
    }
}

fn look_up(
    claims: &Map<String, Value>,
    list: Option<&str>,
    keys: &JwkSet,
    now: DateTime<Utc>,
) -> Result<Option<Status>, CredentialError> {
    let Some(list) = list else { return Ok(None) };
    let place = claims
        .get("status")
        .and_then(|status| status.get("status_list"));
    let place = place.ok_or(CredentialError::Claim("status"))?;
    let idx = place.get("idx").and_then(Value::as_u64);
    let uri = place.get("uri").and_then(Value::as_str);
    let (idx, uri) = idx.zip(uri).ok_or(CredentialError::Claim("status"))?;
    Ok(Some(status_list::look_up(list, uri, idx, keys, now)?))
}

fn text_of(claims: &Map<String, Value>, name: &'static str) -> Result<String, CredentialError> {
    let text = claims.get(name).and_then(Value::as_str);
    text.map(str::to_owned).ok_or(CredentialError::Claim(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use shiming_vault::OsEntropy;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 1, 2, 3, 4, 5).unwrap()
    }

    fn issued() -> (SigningKey, String) {
        let key = SigningKey::generate(&OsEntropy).unwrap();
        let Value::Object(plain) = json!({
            "iss": "https://kyb.example.cn", "vct": "https://kyb.example.cn/credentials/verified-enterprise/v1",
            "iat": now().timestamp(), "exp": now().timestamp() + 1000,
            "status": { "status_list": { "idx": 42, "uri": "https://kyb.example.cn/status/1" } },
            "organization_name": "示例科技有限公司",
        }) else {
            unreachable!("an object")
        };
        let hidden = [
            ("registration_number", json!("91350100M000100Y43")),
            ("legal_representative_name", json!("张三")),
        ];
        let text = issue(&key, plain, &hidden, None, &OsEntropy).unwrap();
        (key, text)
    }

    fn keys(key: &SigningKey) -> JwkSet {
        JwkSet {
            keys: vec![key.public()],
        }
    }

    #[test]
    fn published_and_derived_digests() {
        let table = [
            (
                "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
                "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0",
            ),
            (
                "WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgInJlZ2lzdHJhdGlvbl9udW1iZXIiLCAiOTEzNTAxMDBNMDAwMTAwWTQzIl0",
                "s7zMa5j6CxqiPgPWU-YKk-iNViqfc0ibYvBrY3GLLmI",
            ),
            (
                "WyJlbHVWNU9nM2dTTklJOEVZbnN4QV9BIiwgImxlZ2FsX3JlcHJlc2VudGF0aXZlX25hbWUiLCAi5byg5LiJIl0",
                "RyrXYvBArPgFSqoDe79w3_ssmMoJJSYB79jiZy6V1vM",
            ),
        ];
        for (text, expected) in table {
            assert_eq!(digest(text), expected);
        }
        let (name, value) = read(table[2].0).unwrap();
        assert_eq!(
            (name.as_str(), value),
            ("legal_representative_name", json!("张三"))
        );
    }

    #[test]
    fn a_credential_verifies_whole_and_with_claims_held_back() {
        let (key, text) = issued();
        let whole = verify(&text, &keys(&key), None, now()).unwrap();
        assert_eq!(whole.claims["legal_representative_name"], "张三");
        assert_eq!((whole.held_back, whole.status), (0, None));
        assert!(!text.contains("张三"), "names are not in the clear");
        let parts: Vec<&str> = text.split('~').collect();
        let less = verify(
            &format!("{}~{}~", parts[0], parts[1]),
            &keys(&key),
            None,
            now(),
        )
        .unwrap();
        assert_eq!(less.held_back, 1);
        assert!(!less.claims.contains_key("legal_representative_name"));
    }

    #[test]
    fn forged_disclosures_are_refused() {
        let (key, text) = issued();
        let forged = disclosure("salt", "registration_number", &json!("91350100M000100Y00"));
        let added = verify(&format!("{text}{forged}~"), &keys(&key), None, now());
        assert_eq!(added, Err(CredentialError::Disclosure));
        let parts: Vec<&str> = text.split('~').collect();
        let twice = format!("{}~{}~{}~", parts[0], parts[1], parts[1]);
        assert_eq!(
            verify(&twice, &keys(&key), None, now()),
            Err(CredentialError::Disclosure)
        );
        let no_tilde = verify(parts[0], &keys(&key), None, now());
        assert!(no_tilde.is_err());
    }

    #[test]
    fn an_issuer_may_not_hide_what_must_be_seen() {
        let key = SigningKey::generate(&OsEntropy).unwrap();
        let Value::Object(plain) = json!({ "iss": "a", "vct": "b" }) else {
            unreachable!("an object")
        };
        let hidden = [("exp", json!(now().timestamp() + 1000))];
        let text = issue(&key, plain, &hidden, None, &OsEntropy).unwrap();
        assert_eq!(
            verify(&text, &keys(&key), None, now()),
            Err(CredentialError::Disclosure)
        );
    }

    #[test]
    fn time_and_status_count() {
        let (key, text) = issued();
        let late = now() + chrono::Duration::seconds(1000);
        assert_eq!(
            verify(&text, &keys(&key), None, late),
            Err(CredentialError::Time)
        );
        let uri = "https://kyb.example.cn/status/1";
        let list = status_list::token(
            &key,
            "https://kyb.example.cn",
            uri,
            &[(42, Status::Invalid)],
            now(),
        );
        let revoked = verify(&text, &keys(&key), Some(&list), now()).unwrap();
        assert_eq!(revoked.status, Some(Status::Invalid));
    }
}
