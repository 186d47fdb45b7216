//! `shiming credential`: checks a portable credential without asking anybody, and ends or suspends one of our own.

use std::{
    fs,
    io::{Read as _, stdin},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result, bail};
use clap::{Args as ClapArgs, Subcommand};
use serde_json::json;
use shiming_federation::{
    jose::JwkSet,
    key_binding::Binding,
    sd_jwt::{Checks, Verified, verify},
    status_list::Status,
};
use shiming_service::edge::Clock as _;
use shiming_verification::{
    ids::CredentialId,
    lifecycle::{LifeFact, Revocation},
};

use crate::{
    config::Config,
    wiring::{SystemClock, migrated_storage},
};

/// What to do with credentials.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Check a portable credential (SD-JWT VC) offline: prints what it says as JSON; exits 1 if it is not to be believed
    Verify(Verify),
    /// End a credential of this server for good
    Revoke(Own),
    /// Stop a credential of this server for the time being
    Suspend(Own),
    /// Lift a suspension
    Lift {
        /// `crd_…`
        credential: CredentialId,
    },
}

#[derive(ClapArgs)]
struct Own {
    /// `crd_…`
    credential: CredentialId,
    /// What the account's owner is told
    #[arg(long)]
    told: Option<String>,
}

#[derive(ClapArgs)]
struct Verify {
    /// The credential; `-` reads it from standard input
    file: PathBuf,
    /// The issuer's key set, as it publishes it at `/federation/jwks.json`
    #[arg(long, value_name = "FILE", required_unless_present = "jwk")]
    jwks: Option<PathBuf>,
    /// A key or key set of the issuer as JSON, instead of a file
    #[arg(long, value_name = "JSON", conflicts_with = "jwks")]
    jwk: Option<String>,
    /// Who has to have issued it, for example <https://verify.sister.example>
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// The status list that the credential names, fetched beforehand; without it revocation is not checked
    #[arg(long, value_name = "FILE")]
    status: Option<PathBuf>,
    /// The nonce for which its holder was asked to prove to have the key that it is bound to
    #[arg(long, requires = "audience")]
    nonce: Option<String>,
    /// Who asked for that proof
    #[arg(long, requires = "nonce")]
    audience: Option<String>,
    /// Take a credential that is bound to a key without a proof, as its holders do who look at what they hold
    #[arg(long, conflicts_with = "nonce")]
    without_proof: bool,
}

impl Verify {
    fn binding(&self) -> Binding<'_> {
        match (&self.audience, &self.nonce) {
            (Some(audience), Some(nonce)) => Binding::Asked { audience, nonce },
            _ if self.without_proof => Binding::Waived,
            _ => Binding::NotAsked,
        }
    }
}

/// Longest file that is read, in bytes.
const LONGEST: u64 = 8 << 20;

/// Does what was asked for; the configuration is needed for credentials of our own only.
pub fn run(args: &Args, config: impl FnOnce() -> Result<Config>) -> Result<ExitCode> {
    let told = |own: &Own| own.told.clone();
    let (id, fact) = match &args.task {
        Task::Verify(task) => return look_at(task),
        Task::Revoke(own) => {
            let cause = Revocation::Operator;
            (
                own.credential,
                LifeFact::Revoked {
                    cause,
                    told: told(own),
                },
            )
        }
        Task::Suspend(own) => (own.credential, LifeFact::Suspended { told: told(own) }),
        Task::Lift { credential } => (*credential, LifeFact::Lifted),
    };
    super::block_on(step(id, fact, &config()?))?;
    Ok(ExitCode::SUCCESS)
}

async fn step(id: CredentialId, fact: LifeFact, config: &Config) -> Result<()> {
    let storage = migrated_storage(config).await?;
    let living = storage.living(id).await?;
    let living = living.with_context(|| format!("there is no credential {id}"))?;
    let now = SystemClock::default().now();
    let change = living.life.decide(id, fact, &config.to_policy(), now)?;
    storage.commit_life(&change).await?;
    println!(
        "{id}  {}",
        json!(change.life.status()).as_str().unwrap_or_default()
    );
    Ok(())
}

fn look_at(task: &Verify) -> Result<ExitCode> {
    let keys = match (&task.jwks, &task.jwk) {
        (Some(file), _) => read(file)?,
        (None, Some(text)) => text.clone(),
        (None, None) => bail!("the issuer's keys are needed: --jwks or --jwk"),
    };
    let keys = JwkSet::parse(&keys).context("this is no key set (JWK Set, RFC 7517)")?;
    let status = task.status.as_deref().map(read).transpose()?;
    let text = read(&task.file)?;
    let checks = Checks {
        issuer: task.issuer.as_deref(),
        status: status.as_deref(),
        binding: task.binding(),
    };
    match verify(&text, &keys, checks, SystemClock::default().now()) {
        Ok(verified) => Ok(report(&verified)),
        Err(error) => {
            println!("{}", json!({ "valid": false, "reason": error.to_string() }));
            Ok(ExitCode::FAILURE)
        }
    }
}

fn report(verified: &Verified) -> ExitCode {
    let valid = matches!(verified.status, None | Some(Status::Valid));
    let mut report = json!(verified);
    report["valid"] = json!(valid);
    report["status"] = match verified.status {
        None => json!("not_checked"),
        Some(status) => json!(status),
    };
    if !valid {
        report["reason"] = json!("its issuer has revoked or suspended it");
    }
    println!("{report:#}");
    if valid {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn read(file: &Path) -> Result<String> {
    let mut text = String::new();
    let told = || format!("{} can't be read", file.display());
    let length = if file == Path::new("-") {
        stdin().take(LONGEST + 1).read_to_string(&mut text)
    } else {
        fs::File::open(file).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text))
    };
    if length.with_context(told)? as u64 > LONGEST {
        bail!("{} is too long", file.display());
    }
    Ok(text)
}
