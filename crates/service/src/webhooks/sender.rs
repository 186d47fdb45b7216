//! Sending: one lane for each endpoint, so that a slow receiver holds up nobody but itself.

use std::{collections::HashSet, time::Duration as Wait};

use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use http::{HeaderMap, Request, StatusCode, header};
use shiming_outbound::{Answer, OutboundError};
use shiming_verification::{
    feed::PublicKind,
    ids::EndpointId,
    ports::webhooks::{Attempt, Endpoint, LeasedDelivery, OffReason, Outcome},
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{message::payload, schedule::pause_after, signature};
use crate::{Services, edge::random, error::ServiceError, measure};

/// How often due messages are looked for.
const PACE: Wait = Wait::from_millis(500);
/// Endpoints that are served at once.
const LANES: u32 = 32;
/// Messages of one endpoint that are on their way at once, each of another case.
const AT_ONCE: u32 = 8;
/// How long a sender may take for a message before another may send it.
const LEASE: Duration = Duration::seconds(60);
/// The longest pause that a receiver may ask for.
const LONGEST_PAUSE: Duration = Duration::hours(24);
/// How much of an error is kept.
const LONGEST_ERROR: usize = 200;

impl Services {
    /// Sends messages until it is told to stop; those on their way are finished first.
    pub async fn send_webhooks(&self, stop: &CancellationToken) {
        let mut lanes: JoinSet<EndpointId> = JoinSet::new();
        let mut busy = HashSet::new();
        while !stop.is_cancelled() {
            match self
                .platform_api
                .due_endpoints(self.clock.now(), LANES)
                .await
            {
                Ok(due) => {
                    for endpoint in due {
                        if busy.insert(endpoint.id) {
                            let services = self.clone();
                            lanes.spawn(async move { services.lane(endpoint).await });
                        }
                    }
                }
                Err(error) => tracing::error!(%error, "webhook messages can't be fetched"),
            }
            tokio::select! {
                Some(done) = lanes.join_next(), if !lanes.is_empty() => {
                    // A lane that panicked does not say which it was: all are looked at anew.
                    match done {
                        Ok(endpoint) => { busy.remove(&endpoint); }
                        Err(_) => busy.clear(),
                    }
                }
                () = tokio::time::sleep(PACE) => {}
                () = stop.cancelled() => {}
            }
        }
        while lanes.join_next().await.is_some() {}
    }

    /// Sends what is due now; answers with the number of attempts.
    ///
    /// # Errors
    /// `Unavailable` if the store can't be asked.
    pub async fn send_webhooks_once(&self) -> Result<usize, ServiceError> {
        let mut attempts = 0;
        let due = self
            .platform_api
            .due_endpoints(self.clock.now(), LANES)
            .await?;
        for endpoint in due {
            attempts += self.serve(&endpoint).await?;
        }
        Ok(attempts)
    }

    async fn lane(&self, endpoint: Endpoint) -> EndpointId {
        if let Err(error) = self.serve(&endpoint).await {
            tracing::warn!(endpoint = %endpoint.id, %error, "webhook messages could not be sent");
        }
        endpoint.id
    }

    /// Sends an endpoint's due messages, of each case the earliest one.
    async fn serve(&self, endpoint: &Endpoint) -> Result<usize, ServiceError> {
        let now = self.clock.now();
        let leased = self
            .platform_api
            .lease_deliveries(endpoint.id, AT_ONCE, now, now + LEASE)
            .await?;
        let count = leased.len();
        let mut sending = JoinSet::new();
        for delivery in leased {
            let (services, endpoint) = (self.clone(), endpoint.clone());
            sending.spawn(async move { services.send_one(&endpoint, &delivery).await });
        }
        let mut result = Ok(count);
        while let Some(sent) = sending.join_next().await {
            match sent {
                Ok(Ok(())) => {}
                Ok(Err(error)) => result = Err(error),
                Err(error) => result = Err(ServiceError::Unavailable(error.to_string())),
            }
        }
        result
    }

    #[tracing::instrument(name = "webhook", skip_all, fields(delivery = %delivery.id))]
    async fn send_one(
        &self,
        endpoint: &Endpoint,
        delivery: &LeasedDelivery,
    ) -> Result<(), ServiceError> {
        let (began, steady) = (self.clock.now(), self.clock.steady_ms());
        let request = message(endpoint, delivery, began)?;
        let answer = self.outbound.send(request).await;
        let attempt = Attempt {
            nth: delivery.attempts,
            at: began,
            took_ms: self.clock.steady_ms().saturating_sub(steady),
            status: answer.as_ref().ok().map(|answer| answer.status.as_u16()),
            error: answer.as_ref().err().map(shortened),
        };
        let outcome = self.outcome(delivery, &answer)?;
        measure::webhook(outcome, Wait::from_millis(attempt.took_ms));
        if outcome != Outcome::Delivered {
            tracing::info!(endpoint = %endpoint.id, delivery = %delivery.id, nth = attempt.nth, status = attempt.status,
                "a webhook message was not taken; the endpoint's list of deliveries says why");
        }
        self.platform_api
            .note_attempt(delivery.id, &attempt, outcome)
            .await?;
        self.look_after(endpoint, delivery, &answer, outcome).await
    }

    fn outcome(
        &self,
        delivery: &LeasedDelivery,
        answer: &Result<Answer, OutboundError>,
    ) -> Result<Outcome, ServiceError> {
        if matches!(answer, Ok(answer) if answer.status.is_success()) {
            return Ok(Outcome::Delivered);
        }
        let jitter = u32::from_be_bytes(random(&*self.entropy)?);
        let now = self.clock.now();
        let asked = answer
            .as_ref()
            .ok()
            .and_then(|answer| pause_asked(answer, now));
        Ok(match pause_after(delivery.round, jitter) {
            Some(pause) => Outcome::Again(now + pause.max(asked.unwrap_or_default())),
            None => Outcome::GivenUp,
        })
    }

    /// What an attempt means for the endpoint as a whole.
    async fn look_after(
        &self,
        endpoint: &Endpoint,
        delivery: &LeasedDelivery,
        answer: &Result<Answer, OutboundError>,
        outcome: Outcome,
    ) -> Result<(), ServiceError> {
        let now = self.clock.now();
        if outcome == Outcome::Delivered {
            return Ok(self
                .platform_api
                .note_health(endpoint.id, None, now)
                .await?);
        }
        self.platform_api
            .note_health(endpoint.id, Some(now), now)
            .await?;
        if let Ok(answer) = answer {
            if answer.status == StatusCode::GONE {
                return self.turn_off(endpoint, OffReason::Gone).await;
            }
            if let Some(pause) = pause_asked(answer, now) {
                let until = now + pause;
                self.platform_api.pause_endpoint(endpoint.id, until).await?;
            }
        }
        let nothing_since = endpoint
            .failing_since
            .is_some_and(|since| since <= delivery.created_at + Duration::hours(1));
        if outcome == Outcome::GivenUp && nothing_since {
            self.turn_off(endpoint, OffReason::Failing).await?;
        }
        Ok(())
    }

    async fn turn_off(&self, endpoint: &Endpoint, reason: OffReason) -> Result<(), ServiceError> {
        if self.platform_api.switch_off(endpoint.id, reason).await? {
            tracing::warn!(endpoint = %endpoint.id, ?reason, "a webhook endpoint was switched off");
            self.tell_of_endpoint(endpoint, PublicKind::WebhookEndpointDisabled)
                .await?;
        }
        Ok(())
    }
}

fn message(
    endpoint: &Endpoint,
    delivery: &LeasedDelivery,
    now: DateTime<Utc>,
) -> Result<Request<Bytes>, ServiceError> {
    let event = &delivery.event.event;
    let (id, body) = (event.id.to_string(), payload(event));
    let timestamp = now.timestamp();
    let signature = signature::header(&endpoint.secrets, &id, timestamp, &body, now);
    Request::post(&endpoint.url)
        .header(header::CONTENT_TYPE, "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp.to_string())
        .header("webhook-signature", signature)
        .body(Bytes::from(body))
        .map_err(|error| ServiceError::Unavailable(error.to_string()))
}

/// How long a receiver that has too much to do wants to be left alone.
pub(crate) fn pause_asked(answer: &Answer, now: DateTime<Utc>) -> Option<Duration> {
    let slow_down = [
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::BAD_GATEWAY,
        StatusCode::GATEWAY_TIMEOUT,
    ];
    if !slow_down.contains(&answer.status) {
        return None;
    }
    let asked = retry_after(&answer.headers, now).unwrap_or(Duration::seconds(30));
    Some(asked.clamp(Duration::seconds(1), LONGEST_PAUSE))
}

/// RFC 9110, section 10.2.3: seconds or a date.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Duration::seconds(i64::from(seconds)));
    }
    let at = DateTime::parse_from_rfc2822(text).ok()?;
    Some(at.to_utc() - now)
}

fn shortened(error: &OutboundError) -> String {
    error.to_string().chars().take(LONGEST_ERROR).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_may_say_in_seconds_or_by_date_when_to_come_back() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let answer = |status: u16, after: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, after.parse().unwrap());
            Answer {
                status: StatusCode::from_u16(status).unwrap(),
                headers,
                body: Bytes::new(),
            }
        };
        let date = (now + Duration::minutes(2)).format("%a, %d %b %Y %H:%M:%S GMT");
        let pause = |status, after: &str| pause_asked(&answer(status, after), now);
        assert_eq!(pause(429, "120"), Some(Duration::minutes(2)));
        assert_eq!(pause(502, &date.to_string()), Some(Duration::minutes(2)));
        assert_eq!(pause(504, "soon"), Some(Duration::seconds(30)));
        assert_eq!(pause(429, "99999999"), Some(LONGEST_PAUSE));
        assert_eq!(pause(500, "120"), None);
    }
}
