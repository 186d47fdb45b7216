//! Notices between platforms, signed as Standard Webhooks 1.0 say.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// Seconds that the sender's clock may differ.
const TOLERANCE: i64 = 300;
/// The type of a notice that a verification has ended.
pub const REVOKED: &str = "enterprise.verification.revoked";
/// The type of a notice that a verification is stopped for the time being.
pub const SUSPENDED: &str = "enterprise.verification.suspended";

/// What a notice says: ids only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// [`REVOKED`] or [`SUSPENDED`].
    pub r#type: String,
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// What it is about.
    pub data: NoticeData,
}

/// What a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeData {
    /// The sender's id of the verification.
    pub verification_process: String,
    /// The sender's id of the account (`sub`).
    pub subject: String,
}

fn mac(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let key = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    Some(mac)
}

/// The value of `webhook-signature`. `None` if the secret is none.
#[must_use]
pub fn sign(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> Option<String> {
    let code = mac(secret, id, timestamp, body)?.finalize().into_bytes();
    Some(format!("v1,{}", STANDARD.encode(code)))
}

/// Whether one of the signatures fits, and the time too.
#[must_use]
pub fn is_signed(
    secret: &str,
    (id, timestamp, signatures): (&str, &str, &str),
    body: &[u8],
    now: DateTime<Utc>,
) -> bool {
    let timely = timestamp
        .parse::<i64>()
        .is_ok_and(|at| at.abs_diff(now.timestamp()) <= TOLERANCE.unsigned_abs());
    let fits = |signature: &str| {
        let code = signature
            .strip_prefix("v1,")
            .and_then(|code| STANDARD.decode(code).ok());
        let mac = mac(secret, id, timestamp, body);
        // Compared in constant time.
        code.zip(mac)
            .is_some_and(|(code, mac)| mac.verify_slice(&code).is_ok())
    };
    timely && signatures.split(' ').any(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: &str = "1614265330";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn the_published_vector() {
        assert_eq!(sign(SECRET, ID, AT, BODY).as_deref(), Some(SIGNATURE));
        assert!(is_signed(
            SECRET,
            (ID, AT, SIGNATURE),
            BODY,
            at(1_614_265_330)
        ));
        let several = format!("v2,x v1a,y {SIGNATURE}");
        assert!(is_signed(
            SECRET,
            (ID, AT, &several),
            BODY,
            at(1_614_265_330)
        ));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let now = at(1_614_265_330);
        let told =
            |signature: &str, body: &[u8], now| is_signed(SECRET, (ID, AT, signature), body, now);
        assert!(!told(SIGNATURE, br#"{"test": 2432232315}"#, now));
        assert!(!told(&SIGNATURE.replace("v1,", "v1a,"), BODY, now));
        assert!(!told("", BODY, now));
        assert!(!told(SIGNATURE, BODY, at(1_614_265_330 + 301)));
        assert!(!told(SIGNATURE, BODY, at(1_614_265_330 - 301)));
        assert!(told(SIGNATURE, BODY, at(1_614_265_330 + 300)));
        assert!(!is_signed("secret", (ID, AT, SIGNATURE), BODY, now));
    }
}
