//! The figures, as a table and as JSON.

use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use crate::{lookup::Answers, table::Import};

/// Rows a second that a first import should reach.
const RATE_GOAL: f64 = 100_000.0;
/// How much slower the largest table may answer than the smallest.
const GROWTH_GOAL: f64 = 1.3;

#[derive(Default, Serialize)]
pub struct Report {
    sizes: Vec<Size>,
    /// Rows a second of an import that changes nothing.
    unchanged_per_second: f64,
    /// The largest table's times over the smallest's.
    growth_p50: f64,
    growth_p99: f64,
}

#[derive(Serialize)]
struct Size {
    rows: u32,
    imported: u32,
    imported_per_second: f64,
    p50_us: f64,
    p99_us: f64,
    bytes_a_row: f64,
}

impl Report {
    pub fn head() -> String {
        format!(
            "{:>10}{:>12}{:>12}{:>10}{:>10}{:>13}",
            "rows", "imported", "rows/s", "p50 µs", "p99 µs", "bytes a row"
        )
    }

    pub fn add(&mut self, rows: u32, import: &Import, answers: &Answers, bytes: u64) {
        let size = Size {
            rows,
            imported: import.rows,
            imported_per_second: f64::from(import.rows) / import.seconds,
            p50_us: answers.p50,
            p99_us: answers.p99,
            #[allow(clippy::cast_precision_loss, reason = "a file of less than 2⁵³ bytes")]
            bytes_a_row: bytes as f64 / f64::from(rows),
        };
        println!(
            "{:>10}{:>12}{:>12.0}{:>10.1}{:>10.1}{:>13.0}",
            size.rows,
            size.imported,
            size.imported_per_second,
            size.p50_us,
            size.p99_us,
            size.bytes_a_row
        );
        self.sizes.push(size);
    }

    pub fn again(&mut self, import: &Import) {
        self.unchanged_per_second = f64::from(import.rows) / import.seconds;
        println!("\nthe same again: {:.0} rows/s", self.unchanged_per_second);
    }

    pub fn conclude(&mut self) {
        let (Some(small), Some(large)) = (self.sizes.first(), self.sizes.last()) else {
            return;
        };
        self.growth_p50 = large.p50_us / small.p50_us;
        self.growth_p99 = large.p99_us / small.p99_us;
        println!(
            "answers at {} rows take {:.2} (p50) and {:.2} (p99) times those at {}; goal ≤ {GROWTH_GOAL}",
            large.rows, self.growth_p50, self.growth_p99, small.rows
        );
        println!(
            "import of {} rows: {:.0} rows/s; goal ≥ {RATE_GOAL}",
            large.imported, large.imported_per_second
        );
    }

    pub fn write(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, serde_json::to_string_pretty(self)?)?;
        println!("\n{}", path.display());
        Ok(())
    }
}
