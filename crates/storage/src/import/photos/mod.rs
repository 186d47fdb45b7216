//! Importing reference photos: named by rows, or found in a folder or archive.

mod archive;
mod folder;
mod source;

use std::{path::PathBuf, sync::Arc};

use chrono::{DateTime, Utc};
use shiming_identifiers::{IdNumber, Uscc};
use shiming_verification::words::Realm;
use tokio::sync::mpsc;

use super::{
    enterprises::Plan,
    report::{BadPhoto, ImportError, Observer, PhotoReport, Progress},
};
use crate::{
    PersonIndex,
    api::{PhotoWritten, RegistryImport},
};
pub use source::PhotoSource;
use source::{Found, within};

/// Says whether a photo's bytes can be used as a reference, and if not, why, in words for the operator.
pub type PhotoCheck = Arc<dyn Fn(&[u8]) -> Result<(), String> + Send + Sync>;

/// Photos that may wait for the database while the next one is read.
const PHOTOS_AHEAD: usize = 8;

/// What photos are imported, and how.
#[derive(Clone)]
pub struct PhotoPlan {
    /// Real or demonstration.
    pub realm: Realm,
    /// Where they are.
    pub source: PhotoSource,
    /// Judges each of them.
    pub check: PhotoCheck,
    /// The largest one, in bytes.
    pub photo_bytes: u64,
    /// The clock.
    pub clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
}

/// A photo that a row of the registry file names.
pub(super) struct RowPhoto {
    pub(super) line: u64,
    pub(super) person: PersonIndex,
    pub(super) path: String,
}

/// Why a photo can't be used.
pub(super) struct PhotoFault {
    reason: &'static str,
    detail: Option<String>,
}

impl PhotoFault {
    pub(super) const fn new(reason: &'static str) -> Self {
        Self {
            reason,
            detail: None,
        }
    }

    fn at(self, place: u64) -> BadPhoto {
        BadPhoto {
            place,
            reason: self.reason,
            detail: self.detail,
        }
    }
}

/// Whose photo a file is, as its name says.
enum Named {
    Person(Box<IdNumber>),
    Enterprise(Uscc),
}

impl Named {
    /// An ID number is tried first: by chance one may pass as a credit code, hardly the other way round.
    fn by(stem: &str) -> Option<Self> {
        let person = stem
            .parse::<IdNumber>()
            .ok()
            .map(Box::new)
            .map(Self::Person);
        person.or_else(|| Uscc::parse(stem).ok().map(Self::Enterprise))
    }
}

/// Imports every photo of a folder or an archive. Enterprises come first: a photo named by credit code is stored for the
/// legal representative whom the registry names at that moment.
///
/// # Errors
/// [`ImportError`]; photos stored before it stay.
pub async fn import_photos(
    storage: &dyn RegistryImport,
    plan: &PhotoPlan,
    observer: &mut dyn Observer,
) -> Result<PhotoReport, ImportError> {
    let (sender, mut photos) = mpsc::channel(PHOTOS_AHEAD);
    let (source, limit, check) = (plan.source.clone(), plan.photo_bytes, plan.check.clone());
    let reading = tokio::task::spawn_blocking(move || {
        source.each(limit, &mut |found| {
            sender.blocking_send(judged(found, &check)).is_ok()
        })
    });
    let mut report = PhotoReport::default();
    let mut place = 0;
    while let Some(photo) = photos.recv().await {
        place += 1;
        match store_named(storage, photo, plan).await? {
            Ok(written) => report.count(written),
            Err(fault) => {
                report.bad += 1;
                observer.bad_photo(&fault.at(place));
            }
        }
        observer.progress(Progress {
            done: place,
            stored: report.stored(),
        });
    }
    reading.await.map_err(|_| ImportError::Broken)??;
    Ok(report)
}

type Judged = Result<(Named, Vec<u8>), PhotoFault>;

fn judged(found: Found, check: &PhotoCheck) -> Judged {
    let named = Named::by(&found.stem).ok_or(PhotoFault::new("name"))?;
    let bytes = found.bytes?;
    approve(&bytes, check)?;
    Ok((named, bytes))
}

fn approve(bytes: &[u8], check: &PhotoCheck) -> Result<(), PhotoFault> {
    check(bytes).map_err(|detail| PhotoFault {
        reason: "refused",
        detail: Some(detail),
    })
}

async fn store_named(
    storage: &dyn RegistryImport,
    photo: Judged,
    plan: &PhotoPlan,
) -> Result<Result<PhotoWritten, PhotoFault>, ImportError> {
    let (named, bytes) = match photo {
        Ok(photo) => photo,
        Err(fault) => return Ok(Err(fault)),
    };
    let person = match named {
        Named::Person(id) => Some(storage.indexes().person(&id)),
        Named::Enterprise(uscc) => storage.representative_of(&uscc, plan.realm).await?,
    };
    let Some(person) = person else {
        return Ok(Err(PhotoFault::new("no_enterprise")));
    };
    Ok(Ok(storage
        .write_photo(person, plan.realm, &bytes, (plan.clock)())
        .await?))
}

/// Imports the photos that a batch of rows names; answers also with those that can't be used.
pub(super) async fn import_row_photos(
    storage: &dyn RegistryImport,
    photos: Vec<RowPhoto>,
    plan: &Plan,
) -> Result<(PhotoReport, Vec<BadPhoto>), ImportError> {
    let (mut report, mut bad) = (PhotoReport::default(), Vec::new());
    for RowPhoto { line, person, path } in photos {
        match read_row_photo(path, plan).await? {
            Ok(bytes) => report.count(
                storage
                    .write_photo(person, plan.realm, &bytes, (plan.clock)())
                    .await?,
            ),
            Err(fault) => {
                report.bad += 1;
                bad.push(fault.at(line));
            }
        }
    }
    Ok((report, bad))
}

async fn read_row_photo(
    path: String,
    plan: &Plan,
) -> Result<Result<Vec<u8>, PhotoFault>, ImportError> {
    let (folder, limit) = (plan.photo_folder.clone(), plan.photo_bytes);
    let check = plan.photo_check.clone();
    let read = move || read_checked(folder, &path, limit, &check);
    tokio::task::spawn_blocking(read)
        .await
        .map_err(|_| ImportError::Broken)
}

fn read_checked(
    folder: Option<PathBuf>,
    path: &str,
    limit: u64,
    check: &PhotoCheck,
) -> Result<Vec<u8>, PhotoFault> {
    let place = folder.and_then(|folder| within(&folder, path));
    let bytes = source::read_file(&place.ok_or(PhotoFault::new("outside_folder"))?, limit)?;
    approve(&bytes, check)?;
    Ok(bytes)
}
