//! The figures, as a table and as JSON.

use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use crate::{applicants::Crowd, pages::Pages, plan::Plan};

/// Share of the database's limit that whole verifications should reach.
const GOAL: f64 = 0.7;

#[derive(Default, Serialize)]
pub struct Report {
    pub engines: Vec<Engine>,
    pub pages: Option<Pages>,
}

/// What was done over HTTP.
pub struct Course {
    /// As many as there are places for, each beginning anew when it is done.
    pub full: Crowd,
    /// Half of them, coming evenly.
    pub half: Crowd,
    /// Bytes by which the database grew.
    pub grown: u64,
}

#[derive(Serialize)]
pub struct Engine {
    pub name: &'static str,
    /// Verifications a second over HTTP, and of the same statements with nothing around them.
    pub flows_per_second: f64,
    pub limit_per_second: f64,
    pub ratio: f64,
    /// Statements of one verification, and the transactions among them.
    pub statements: usize,
    pub transactions: usize,
    /// From the form to the QR code at half of that load, in milliseconds.
    pub to_code_p50_ms: f64,
    pub to_code_p99_ms: f64,
    /// KiB by which the database grows with each verification.
    pub kib_a_flow: f64,
}

impl Engine {
    pub fn new(engine: &'static str, plan: &Plan, course: &Course, limit: f64) -> Self {
        let Course { full, half, grown } = course;
        let verified = u32::try_from(full.verified + half.verified).unwrap_or(u32::MAX);
        let kib = u32::try_from(grown / 1024).unwrap_or(u32::MAX);
        Self {
            kib_a_flow: f64::from(kib) / f64::from(verified),
            name: engine,
            flows_per_second: full.rate(),
            limit_per_second: limit,
            ratio: full.rate() / limit,
            statements: plan.statements(),
            transactions: plan.transactions(),
            to_code_p50_ms: half.percentile(50),
            to_code_p99_ms: half.percentile(99),
        }
    }

    pub fn print(&self) {
        println!(
            "{:<12}{:>9.1}{:>10.1}{:>8.2}{:>12}{:>14}{:>12.1}{:>10.1}{:>8.1}",
            self.name,
            self.flows_per_second,
            self.limit_per_second,
            self.ratio,
            self.statements,
            self.transactions,
            self.to_code_p50_ms,
            self.to_code_p99_ms,
            self.kib_a_flow
        );
    }
}

impl Report {
    pub fn head() {
        println!(
            "{:<12}{:>9}{:>10}{:>8}{:>12}{:>14}{:>12}{:>10}{:>8}",
            "engine",
            "flows/s",
            "limit/s",
            "ratio",
            "statements",
            "transactions",
            "code p50 ms",
            "p99 ms",
            "KiB"
        );
    }

    pub fn conclude(&self, path: &Path) -> Result<()> {
        println!("goal: ratio ≥ {GOAL}");
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, serde_json::to_string_pretty(self)?)?;
        println!("\n{}", path.display());
        Ok(())
    }
}
