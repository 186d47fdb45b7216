//! `shiming federation`: sister platforms whose word a platform takes, and those that may ask about its accounts.

use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args as ClapArgs, Subcommand};
use shiming_audit::{Actor, ActorKind, Record};
use shiming_outbound::Target;
use shiming_service::{
    ServiceError,
    edge::{Clock as _, fresh_uuid},
    federation::sisters::{ClientForm, IssuerForm},
};
use shiming_storage::Storage;
use shiming_vault::OsEntropy;
use shiming_verification::{
    claim::FieldError,
    ids::{ClientId, IssuerId, PlatformId},
    ports::federation::{SecretText, StoredKey},
    sync::IssuerPolicy,
    words::AssuranceLevel,
};

use crate::{
    config::{Config, PublicUrl},
    wiring::{SystemClock, migrated_storage, outbound_client},
};

/// What to do with sister platforms.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Sister platforms whose verified accounts may synchronise to one of our platforms
    #[command(subcommand)]
    Issuer(IssuerTask),
    /// Sister platforms that may ask about accounts of one of our platforms, with the account's consent
    #[command(subcommand)]
    Client(ClientTask),
    /// Set where a platform signs its users in when a sister platform asks about them
    LoginUrl {
        /// `plt_…`
        platform: PlatformId,
        /// The address; `request` is appended to its query
        url: String,
    },
    /// The keys that sign what sister platforms are told
    #[command(subcommand)]
    Keys(KeysTask),
}

#[derive(Subcommand)]
enum IssuerTask {
    /// Trust a sister platform
    Add(IssuerAdd),
    /// List trusted sister platforms
    List {
        /// `plt_…`
        platform: PlatformId,
    },
    /// Trust a sister platform no longer; what came from it stays
    Remove {
        /// `plt_…`
        platform: PlatformId,
        /// `iss_…`
        issuer: IssuerId,
    },
}

#[derive(ClapArgs)]
struct IssuerAdd {
    /// `plt_…`
    platform: PlatformId,
    /// Its name, as applicants will read it
    #[arg(long)]
    name: String,
    /// Its issuer identifier, for example <https://verify.sister.example>
    #[arg(long)]
    url: String,
    /// Our client id there
    #[arg(long)]
    client_id: String,
    /// Our client secret there
    #[arg(long, env = "SHIMING_CLIENT_SECRET", hide_env_values = true)]
    client_secret: String,
    /// A trust framework that is accepted; may be given several times
    #[arg(long = "framework", default_value = "cn_enterprise_real_name")]
    frameworks: Vec<String>,
    /// Least assurance level that is accepted
    #[arg(long, default_value = "bank_transfer", value_parser = level)]
    least_assurance: AssuranceLevel,
    /// Assurance level that its word counts for at most
    #[arg(long, default_value = "legal_rep_face", value_parser = level)]
    highest_assurance: AssuranceLevel,
    /// Days that the verification may be old
    #[arg(long, default_value_t = 365)]
    max_age_days: u32,
    /// Accept it without asking the local registry
    #[arg(long)]
    without_registry: bool,
    /// The secret (`whsec_…`) with which it signs its notices of revocation
    #[arg(long, env = "SHIMING_WEBHOOK_SECRET", hide_env_values = true)]
    webhook_secret: Option<String>,
}

impl IssuerAdd {
    fn form(&self) -> IssuerForm {
        IssuerForm {
            name: self.name.clone(),
            url: Some(self.url.clone()),
            client_id: self.client_id.clone(),
            client_secret: Some(SecretText::new(self.client_secret.clone())),
            policy: IssuerPolicy {
                trust_frameworks: self.frameworks.clone(),
                least_assurance: self.least_assurance,
                highest_assurance: self.highest_assurance,
                max_age_days: self.max_age_days,
                confirm_in_registry: !self.without_registry,
            },
            webhook_secret: self.webhook_secret.clone().map(SecretText::new),
        }
    }
}

#[derive(Subcommand)]
enum ClientTask {
    /// Let a sister platform ask; its secrets are printed once and never again
    Add(ClientAdd),
    /// List sister platforms that may ask
    List {
        /// `plt_…`
        platform: PlatformId,
    },
    /// Let a sister platform ask no longer
    Remove {
        /// `plt_…`
        platform: PlatformId,
        /// `cli_…`
        client: ClientId,
    },
}

#[derive(ClapArgs)]
struct ClientAdd {
    /// `plt_…`
    platform: PlatformId,
    /// Its name, as the accounts' users will read it
    #[arg(long)]
    name: String,
    /// Its public address, if it runs this software: where users go back to and where it hears of revocations follow from it
    #[arg(long, conflicts_with_all = ["redirect_uris", "webhook"], required_unless_present = "redirect_uris")]
    origin: Option<PublicUrl>,
    /// Where users go back to, if it runs other software; may be given several times
    #[arg(long = "redirect-uri")]
    redirect_uris: Vec<String>,
    /// Where it wants to hear of revocations, if it runs other software
    #[arg(long)]
    webhook: Option<String>,
}

impl ClientAdd {
    fn form(&self) -> ClientForm {
        ClientForm {
            name: self.name.clone(),
            origin: self.origin.as_ref().map(ToString::to_string),
            redirect_uris: self.redirect_uris.clone(),
            webhook: self.webhook.clone(),
        }
    }
}

#[derive(Subcommand)]
enum KeysTask {
    /// List the published keys
    List,
    /// Make the next key now; the present one signs on for an hour and stays published
    Rotate,
}

fn level(text: &str) -> Result<AssuranceLevel, String> {
    serde_json::from_value(text.into())
        .map_err(|_| "one of registry_only, bank_transfer, legal_rep_face".to_owned())
}

/// Does what was asked for.
pub fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    super::block_on(async {
        let storage = migrated_storage(config).await?;
        match &args.task {
            Task::Issuer(task) => issuer(task, &*storage, config).await,
            Task::Client(task) => client(task, &*storage, config).await,
            Task::LoginUrl { platform, url } => {
                check_address(url, config)?;
                let record = acted("platform.login_url_set", *platform).with("url", url);
                storage.record(vec![record.about(platform)]).await?;
                Ok(storage.set_login_url(*platform, url).await?)
            }
            Task::Keys(task) => keys(task, &*storage).await,
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Plain http is for hosts that the configuration trusts.
fn check_address(url: &str, config: &Config) -> Result<()> {
    let client = outbound_client(&config.outbound)?;
    Target::parse(url, client.rules()).with_context(|| format!("{url} can't be used"))?;
    Ok(())
}

async fn issuer(task: &IssuerTask, storage: &dyn Storage, config: &Config) -> Result<()> {
    match task {
        IssuerTask::Add(add) => add_issuer(add, storage, config).await,
        IssuerTask::List { platform } => {
            for issuer in storage.issuers(*platform).await? {
                println!("{}  {}  {}", issuer.id, issuer.name, issuer.url);
            }
            Ok(())
        }
        IssuerTask::Remove { platform, issuer } => {
            let record = acted("issuer.removed", *platform).about(issuer);
            storage.record(vec![record]).await?;
            found(storage.remove_issuer(*platform, *issuer).await?, "issuer")
        }
    }
}

async fn add_issuer(add: &IssuerAdd, storage: &dyn Storage, config: &Config) -> Result<()> {
    known_platform(add.platform, storage).await?;
    let clock = SystemClock::default();
    let id = IssuerId::new(fresh_uuid(clock.now(), &OsEntropy)?);
    let client = outbound_client(&config.outbound)?;
    let issuer = add
        .form()
        .issuer((id, add.platform), None, client.rules())
        .map_err(|wrong| unusable(&wrong))?;
    let record = acted("issuer.added", add.platform).with("url", &issuer.url);
    storage.record(vec![record.about(id)]).await?;
    storage.put_issuer(&issuer, clock.now()).await?;
    println!("{id}  {}", issuer.name);
    println!(
        "If it runs other software, its notices of revocation go to {}/federation/notices/{id}",
        own_address(config)
    );
    if issuer.webhook_secret.is_none() {
        println!(
            "Without --webhook-secret they are not believed; its status list is looked at once a day."
        );
    }
    Ok(())
}

async fn known_platform(platform: PlatformId, storage: &dyn Storage) -> Result<()> {
    if storage.platform(platform).await?.is_none() {
        bail!("there is no platform {platform}; `shiming platform list` shows them");
    }
    Ok(())
}

/// The option that can't be used, and why in a word.
fn unusable(wrong: &FieldError) -> anyhow::Error {
    let option = wrong.field.replace('_', "-");
    anyhow!(
        "--{option} can't be used: {}",
        wrong.reason.replace('_', " ")
    )
}

/// What was done on the command line, for the trail.
fn acted(action: &str, platform: PlatformId) -> Record {
    let actor = Actor::unnamed(ActorKind::CommandLine);
    Record::new(actor, action, SystemClock::default().now()).with("platform", platform)
}

async fn client(task: &ClientTask, storage: &dyn Storage, config: &Config) -> Result<()> {
    match task {
        ClientTask::Add(add) => add_client(add, storage, config).await,
        ClientTask::List { platform } => {
            for party in storage.parties(*platform).await? {
                println!(
                    "{}  {}  {}",
                    party.id,
                    party.name,
                    party.redirect_uris.join(" ")
                );
            }
            Ok(())
        }
        ClientTask::Remove { platform, client } => {
            let record = acted("client.removed", *platform).about(client);
            storage.record(vec![record]).await?;
            found(storage.remove_party(*platform, *client).await?, "client")
        }
    }
}

async fn add_client(add: &ClientAdd, storage: &dyn Storage, config: &Config) -> Result<()> {
    let platform = add.platform;
    known_platform(platform, storage).await?;
    let clock = SystemClock::default();
    let id = ClientId::new(fresh_uuid(clock.now(), &OsEntropy)?);
    let client = outbound_client(&config.outbound)?;
    let made = add.form().client(id, platform, client.rules(), &OsEntropy);
    let new = made.map_err(|error| match error {
        ServiceError::Fields(wrong) => wrong.first().map_or_else(|| anyhow!("unusable"), unusable),
        other => other.into(),
    })?;
    let record = acted("client.added", platform).about(id);
    storage.record(vec![record]).await?;
    storage.put_party(&new.party, clock.now()).await?;
    println!("{id}  {}", new.party.name);
    println!("client secret, shown this once only: {}", new.secret);
    if let Some(webhook) = &new.party.webhook {
        let secret = webhook.secret.expose();
        println!("webhook secret, shown this once only: {secret}");
    }
    println!("issuer address: {}", own_address(config));
    Ok(())
}

/// The address under which sister platforms know this server.
fn own_address(config: &Config) -> String {
    let public = config.server.public_url.as_ref();
    public.map_or_else(
        || "(set server.public_url first)".to_owned(),
        ToString::to_string,
    )
}

async fn keys(task: &KeysTask, storage: &dyn Storage) -> Result<()> {
    use shiming_federation::jose::SigningKey;
    if matches!(task, KeysTask::Rotate) {
        let key = StoredKey {
            scalar: SigningKey::generate(&OsEntropy)?.scalar().to_vec(),
            created_at: SystemClock::default().now(),
        };
        storage.add_signing_key(&key).await?;
    }
    for key in storage.signing_keys().await? {
        let id = SigningKey::from_scalar(&key.scalar).map(|key| key.public().thumbprint());
        println!(
            "{}  {}",
            key.created_at.format("%Y-%m-%d %H:%M:%S"),
            id.unwrap_or_default()
        );
    }
    Ok(())
}

fn found(there: bool, what: &str) -> Result<()> {
    if there {
        Ok(())
    } else {
        bail!("the platform has no such {what}")
    }
}
