//! The secrets of an endpoint and the signature header that they make.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use shiming_federation::webhook::{PREFIX, sign};
use shiming_vault::{Entropy, VaultError};
use shiming_verification::ports::webhooks::SigningSecret;

use crate::edge::random;

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
    let timestamp = timestamp.to_string();
    let signatures = secrets
        .iter()
        .filter(signs)
        .filter_map(|secret| sign(&secret.text, id, &timestamp, body.as_bytes()));
    signatures.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

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
