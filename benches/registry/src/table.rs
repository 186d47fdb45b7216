//! The registry under measurement: a database of its own, filled from files as an operator fills it.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Write as _},
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use anyhow::{Context as _, Result, ensure};
use chrono::Utc;
use object_store::memory::InMemory;
use shiming_storage::{
    Settings, Storage,
    import::{BadPhoto, BadRow, Format, Observer, Plan, Progress, import_enterprises},
    migrate, open,
};
use shiming_vault::{KeyRing, MasterKey, OsEntropy};
use shiming_verification::words::Realm;
use uuid::Uuid;

use crate::invented::Enterprise;

const HEADER: &str = "uscc,enterprise_name,legal_representative,id_number,status,subject_type";

pub struct Table {
    storage: Arc<dyn Storage>,
    database: PathBuf,
    file: PathBuf,
}

/// What an import did.
pub struct Import {
    pub rows: u32,
    pub seconds: f64,
}

impl Table {
    pub async fn create(folder: &Path) -> Result<Self> {
        let database = folder.join("shiming.sqlite3");
        let url = format!("sqlite:{}", database.display());
        migrate(&url).await?;
        let settings = Settings {
            url,
            objects: Arc::new(InMemory::new()),
            keys: KeyRing::new(MasterKey::from_bytes([1; 32])),
            entropy: Arc::new(OsEntropy),
        };
        Ok(Self {
            storage: open(&settings).await?,
            database,
            file: folder.join("registry.csv"),
        })
    }

    pub fn storage(&self) -> &dyn Storage {
        &*self.storage
    }

    /// Imports these enterprises, which are new.
    pub async fn grow(&self, numbers: Range<u32>) -> Result<Import> {
        self.write(numbers.clone())?;
        let rows = numbers.end - numbers.start;
        let (seconds, inserted) = self.import().await?;
        ensure!(
            inserted == u64::from(rows),
            "{inserted} of {rows} rows are new"
        );
        Ok(Import { rows, seconds })
    }

    /// Imports the first so many once more, all of which are there as they are.
    pub async fn again(&self, rows: u32) -> Result<Import> {
        self.write(0..rows)?;
        let (seconds, inserted) = self.import().await?;
        ensure!(inserted == 0, "{inserted} rows are new");
        Ok(Import { rows, seconds })
    }

    /// Size of the database.
    pub fn bytes(&self) -> Result<u64> {
        Ok(std::fs::metadata(&self.database)?.len())
    }

    fn write(&self, numbers: Range<u32>) -> Result<()> {
        let mut file = BufWriter::with_capacity(1 << 20, File::create(&self.file)?);
        writeln!(file, "{HEADER}")?;
        for n in numbers {
            writeln!(file, "{}", Enterprise::of(n)?.line())?;
        }
        Ok(file.flush()?)
    }

    async fn import(&self) -> Result<(f64, u64)> {
        let plan = Plan {
            import: Uuid::from_u128(1),
            realm: Realm::Live,
            source: "registry.csv".to_owned(),
            format: Format::Csv,
            photo_folder: None,
            photo_check: Arc::new(|_| Ok(())),
            photo_bytes: 0,
            clock: Arc::new(Utc::now),
        };
        let input = BufReader::with_capacity(1 << 16, File::open(&self.file)?);
        let begun = Instant::now();
        let report = import_enterprises(&*self.storage, input, &plan, &mut Strict)
            .await
            .context("the file is imported")?;
        ensure!(report.bad_rows == 0, "{} bad rows", report.bad_rows);
        Ok((begun.elapsed().as_secs_f64(), report.written.inserted))
    }
}

struct Strict;

impl Observer for Strict {
    fn bad_row(&mut self, row: &BadRow) {
        eprintln!("{row}");
    }

    fn bad_photo(&mut self, photo: &BadPhoto) {
        eprintln!("{photo}");
    }

    fn progress(&mut self, _: Progress) {}
}
