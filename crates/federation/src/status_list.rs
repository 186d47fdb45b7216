//! Token Status List (Internet-Draft 21): two bits a credential, compressed and signed.

use std::io::{Read, Write};

use chrono::{DateTime, Utc};
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use serde::Deserialize;
use serde_json::json;

use crate::jose::{self, JwkSet, SigningKey, TokenError};

/// Entries of one list.
pub const ENTRIES: u64 = 1 << 17;
/// `typ` of a status list token.
pub const TYP: &str = "statuslist+jwt";
/// Media type of a status list token.
pub const MEDIA_TYPE: &str = "application/statuslist+jwt";
/// Bits of an entry: three values are used.
const BITS: u64 = 2;
/// Seconds for which a fetched list may be kept.
const TTL: i64 = 300;
/// Seconds after which a list must not be relied upon any more.
const LIFE: i64 = 24 * 3600;
/// Longest list that is unpacked, in bytes.
const LONGEST: u64 = 4 << 20;

/// What an entry says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Valid.
    Valid,
    /// Ended for good.
    Invalid,
    /// Stopped for the time being.
    Suspended,
}

impl Status {
    const fn value(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Invalid => 1,
            Self::Suspended => 2,
        }
    }
}

/// The compressed list in which these entries are not valid.
///
/// # Panics
/// Never: writing into memory does not fail.
#[must_use]
pub fn compress(entries: &[(u64, Status)]) -> Vec<u8> {
    let mut bytes = vec![0_u8; usize::try_from(ENTRIES * BITS / 8).expect("fits")];
    for (idx, status) in entries.iter().filter(|(idx, _)| *idx < ENTRIES) {
        let at = usize::try_from(idx * BITS / 8).expect("fits");
        bytes[at] |= status.value() << (idx * BITS % 8);
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&bytes).expect("into memory");
    encoder.finish().expect("into memory")
}

/// The signed list.
#[must_use]
pub fn token(
    key: &SigningKey,
    issuer: &str,
    uri: &str,
    entries: &[(u64, Status)],
    now: DateTime<Utc>,
) -> String {
    let iat = now.timestamp();
    let list = json!({ "bits": BITS, "lst": jose::encode(&compress(entries)) });
    let claims = json!({
        "iss": issuer, "sub": uri, "iat": iat, "exp": iat + LIFE, "ttl": TTL, "status_list": list,
    });
    key.sign(TYP, &claims)
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    iat: i64,
    exp: Option<i64>,
    status_list: List,
}

#[derive(Deserialize)]
struct List {
    bits: u64,
    lst: String,
}

/// Why a list does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatusError {
    /// The token is not believed.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// It is the list of another address.
    #[error("this is another status list than the credential names")]
    OtherList,
    /// It is too old, or from the future.
    #[error("the status list is out of date; fetch it again")]
    OutOfDate,
    /// It can't be unpacked.
    #[error("the status list can't be unpacked")]
    Packed,
    /// It has no such entry.
    #[error("the status list has no entry for this credential")]
    NoEntry,
}

/// What a signed list says of an entry.
///
/// # Errors
/// [`StatusError`]. Unknown values count as invalid.
pub fn look_up(
    token: &str,
    uri: &str,
    idx: u64,
    keys: &JwkSet,
    now: DateTime<Utc>,
) -> Result<Status, StatusError> {
    let claims: Claims = jose::verify(token.trim(), TYP, keys)?;
    if claims.sub != uri {
        return Err(StatusError::OtherList);
    }
    let now = now.timestamp();
    if claims.iat > now + 60 || claims.exp.is_some_and(|exp| exp <= now) {
        return Err(StatusError::OutOfDate);
    }
    let packed = jose::decode(&claims.status_list.lst).ok_or(StatusError::Packed)?;
    read(&unpack(&packed)?, claims.status_list.bits, idx)
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>, StatusError> {
    let mut bytes = Vec::new();
    let mut decoder = ZlibDecoder::new(packed).take(LONGEST + 1);
    decoder
        .read_to_end(&mut bytes)
        .map_err(|_| StatusError::Packed)?;
    if bytes.len() as u64 > LONGEST {
        return Err(StatusError::Packed);
    }
    Ok(bytes)
}

fn read(bytes: &[u8], bits: u64, idx: u64) -> Result<Status, StatusError> {
    if !matches!(bits, 1 | 2 | 4 | 8) {
        return Err(StatusError::Packed);
    }
    let at = idx.checked_mul(bits).ok_or(StatusError::NoEntry)?;
    let byte = usize::try_from(at / 8).ok().and_then(|at| bytes.get(at));
    let byte = byte.ok_or(StatusError::NoEntry)?;
    let mask = u8::try_from((1_u16 << bits) - 1).unwrap_or(u8::MAX);
    Ok(match (byte >> (at % 8)) & mask {
        0 => Status::Valid,
        2 => Status::Suspended,
        _ => Status::Invalid,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use shiming_vault::OsEntropy;

    #[test]
    fn the_published_list_reads_back() {
        let packed = jose::decode("eNrbuRgAAhcBXQ").unwrap();
        let bytes = unpack(&packed).unwrap();
        assert_eq!(bytes, [0xb9, 0xa3]);
        let bits: Vec<_> = (0..16)
            .map(|idx| u8::from(read(&bytes, 1, idx).unwrap() == Status::Invalid))
            .collect();
        assert_eq!(bits, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
        assert_eq!(read(&bytes, 1, 16), Err(StatusError::NoEntry));
    }

    #[test]
    fn a_signed_list_tells_for_its_own_address_and_time() {
        let key = SigningKey::generate(&OsEntropy).unwrap();
        let keys = JwkSet {
            keys: vec![key.public()],
        };
        let now = Utc.with_ymd_and_hms(2026, 1, 2, 3, 4, 5).unwrap();
        let uri = "https://a.example/status/1";
        let entries = [(42, Status::Invalid), (43, Status::Suspended)];
        let list = token(&key, "https://a.example", uri, &entries, now);
        let ask = |idx| look_up(&list, uri, idx, &keys, now);
        assert_eq!(ask(41), Ok(Status::Valid));
        assert_eq!(ask(42), Ok(Status::Invalid));
        assert_eq!(ask(43), Ok(Status::Suspended));
        assert_eq!(ask(ENTRIES), Err(StatusError::NoEntry));
        let elsewhere = look_up(&list, "https://a.example/status/2", 1, &keys, now);
        assert_eq!(elsewhere, Err(StatusError::OtherList));
        let later = look_up(&list, uri, 1, &keys, now + chrono::Duration::days(2));
        assert_eq!(later, Err(StatusError::OutOfDate));
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![0; 5 << 20]).unwrap();
        assert_eq!(unpack(&encoder.finish().unwrap()), Err(StatusError::Packed));
    }
}
