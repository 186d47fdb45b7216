//! `shiming models`: which model files there are, whether they are the pinned ones, and installing a set.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result, bail};
use clap::{Args as ClapArgs, Subcommand};
use serde::Serialize;
use shiming_face::{ModelError, ModelSetName, PinnedFile};

use crate::config::Config;

/// What to do with models.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Print every pinned file with set, task, size, SHA-256, licence and source; one JSON object a line
    List,
    /// Check the files of the configured folders; exits 1 if one was changed or no set is whole
    Verify {
        /// Folders to check instead of the configured ones
        folders: Vec<PathBuf>,
    },
    /// Copy a whole set from a folder to where the server looks for it; a file that is not the pinned one is refused
    Install {
        /// A folder with the set's files
        folder: PathBuf,
        /// Where to, instead of the first configured folder of models
        #[arg(long)]
        to: Option<PathBuf>,
    },
}

/// How a pinned file was found.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Found {
    Intact,
    Missing,
    Changed,
}

#[derive(Serialize)]
struct Checked<'a> {
    folder: &'a Path,
    set: ModelSetName,
    file: &'a str,
    found: Found,
}

/// Lists, checks or installs.
pub fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    let pinned = PinnedFile::all()?;
    match &args.task {
        Task::List => list(&pinned),
        Task::Verify { folders } if folders.is_empty() => verify(&pinned, &config.face.models),
        Task::Verify { folders } => verify(&pinned, folders),
        Task::Install { folder, to } => {
            let to = to.as_ref().or(config.face.models.first());
            let to = to.context("face.models names no folder; say where with --to")?;
            install(&pinned, folder, to)
        }
    }
}

fn list(pinned: &[PinnedFile]) -> Result<ExitCode> {
    for file in pinned {
        println!("{}", serde_json::to_string(file)?);
    }
    Ok(ExitCode::SUCCESS)
}

/// A folder holds a set itself, or in a folder with the set's name.
fn verify(pinned: &[PinnedFile], folders: &[PathBuf]) -> Result<ExitCode> {
    let (mut whole, mut changed) = (false, false);
    for folder in folders {
        for set in [ModelSetName::Default, ModelSetName::Recommended] {
            for place in [folder.clone(), folder.join(set.as_str())] {
                let found = check(pinned, set, &place)?;
                let complete = found.iter().all(|(_, found)| *found == Found::Intact);
                whole |= complete && !found.is_empty();
                changed |= found.iter().any(|(_, found)| *found == Found::Changed);
            }
        }
    }
    if changed {
        eprintln!("a file was changed: install its set again; the server will not start with it");
    } else if !whole {
        eprintln!("no folder holds a whole set: run `./x setup`, or `shiming models install DIR`");
    }
    Ok(if whole && !changed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Checks the needed files of a set in one place; a place without any of them holds another set or none.
fn check<'a>(
    pinned: &'a [PinnedFile],
    set: ModelSetName,
    place: &Path,
) -> Result<Vec<(&'a PinnedFile, Found)>> {
    let needed = pinned.iter().filter(|file| file.set == set && file.needed);
    let found: Vec<(&PinnedFile, Found)> = needed
        .map(|file| {
            let found = match file.read(&place.join(&file.file)) {
                Ok(_) => Found::Intact,
                Err(ModelError::Changed { .. }) => Found::Changed,
                Err(_) => Found::Missing,
            };
            (file, found)
        })
        .collect();
    // The sets share a file name or two: a set is there only if a file of its own is.
    let own = |(file, found): &(&PinnedFile, Found)| {
        *found == Found::Intact
            && pinned
                .iter()
                .filter(|other| other.file == file.file)
                .count()
                == 1
    };
    let touched = found.iter().any(own)
        || place.ends_with(set.as_str()) && found.iter().any(|(_, found)| *found != Found::Missing);
    if !touched {
        return Ok(Vec::new());
    }
    for (file, found) in &found {
        let checked = Checked {
            folder: place,
            set,
            file: &file.file,
            found: *found,
        };
        println!("{}", serde_json::to_string(&checked)?);
    }
    Ok(found)
}

fn install(pinned: &[PinnedFile], from: &Path, to: &Path) -> Result<ExitCode> {
    let set = [ModelSetName::Recommended, ModelSetName::Default]
        .into_iter()
        .find(|set| {
            let mut needed = pinned.iter().filter(|file| file.set == *set && file.needed);
            needed.all(|file| from.join(&file.file).is_file())
        });
    let Some(set) = set else {
        bail!(
            "{} holds no whole set; `shiming models list` names the files of each",
            from.display()
        );
    };
    let folder = to.join(set.as_str());
    fs::create_dir_all(&folder).with_context(|| format!("can't create {}", folder.display()))?;
    // Everything is read and checked before anything is written.
    let files: Vec<(&PinnedFile, Vec<u8>)> = pinned
        .iter()
        .filter(|file| file.set == set && from.join(&file.file).is_file())
        .map(|file| Ok((file, file.read(&from.join(&file.file))?)))
        .collect::<Result<_>>()?;
    for (file, bytes) in &files {
        put(&folder, &file.file, bytes)?;
        println!("{} {}", file.sha256, folder.join(&file.file).display());
    }
    println!(
        "the {} set is installed in {}; restart the server",
        set.as_str(),
        folder.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// Writes beside and renames, so that a server that starts meanwhile sees the old file or the new one.
fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let failed = || format!("can't write {}", folder.join(name).display());
    let beside = folder.join(format!(".{name}.new"));
    let mut file = fs::File::create(&beside).with_context(failed)?;
    file.write_all(bytes).with_context(failed)?;
    file.sync_all().with_context(failed)?;
    fs::rename(&beside, folder.join(name)).with_context(failed)
}
