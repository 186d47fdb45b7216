//! What must hold for any text that comes as a token, key or credential. The fuzz targets and the tests of the crate share it.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use shiming_federation::{
    jose::{self, JwkSet, SigningKey},
    sd_jwt::{self, Checks},
};

fn key() -> SigningKey {
    SigningKey::from_scalar(&[7; 32]).expect("a scalar")
}

fn keys() -> JwkSet {
    JwkSet {
        keys: vec![key().public()],
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_323_045, 0).expect("a time")
}

/// Tokens, keys and base64url: nothing is read in two ways, and nobody's token is believed.
pub fn jose_text(text: &str) {
    if let Some(bytes) = jose::decode(text) {
        assert_eq!(jose::encode(&bytes), text);
    }
    if let Some(set) = JwkSet::parse(text) {
        assert!(set.keys.iter().all(jose::Jwk::is_valid));
        assert!(jose::verify::<Value>(text, "jwt", &set).is_err());
    }
    assert!(jose::verify::<Value>(text, "jwt", &keys()).is_err());
}

/// A credential whose signed part is the first line, if that holds claims, and whose disclosures are the rest.
pub fn sd_jwt_text(text: &str) {
    let _ = sd_jwt::verify(text, &keys(), Checks::default(), now());
    let (claims, disclosures) = text.split_once('\n').unwrap_or((text, ""));
    let Ok(claims) = serde_json::from_str::<Map<String, Value>>(claims) else {
        return;
    };
    let signed = key().sign("dc+sd-jwt", &Value::Object(claims.clone()));
    let credential = format!("{signed}~{disclosures}");
    let Ok(verified) = sd_jwt::verify(&credential, &keys(), Checks::default(), now()) else {
        return;
    };
    assert!(!verified.claims.contains_key("_sd"));
    // Only within objects and lists may something be disclosed.
    let plain = |value: &Value| !value.is_object() && !value.is_array();
    let signed = claims.iter();
    for (name, value) in signed.filter(|(name, value)| !name.starts_with("_sd") && plain(value)) {
        assert_eq!(verified.claims.get(name), Some(value), "signed is signed");
    }
    let ends = verified.claims.get("exp").and_then(Value::as_i64);
    assert!(ends.is_some_and(|ends| ends > now().timestamp()));
}
