//! How fast a registry file goes into SQLite, and how fast the registry answers, from 10⁴ to 10⁷ enterprises.

#![allow(
    clippy::disallowed_methods,
    reason = "measures how long things take: nothing here decides anything"
)]

mod invented;
mod lookup;
mod report;
mod table;

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;

use crate::{report::Report, table::Table};

/// The server's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the embedded registry
#[derive(Parser)]
struct Args {
    /// What `./x bench` calls this program by
    #[arg(default_value = "registry", hide = true)]
    _name: String,
    /// Numbers of enterprises at which it is asked, ascending
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "10000,100000,1000000,10000000"
    )]
    rows: Vec<u32>,
    /// Questions at each number
    #[arg(long, default_value_t = 20_000)]
    questions: u32,
    /// Where the database lies; a temporary folder if not given
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Where to write the figures as JSON
    #[arg(long, default_value = "target/bench-registry.json")]
    json: PathBuf,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    let temporary = tempfile::tempdir()?;
    let folder = args.folder.as_deref().unwrap_or(temporary.path());
    let table = Table::create(folder).await?;
    let mut report = Report::default();
    println!("{}", Report::head());
    let mut from = 0;
    for rows in args.rows {
        let import = table.grow(from..rows).await?;
        let answers = lookup::ask(table.storage(), rows, args.questions).await?;
        report.add(rows, &import, &answers, table.bytes()?);
        from = rows;
    }
    if from > 0 {
        report.again(&table.again(from.min(1_000_000)).await?);
    }
    report.conclude();
    report.write(&args.json)
}
