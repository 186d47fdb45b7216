//! `shiming check`: the form's own checks, for lists and scripts.

use std::{
    io::{self, BufRead as _, BufWriter, Write as _},
    process::ExitCode,
};

use anyhow::{Context as _, Result};
use chrono::{NaiveDate, TimeDelta, Utc};
use clap::{Args as ClapArgs, ValueEnum, builder::PossibleValue};
use shiming_identifiers::check::{CheckKind, check};

/// What to check.
#[derive(ClapArgs)]
pub struct Args {
    /// What the values are
    kind: Kind,
    /// Values to check; `-` reads one from each line of standard input
    #[arg(required = true, allow_hyphen_values = true)]
    values: Vec<String>,
}

#[derive(Clone, Copy)]
struct Kind(CheckKind);

impl ValueEnum for Kind {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [Kind; CheckKind::ALL.len()] = {
            let [a, b, c, d] = CheckKind::ALL;
            [Kind(a), Kind(b), Kind(c), Kind(d)]
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.as_str()))
    }
}

/// Prints one JSON object for each value; fails if any is invalid.
pub fn run(args: &Args) -> Result<ExitCode> {
    let today = today_in_china()?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut all_valid = true;
    let mut report = |value: &str| -> Result<()> {
        let report = check(args.kind.0, value, today);
        all_valid &= report.valid;
        serde_json::to_writer(&mut out, &report)?;
        Ok(writeln!(out)?)
    };
    for value in &args.values {
        if value == "-" {
            for line in io::stdin().lock().lines() {
                report(&line.context("standard input is no UTF-8 text")?)?;
            }
        } else {
            report(value)?;
        }
    }
    out.flush()?;
    Ok(if all_valid {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Ages are judged by the day in China, as the pages do.
fn today_in_china() -> Result<NaiveDate> {
    let there = Utc::now()
        .checked_add_signed(TimeDelta::hours(8))
        .context("the clock is out of range")?;
    Ok(there.date_naive())
}
