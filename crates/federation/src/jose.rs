//! ES256 signatures (RFC 7518, section 3.4) in their compact form (RFC 7515), and keys as JWKs (RFC 7517).
//!
//! One algorithm and no negotiation: what is not ES256 is no signature here. Signatures are deterministic (RFC 6979), so that
//! signing needs no randomness.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{
    Signature, SigningKey as P256Key, VerifyingKey,
    signature::{Signer, Verifier},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shiming_vault::{Entropy, VaultError, Zeroizing};

/// Longest compact token that is read, in bytes.
pub const LONGEST_TOKEN: usize = 512 * 1024;

/// base64url without padding.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes base64url without padding.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// A private P-256 key; prints nothing of itself.
pub struct SigningKey(P256Key);

impl SigningKey {
    /// A fresh key.
    ///
    /// # Errors
    /// [`VaultError::NoEntropy`].
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, VaultError> {
        loop {
            let mut scalar = Zeroizing::new([0; 32]);
            entropy.fill(&mut *scalar)?;
            // Fails for zero and for numbers from the group's order on: once in 2³² draws.
            if let Some(key) = Self::from_scalar(&*scalar) {
                return Ok(key);
            }
        }
    }

    /// A key as [`SigningKey::scalar`] gave it.
    #[must_use]
    pub fn from_scalar(scalar: &[u8]) -> Option<Self> {
        P256Key::from_slice(scalar).ok().map(Self)
    }

    /// The secret number, to be sealed.
    #[must_use]
    pub fn scalar(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.to_bytes().to_vec())
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> Jwk {
        Jwk::of(self.0.verifying_key())
    }

    /// A compact JWS of `claims`, with `typ` and this key's id in its header.
    #[must_use]
    pub fn sign(&self, typ: &str, claims: &Value) -> String {
        let header = json!({ "alg": "ES256", "typ": typ, "kid": self.public().thumbprint() });
        let header = encode(header.to_string().as_bytes());
        let signed = format!("{header}.{}", encode(claims.to_string().as_bytes()));
        let signature: Signature = self.0.sign(signed.as_bytes());
        format!("{signed}.{}", encode(&signature.to_bytes()))
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// A public P-256 key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// `EC`.
    pub kty: String,
    /// `P-256`.
    pub crv: String,
    /// First coordinate.
    pub x: String,
    /// Second coordinate.
    pub y: String,
    /// Its id; ours is the thumbprint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// `sig`.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// `ES256`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
}

impl Jwk {
    fn of(key: &VerifyingKey) -> Self {
        let point = key.to_sec1_bytes_uncompressed();
        let mut jwk = Self {
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            x: encode(&point[1..33]),
            y: encode(&point[33..65]),
            kid: None,
            purpose: Some("sig".to_owned()),
            alg: Some("ES256".to_owned()),
        };
        jwk.kid = Some(jwk.thumbprint());
        jwk
    }

    /// SHA-256 thumbprint (RFC 7638).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let (x, y) = (&self.x, &self.y);
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        encode(&Sha256::digest(canonical))
    }

    fn key(&self) -> Option<VerifyingKey> {
        let signs = self
            .purpose
            .as_deref()
            .is_none_or(|purpose| purpose == "sig");
        if self.kty != "EC" || self.crv != "P-256" || !signs {
            return None;
        }
        let point = [&[4_u8][..], &decode(&self.x)?, &decode(&self.y)?].concat();
        VerifyingKey::from_sec1_bytes(&point).ok()
    }

    /// Whether this is a usable P-256 key.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.key().is_some()
    }
}

trait Uncompressed {
    fn to_sec1_bytes_uncompressed(&self) -> Vec<u8>;
}

impl Uncompressed for VerifyingKey {
    fn to_sec1_bytes_uncompressed(&self) -> Vec<u8> {
        self.to_sec1_point(false).as_bytes().to_vec()
    }
}

/// A set of public keys. Keys of other kinds are passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Jwk>,
}

impl JwkSet {
    /// Reads a set (RFC 7517, section 5), or a single key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let keys = match value.get("keys") {
            Some(keys) => keys.as_array()?.clone(),
            None => vec![value],
        };
        let keys = keys
            .into_iter()
            .filter_map(|key| serde_json::from_value(key).ok());
        Some(Self {
            keys: keys.filter(Jwk::is_valid).collect(),
        })
    }
}

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is no compact JWS with a JSON header and JSON claims.
    #[error("this is no signed token")]
    Format,
    /// It is signed by another algorithm, or by none.
    #[error("the token is not signed with ES256")]
    Algorithm,
    /// It is a token for another purpose.
    #[error("this is a token of another kind")]
    Kind,
    /// None of the issuer's keys has this id.
    #[error("the token is signed with a key that the issuer does not publish")]
    UnknownKey,
    /// The signature does not fit.
    #[error("the signature is wrong: the token was changed, or another key made it")]
    Signature,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    crit: Option<Value>,
}

/// Reads a compact JWS of a kind (`typ`) that one of these keys has signed.
///
/// # Errors
/// [`TokenError`].
pub fn verify<T: DeserializeOwned>(token: &str, typ: &str, keys: &JwkSet) -> Result<T, TokenError> {
    if token.len() > LONGEST_TOKEN {
        return Err(TokenError::Format);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Format)?;
    let (header, claims) = signed.split_once('.').ok_or(TokenError::Format)?;
    let header: Header = parse(header)?;
    if header.alg != "ES256" || header.crit.is_some() {
        return Err(TokenError::Algorithm);
    }
    if header.typ.as_deref() != Some(typ) {
        return Err(TokenError::Kind);
    }
    // A key id is a hint: who has only one key need not name it.
    let fits = |key: &&Jwk| header.kid.is_none() || key.kid.is_none() || key.kid == header.kid;
    let candidates: Vec<_> = keys.keys.iter().filter(fits).filter_map(Jwk::key).collect();
    if candidates.is_empty() {
        return Err(TokenError::UnknownKey);
    }
    let signature = decode(signature).ok_or(TokenError::Format)?;
    let signature = Signature::from_slice(&signature).map_err(|_| TokenError::Signature)?;
    let good = |key: &VerifyingKey| key.verify(signed.as_bytes(), &signature).is_ok();
    if !candidates.iter().any(good) {
        return Err(TokenError::Signature);
    }
    parse(claims)
}

fn parse<T: DeserializeOwned>(part: &str) -> Result<T, TokenError> {
    let bytes = decode(part).ok_or(TokenError::Format)?;
    serde_json::from_slice(&bytes).map_err(|_| TokenError::Format)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiming_vault::OsEntropy;

    fn key() -> SigningKey {
        SigningKey::generate(&OsEntropy).unwrap()
    }

    fn set(key: &SigningKey) -> JwkSet {
        JwkSet {
            keys: vec![key.public()],
        }
    }

    #[test]
    fn what_is_signed_is_read_back() {
        let key = key();
        let token = key.sign("JWT", &json!({ "a": 1 }));
        let read: Value = verify(&token, "JWT", &set(&key)).unwrap();
        assert_eq!(read["a"], 1);
        let again = SigningKey::from_scalar(&key.scalar()).unwrap();
        assert_eq!(again.public(), key.public());
    }

    #[test]
    fn forgeries_are_told_apart() {
        let (own, other) = (key(), key());
        let token = own.sign("JWT", &json!({ "a": 1 }));
        let read = |token: &str, keys: &JwkSet| verify::<Value>(token, "JWT", keys).unwrap_err();
        assert_eq!(read(&token, &set(&other)), TokenError::UnknownKey);
        let mut renamed = set(&other);
        renamed.keys[0].kid = own.public().kid;
        assert_eq!(read(&token, &renamed), TokenError::Signature);
        let parts: Vec<&str> = token.split('.').collect();
        let changed = format!("{}.{}.{}", parts[0], encode(br#"{"a":2}"#), parts[2]);
        assert_eq!(read(&changed, &set(&own)), TokenError::Signature);
        for alg in ["none", "HS256", "RS256", "es256"] {
            let header = encode(json!({ "alg": alg, "typ": "JWT" }).to_string().as_bytes());
            let forged = format!("{header}.{}.{}", parts[1], parts[2]);
            assert_eq!(read(&forged, &set(&own)), TokenError::Algorithm, "{alg}");
        }
        let other_kind = verify::<Value>(&token, "dc+sd-jwt", &set(&own));
        assert_eq!(other_kind.unwrap_err(), TokenError::Kind);
        assert_eq!(read("a.b", &set(&own)), TokenError::Format);
    }

    #[test]
    fn the_published_thumbprint_form_is_kept() {
        // RFC 7515, appendix A.3, has this public key.
        let text = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
        let set = JwkSet::parse(text).unwrap();
        assert_eq!(
            set.keys[0].thumbprint(),
            "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"
        );
        assert!(
            JwkSet::parse(r#"{"keys":[{"kty":"RSA","n":"x","e":"AQAB"}]}"#)
                .unwrap()
                .keys
                .is_empty()
        );
    }
}
