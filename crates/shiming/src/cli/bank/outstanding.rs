//! What waits for the bank's last word or for a person.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args as ClapArgs;
use shiming_audit::{Actor, ActorKind};
use shiming_verification::{
    ports::bank::{Direction, StoredTransfer, UnmatchedEntry},
    review::Message,
};
use uuid::Uuid;

use crate::{config::Config, wiring::bank_books};

/// What to show, or to note as dealt with.
#[derive(ClapArgs)]
pub struct Args {
    /// Note that a person has dealt with this entry
    #[arg(long, requires = "note")]
    resolve: Option<Uuid>,

    /// What was done about it
    #[arg(long, requires = "resolve")]
    note: Option<String>,
}

/// Lists transfers without a last word and entries without a transfer, oldest first.
pub async fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    let books = bank_books(config).await?;
    let desk = books.desk();
    if let (Some(entry), Some(note)) = (args.resolve, &args.note) {
        let by = Actor::unnamed(ActorKind::CommandLine);
        let note = Message::parse(note)?;
        let done = desk.resolve_bank_entry(by, entry, &note).await;
        done.with_context(|| format!("no entry {entry} waits for a person"))?;
    }
    let outstanding = desk.bank_outstanding().await?;
    println!("transfers: {}", outstanding.transfers.len());
    for transfer in &outstanding.transfers {
        println!("  {}", line_of_transfer(transfer));
    }
    println!(
        "entries that belong to no transfer: {}",
        outstanding.entries.len()
    );
    for entry in &outstanding.entries {
        println!("  {}", line_of_entry(entry));
    }
    Ok(ExitCode::SUCCESS)
}

/// Without its amount, which nobody but the payee may know.
fn line_of_transfer(transfer: &StoredTransfer) -> String {
    let account = transfer.body.as_ref().map_or_else(
        || "erased".to_owned(),
        |body| body.details.account_number.masked(),
    );
    format!(
        "{}  {:?}  {}  {account}  {}",
        transfer.planned_at.format("%Y-%m-%d %H:%M"),
        transfer.status,
        transfer.key,
        transfer.case
    )
}

/// With the amount of what came in only: one that went out may be the amount of a transfer.
fn line_of_entry(unmatched: &UnmatchedEntry) -> String {
    let entry = &unmatched.entry;
    let money = match entry.direction {
        Direction::Credit => format!("in {}", entry.amount.expose_yuan()),
        Direction::Debit => "out".to_owned(),
    };
    format!(
        "{}  {:?}  {money}  {}  {}",
        entry.booked_at.format("%Y-%m-%d %H:%M"),
        unmatched.misfit,
        unmatched.source,
        unmatched.id
    )
}
