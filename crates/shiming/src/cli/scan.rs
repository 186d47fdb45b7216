//! `shiming scan`: the records of a case's face scans, and judging kept frames again.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Args as ClapArgs, Subcommand};
use shiming_verification::ids::CaseId;

use crate::{config::Config, wiring};

/// What to do with scans.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Print the records of a case's scans, one JSON object a line
    Records {
        /// `ver_…`
        case: CaseId,
    },
    /// Judge the kept frames of a case's scans again; exits 1 unless every verdict comes out as it is recorded
    Rejudge {
        /// `ver_…`
        case: CaseId,
    },
}

/// Prints records, or judges again.
pub fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    super::block_on(async {
        let wiring::Built {
            services, storage, ..
        } = wiring::build(config, wiring::Faces::Scanned).await?;
        let (Task::Records { case } | Task::Rejudge { case }) = &args.task;
        let found = services
            .cases
            .get(*case)
            .await
            .context("there is no such case")?;
        let records = storage.scan_records(found.account.platform, *case).await?;
        let records: Vec<(u32, String)> = records
            .into_iter()
            .map(|record| (record.seq, record.record))
            .collect();
        if matches!(args.task, Task::Records { .. }) {
            for (_, record) in &records {
                println!("{record}");
            }
            return Ok(ExitCode::SUCCESS);
        }
        let mut all_same = true;
        for answer in services.judge_again(*case, &records).await? {
            let differs = [answer.liveness_same, answer.comparison_same].contains(&Some(false));
            all_same &= answer.frames_kept && !differs && answer.failed.is_none();
            println!("{}", serde_json::to_string(&answer)?);
        }
        Ok(if all_same {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    })
}
