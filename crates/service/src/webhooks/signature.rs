//! Signatures as of Standard Webhooks 1.0: HMAC-SHA-256 over `id.timestamp.body`, base64, behind `v1,`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use shiming_vault::{Entropy, VaultError};
use shiming_verification::ports::webhooks::SigningSecret;

use crate::edge::random;

/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// A fresh secret of 24 random bytes.
///
/// # Errors
/// [`VaultError::NoEntropy`].
pub fn fresh_secret(entropy: &dyn Entropy) -> Result<SigningSecret, VaultError> {
    let text = format!("{PREFIX}{}", STANDARD.encode(random::<24>(entropy)?));
    Ok(SigningSecret {
        text,
        ends_at: None,
    })
}

/// The `webhook-signature` header: one signature for each secret that still signs, the newest first.
#[must_use]
pub fn header(
    secrets: &[SigningSecret],
    id: &str,
    timestamp: i64,
    body: &str,
    now: DateTime<Utc>,
) -> String {
    let signs = |secret: &&SigningSecret| secret.ends_at.is_none_or(|end| now < end);
    let signatures = secrets
        .iter()
        .filter(signs)
        .filter_map(|secret| sign(&secret.text, id, timestamp, body));
    signatures.collect::<Vec<_>>().join(" ")
}

/// One signature; `None` if the secret is none.
fn sign(secret: &str, id: &str, timestamp: i64, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body.as_bytes());
    Some(format!(
        "v1,{}",
        STANDARD.encode(mac.finalize().into_bytes())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    /// Secret, id, timestamp, body, signature.
    type Vector = (&'static str, &'static str, i64, &'static str, &'static str);

    const PUBLISHED: [Vector; 2] = [
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
        (
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            1_649_367_553,
            r#"{"email":"test@example.com","username":"test_user"}"#,
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
        ),
    ];

    #[test]
    fn the_published_vectors_are_reproduced() {
        for (secret, id, timestamp, body, signature) in PUBLISHED {
            assert_eq!(
                sign(secret, id, timestamp, body).as_deref(),
                Some(signature)
            );
        }
    }

    #[test]
    #[allow(clippy::disallowed_methods)] // The other implementation looks at the real clock.
    fn another_implementation_accepts_what_we_sign_and_nothing_else() {
        let now = Utc::now();
        let secret = fresh_secret(&shiming_vault::OsEntropy).unwrap();
        let receiver = standardwebhooks::Webhook::new(&secret.text).unwrap();
        let body = r#"{"type":"verification.verified"}"#;
        let signature = header(
            std::slice::from_ref(&secret),
            "evt_1",
            now.timestamp(),
            body,
            now,
        );
        let headers = |at: DateTime<Utc>, signature: &str| {
            let mut headers = http::HeaderMap::new();
            headers.insert("webhook-id", "evt_1".parse().unwrap());
            headers.insert(
                "webhook-timestamp",
                at.timestamp().to_string().parse().unwrap(),
            );
            headers.insert("webhook-signature", signature.parse().unwrap());
            headers
        };
        let verify = |body: &str, signature: &str| {
            receiver
                .verify(body.as_bytes(), &headers(now, signature))
                .is_ok()
        };
        assert!(verify(body, &signature));
        let old = now - Duration::seconds(301);
        let late = header(
            std::slice::from_ref(&secret),
            "evt_1",
            old.timestamp(),
            body,
            now,
        );
        assert!(
            receiver
                .verify(body.as_bytes(), &headers(old, &late))
                .is_err(),
            "too old"
        );
        assert!(
            verify(body, &format!("v2,AAAA {signature}")),
            "an unknown version comes first"
        );
        assert!(
            !verify(&body.replace('v', "w"), &signature),
            "one changed byte"
        );
        assert!(
            !verify(body, &signature.replacen("v1,", "v1a,", 1)),
            "another kind of signature"
        );
        let other = fresh_secret(&shiming_vault::OsEntropy).unwrap();
        assert!(!verify(
            body,
            &header(&[other], "evt_1", now.timestamp(), body, now)
        ));
    }

    #[test]
    fn during_a_rotation_both_secrets_sign_and_then_the_new_one_alone() {
        let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let mut old = fresh_secret(&shiming_vault::OsEntropy).unwrap();
        old.ends_at = Some(now + Duration::hours(1));
        let secrets = [fresh_secret(&shiming_vault::OsEntropy).unwrap(), old];
        let at = |now| header(&secrets, "evt_1", 1, "{}", now).split(' ').count();
        assert_eq!((at(now), at(now + Duration::hours(1))), (2, 1));
    }

    #[test]
    fn a_secret_does_not_print_itself() {
        let secret = fresh_secret(&shiming_vault::OsEntropy).unwrap();
        assert!(!format!("{secret:?}").contains(&secret.text[6..]));
    }
}
