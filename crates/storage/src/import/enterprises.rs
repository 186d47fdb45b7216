//! Importing enterprises: a thread reads and sorts, others parse, the database writes batch after batch.

use std::{
    io::BufRead,
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{SyncSender, sync_channel},
    },
    thread,
};

use chrono::{DateTime, NaiveDate, Utc};
use shiming_verification::words::Realm;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    csv::CsvRows,
    json_lines,
    lines::{Line, Lines},
    photos::{PhotoCheck, RowPhoto, import_row_photos},
    report::{BadPhoto, BadRow, Fault, ImportError, Observer, Progress, Report},
    row::{self, Parsed},
    runs::{Row, Runs},
    sheet::Sheet,
};
use crate::{
    Indexes,
    api::{EnterpriseRecord, ImportRun, RegistryImport},
};

/// Rows of one batch and so of one transaction: enough to make its flush cheap, few enough to let others write soon.
const BATCH_ROWS: usize = 20_000;
/// Batches that may wait for the database while the next one is read.
const BATCHES_AHEAD: usize = 2;

/// Rows of one run, and photos that they name, of which line and fault are kept; of a file that is wrong from end to end the first ones tell as much as all.
const MOST_KEPT: u64 = 10_000;

/// How records stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated, with a header line.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

impl Format {
    /// The format that a file's name says: `.csv`, `.jsonl` or `.ndjson`.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

/// What is imported, and how.
#[derive(Clone)]
pub struct Plan {
    /// Id of this run.
    pub import: Uuid,
    /// Real or demonstration.
    pub realm: Realm,
    /// Name of the file, for people.
    pub source: String,
    /// How records stand in it.
    pub format: Format,
    /// The folder within which rows may name photos. Without it, rows that name one are reported.
    pub photo_folder: Option<PathBuf>,
    /// Judges each photo.
    pub photo_check: PhotoCheck,
    /// The largest photo, in bytes.
    pub photo_bytes: u64,
    /// The clock.
    pub clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
}

/// Imports enterprises; see the module's text for the format and what is guaranteed.
///
/// # Errors
/// [`ImportError`]; batches stored before it stay.
pub async fn import_enterprises(
    storage: &dyn RegistryImport,
    input: impl BufRead + Send + 'static,
    plan: &Plan,
    observer: &mut dyn Observer,
) -> Result<Report, ImportError> {
    let mut run = begin(plan);
    storage.record_import(&run).await?;
    let (sender, mut batches) = mpsc::channel(BATCHES_AHEAD);
    let reader = Reading {
        format: plan.format,
        indexes: storage.indexes().clone(),
        today: run.started_at.date_naive(),
    };
    let reading = tokio::task::spawn_blocking(move || reader.read(input, &sender));
    let mut report = Report::default();
    while let Some(batch) = batches.recv().await {
        write(storage, batch, plan, observer, &mut report).await?;
    }
    reading.await.map_err(|_| ImportError::Broken)??;
    finish(&mut run, &report, plan);
    storage.record_import(&run).await?;
    Ok(report)
}

fn begin(plan: &Plan) -> ImportRun {
    ImportRun {
        id: plan.import,
        realm: plan.realm,
        source: plan.source.clone(),
        started_at: (plan.clock)(),
        finished_at: None,
        written: crate::api::Written::default(),
        bad_rows: 0,
        photos: 0,
        bad_photos: 0,
    }
}

fn finish(run: &mut ImportRun, report: &Report, plan: &Plan) {
    run.finished_at = Some((plan.clock)());
    run.written = report.written;
    run.bad_rows = report.bad_rows;
    run.photos = report.photos.stored();
    run.bad_photos = report.photos.bad;
}

async fn write(
    storage: &dyn RegistryImport,
    batch: Batch,
    plan: &Plan,
    observer: &mut dyn Observer,
    report: &mut Report,
) -> Result<(), ImportError> {
    let now = (plan.clock)();
    if !batch.records.is_empty() {
        report.written += storage
            .write_enterprises(&batch.records, plan.realm, Some(plan.import), now)
            .await?;
    }
    keep(storage, plan, &batch.bad, report).await?;
    report.bad_rows += batch.bad.len() as u64;
    batch.bad.iter().for_each(|row| observer.bad_row(row));
    let (photos, bad) = import_row_photos(storage, batch.photos, plan).await?;
    let rows: Vec<_> = bad.iter().map(BadPhoto::row).collect();
    keep(storage, plan, &rows, report).await?;
    report.photos += photos;
    for photo in &bad {
        observer.bad_photo(photo);
    }
    let written = report.written;
    let stored = written.inserted + written.updated + written.unchanged;
    observer.progress(Progress {
        done: batch.bytes_read,
        stored,
    });
    Ok(())
}

/// Keeps of these faults as many as there is room for.
async fn keep(
    storage: &dyn RegistryImport,
    plan: &Plan,
    bad: &[BadRow],
    report: &Report,
) -> Result<(), ImportError> {
    let room = MOST_KEPT.saturating_sub(report.bad_rows + report.photos.bad);
    let kept = usize::try_from(room).unwrap_or(usize::MAX);
    let kept = &bad[..kept.min(bad.len())];
    if !kept.is_empty() {
        storage.record_bad_rows(plan.import, kept).await?;
    }
    Ok(())
}

/// What the reading thread hands over at a time.
#[derive(Default)]
struct Batch {
    records: Vec<EnterpriseRecord>,
    photos: Vec<RowPhoto>,
    bad: Vec<BadRow>,
    bytes_read: u64,
}

impl Batch {
    fn add(
        &mut self,
        Row {
            line,
            record,
            photo,
        }: Row,
    ) {
        let person = record.person;
        let photo = photo.map(|path| RowPhoto { line, person, path });
        self.photos.extend(photo);
        self.records.push(record);
    }
}

/// What became of some lines, each with its number.
type ParsedSheet = Vec<(u64, Result<Parsed, Fault>)>;

/// What the reading thread works with.
struct Reading {
    format: Format,
    indexes: Indexes,
    today: NaiveDate,
}

impl Reading {
    /// Reads the whole file, then hands its rows over in the order of their credit codes; also those before a place at which the
    /// file can't be read.
    fn read(
        self,
        input: impl BufRead + Send,
        sender: &mpsc::Sender<Batch>,
    ) -> Result<(), ImportError> {
        let mut lines = Lines::new(input);
        let mut runs = Runs::default();
        let read = self.sort_in(&mut lines, &mut runs, sender);
        let mut batch = Batch::default();
        for row in runs.sorted()? {
            batch.add(row?);
            if batch.records.len() >= BATCH_ROWS {
                batch.bytes_read = lines.bytes_read();
                // A receiver that is gone has met an error of its own and tells that one.
                if sender.blocking_send(std::mem::take(&mut batch)).is_err() {
                    return Ok(());
                }
            }
        }
        batch.bytes_read = lines.bytes_read();
        let _gone = sender.blocking_send(batch);
        read
    }

    /// Tells of bad rows and of how far it is meanwhile.
    fn sort_in<R: BufRead + Send>(
        &self,
        lines: &mut Lines<R>,
        runs: &mut Runs,
        sender: &mpsc::Sender<Batch>,
    ) -> Result<(), ImportError> {
        let rows = self.header(lines)?;
        let (parsed, sheets) = sync_channel(1);
        thread::scope(|scope| {
            // The next lines are parsed while these are sorted.
            let parsing = scope.spawn(move || self.parse_all(lines, rows.as_ref(), &parsed));
            for (bytes_read, sheet) in sheets {
                let mut told = Batch {
                    bytes_read,
                    ..Batch::default()
                };
                for (line, parsed) in sheet {
                    match parsed {
                        Ok(Parsed { record, photo }) => runs.add(Row {
                            line,
                            record,
                            photo,
                        })?,
                        Err(fault) => told.bad.push(fault.on_line(line)),
                    }
                }
                if sender.blocking_send(told).is_err() {
                    break;
                }
            }
            parsing.join().unwrap_or_else(|panic| resume_unwind(panic))
        })
    }

    /// What was read before a place that can't be read is handed on.
    fn parse_all<R: BufRead>(
        &self,
        lines: &mut Lines<R>,
        rows: Option<&CsvRows>,
        parsed: &SyncSender<(u64, ParsedSheet)>,
    ) -> Result<(), ImportError> {
        let mut sheet = Sheet::default();
        loop {
            let filled = sheet.fill(lines);
            let parse =
                |rows: &mut Option<CsvRows>, line: &Line<'_>| self.parse(line, rows.as_mut());
            let sheet = sheet.parse(|| rows.map(CsvRows::beside), parse);
            if parsed.send((lines.bytes_read(), sheet)).is_err() || !filled? {
                return Ok(());
            }
        }
    }

    /// CSV names its columns first.
    fn header<R: BufRead>(&self, lines: &mut Lines<R>) -> Result<Option<CsvRows>, ImportError> {
        if self.format == Format::JsonLines {
            return Ok(None);
        }
        let header = lines.next()?.ok_or(ImportError::Empty)?;
        CsvRows::new(header.bytes)
            .map(Some)
            .map_err(|missing| ImportError::Header { missing })
    }

    fn parse(&self, line: &Line<'_>, rows: Option<&mut CsvRows>) -> Result<Parsed, Fault> {
        if line.cut {
            return Err(Fault::whole("too_long"));
        }
        let row = match rows {
            Some(rows) => rows.read(line.bytes)?,
            None => json_lines::read(without_mark(line))?,
        };
        row::parse(&row, &self.indexes, self.today)
    }
}

/// A JSON file may begin with a byte order mark, which is no JSON.
fn without_mark<'a>(line: &Line<'a>) -> &'a [u8] {
    let mark = if line.number == 1 {
        "\u{FEFF}".as_bytes()
    } else {
        b""
    };
    line.bytes.strip_prefix(mark).unwrap_or(line.bytes)
}
