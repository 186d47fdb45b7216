//! SMS through whatever gateway the operator has: a signed POST to an address of the operator's.

use async_trait::async_trait;
use bytes::Bytes;
use chrono::SecondsFormat;
use http::{Request, StatusCode, header};
use serde_json::json;
use shiming_federation::webhook::sign;
use shiming_outbound::{Client, Target, TargetError};
use shiming_verification::{
    notification::Address,
    ports::notifications::{Letter, Messenger, SendError},
};

use crate::sms::sms;

/// The operator's gateway.
pub struct SmsHook {
    url: String,
    secret: String,
    client: Client,
}

/// The gateway's settings can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HookError {
    /// The address.
    #[error("{0}")]
    Address(#[from] TargetError),
    /// The secret.
    #[error("the secret is `whsec_` and base64, as webhooks have it")]
    Secret,
}

impl SmsHook {
    /// A gateway at an address, which is asked through the guarded client and told by a secret that it is us who ask.
    ///
    /// # Errors
    /// [`HookError`].
    pub fn new(url: &str, secret: &str, client: Client) -> Result<Self, HookError> {
        let target = Target::parse(url, client.rules())?;
        sign(secret, "id", "0", b"").ok_or(HookError::Secret)?;
        Ok(Self {
            url: target.url().to_string(),
            secret: secret.to_owned(),
            client,
        })
    }

    /// The request, signed as of Standard Webhooks 1.0. `webhook-id` is the message's, the same at every attempt.
    fn request(&self, letter: &Letter, number: &str) -> Result<Request<Bytes>, SendError> {
        let words = sms(letter);
        let body = json!({
            "id": letter.id,
            "type": "notification.sms",
            "timestamp": letter.at.to_rfc3339_opts(SecondsFormat::Millis, true),
            "data": {
                "to": number,
                "occasion": letter.occasion,
                "language": letter.to.language,
                "text": words.text,
                "values": words.values,
            },
        })
        .to_string();
        let (id, timestamp) = (letter.id.to_string(), letter.at.timestamp().to_string());
        let signature = sign(&self.secret, &id, &timestamp, body.as_bytes());
        let signature =
            signature.ok_or_else(|| SendError::NotNow(HookError::Secret.to_string()))?;
        Request::post(&self.url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(Bytes::from(body))
            .map_err(|error| SendError::NotNow(error.to_string()))
    }
}

#[async_trait]
impl Messenger for SmsHook {
    /// Any 2xx means that the gateway has taken the message, 422 that it will never serve this number. Everything else may pass.
    async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let Address::Sms(number) = &letter.to.address else {
            return Err(SendError::Refused("no phone number".to_owned()));
        };
        let request = self.request(letter, number.expose())?;
        let answer = self.client.send(request).await;
        let answer = answer.map_err(|error| SendError::NotNow(format!("the SMS hook: {error}")))?;
        match answer.status {
            status if status.is_success() => Ok(()),
            StatusCode::UNPROCESSABLE_ENTITY => Err(SendError::Refused("422".to_owned())),
            status => Err(SendError::NotNow(format!("the SMS hook answers {status}"))),
        }
    }
}
