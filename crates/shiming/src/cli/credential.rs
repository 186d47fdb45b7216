//! `shiming credential`: checks a portable credential without asking anybody.

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
    sd_jwt::{Verified, verify},
    status_list::Status,
};
use shiming_service::edge::Clock as _;

use crate::wiring::SystemClock;

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
    /// The status list that the credential names, fetched beforehand; without it revocation is not checked
    #[arg(long, value_name = "FILE")]
    status: Option<PathBuf>,
}

/// Longest file that is read, in bytes.
const LONGEST: u64 = 8 << 20;

/// Verifies.
pub fn run(args: &Args) -> Result<ExitCode> {
    let Task::Verify(task) = &args.task;
    let keys = match (&task.jwks, &task.jwk) {
        (Some(file), _) => read(file)?,
        (None, Some(text)) => text.clone(),
        (None, None) => bail!("the issuer's keys are needed: --jwks or --jwk"),
    };
    let keys = JwkSet::parse(&keys).context("this is no key set (JWK Set, RFC 7517)")?;
    let status = task.status.as_deref().map(read).transpose()?;
    let text = read(&task.file)?;
    let now = SystemClock::default().now();
    match verify(&text, &keys, status.as_deref(), now) {
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
