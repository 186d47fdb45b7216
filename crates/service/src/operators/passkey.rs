//! Passkeys: the checks of Web Authentication (W3C, level 3, sections 7.1 and 7.2) that a server makes.
//!
//! No attestation is asked for, so what remains is small: the browser's account of the ceremony, the authenticator's
//! data, one signature. ES256, `EdDSA` and RS256 are what authenticators sign with.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ciborium::Value;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// COSE algorithms (IANA registry), in the order in which browsers are asked for them.
pub const ALGORITHMS: [i64; 3] = [ES256, EDDSA, RS256];
const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;

/// Whom passkeys are for: this server, as browsers know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// Origin of the console, for example `https://verify.example.cn`.
    pub origin: String,
    /// Its host name without the port.
    pub id: String,
}

impl RelyingParty {
    /// The party of an origin.
    #[must_use]
    pub fn of_origin(origin: &str) -> Self {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        let id = host.rsplit_once(':').map_or(host, |(name, _)| name);
        Self {
            origin: origin.to_owned(),
            id: id.to_owned(),
        }
    }
}

/// Why a passkey was not accepted. The reader of the page is told only that it was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// A part can't be read.
    #[error("the {0} can't be read")]
    Form(&'static str),
    /// It is of another ceremony, page or server.
    #[error("it is of another {0}")]
    Foreign(&'static str),
    /// Nobody touched or unlocked the authenticator.
    #[error("the authenticator did not verify its user")]
    Unverified,
    /// Its key is of a kind that was not asked for.
    #[error("its key is of an unknown kind")]
    Algorithm,
    /// The signature does not fit.
    #[error("its signature does not fit")]
    Signature,
    /// It counted backwards: there are two of it.
    #[error("it was copied: its counter went back")]
    Copied,
}

#[derive(Deserialize)]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
}

/// Bytes from base64url without padding.
///
/// # Errors
/// [`PasskeyError::Form`].
pub fn bytes(what: &'static str, text: &str) -> Result<Vec<u8>, PasskeyError> {
    URL_SAFE_NO_PAD
        .decode(text.trim_end_matches('='))
        .map_err(|_| PasskeyError::Form(what))
}

/// Checks the browser's account of the ceremony and answers with the challenge that it carries.
///
/// # Errors
/// [`PasskeyError::Form`], [`PasskeyError::Foreign`].
pub fn challenge(
    client_data: &[u8],
    ceremony: &str,
    party: &RelyingParty,
) -> Result<String, PasskeyError> {
    let data: ClientData =
        serde_json::from_slice(client_data).map_err(|_| PasskeyError::Form("client data"))?;
    if data.r#type != ceremony {
        return Err(PasskeyError::Foreign("ceremony"));
    }
    if data.origin != party.origin || data.cross_origin {
        return Err(PasskeyError::Foreign("page"));
    }
    Ok(data.challenge)
}

/// What the authenticator says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticatorData {
    /// Signatures so far; 0 if it does not count.
    pub counter: u32,
    /// Id and public key (COSE), when it has made a new one.
    pub made: Option<(Vec<u8>, Vec<u8>)>,
}

/// Reads the authenticator's data (section 6.1) and checks for whom it is and that its user was verified.
///
/// # Errors
/// [`PasskeyError`].
pub fn authenticator_data(
    raw: &[u8],
    party: &RelyingParty,
) -> Result<AuthenticatorData, PasskeyError> {
    let form = PasskeyError::Form("authenticator data");
    let (hash, rest) = raw.split_at_checked(32).ok_or(form)?;
    let (&flags, rest) = rest.split_first().ok_or(form)?;
    let (counter, rest) = rest.split_first_chunk::<4>().ok_or(form)?;
    if hash != Sha256::digest(party.id.as_bytes()).as_slice() {
        return Err(PasskeyError::Foreign("server"));
    }
    if flags & USER_PRESENT == 0 || flags & USER_VERIFIED == 0 {
        return Err(PasskeyError::Unverified);
    }
    let made = (flags & HAS_CREDENTIAL != 0)
        .then(|| made(rest))
        .transpose()?;
    Ok(AuthenticatorData {
        counter: u32::from_be_bytes(*counter),
        made,
    })
}

/// Attested credential data: AAGUID (16 bytes), length of the id (2), id, key.
fn made(raw: &[u8]) -> Result<(Vec<u8>, Vec<u8>), PasskeyError> {
    let form = PasskeyError::Form("new passkey");
    let (_, rest) = raw.split_at_checked(16).ok_or(form)?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or(form)?;
    let (id, rest) = rest
        .split_at_checked(usize::from(u16::from_be_bytes(*length)))
        .ok_or(form)?;
    let mut unread = rest;
    let _key: Value = ciborium::from_reader(&mut unread).map_err(|_| form)?;
    let key = &rest[..rest.len() - unread.len()];
    PublicKey::read(key)?;
    Ok((id.to_vec(), key.to_vec()))
}

enum PublicKey {
    Es256(Vec<u8>),
    EdDsa(Vec<u8>),
    Rs256 { n: Vec<u8>, e: Vec<u8> },
}

impl PublicKey {
    /// A COSE key (RFC 9053): labels 1 kind, 3 algorithm, -1 curve or modulus, -2 x or exponent, -3 y.
    fn read(cose: &[u8]) -> Result<Self, PasskeyError> {
        let form = PasskeyError::Form("public key");
        let Ok(Value::Map(map)) = ciborium::from_reader(cose) else {
            return Err(form);
        };
        let find = |label: i64| {
            let entry = map.iter().find(|(key, _)| *key == Value::from(label));
            entry.map(|(_, value)| value)
        };
        let number = |label| find(label).and_then(Value::as_integer).map(i128::from);
        let part = |label| find(label).and_then(Value::as_bytes).cloned().ok_or(form);
        match (number(1), number(3).and_then(|alg| i64::try_from(alg).ok())) {
            (Some(2), Some(ES256)) if number(-1) == Some(1) => {
                let (x, y) = (part(-2)?, part(-3)?);
                if x.len() != 32 || y.len() != 32 {
                    return Err(form);
                }
                Ok(Self::Es256([&[4], x.as_slice(), &y].concat()))
            }
            (Some(1), Some(EDDSA)) if number(-1) == Some(6) => Ok(Self::EdDsa(part(-2)?)),
            (Some(3), Some(RS256)) => Ok(Self::Rs256 {
                n: part(-1)?,
                e: part(-2)?,
            }),
            _ => Err(PasskeyError::Algorithm),
        }
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), PasskeyError> {
        let done = match self {
            Self::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature)
            }
            Self::EdDsa(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Self::Rs256 { n, e } => RsaPublicKeyComponents { n, e }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                message,
                signature,
            ),
        };
        done.map_err(|_| PasskeyError::Signature)
    }
}

/// Checks the signature of a sign-in (section 7.2, steps 19 to 21).
///
/// # Errors
/// [`PasskeyError::Signature`], [`PasskeyError::Copied`].
pub fn verify(
    public_key: &[u8],
    authenticator: (&[u8], &AuthenticatorData),
    client_data: &[u8],
    signature: &[u8],
    counted: u32,
) -> Result<(), PasskeyError> {
    let (raw, data) = authenticator;
    let message = [raw, Sha256::digest(client_data).as_slice()].concat();
    PublicKey::read(public_key)?.verify(&message, signature)?;
    let counts = data.counter != 0 || counted != 0;
    if counts && data.counter <= counted {
        return Err(PasskeyError::Copied);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ring::{
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
    };

    use super::*;

    fn party() -> RelyingParty {
        RelyingParty::of_origin("https://kyb.example:8443")
    }

    fn client_data(ceremony: &str, origin: &str) -> Vec<u8> {
        format!(r#"{{"type":"{ceremony}","challenge":"abc","origin":"{origin}"}}"#).into_bytes()
    }

    fn data(flags: u8, counter: u32) -> Vec<u8> {
        let hash = Sha256::digest(b"kyb.example");
        [hash.as_slice(), &[flags], &counter.to_be_bytes()].concat()
    }

    fn cose(pairs: Vec<(i64, Value)>) -> Vec<u8> {
        let map = pairs.into_iter().map(|(key, value)| (key.into(), value));
        let mut bytes = Vec::new();
        ciborium::into_writer(&Value::Map(map.collect()), &mut bytes).expect("memory");
        bytes
    }

    fn es256() -> (EcdsaKeyPair, Vec<u8>) {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).expect("a key");
        let point = pair.public_key().as_ref().to_vec();
        let key = cose(vec![
            (1, 2.into()),
            (3, ES256.into()),
            (-1, 1.into()),
            (-2, Value::Bytes(point[1..33].to_vec())),
            (-3, Value::Bytes(point[33..].to_vec())),
        ]);
        (pair, key)
    }

    #[test]
    fn the_party_is_the_host_without_its_port() {
        assert_eq!(party().id, "kyb.example");
        assert_eq!(RelyingParty::of_origin("http://localhost").id, "localhost");
    }

    #[test]
    fn a_ceremony_of_another_kind_or_page_is_refused() {
        let check =
            |ceremony, origin| challenge(&client_data(ceremony, origin), "webauthn.get", &party());
        assert_eq!(
            check("webauthn.get", "https://kyb.example:8443"),
            Ok("abc".to_owned())
        );
        assert_eq!(
            check("webauthn.create", "https://kyb.example:8443"),
            Err(PasskeyError::Foreign("ceremony"))
        );
        for origin in [
            "https://kyb.example",
            "https://evil.example:8443",
            "http://kyb.example:8443",
        ] {
            assert_eq!(
                check("webauthn.get", origin),
                Err(PasskeyError::Foreign("page"))
            );
        }
        assert!(challenge(b"{}", "webauthn.get", &party()).is_err());
        let framed = br#"{"type":"webauthn.get","challenge":"abc","origin":"https://kyb.example:8443","crossOrigin":true}"#;
        assert!(challenge(framed, "webauthn.get", &party()).is_err());
    }

    #[test]
    fn the_authenticator_must_have_verified_its_user_for_us() {
        assert_eq!(
            authenticator_data(&data(0x05, 7), &party())
                .expect("fine")
                .counter,
            7
        );
        for flags in [0x00, 0x01, 0x04] {
            assert_eq!(
                authenticator_data(&data(flags, 7), &party()),
                Err(PasskeyError::Unverified)
            );
        }
        let other = RelyingParty::of_origin("https://other.example");
        assert_eq!(
            authenticator_data(&data(0x05, 7), &other),
            Err(PasskeyError::Foreign("server"))
        );
        assert!(authenticator_data(&data(0x05, 7)[..36], &party()).is_err());
    }

    #[test]
    fn a_new_passkey_is_read_and_what_follows_it_is_not_its_key() {
        let (_, key) = es256();
        let mut raw = data(0x45, 0);
        raw.extend([0; 16]);
        raw.extend([0, 3, 9, 9, 9]);
        raw.extend(&key);
        raw.extend(cose(vec![(5, 1.into())]));
        let read = authenticator_data(&raw, &party()).expect("reads");
        assert_eq!(read.made, Some((vec![9, 9, 9], key)));
        for length in 37..raw.len() - 10 {
            assert!(
                authenticator_data(&raw[..length], &party()).is_err(),
                "{length}"
            );
        }
    }

    #[test]
    fn a_signature_counts_for_its_own_data_only() {
        let (pair, key) = es256();
        let (raw, client) = (
            data(0x05, 7),
            client_data("webauthn.get", "https://kyb.example:8443"),
        );
        let read = authenticator_data(&raw, &party()).expect("reads");
        let message = [raw.as_slice(), Sha256::digest(&client).as_slice()].concat();
        let signature = pair.sign(&SystemRandom::new(), &message).expect("signs");
        let check = |key: &[u8], client: &[u8], signature: &[u8], counted| {
            verify(key, (&raw, &read), client, signature, counted)
        };
        assert_eq!(check(&key, &client, signature.as_ref(), 6), Ok(()));
        assert_eq!(
            check(&key, &client, signature.as_ref(), 7),
            Err(PasskeyError::Copied)
        );
        assert_eq!(
            check(&key, b"{}", signature.as_ref(), 6),
            Err(PasskeyError::Signature)
        );
        assert_eq!(
            check(&es256().1, &client, signature.as_ref(), 6),
            Err(PasskeyError::Signature)
        );
        assert_eq!(
            check(&key, &client, &signature.as_ref()[1..], 6),
            Err(PasskeyError::Signature)
        );
    }

    #[test]
    fn ed25519_signs_too_and_other_keys_are_not_taken() {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a key");
        let public = Value::Bytes(pair.public_key().as_ref().to_vec());
        let key = cose(vec![
            (1, 1.into()),
            (3, EDDSA.into()),
            (-1, 6.into()),
            (-2, public.clone()),
        ]);
        let (raw, client) = (data(0x05, 0), b"{}".to_vec());
        let read = authenticator_data(&raw, &party()).expect("reads");
        let message = [raw.as_slice(), Sha256::digest(&client).as_slice()].concat();
        let signature = pair.sign(&message);
        assert_eq!(
            verify(&key, (&raw, &read), &client, signature.as_ref(), 0),
            Ok(())
        );
        let odd = cose(vec![
            (1, 1.into()),
            (3, (-8).into()),
            (-1, 7.into()),
            (-2, public),
        ]);
        assert!(matches!(
            PublicKey::read(&odd),
            Err(PasskeyError::Algorithm)
        ));
        assert!(PublicKey::read(b"\xff").is_err());
    }
}
