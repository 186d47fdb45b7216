//! Once a day the audit trail's end is signed and put where it can be copied away, so that cutting or rewriting shows; and, if
//! somebody is named, sent there, out of this machine's reach.

use std::{fs, path::PathBuf};

use anyhow::{Result, bail};
use axum::http::Request;
use chrono::{DateTime, Duration, Utc};
use shiming_audit::{Anchor, AuditTrail};
use shiming_outbound::Client;
use shiming_service::trail;

use crate::wiring::SystemClock;

const EVERY: Duration = Duration::days(1);
/// Names the entry of the last anchor that has arrived.
const ARRIVED: &str = "arrived";

/// Where anchors go.
pub struct Anchors {
    /// A folder, one file an anchor.
    pub folder: PathBuf,
    /// Who is sent each of them.
    pub receiver: Option<Receiver>,
}

/// A server that keeps anchors.
pub struct Receiver {
    /// Its address.
    pub url: String,
    /// What asks it.
    pub client: Client,
}

impl Anchors {
    /// Signs and puts away, if a day has passed; sends what has not arrived yet.
    pub async fn keep(&self, audit: &dyn AuditTrail, now: DateTime<Utc>) -> Result<()> {
        let last = self.all()?.pop();
        if last.is_none_or(|last| now >= last.at + EVERY)
            && let Some(anchor) = trail::anchored(audit, &SystemClock::default()).await?
        {
            self.write(&anchor)?;
            tracing::info!(entry = anchor.seq, "signed the audit trail");
        }
        self.send().await
    }

    /// Every anchor in the folder, by their entries.
    fn all(&self) -> Result<Vec<Anchor>> {
        if !self.folder.is_dir() {
            return Ok(Vec::new());
        }
        let mut all = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                all.extend(serde_json::from_str::<Anchor>(&fs::read_to_string(path)?).ok());
            }
        }
        all.sort_by_key(|anchor| anchor.seq);
        Ok(all)
    }

    fn write(&self, anchor: &Anchor) -> Result<()> {
        fs::create_dir_all(&self.folder)?;
        let name = format!("{}-{}.json", anchor.at.format("%Y-%m-%d"), anchor.seq);
        let beside = self.folder.join(format!("{name}.part"));
        fs::write(&beside, serde_json::to_string(anchor)?)?;
        Ok(fs::rename(beside, self.folder.join(name))?)
    }

    async fn send(&self) -> Result<()> {
        let Some(receiver) = &self.receiver else {
            return Ok(());
        };
        let mark = self.folder.join(ARRIVED);
        let arrived: u64 = fs::read_to_string(&mark)
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or_default();
        for anchor in self.all()?.iter().filter(|anchor| anchor.seq > arrived) {
            receiver.take(anchor).await?;
            fs::write(&mark, anchor.seq.to_string())?;
        }
        Ok(())
    }
}

impl Receiver {
    async fn take(&self, anchor: &Anchor) -> Result<()> {
        let request = Request::post(&self.url)
            .header("content-type", "application/json")
            .body(serde_json::to_vec(anchor)?.into())?;
        let answer = self.client.send(request).await?;
        if !answer.status.is_success() {
            bail!("the receiver of anchors answers {}", answer.status);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
    use shiming_outbound::{Limits, Rules};

    use super::*;

    /// What a receiver has heard, and whether it is well.
    #[derive(Clone, Default)]
    struct Ear(Arc<Mutex<(bool, Vec<u64>)>>);

    async fn hear(State(ear): State<Ear>, Json(anchor): Json<Anchor>) -> StatusCode {
        let mut ear = ear.0.lock().unwrap();
        if !ear.0 {
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        ear.1.push(anchor.seq);
        StatusCode::NO_CONTENT
    }

    fn anchor(seq: u64) -> Anchor {
        Anchor {
            at: DateTime::UNIX_EPOCH,
            hash: [0; 32],
            key: String::new(),
            seq,
            signature: String::new(),
        }
    }

    #[tokio::test]
    async fn an_anchor_that_did_not_arrive_is_sent_again_and_each_arrives_once() {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let ear = Ear::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/anchors", listener.local_addr().unwrap());
        let app = Router::new()
            .route("/anchors", post(hear))
            .with_state(ear.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let rules = Rules {
            trusted_hosts: vec!["127.0.0.1".to_owned()],
        };
        let folder = tempfile::tempdir().unwrap();
        let anchors = Anchors {
            folder: folder.path().to_owned(),
            receiver: Some(Receiver {
                url,
                client: Client::new(rules, Limits::default(), &[]).unwrap(),
            }),
        };
        anchors.write(&anchor(7)).unwrap();
        anchors.send().await.unwrap_err();
        ear.0.lock().unwrap().0 = true;
        anchors.write(&anchor(9)).unwrap();
        for _ in 0..2 {
            anchors.send().await.unwrap();
        }
        assert_eq!(ear.0.lock().unwrap().1, [7, 9]);
    }
}
