//! Putting disclosed claims in the place of their digests (RFC 9901, section 7.1).

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::{jose, sd_jwt::CredentialError};

/// Claims that SD-JWT VC forbids to hold back.
const NEVER_HIDDEN: [&str; 6] = ["iss", "nbf", "exp", "cnf", "vct", "status"];
/// Names that stand for digests and not for claims.
const RESERVED: [&str; 3] = ["_sd", "...", "_sd_alg"];
/// Most disclosures that are read.
const MOST: usize = 64;
/// How deep objects and arrays may lie in each other, disclosed ones counted where they belong.
const DEEPEST: usize = 24;

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

/// Claims with those that were disclosed, and how many were not.
#[derive(Debug, PartialEq)]
pub(crate) struct Disclosed {
    pub claims: Map<String, Value>,
    pub held_back: usize,
}

pub(crate) fn disclose(
    mut signed: Map<String, Value>,
    disclosures: &[&str],
) -> Result<Disclosed, CredentialError> {
    if signed.remove("_sd_alg").is_some_and(|alg| alg != "sha-256") {
        return Err(CredentialError::DigestAlgorithm);
    }
    if disclosures.len() > MOST {
        return Err(CredentialError::Disclosure);
    }
    let mut opening = Opening {
        sealed: HashMap::new(),
        digests: HashSet::new(),
        held_back: 0,
    };
    for text in disclosures {
        let part = Part::read(text).ok_or(CredentialError::Disclosure)?;
        if opening.sealed.insert(digest(text), part).is_some() {
            return Err(CredentialError::Disclosure);
        }
    }
    let claims = opening.object(signed, 0)?;
    if !opening.sealed.is_empty() {
        return Err(CredentialError::Disclosure);
    }
    Ok(Disclosed {
        claims,
        held_back: opening.held_back,
    })
}

/// What a disclosure holds.
enum Part {
    Claim(String, Value),
    Element(Value),
}

impl Part {
    fn read(disclosure: &str) -> Option<Self> {
        let bytes = jose::decode(disclosure)?;
        let mut parts = serde_json::from_slice::<Vec<Value>>(&bytes).ok()?;
        let value = parts.pop()?;
        match parts.as_slice() {
            [Value::String(_)] => Some(Self::Element(value)),
            [Value::String(_), Value::String(name)] if !RESERVED.contains(&name.as_str()) => {
                Some(Self::Claim(name.clone(), value))
            }
            _ => None,
        }
    }
}

struct Opening {
    sealed: HashMap<String, Part>,
    digests: HashSet<String>,
    held_back: usize,
}

impl Opening {
    /// A digest stands for one thing in one place.
    fn open(&mut self, digest: String) -> Result<Option<Part>, CredentialError> {
        let part = self.sealed.remove(&digest);
        if !self.digests.insert(digest) {
            return Err(CredentialError::SameDigest);
        }
        self.held_back += usize::from(part.is_none());
        Ok(part)
    }

    fn object(
        &mut self,
        mut object: Map<String, Value>,
        depth: usize,
    ) -> Result<Map<String, Value>, CredentialError> {
        let digests: Vec<String> = match object.remove("_sd") {
            None => Vec::new(),
            Some(list) => serde_json::from_value(list).map_err(|_| CredentialError::Disclosure)?,
        };
        let mut claims = Map::new();
        for (name, value) in object {
            claims.insert(name, self.value(value, depth + 1)?);
        }
        for digest in digests {
            match self.open(digest)? {
                None => {}
                Some(Part::Claim(name, value)) => {
                    if depth == 0 && NEVER_HIDDEN.contains(&name.as_str()) {
                        return Err(CredentialError::Hidden);
                    }
                    let value = self.value(value, depth + 1)?;
                    if claims.insert(name, value).is_some() {
                        return Err(CredentialError::Disclosure);
                    }
                }
                Some(Part::Element(_)) => return Err(CredentialError::Disclosure),
            }
        }
        Ok(claims)
    }

    fn value(&mut self, value: Value, depth: usize) -> Result<Value, CredentialError> {
        if depth > DEEPEST {
            return Err(CredentialError::Disclosure);
        }
        match value {
            Value::Object(object) => self.object(object, depth).map(Value::Object),
            Value::Array(list) => self.array(list, depth).map(Value::Array),
            plain => Ok(plain),
        }
    }

    fn array(&mut self, list: Vec<Value>, depth: usize) -> Result<Vec<Value>, CredentialError> {
        let mut elements = Vec::new();
        for element in list {
            let Some(digest) = sealed_element(&element) else {
                elements.push(self.value(element, depth + 1)?);
                continue;
            };
            match self.open(digest)? {
                None => {}
                Some(Part::Element(value)) => elements.push(self.value(value, depth + 1)?),
                Some(Part::Claim(..)) => return Err(CredentialError::Disclosure),
            }
        }
        Ok(elements)
    }
}

/// The digest in an element of the form `{"...": "digest"}`.
fn sealed_element(element: &Value) -> Option<String> {
    let object = element.as_object().filter(|object| object.len() == 1)?;
    object.get("...")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(object) => object,
            _ => unreachable!("written as an object"),
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
        let claims = signed(json!({ "_sd": [table[2].1], "_sd_alg": "sha-256" }));
        let read = disclose(claims, &[table[2].0]).unwrap().claims;
        assert_eq!(
            Value::Object(read),
            json!({ "legal_representative_name": "张三" })
        );
    }

    #[test]
    fn disclosures_within_disclosures_and_in_lists_find_their_places() {
        let street = disclosure("a", "street", &json!("1 Main St"));
        let address = disclosure(
            "b",
            "address",
            &json!({ "_sd": [digest(&street)], "country": "CN" }),
        );
        let element = jose::encode(json!(["c", "DE"]).to_string().as_bytes());
        let claims = || {
            signed(
                json!({ "_sd": [digest(&address)], "lands": ["CN", { "...": digest(&element) }] }),
            )
        };
        let whole = disclose(claims(), &[&street, &address, &element]).unwrap();
        let expected =
            json!({ "address": { "street": "1 Main St", "country": "CN" }, "lands": ["CN", "DE"] });
        assert_eq!(
            (Value::Object(whole.claims), whole.held_back),
            (expected, 0)
        );
        let less = disclose(claims(), &[&address]).unwrap();
        let expected = json!({ "address": { "country": "CN" }, "lands": ["CN"] });
        assert_eq!((Value::Object(less.claims), less.held_back), (expected, 2));
        let orphan = disclose(claims(), &[&street]);
        assert_eq!(orphan, Err(CredentialError::Disclosure));
    }

    #[test]
    fn a_digest_stands_in_one_place_and_for_one_kind_of_thing() {
        let name = disclosure("a", "name", &json!("x"));
        let twice = signed(json!({ "_sd": [digest(&name), digest(&name)] }));
        assert_eq!(disclose(twice, &[]), Err(CredentialError::SameDigest));
        let apart = signed(json!({ "_sd": [digest(&name)], "in": { "_sd": [digest(&name)] } }));
        assert_eq!(disclose(apart, &[&name]), Err(CredentialError::SameDigest));
        let as_element = signed(json!({ "list": [{ "...": digest(&name) }] }));
        assert_eq!(
            disclose(as_element, &[&name]),
            Err(CredentialError::Disclosure)
        );
        let taken = signed(json!({ "_sd": [digest(&name)], "name": "y" }));
        assert_eq!(disclose(taken, &[&name]), Err(CredentialError::Disclosure));
    }

    #[test]
    fn what_must_be_readable_is_not_hidden_and_reserved_names_are_no_claims() {
        for name in NEVER_HIDDEN {
            let hidden = disclosure("a", name, &json!(1));
            let claims = signed(json!({ "_sd": [digest(&hidden)] }));
            assert_eq!(
                disclose(claims, &[&hidden]),
                Err(CredentialError::Hidden),
                "{name}"
            );
        }
        for name in RESERVED {
            let reserved = disclosure("a", name, &json!([]));
            let claims = signed(json!({ "_sd": [digest(&reserved)] }));
            assert_eq!(
                disclose(claims, &[&reserved]),
                Err(CredentialError::Disclosure),
                "{name}"
            );
        }
        let other = signed(json!({ "_sd_alg": "md5" }));
        assert_eq!(disclose(other, &[]), Err(CredentialError::DigestAlgorithm));
    }
}
