//! Reading enterprises and reference photos.

use std::{fs::File, io::BufReader, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::{Context as _, Result};
use chrono::Utc;
use clap::{Args as ClapArgs, ValueEnum};
use shiming_face::Engine;
use shiming_service::edge::fresh_uuid;
use shiming_storage::{
    Storage,
    import::{
        Format, PhotoCheck, PhotoPlan, PhotoReport, PhotoSource, Plan, Report, import_enterprises,
        import_photos,
    },
};
use shiming_vault::OsEntropy;
use shiming_verification::words::Realm;

use super::show::{Shown, photo_summary, summary};
use crate::{config::Config, wiring::migrated_storage};

const READ_AHEAD: usize = 1024 * 1024;

/// What to import.
#[derive(ClapArgs)]
pub struct Args {
    /// `.csv` with a header line, or `.jsonl`, in UTF-8
    file: PathBuf,
    /// Reference photos: a folder, `.tar` or `.zip` of files named by ID number or credit code, or the folder in which
    /// the rows' `photo` column names them
    #[arg(long, value_name = "FOLDER|ARCHIVE")]
    photos: Option<PathBuf>,
    /// Whose data these are: real ones, or the demonstration's
    #[arg(long, default_value = "live")]
    realm: RealmName,
}

#[derive(Clone, Copy, ValueEnum)]
enum RealmName {
    Live,
    Demo,
}

impl From<RealmName> for Realm {
    fn from(name: RealmName) -> Self {
        match name {
            RealmName::Live => Self::Live,
            RealmName::Demo => Self::Demo,
        }
    }
}

/// Imports rows, then photos; tells what can't be used and goes on.
pub async fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    let format = Format::of(&args.file).context("the file's name has to end in .csv or .jsonl")?;
    let photos = args
        .photos
        .as_ref()
        .map(|path| source_of(path))
        .transpose()?;
    let file = File::open(&args.file)
        .with_context(|| format!("{} can't be opened", args.file.display()))?;
    let length = file.metadata()?.len();
    let check = photo_check(config, photos.is_some())?;
    let storage = migrated_storage(config).await?;
    let plan = plan(args, config, format, photos.as_ref(), check.clone())?;

    let mut shown = Shown::bytes(length);
    let rows = BufReader::with_capacity(READ_AHEAD, file);
    let report = import_enterprises(&*storage, rows, &plan, &mut shown).await?;
    shown.end();
    println!("{}", summary(&report));
    if let Some(source) = photos.filter(|_| !rows_named_photos(&report)) {
        let photos = import_all(&*storage, source, &plan, check).await?;
        println!("{}", photo_summary(&photos));
    }
    Ok(outcome(&report))
}

fn source_of(path: &std::path::Path) -> Result<PhotoSource> {
    PhotoSource::of(path)
        .with_context(|| format!("{} is neither a folder nor a .tar or .zip", path.display()))
}

fn plan(
    args: &Args,
    config: &Config,
    format: Format,
    photos: Option<&PhotoSource>,
    photo_check: PhotoCheck,
) -> Result<Plan> {
    let name = args.file.file_name().unwrap_or(args.file.as_os_str());
    Ok(Plan {
        import: fresh_uuid(Utc::now(), &OsEntropy)?,
        realm: args.realm.into(),
        source: name.to_string_lossy().into_owned(),
        format,
        photo_folder: match photos {
            Some(PhotoSource::Folder(folder)) => Some(folder.clone()),
            _ => None,
        },
        photo_check,
        photo_bytes: config.face.max_image_bytes as u64,
        clock: Arc::new(Utc::now),
    })
}

/// The face engine decides what can serve as a reference; without photos it need not be there.
fn photo_check(config: &Config, wanted: bool) -> Result<PhotoCheck> {
    if !wanted {
        return Ok(Arc::new(|_| {
            Err("photos are read with --photos only".to_owned())
        }));
    }
    let engine = Engine::load(&config.face.engine_options(1))?;
    Ok(Arc::new(move |photo| {
        engine
            .enrol(photo)
            .map(drop)
            .map_err(|error| error.to_string())
    }))
}

async fn import_all(
    storage: &dyn Storage,
    source: PhotoSource,
    plan: &Plan,
    check: PhotoCheck,
) -> Result<PhotoReport> {
    let photos = PhotoPlan {
        realm: plan.realm,
        source,
        check,
        photo_bytes: plan.photo_bytes,
        clock: plan.clock.clone(),
    };
    let mut shown = Shown::photos();
    let report = import_photos(storage, &photos, &mut shown).await?;
    shown.end();
    Ok(report)
}

/// Photos that rows name lie in the folder under names of their own, which say nothing about whose they are.
fn rows_named_photos(report: &Report) -> bool {
    report.photos.stored() + report.photos.bad > 0
}

/// A file of which nothing could be used is most likely the wrong one.
fn outcome(report: &Report) -> ExitCode {
    let written = report.written;
    let used = written.inserted + written.updated + written.unchanged;
    if used == 0 && report.bad_rows > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
