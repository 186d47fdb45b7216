//! Telling relying parties that a credential they were told of has ended.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, StatusCode, header};
use shiming_federation::{
    notice::{self, REVOKED, SUSPENDED},
    webhook::sign,
};
use shiming_verification::{
    credential::CredentialStatus,
    ports::federation::{Notice, RelyingPartyWebhook},
};
use tokio_util::sync::CancellationToken;

use super::json;
use crate::{
    Services,
    edge::random,
    error::ServiceError,
    webhooks::{pause_after, pause_asked},
};

/// How long an attempt may take before another worker may make the next.
const LEASE: chrono::Duration = chrono::Duration::seconds(90);
/// Notices sent in one go.
const BATCH: u32 = 16;
/// How often due notices are looked for.
const PACE: Duration = Duration::from_secs(2);
/// Turns between two looks at keys and status lists.
const UPKEEP_TURNS: u32 = 300;

impl Services {
    /// Keeps in step with sister platforms until it is told to stop: sends notices, rotates keys, looks at status lists.
    pub async fn keep_in_step(&self, stop: CancellationToken) {
        for turn in 0_u32.. {
            if stop.is_cancelled() {
                return;
            }
            let done = async {
                if turn % UPKEEP_TURNS == 0 {
                    self.rotate_signing_keys(false).await?;
                    self.recheck_sources().await?;
                }
                self.send_notices().await
            };
            if let Err(error) = done.await {
                tracing::error!(%error, "sister platforms can't be kept in step");
            }
            let _ = tokio::time::timeout(PACE, stop.cancelled()).await;
        }
    }

    /// Sends the notices that are due.
    ///
    /// # Errors
    /// `Unavailable` if our own store is.
    pub async fn send_notices(&self) -> Result<(), ServiceError> {
        let now = self.clock.now();
        let due = self.federation.claim_notices(BATCH, now, now + LEASE);
        for due in due.await? {
            let again = match (due.party.webhook.clone(), kind_of(due.credential.status)) {
                (Some(webhook), Some(kind)) => self.send_notice(&due, kind, &webhook).await?,
                _ => None,
            };
            match again {
                Some(at) => self.federation.retry_notice(due.id, at).await?,
                None => self.federation.finish_notice(due.id).await?,
            }
        }
        Ok(())
    }

    /// Sends a notice; answers with when to send it again, if it did not arrive and is not given up.
    async fn send_notice(
        &self,
        due: &Notice,
        kind: &str,
        webhook: &RelyingPartyWebhook,
    ) -> Result<Option<DateTime<Utc>>, ServiceError> {
        let answer = self.outbound.send(self.signed(due, kind, webhook)?).await;
        let now = self.clock.now();
        if let Ok(answer) = &answer
            && (answer.status.is_success() || answer.status == StatusCode::GONE)
        {
            return Ok(None);
        }
        let asked = answer
            .as_ref()
            .ok()
            .and_then(|answer| pause_asked(answer, now));
        let status = answer.map(|answer| answer.status);
        tracing::warn!(party = %due.party.id, ?status, attempts = due.attempts, "a notice did not arrive");
        let jitter = u32::from_be_bytes(random(&*self.entropy)?);
        let pause = pause_after(due.attempts, jitter);
        Ok(pause.map(|pause| now + pause.max(asked.unwrap_or_default())))
    }

    fn signed(
        &self,
        due: &Notice,
        kind: &str,
        webhook: &RelyingPartyWebhook,
    ) -> Result<Request<Bytes>, ServiceError> {
        let told = notice::Notice {
            r#type: kind.to_owned(),
            timestamp: due.at,
            data: notice::NoticeData {
                verification_process: due.credential.case.to_string(),
                subject: due.subject.clone(),
            },
        };
        let body = json(&told)?;
        let id = format!("msg_{}", due.id.simple());
        let at = self.clock.now().timestamp().to_string();
        let signature = sign(webhook.secret.expose(), &id, &at, body.as_bytes());
        Request::post(&webhook.url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", &at)
            .header("webhook-signature", signature.unwrap_or_default())
            .body(body.into())
            .map_err(|error| ServiceError::Unavailable(error.to_string()))
    }
}

/// What to tell of a credential that stands so; nothing if it is valid again meanwhile.
const fn kind_of(status: CredentialStatus) -> Option<&'static str> {
    match status {
        CredentialStatus::Revoked | CredentialStatus::Superseded => Some(REVOKED),
        CredentialStatus::Suspended => Some(SUSPENDED),
        CredentialStatus::Active
        | CredentialStatus::ChangePending
        | CredentialStatus::ReverifyDue => None,
    }
}
