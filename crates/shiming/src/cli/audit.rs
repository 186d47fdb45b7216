//! `shiming audit`: the trail of everything that was done.

use std::{
    fs::{self, File},
    io::{BufReader, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result, bail};
use clap::{Args as ClapArgs, Subcommand};
use shiming_audit::{Anchor, segment};
use shiming_service::trail;

use crate::{
    config::Config,
    wiring::{SystemClock, migrated_storage},
};

/// What to do with the trail.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Hold the whole trail against itself, this server's key and the anchors; or, on any machine, a segment against an
    /// anchor. Exits 1 at the first change, removal or reordering
    Verify {
        /// A segment from `export`; needs no database and no key
        #[arg(long, requires = "anchor")]
        file: Option<PathBuf>,
        /// An anchor that was kept elsewhere, or a folder of them
        #[arg(long)]
        anchor: Option<PathBuf>,
        /// The public key that the anchor must be signed with, as the server prints it
        #[arg(long, requires = "file")]
        key: Option<String>,
    },
    /// Write a part of the trail to a file that verifies elsewhere
    Export {
        /// First entry
        #[arg(long)]
        from: u64,
        /// Last entry
        #[arg(long)]
        to: u64,
        /// An anchor that the reader holds; else the first one that proves the part
        #[arg(long)]
        anchor: Option<PathBuf>,
        /// File to write; standard output if absent
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Print a signed anchor of the trail's present end
    Anchor,
}

/// Does it.
pub fn run(args: &Args, config: impl FnOnce() -> Result<Config>) -> Result<ExitCode> {
    match &args.task {
        Task::Verify {
            file: Some(file),
            anchor: Some(anchor),
            key,
        } => verify_file(file, anchor, key.as_deref()),
        Task::Verify { anchor, .. } => verify_trail(&config()?, anchor.as_deref()),
        Task::Export {
            from,
            to,
            anchor,
            out,
        } => export(&config()?, (*from, *to), anchor.as_deref(), out.as_deref()),
        Task::Anchor => super::block_on(async {
            let storage = migrated_storage(&config()?).await?;
            let Some(anchor) = trail::anchored(&*storage, &SystemClock::default()).await? else {
                bail!("the trail is empty");
            };
            println!("{}", serde_json::to_string(&anchor)?);
            Ok(ExitCode::SUCCESS)
        }),
    }
}

fn verify_file(file: &Path, anchor: &Path, key: Option<&str>) -> Result<ExitCode> {
    let anchor = read_anchor(anchor)?;
    if key.is_some_and(|key| key != anchor.key) {
        bail!(
            "the anchor is signed with {}, which is another key",
            anchor.key
        );
    }
    let open = File::open(file).with_context(|| format!("{} can't be read", file.display()))?;
    match segment::verify(BufReader::new(open), &anchor) {
        Ok(found) => {
            println!(
                "entries {} to {} are as the server wrote them: anchor of entry {} at {}, key {}",
                found.from, found.to, anchor.seq, anchor.at, anchor.key
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            println!("{error}");
            Ok(ExitCode::FAILURE)
        }
    }
}

fn verify_trail(config: &Config, anchors: Option<&Path>) -> Result<ExitCode> {
    let own = config.data_dir.join("anchors");
    let mut kept = read_anchors(anchors)?;
    if own.is_dir() {
        kept.extend(read_anchors(Some(&own))?);
    }
    super::block_on(async {
        let storage = migrated_storage(config).await?;
        match trail::verify(&*storage, &kept).await {
            Ok(entries) => {
                println!(
                    "{entries} entries, unchanged and complete; {} anchors from outside the database agree",
                    kept.len()
                );
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => {
                println!("{error}");
                Ok(ExitCode::FAILURE)
            }
        }
    })
}

fn export(
    config: &Config,
    (from, to): (u64, u64),
    anchor: Option<&Path>,
    out: Option<&Path>,
) -> Result<ExitCode> {
    let given = anchor.map(read_anchor).transpose()?;
    super::block_on(async {
        let storage = migrated_storage(config).await?;
        let head = storage.head().await?;
        if from == 0 || from > to || to > head.seq {
            bail!("the trail has entries 1 to {}", head.seq);
        }
        let known = storage.anchors().await?;
        let anchor = match given.or_else(|| known.into_iter().find(|one| one.seq >= to)) {
            Some(anchor) => anchor,
            None => trail::anchored(&*storage, &SystemClock::default())
                .await?
                .context("the trail is empty")?,
        };
        if anchor.seq < to {
            bail!(
                "the anchor is of entry {}; only one of entry {to} or later proves this part",
                anchor.seq
            );
        }
        let written = trail::segment(&*storage, from, to, anchor.seq).await?;
        match out {
            Some(file) => fs::write(file, written)?,
            None => std::io::stdout().write_all(&written)?,
        }
        eprintln!(
            "it verifies with this anchor, or any other one of entry {to} to {}:",
            anchor.seq
        );
        eprintln!("{}", serde_json::to_string(&anchor)?);
        Ok(ExitCode::SUCCESS)
    })
}

fn read_anchor(file: &Path) -> Result<Anchor> {
    let text =
        fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no anchor", file.display()))
}

/// Of a file, or of every `.json` file in a folder.
fn read_anchors(place: Option<&Path>) -> Result<Vec<Anchor>> {
    let Some(place) = place else {
        return Ok(Vec::new());
    };
    if !place.is_dir() {
        return Ok(vec![read_anchor(place)?]);
    }
    let mut anchors = Vec::new();
    for entry in fs::read_dir(place)? {
        let file = entry?.path();
        if file
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            anchors.push(read_anchor(&file)?);
        }
    }
    Ok(anchors)
}
