//! How fast a registry file goes into SQLite: `cargo bench -p shiming-storage [-- ROWS]`.
//!
//! Imports a generated file into an empty table, then the same file again, and prints rows a second.

// It measures time.
#![allow(clippy::disallowed_methods)]

use std::{
    fs::File,
    io::{BufReader, BufWriter, Write},
    path::Path,
    sync::Arc,
    time::Instant,
};

use chrono::{Duration, NaiveDate, Utc};
use object_store::memory::InMemory;
use shiming_identifiers::{IdNumber, Uscc};
use shiming_storage::{
    Settings, Storage,
    import::{BadPhoto, BadRow, Format, Observer, Plan, Progress, import_enterprises},
    migrate, open,
};
use shiming_vault::{KeyRing, MasterKey, OsEntropy};
use shiming_verification::words::Realm;
use uuid::Uuid;

struct Strict;

impl Observer for Strict {
    fn bad_row(&mut self, row: &BadRow) {
        panic!("{row}");
    }

    fn bad_photo(&mut self, photo: &BadPhoto) {
        panic!("{photo}");
    }

    fn progress(&mut self, _: Progress) {}
}

#[tokio::main]
async fn main() {
    let rows = std::env::args()
        .nth(1)
        .and_then(|rows| rows.parse().ok())
        .unwrap_or(500_000);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("registry.csv");
    write_file(&file, rows).expect("written");
    let url = format!("sqlite:{}", folder.path().join("shiming.db").display());
    migrate(&url).await.expect("migrates");
    let settings = Settings {
        url,
        objects: Arc::new(InMemory::new()),
        keys: KeyRing::new(MasterKey::from_bytes([1; 32])),
        entropy: Arc::new(OsEntropy),
    };
    let storage = open(&settings).await.expect("opens");
    for what in ["new", "unchanged"] {
        let rate = f64::from(rows) / import(&*storage, &file).await;
        println!("{what}: {rate:.0} rows/s");
    }
}

/// Imports the file; gives the seconds that it took.
async fn import(storage: &dyn Storage, file: &Path) -> f64 {
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
    let input = BufReader::with_capacity(1 << 16, File::open(file).expect("readable"));
    let start = Instant::now();
    import_enterprises(storage, input, &plan, &mut Strict)
        .await
        .expect("imports");
    start.elapsed().as_secs_f64()
}

/// Made-up enterprises in an order that has nothing to do with their codes.
fn write_file(path: &Path, rows: u32) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(
        file,
        "uscc,enterprise_name,legal_representative,id_number,status,subject_type"
    )?;
    let first = NaiveDate::from_ymd_opt(1950, 1, 1).expect("a day");
    for row in 0..rows {
        let shuffled = row.wrapping_mul(2_654_435_761) % 100_000_000;
        let uscc = Uscc::from_parts("91", "110108", &format!("{shuffled:08}")).expect("digits");
        let birth = first + Duration::days(i64::from(row % 18_000));
        let sequence = u16::try_from(row % 1000).expect("below 1000");
        let id = IdNumber::from_parts("110101", birth, sequence).expect("digits");
        let given = char::from_u32(0x4E00 + row % 20_000).expect("a Han character");
        writeln!(
            file,
            "{},示例{row}号信息科技（北京）有限公司,欧阳{given},{},存续,企业",
            uscc.as_str(),
            id.as_str()
        )?;
    }
    file.flush()
}
