//! Files handed over to a bank and taken in from it, over any place that can rename.
//!
//! # Out
//!
//! A file appears in the bank's folder by one rename of a staged file that nobody else has, so it appears whole and at most
//! once, whoever is killed when and however often it is tried again:
//!
//! | step | what is there | what is known |
//! |---|---|---|
//! | 1 | `records/sent/NAME.TOKEN.part` | nothing yet |
//! | 2 | and `records/sent/NAME.given`, which holds the token and was put there only if there was none | NAME will be given from that part and no other |
//! | 3 | the part has been renamed into the bank's folder | it is given |
//!
//! `given` with its part: not given; the rename may be tried again. `given` without it: given, even if the bank has
//! taken the file away. The record holds no payment data.
//!
//! # In
//!
//! A file counts as written when it has not changed between two looks. It is then claimed by a rename, so that the bank can't
//! replace it while it is read, and ends in `done` or, with a report beside it, in `failed`. One that turns out to end too
//! early stays claimed and is given again when it has grown: its writer was only slow, and writes on whatever the name. One
//! that does not grow for [`MOST_LOOKS`] looks was cut off.

mod folder;
mod sftp;

use std::{
    collections::HashMap,
    io::{self, ErrorKind},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use shiming_verification::ports::bank::{ChannelError, Holds};

pub use folder::Folder;
pub use sftp::{HostKeyError, Sftp, SftpServer};

/// Names that writers give to files that are not whole yet.
const UNFINISHED: [&str; 6] = [
    ".part",
    ".tmp",
    ".filepart",
    ".partial",
    ".writing",
    ".crdownload",
];

/// Looks for which a file that ends too early may stay as it is; ten minutes at the pace of the service.
const MOST_LOOKS: u32 = 300;

/// A file as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    /// When it was last written, in seconds of the place's own clock.
    pub modified: u64,
}

/// Where files lie. Paths are relative, with slashes.
#[async_trait]
pub trait Place: Send + Sync {
    /// Makes a folder and those above it, unless it is there.
    async fn make_folder(&self, path: &str) -> io::Result<()>;

    /// Writes a file whole and flushes it.
    async fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()>;

    /// A small file's bytes; `None` if there is none.
    async fn read_small(&self, path: &str) -> io::Result<Option<Vec<u8>>>;

    /// Whether there is such a file.
    async fn exists(&self, path: &str) -> io::Result<bool>;

    /// Renames; `NotFound` if `from` is not there, `AlreadyExists` if `to` is.
    async fn rename_new(&self, from: &str, to: &str) -> io::Result<()>;

    /// Renames in one step, so that a crash leaves one name or the other; `NotFound` if `from` is not there.
    async fn hand_out(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file, if it is there.
    async fn remove(&self, path: &str) -> io::Result<()>;

    /// Plain files in a folder.
    async fn list(&self, folder: &str) -> io::Result<Vec<Listed>>;

    /// Where this machine can read the file, fetched if need be.
    async fn fetch(&self, path: &str) -> io::Result<PathBuf>;

    /// What was fetched is no longer needed.
    async fn forget(&self, path: &str) -> io::Result<()>;
}

/// The folders of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// Where the bank takes files.
    pub outgoing: String,
    /// Where the bank leaves files.
    pub incoming: String,
    /// Ours: what was given, claimed, done, failed. On the same file system as the two others.
    pub records: String,
}

/// A file that was claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Its name.
    pub name: String,
    /// Where this machine can read it.
    pub path: PathBuf,
}

/// How far a file is.
#[derive(Debug, PartialEq, Eq)]
enum Stage {
    Nothing,
    Staged(String),
    Given,
}

/// Files to and from a bank.
pub struct Spool {
    place: Arc<dyn Place>,
    folders: Folders,
    /// Gives numbers that nobody else has.
    unique: fn() -> u128,
    /// Size and time of incoming files at the last look.
    looks: Mutex<HashMap<String, (u64, u64)>>,
    /// Claimed files at the last look.
    claimed: Mutex<HashMap<String, Look>>,
}

/// A claimed file at a look.
#[derive(Default)]
struct Look {
    size: u64,
    modified: u64,
    /// Looks since it was found to end too early, as long as it stays as it was then.
    since_short: Option<u32>,
}

impl Spool {
    /// A spool on a place.
    #[must_use]
    pub fn new(place: Arc<dyn Place>, folders: Folders, unique: fn() -> u128) -> Self {
        Self {
            place,
            folders,
            unique,
            looks: Mutex::default(),
            claimed: Mutex::default(),
        }
    }

    /// Makes the folders that are missing.
    ///
    /// # Errors
    /// The place can't be reached or written.
    pub async fn prepare(&self) -> io::Result<()> {
        let own = ["sent", "claimed", "done", "failed"].map(|name| self.record(name, ""));
        for folder in own
            .iter()
            .chain([&self.folders.outgoing, &self.folders.incoming])
        {
            self.place.make_folder(folder.trim_end_matches('/')).await?;
        }
        self.sweep().await
    }

    /// Removes what a killed process had staged under a token that was never recorded. A name without a record may be another
    /// worker's, who is about to record it.
    async fn sweep(&self) -> io::Result<()> {
        let sent = self
            .place
            .list(self.record("sent", "").trim_end_matches('/'))
            .await?;
        for file in &sent {
            let Some((name, token)) = staged(&file.name) else {
                continue;
            };
            let recorded = self.recorded(name).await?;
            if recorded.is_some_and(|recorded| recorded != token) {
                self.place.remove(&self.record("sent", &file.name)).await?;
            }
        }
        Ok(())
    }

    fn record(&self, kind: &str, name: &str) -> String {
        format!("{}/{kind}/{name}", self.folders.records)
    }

    fn part(&self, name: &str, token: &str) -> String {
        self.record("sent", &format!("{name}.{token}.part"))
    }

    fn given(&self, name: &str) -> String {
        self.record("sent", &format!("{name}.given"))
    }

    /// Gives a file to the bank. A name that was given is not given again, whatever its bytes.
    ///
    /// # Errors
    /// `Unclear` if the last step was broken off, `NotTaken` if an earlier one was.
    pub async fn hand_over(&self, name: &str, bytes: &[u8]) -> Result<(), ChannelError> {
        let token = match self.stage(name).await.map_err(|error| not_taken(&error))? {
            Stage::Given => return Ok(()),
            Stage::Staged(token) => token,
            Stage::Nothing => self
                .put(name, bytes)
                .await
                .map_err(|error| not_taken(&error))?,
        };
        let to = format!("{}/{name}", self.folders.outgoing);
        let part = self.part(name, &token);
        match self.place.hand_out(&part, &to).await {
            Ok(()) => Ok(()),
            // Somebody else was quicker with the same part.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            // A server that renames by a link and a removal died between the two.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => self
                .place
                .remove(&part)
                .await
                .map_err(|error| unclear(&error)),
            Err(error) => Err(unclear(&error)),
        }
    }

    /// Stages the bytes and records the token, unless another was recorded first; the recorded one.
    async fn put(&self, name: &str, bytes: &[u8]) -> io::Result<String> {
        let token = format!("{:032x}", (self.unique)());
        let part = self.part(name, &token);
        self.place.write(&part, bytes).await?;
        let draft = self.record("sent", &format!("{name}.{token}.draft"));
        self.place.write(&draft, token.as_bytes()).await?;
        match self.place.rename_new(&draft, &self.given(name)).await {
            Ok(()) => Ok(token),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                self.place.remove(&part).await?;
                self.place.remove(&draft).await?;
                self.recorded(name).await?.ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    async fn recorded(&self, name: &str) -> io::Result<Option<String>> {
        let token = self.place.read_small(&self.given(name)).await?;
        Ok(token.map(|token| String::from_utf8_lossy(&token).trim().to_owned()))
    }

    async fn stage(&self, name: &str) -> io::Result<Stage> {
        let Some(token) = self.recorded(name).await? else {
            return Ok(Stage::Nothing);
        };
        Ok(if self.place.exists(&self.part(name, &token)).await? {
            Stage::Staged(token)
        } else {
            Stage::Given
        })
    }

    /// Whether a file was given to the bank.
    ///
    /// # Errors
    /// The place can't be asked.
    pub async fn holds(&self, name: &str) -> Result<Holds, ChannelError> {
        match self.stage(name).await {
            Ok(Stage::Given) => Ok(Holds::Yes),
            Ok(Stage::Nothing | Stage::Staged(_)) => Ok(Holds::No),
            Err(error) => Err(unclear(&error)),
        }
    }

    /// Claims files that are written whole, and gives all that are claimed, oldest first.
    ///
    /// # Errors
    /// The place can't be reached.
    pub async fn incoming(&self) -> io::Result<Vec<Claimed>> {
        for name in self.settled().await? {
            let from = format!("{}/{name}", self.folders.incoming);
            match self
                .place
                .rename_new(&from, &self.record("claimed", &name))
                .await
            {
                // One of this name is being read, or another worker was quicker.
                Err(error)
                    if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound) => {}
                other => other?,
            }
        }
        let mut listed = self
            .place
            .list(self.record("claimed", "").trim_end_matches('/'))
            .await?;
        listed.sort_by(|a, b| (a.modified, &a.name).cmp(&(b.modified, &b.name)));
        listed.retain(|file| self.is_worth_reading(file));
        let mut claimed = Vec::new();
        for file in listed {
            match self.place.fetch(&self.record("claimed", &file.name)).await {
                Ok(path) => claimed.push(Claimed {
                    name: file.name,
                    path,
                }),
                // Another worker has dealt with it meanwhile.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(claimed)
    }

    /// Names of incoming files that have not changed since the last look.
    async fn settled(&self) -> io::Result<Vec<String>> {
        let mut listed = self.place.list(&self.folders.incoming).await?;
        listed.retain(|file| is_finished(&file.name));
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |file: &&Listed| looks.get(&file.name) == Some(&(file.size, file.modified));
        let settled = listed
            .iter()
            .filter(same)
            .map(|file| file.name.clone())
            .collect();
        *looks = listed
            .into_iter()
            .map(|file| (file.name, (file.size, file.modified)))
            .collect();
        Ok(settled)
    }

    /// Whether a claimed file was not read yet as it is, or has been short for so long that it won't grow any more.
    fn is_worth_reading(&self, file: &Listed) -> bool {
        let mut claimed = self.claimed.lock().unwrap_or_else(PoisonError::into_inner);
        let look = claimed.entry(file.name.clone()).or_default();
        if (look.size, look.modified) != (file.size, file.modified) {
            *look = Look {
                size: file.size,
                modified: file.modified,
                ..Look::default()
            };
        }
        look.since_short = look.since_short.map(|looks| looks + 1);
        look.since_short.is_none_or(|looks| looks > MOST_LOOKS)
    }

    /// A claimed file ends too early: it waits for the rest, or is refused if it has waited long enough.
    ///
    /// # Errors
    /// The place can't be reached; the file is still claimed.
    pub async fn unfinished(&self, name: &str, why: &str) -> io::Result<()> {
        let waited = {
            let mut claimed = self.claimed.lock().unwrap_or_else(PoisonError::into_inner);
            let look = claimed.entry(name.to_owned()).or_default();
            look.since_short.replace(0)
        };
        match waited {
            Some(looks) if looks > MOST_LOOKS => self.dealt_with(name, Some(why)).await,
            _ => Ok(()),
        }
    }

    /// Moves a claimed file away: to `done`, or to `failed` with a report beside it.
    ///
    /// # Errors
    /// The place can't be reached; the file is still claimed.
    pub async fn dealt_with(&self, name: &str, failure: Option<&str>) -> io::Result<()> {
        let claimed = self.record("claimed", name);
        self.claimed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(name);
        if let Some(failure) = failure {
            let report = self.record("failed", &format!("{name}.report.txt"));
            let text = format!("{name}\n{failure}\nNothing of this file was stored.\n");
            self.place.write(&report, text.as_bytes()).await?;
        }
        let kind = if failure.is_some() { "failed" } else { "done" };
        let moved = self
            .place
            .rename_new(&claimed, &self.record(kind, name))
            .await;
        match moved {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let other = format!("{name}.{:032x}", (self.unique)());
                self.place
                    .rename_new(&claimed, &self.record(kind, &other))
                    .await?;
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            other => other?,
        }
        self.place.forget(&claimed).await
    }
}

fn not_taken(error: &io::Error) -> ChannelError {
    ChannelError::NotTaken(error.to_string())
}

fn unclear(error: &io::Error) -> ChannelError {
    ChannelError::Unclear(error.to_string())
}

/// Name and token of a part or a draft: `NAME.TOKEN.part`, `NAME.TOKEN.draft`.
fn staged(file: &str) -> Option<(&str, &str)> {
    let (rest, kind) = file.rsplit_once('.')?;
    matches!(kind, "part" | "draft")
        .then(|| rest.rsplit_once('.'))
        .flatten()
}

/// Whether a name is one of a file that its writer has finished.
fn is_finished(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    !name.starts_with(['.', '~']) && !UNFINISHED.iter().any(|end| lower.ends_with(end))
}
