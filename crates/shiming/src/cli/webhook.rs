//! `shiming webhook`: where a platform's webhooks go, and how they fare.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use clap::{Args as ClapArgs, Subcommand};
use shiming_audit::{Actor, ActorKind, Record};
use shiming_outbound::Rules;
use shiming_service::{
    edge::{Clock as _, fresh_uuid},
    webhooks::{EndpointForm, signature::fresh_secret},
};
use shiming_storage::Storage;
use shiming_vault::OsEntropy;
use shiming_verification::{
    feed::PublicKind,
    ids::{EndpointId, PlatformId},
    ports::{
        feed::EventQuery,
        webhooks::{DeliveryFilter, Endpoint},
    },
};

use super::api_key::sides;
use crate::{
    config::Config,
    wiring::{SystemClock, migrated_storage},
};

/// What to do with webhooks.
#[derive(ClapArgs)]
pub struct Args {
    /// The platform, `plt_…`; its test mode has an id of its own, see `shiming platform list`
    platform: PlatformId,
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Add an endpoint; its secret is printed once and never again
    Add {
        /// Where messages go
        url: String,
        /// Wanted types; all if not given
        #[arg(long = "event", value_name = "TYPE")]
        events: Vec<PublicKind>,
    },
    /// List endpoints, those of the test mode included
    List,
    /// Switch an endpoint on; it gets what it has missed
    Enable {
        /// `whe_…`
        endpoint: EndpointId,
    },
    /// Switch an endpoint off; what it misses waits for it
    Disable {
        /// `whe_…`
        endpoint: EndpointId,
    },
    /// Remove an endpoint, with the messages that wait for it
    Remove {
        /// `whe_…`
        endpoint: EndpointId,
    },
    /// List the newest messages of an endpoint
    Deliveries {
        /// `whe_…`
        endpoint: EndpointId,
    },
    /// Send the events of a time again
    Replay {
        /// `whe_…`
        endpoint: EndpointId,
        /// From this moment on (RFC 3339)
        #[arg(long)]
        since: DateTime<Utc>,
        /// Before this moment (RFC 3339)
        #[arg(long)]
        until: Option<DateTime<Utc>>,
    },
}

/// Does it.
pub fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    super::block_on(async {
        let storage = migrated_storage(config).await?;
        let rules = Rules {
            trusted_hosts: config.outbound.trusted_hosts.clone(),
        };
        let desk = Desk {
            storage: &*storage,
            platform: args.platform,
            rules,
        };
        desk.run(&args.task).await
    })?;
    Ok(ExitCode::SUCCESS)
}

struct Desk<'a> {
    storage: &'a dyn Storage,
    platform: PlatformId,
    rules: Rules,
}

impl Desk<'_> {
    async fn run(&self, task: &Task) -> Result<()> {
        match task {
            Task::Add { url, events } => self.add(url, events).await,
            Task::List => self.list().await,
            Task::Enable { endpoint } => self.switch(*endpoint, true).await,
            Task::Disable { endpoint } => self.switch(*endpoint, false).await,
            Task::Remove { endpoint } => self.remove(*endpoint).await,
            Task::Deliveries { endpoint } => self.deliveries(*endpoint).await,
            Task::Replay {
                endpoint,
                since,
                until,
            } => self.replay(*endpoint, *since, *until).await,
        }
    }

    async fn add(&self, url: &str, events: &[PublicKind]) -> Result<()> {
        sides(self.storage, self.platform).await?;
        let now = SystemClock::default().now();
        let secret = fresh_secret(&OsEntropy)?;
        let text = secret.text.clone();
        let id = EndpointId::new(fresh_uuid(now, &OsEntropy)?);
        let mut endpoint = Endpoint::fresh(id, self.platform, secret, now);
        let form = EndpointForm {
            url: Some(url.to_owned()),
            events: Some(events.to_vec()),
            ..EndpointForm::default()
        };
        form.fill(&mut endpoint, &self.rules).map_err(|wrong| {
            anyhow::anyhow!("the {} can't be used: {}", wrong.field, wrong.reason)
        })?;
        self.recorded(&endpoint, "webhook_endpoint.added").await?;
        self.storage.put_endpoint(&endpoint, now).await?;
        println!("{id}  secret, shown this once only: {text}");
        Ok(())
    }

    async fn list(&self) -> Result<()> {
        for side in sides(self.storage, self.platform).await? {
            for endpoint in self.storage.endpoints(side.id).await? {
                let state = match (&endpoint.off, endpoint.failing_since) {
                    (Some(reason), _) => format!("off ({reason:?})").to_lowercase(),
                    (None, Some(since)) => format!("failing since {}", since.format("%F %R")),
                    (None, None) => "on".to_owned(),
                };
                println!(
                    "{}  {state}  {}  {}",
                    endpoint.id,
                    side.realm.as_str(),
                    endpoint.url
                );
            }
        }
        Ok(())
    }

    async fn switch(&self, id: EndpointId, on: bool) -> Result<()> {
        let mut endpoint = self.find(id).await?;
        let form = EndpointForm {
            enabled: Some(on),
            ..EndpointForm::default()
        };
        form.fill(&mut endpoint, &self.rules)
            .map_err(|wrong| anyhow::anyhow!("{}", wrong.reason))?;
        let now = SystemClock::default().now();
        self.recorded(&endpoint, "webhook_endpoint.changed").await?;
        self.storage.put_endpoint(&endpoint, now).await?;
        println!("{id} is {}", if on { "on" } else { "off" });
        Ok(())
    }

    async fn remove(&self, id: EndpointId) -> Result<()> {
        let endpoint = self.find(id).await?;
        self.recorded(&endpoint, "webhook_endpoint.removed").await?;
        self.storage.remove_endpoint(endpoint.platform, id).await?;
        println!("{id} is gone");
        Ok(())
    }

    async fn deliveries(&self, id: EndpointId) -> Result<()> {
        let endpoint = self.find(id).await?;
        let newest = DeliveryFilter::default();
        let found = self
            .storage
            .deliveries(endpoint.platform, id, newest, 50)
            .await?;
        for delivery in found {
            let event = &delivery.event.event;
            let status = format!("{:?}", delivery.status).to_lowercase();
            let (kind, at) = (event.kind.as_str(), event.at.format("%F %T"));
            println!(
                "{}  {status}  {} attempts  {kind}  {at}",
                event.id, delivery.attempts
            );
        }
        Ok(())
    }

    async fn replay(
        &self,
        id: EndpointId,
        since: DateTime<Utc>,
        until: Option<DateTime<Utc>>,
    ) -> Result<()> {
        let endpoint = self.find(id).await?;
        let query = EventQuery::between(since, until);
        let now = SystemClock::default().now();
        self.recorded(&endpoint, "webhook_endpoint.replayed")
            .await?;
        let messages = self.storage.replay(&endpoint, query, now).await?;
        println!("{messages} messages are sent again");
        Ok(())
    }

    async fn recorded(&self, endpoint: &Endpoint, action: &str) -> Result<()> {
        let actor = Actor::unnamed(ActorKind::CommandLine);
        let record = Record::new(actor, action, SystemClock::default().now());
        let record = record
            .about(endpoint.id)
            .with("platform", endpoint.platform);
        Ok(self.storage.record(vec![record]).await?)
    }

    async fn find(&self, id: EndpointId) -> Result<Endpoint> {
        for side in sides(self.storage, self.platform).await? {
            if let Some(endpoint) = self.storage.endpoint(side.id, id).await? {
                return Ok(endpoint);
            }
        }
        None.with_context(|| {
            format!("the platform has no endpoint {id}; `shiming webhook PLATFORM list` shows them")
        })
    }
}
