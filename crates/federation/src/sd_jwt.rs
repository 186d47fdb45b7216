//! SD-JWT (RFC 9901) as a verifiable credential (SD-JWT VC, Internet-Draft 24): signed claims, of which the holder may hold
//! back some.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};
use shiming_vault::{Entropy, VaultError};

pub use crate::disclose::{digest, disclosure};
use crate::{
    disclose::{Disclosed, disclose},
    jose::{self, Jwk, JwkSet, LONGEST_TOKEN, SigningKey, TokenError},
    key_binding::{self, Binding, BindingError, KeyBinding},
    status_list::{self, Status, StatusError},
};

/// `typ` of a credential.
pub const TYP: &str = "dc+sd-jwt";
/// Media type of a credential.
pub const MEDIA_TYPE: &str = "application/dc+sd-jwt";
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
    /// A claim that everybody must see can be held back.
    #[error("the credential hides a claim that must be readable")]
    Hidden,
    /// A digest stands twice in it.
    #[error("the credential names the same digest twice")]
    SameDigest,
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
    /// Whoever shows it is not known to be its holder.
    #[error(transparent)]
    Binding(#[from] BindingError),
    /// Somebody else issued it.
    #[error("the credential was issued by somebody else")]
    Issuer,
}

/// What a credential is checked against, beside its issuer's keys.
#[derive(Debug, Clone, Copy, Default)]
pub struct Checks<'a> {
    /// Who has to have issued it.
    pub issuer: Option<&'a str>,
    /// The status list that it names, if that was fetched.
    pub status: Option<&'a str>,
    /// Whether its holder has to prove who it is.
    pub binding: Binding<'a>,
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
    /// How it and its holder's key go together.
    pub key_binding: KeyBinding,
    /// What the status list says; `None` if no list was given or named.
    pub status: Option<Status>,
}

/// Verifies a credential: signature, disclosures, times, and what else is to be checked.
///
/// # Errors
/// [`CredentialError`].
pub fn verify(
    text: &str,
    keys: &JwkSet,
    checks: Checks,
    now: DateTime<Utc>,
) -> Result<Verified, CredentialError> {
    let text = text.trim();
    if text.len() > LONGEST_TOKEN {
        return Err(TokenError::Format.into());
    }
    let (before, proof) = text.rsplit_once('~').ok_or(TokenError::Format)?;
    let shown = &text[..=before.len()];
    let mut parts = before.split('~');
    let signed: Map<String, Value> = jose::verify(parts.next().unwrap_or_default(), TYP, keys)?;
    let disclosures: Vec<&str> = parts.collect();
    let Disclosed { claims, held_back } = disclose(signed, &disclosures)?;
    check_times(&claims, now)?;
    let issuer = text_of(&claims, "iss")?;
    if checks.issuer.is_some_and(|expected| expected != issuer) {
        return Err(CredentialError::Issuer);
    }
    Ok(Verified {
        issuer,
        kind: text_of(&claims, "vct")?,
        held_back,
        key_binding: key_binding::check(&claims, (shown, proof), checks.binding, now)?,
        status: look_up(&claims, checks.status, keys, now)?,
        claims,
    })
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
        issued_to(None)
    }

    fn issued_to(holder: Option<&Jwk>) -> (SigningKey, String) {
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
        let text = issue(&key, plain, &hidden, holder, &OsEntropy).unwrap();
        (key, text)
    }

    fn keys(key: &SigningKey) -> JwkSet {
        JwkSet {
            keys: vec![key.public()],
        }
    }

    #[test]
    fn a_credential_verifies_whole_and_with_claims_held_back() {
        let (key, text) = issued();
        let whole = verify(&text, &keys(&key), Checks::default(), now()).unwrap();
        assert_eq!(whole.claims["legal_representative_name"], "张三");
        assert_eq!((whole.held_back, whole.status), (0, None));
        assert_eq!(whole.key_binding, KeyBinding::None);
        assert!(!text.contains("张三"), "names are not in the clear");
        let parts: Vec<&str> = text.split('~').collect();
        let less = verify(
            &format!("{}~{}~", parts[0], parts[1]),
            &keys(&key),
            Checks::default(),
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
        let added = verify(
            &format!("{text}{forged}~"),
            &keys(&key),
            Checks::default(),
            now(),
        );
        assert_eq!(added, Err(CredentialError::Disclosure));
        let parts: Vec<&str> = text.split('~').collect();
        let twice = format!("{}~{}~{}~", parts[0], parts[1], parts[1]);
        assert_eq!(
            verify(&twice, &keys(&key), Checks::default(), now()),
            Err(CredentialError::Disclosure)
        );
        let no_tilde = verify(parts[0], &keys(&key), Checks::default(), now());
        assert!(no_tilde.is_err());
    }

    #[test]
    fn time_and_status_count() {
        let (key, text) = issued();
        let late = now() + chrono::Duration::seconds(1000);
        assert_eq!(
            verify(&text, &keys(&key), Checks::default(), late),
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
        let checks = Checks {
            status: Some(&list),
            ..Checks::default()
        };
        let revoked = verify(&text, &keys(&key), checks, now()).unwrap();
        assert_eq!(revoked.status, Some(Status::Invalid));
    }

    #[test]
    fn who_shows_a_bound_credential_proves_to_have_its_key() {
        let holder = SigningKey::generate(&OsEntropy).unwrap();
        let (key, text) = issued_to(Some(&holder.public()));
        let asked = Binding::Asked {
            audience: "https://b.example",
            nonce: "n-1",
        };
        let shown = |proof: &str, binding| {
            let checks = Checks {
                binding,
                ..Checks::default()
            };
            let read = verify(&format!("{text}{proof}"), &keys(&key), checks, now());
            read.map(|read| read.key_binding)
        };
        let claims = |aud: &str, nonce: &str, of: &str, iat: i64| json!({ "iat": now().timestamp() + iat, "aud": aud, "nonce": nonce, "sd_hash": digest(of) });
        let fit = claims("https://b.example", "n-1", &text, -5);
        let proof = holder.sign(key_binding::TYP, &fit);
        assert_eq!(shown(&proof, asked), Ok(KeyBinding::Proven));
        assert_eq!(shown("", Binding::Waived), Ok(KeyBinding::NotChecked));
        let unproven = Err(BindingError::Unproven.into());
        assert_eq!(shown("", asked), unproven);
        assert_eq!(shown("", Binding::NotAsked), unproven);
        for (wrong, what) in [
            (claims("https://c.example", "n-1", &text, 0), "audience"),
            (claims("https://b.example", "n-2", &text, 0), "nonce"),
            (
                claims("https://b.example", "n-1", "other~", 0),
                "credential",
            ),
            (claims("https://b.example", "n-1", &text, -700), "time"),
        ] {
            let proof = holder.sign(key_binding::TYP, &wrong);
            assert_eq!(shown(&proof, asked), Err(BindingError::Other(what).into()));
        }
        let thief = SigningKey::generate(&OsEntropy).unwrap();
        let stolen = shown(&thief.sign(key_binding::TYP, &fit), asked);
        assert!(matches!(
            stolen,
            Err(CredentialError::Binding(BindingError::Proof(_)))
        ));
        let (key, free) = issued();
        let checks = Checks {
            binding: asked,
            ..Checks::default()
        };
        let unbound = verify(&free, &keys(&key), checks, now());
        assert_eq!(unbound, Err(BindingError::Unbound.into()));
    }
}
