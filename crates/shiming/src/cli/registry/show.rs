//! What an import shows: a bar on a terminal, a line for everything that can't be used, a sum at the end.

use indicatif::{ProgressBar, ProgressStyle};
use shiming_storage::import::{BadPhoto, BadRow, Observer, PhotoReport, Progress, Report};

/// The bar, on standard error; invisible where that is no terminal.
pub struct Shown {
    bar: ProgressBar,
}

impl Shown {
    /// A bar over the bytes of a file.
    pub fn bytes(length: u64) -> Self {
        Self::new(
            ProgressBar::new(length),
            "{bar:30} {percent}%  {msg}  {binary_bytes_per_sec}, {eta} left",
        )
    }

    /// A counter of photos, whose number is not known beforehand.
    pub fn photos() -> Self {
        Self::new(ProgressBar::no_length(), "{spinner} {msg}  {per_sec}")
    }

    fn new(bar: ProgressBar, template: &str) -> Self {
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }

    fn tell(&self, line: &dyn std::fmt::Display) {
        self.bar.suspend(|| eprintln!("{line}"));
    }
}

impl Observer for Shown {
    fn bad_row(&mut self, row: &BadRow) {
        self.tell(row);
    }

    fn bad_photo(&mut self, photo: &BadPhoto) {
        self.tell(photo);
    }

    fn progress(&mut self, progress: Progress) {
        self.bar.set_position(progress.done);
        self.bar.set_message(format!("{} stored", progress.stored));
    }
}

/// What became of the rows, and of the photos that they named.
pub fn summary(report: &Report) -> String {
    let written = report.written;
    let rows = format!(
        "rows: {} new, {} changed, {} as they were, {} not usable",
        written.inserted, written.updated, written.unchanged, report.bad_rows
    );
    if report.photos == PhotoReport::default() {
        rows
    } else {
        format!("{rows}\n{}", photo_summary(&report.photos))
    }
}

/// What became of the photos.
pub fn photo_summary(report: &PhotoReport) -> String {
    format!(
        "photos: {} new, {} changed, {} as they were, {} not usable",
        report.inserted, report.updated, report.unchanged, report.bad
    )
}
