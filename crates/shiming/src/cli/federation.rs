//! `shiming federation`: sister platforms whose word a platform takes, and those that may ask about its accounts.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::{Args as ClapArgs, Subcommand};
use shiming_outbound::Target;
use shiming_service::{
    edge::{Clock as _, fresh_uuid},
    tokens,
};
use shiming_storage::Storage;
use shiming_vault::{OsEntropy, random_token};
use shiming_verification::{
    ids::{ClientId, IssuerId, PlatformId},
    ports::federation::{RelyingParty, RelyingPartyWebhook, SecretText, StoredKey, TrustedIssuer},
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
    fn redirect_uris(&self) -> Vec<String> {
        match &self.origin {
            Some(origin) => vec![format!("{origin}/federation/callback")],
            None => self.redirect_uris.clone(),
        }
    }

    /// A server of ours knows its sisters by the client ids that they gave it.
    fn webhook(&self, client: ClientId) -> Option<String> {
        match &self.origin {
            Some(origin) => Some(format!("{origin}/federation/notices/{client}")),
            None => self.webhook.clone(),
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
            found(storage.remove_issuer(*platform, *issuer).await?, "issuer")
        }
    }
}

async fn add_issuer(add: &IssuerAdd, storage: &dyn Storage, config: &Config) -> Result<()> {
    let url = add.url.trim_end_matches('/');
    check_address(url, config)?;
    if storage.platform(add.platform).await?.is_none() {
        bail!(
            "there is no platform {}; `shiming platform list` shows them",
            add.platform
        );
    }
    if add.least_assurance > add.highest_assurance {
        bail!("the least assurance level is above the highest");
    }
    if !add
        .webhook_secret
        .as_deref()
        .is_none_or(|secret| secret.starts_with("whsec_"))
    {
        bail!("a webhook secret begins with whsec_");
    }
    let clock = SystemClock::default();
    let id = IssuerId::new(fresh_uuid(clock.now(), &OsEntropy)?);
    let issuer = TrustedIssuer {
        id,
        platform: add.platform,
        name: add.name.trim().to_owned(),
        url: url.to_owned(),
        client_id: add.client_id.clone(),
        client_secret: SecretText::new(add.client_secret.clone()),
        policy: IssuerPolicy {
            trust_frameworks: add.frameworks.clone(),
            least_assurance: add.least_assurance,
            highest_assurance: add.highest_assurance,
            max_age_days: add.max_age_days,
            confirm_in_registry: !add.without_registry,
        },
        webhook_secret: add.webhook_secret.clone().map(SecretText::new),
    };
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
            found(storage.remove_party(*platform, *client).await?, "client")
        }
    }
}

async fn add_client(add: &ClientAdd, storage: &dyn Storage, config: &Config) -> Result<()> {
    let platform = add.platform;
    if storage.platform(platform).await?.is_none() {
        bail!("there is no platform {platform}; `shiming platform list` shows them");
    }
    let clock = SystemClock::default();
    let id = ClientId::new(fresh_uuid(clock.now(), &OsEntropy)?);
    let (redirect_uris, webhook) = (add.redirect_uris(), add.webhook(id));
    for url in redirect_uris.iter().chain(&webhook) {
        check_address(url, config)?;
    }
    let secret = random_token(&OsEntropy)?.expose().to_owned();
    let party = RelyingParty {
        id,
        platform,
        name: add.name.trim().to_owned(),
        redirect_uris,
        secret: tokens::digest(&secret),
        webhook: webhook.as_deref().map(webhook_to).transpose()?,
    };
    storage.put_party(&party, clock.now()).await?;
    println!("{id}  {}", party.name);
    println!("client secret, shown this once only: {secret}");
    if let Some(webhook) = &party.webhook {
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

fn webhook_to(url: &str) -> Result<RelyingPartyWebhook> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let bytes: [u8; 32] = shiming_service::edge::random(&OsEntropy)?;
    Ok(RelyingPartyWebhook {
        url: url.to_owned(),
        secret: SecretText::new(format!("whsec_{}", STANDARD.encode(bytes))),
    })
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
