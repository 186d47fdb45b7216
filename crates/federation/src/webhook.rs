//! Signatures of messages between servers, as Standard Webhooks 1.0 say: HMAC-SHA-256 over `id.timestamp.body`, base64, behind
//! `v1,`. For the webhooks of platforms and for the notices of sister platforms alike.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// What a secret in its text form begins with.
pub const PREFIX: &str = "whsec_";
/// Seconds that the sender's clock may differ.
pub const TOLERANCE: i64 = 300;

fn mac(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    Some(mac)
}

/// One signature of the header `webhook-signature`. `None` if the secret is none.
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
    fn the_published_vectors() {
        let other = sign(
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            "1649367553",
            br#"{"email":"test@example.com","username":"test_user"}"#,
        );
        assert_eq!(
            other.as_deref(),
            Some("v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=")
        );
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
