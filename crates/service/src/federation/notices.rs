//! Telling relying parties that a credential they were told of has ended.

use std::time::Duration;

use shiming_federation::notice::{self, REVOKED, SUSPENDED};
use shiming_outbound::OutboundError;
use shiming_verification::{
    credential::CredentialStatus,
    ports::federation::{Notice, RelyingPartyWebhook},
};
use tokio_util::sync::CancellationToken;

use super::json;
use crate::{Services, error::ServiceError};

/// Pauses between attempts in seconds, as Standard Webhooks publish them: 75 hours in all.
const PAUSES: [i64; 9] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
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
        for due in self
            .federation
            .claim_notices(BATCH, now, now + LEASE)
            .await?
        {
            let Some(webhook) = due.party.webhook.clone() else {
                continue;
            };
            let arrived = match kind_of(due.credential.status) {
                None => true,
                Some(kind) => self.send_notice(&due, kind, &webhook).await?,
            };
            let pause = PAUSES.get(usize::try_from(due.attempts).unwrap_or(0).saturating_sub(1));
            match pause {
                Some(pause) if !arrived => {
                    let at = self.clock.now() + chrono::Duration::seconds(*pause);
                    self.federation.retry_notice(due.id, at).await?;
                }
                _ => self.federation.finish_notice(due.id).await?,
            }
        }
        Ok(())
    }

    async fn send_notice(
        &self,
        due: &Notice,
        kind: &str,
        webhook: &RelyingPartyWebhook,
    ) -> Result<bool, ServiceError> {
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
        let signature = notice::sign(webhook.secret.expose(), &id, &at, body.as_bytes());
        let request = http::Request::post(&webhook.url)
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", &at)
            .header("webhook-signature", signature.unwrap_or_default())
            .body(body.into())
            .map_err(|error| ServiceError::Unavailable(error.to_string()))?;
        let answer: Result<_, OutboundError> = self.outbound.send(request).await;
        let status = answer.map(|answer| answer.status);
        let arrived = status
            .as_ref()
            .is_ok_and(|status| status.is_success() || status.as_u16() == 410);
        if !arrived {
            tracing::warn!(party = %due.party.id, ?status, attempts = due.attempts, "a notice did not arrive");
        }
        Ok(arrived)
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
