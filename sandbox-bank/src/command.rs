//! Commands to a bank that is running.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;

/// What to tell the bank.
#[derive(Subcommand)]
pub enum Command {
    /// Pay a waiting payment
    Settle {
        /// End-to-end id
        id: String,
        #[command(flatten)]
        bank: Bank,
    },
    /// Write the other half of a payment's notification
    Finish {
        /// End-to-end id
        id: String,
        #[command(flatten)]
        bank: Bank,
    },
    /// Refuse a waiting payment
    Reject {
        /// End-to-end id
        id: String,
        /// Reason code of ISO 20022
        #[arg(long, default_value = "MS03")]
        reason: String,
        #[command(flatten)]
        bank: Bank,
    },
    /// Send a paid payment back
    Return {
        /// End-to-end id
        id: String,
        /// Reason code of ISO 20022
        #[arg(long, default_value = "AC04")]
        reason: String,
        #[command(flatten)]
        bank: Bank,
    },
    /// Let somebody pay the customer
    Receive {
        /// The payer's name
        #[arg(long)]
        name: String,
        /// The payer's account
        #[arg(long)]
        account: String,
        /// Yuan
        #[arg(long)]
        amount: String,
        /// Text of the payment
        #[arg(long, default_value = "")]
        remark: String,
        #[command(flatten)]
        bank: Bank,
    },
    /// Send a statement of everything so far
    Statement {
        #[command(flatten)]
        bank: Bank,
    },
}

/// Where the bank is.
#[derive(clap::Args)]
pub struct Bank {
    /// Address of its page
    #[arg(long, default_value = "127.0.0.1:8090")]
    at: SocketAddr,
}

/// Tells it.
pub fn run(command: &Command) -> Result<()> {
    match command {
        Command::Settle { id, bank } => post(bank, &format!("/payments/{}/settle", coded(id)), &[]),
        Command::Finish { id, bank } => post(bank, &format!("/payments/{}/finish", coded(id)), &[]),
        Command::Reject { id, reason, bank } => post(
            bank,
            &format!("/payments/{}/reject", coded(id)),
            &[("reason", reason)],
        ),
        Command::Return { id, reason, bank } => post(
            bank,
            &format!("/payments/{}/return", coded(id)),
            &[("reason", reason)],
        ),
        Command::Receive {
            name,
            account,
            amount,
            remark,
            bank,
        } => post(
            bank,
            "/receive",
            &[
                ("name", name),
                ("account", account),
                ("amount", amount),
                ("remark", remark),
            ],
        ),
        Command::Statement { bank } => post(bank, "/statement", &[]),
    }
}

/// One request; a client library would be larger than the bank.
fn post(bank: &Bank, path: &str, fields: &[(&str, &str)]) -> Result<()> {
    let body: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", coded(value)))
        .collect();
    let body = body.join("&");
    let mut stream = TcpStream::connect(bank.at)
        .with_context(|| format!("no sandbox bank answers on {}", bank.at))?;
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        bank.at,
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    match answer.split(' ').nth(1) {
        Some("303") => Ok(()),
        _ => bail!(
            "{}",
            answer
                .split("\r\n\r\n")
                .nth(1)
                .unwrap_or("no answer")
                .trim()
        ),
    }
}

fn coded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
