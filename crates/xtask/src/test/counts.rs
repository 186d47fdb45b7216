//! How many tests passed, read from what the runners say.

use std::{collections::BTreeSet, fmt, fs, iter::Sum, path::Path};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

/// Tests that ran. There is no third number: a skipped test is an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that passed.
    pub passed: u64,
    /// Those that did not.
    pub failed: u64,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |sum, one| Self {
            passed: sum.passed + one.passed,
            failed: sum.failed + one.failed,
        })
    }
}

impl Counts {
    /// A runner that failed without a failed test (it could not compile, or crashed) counts as one failure.
    pub fn or_one_failure(mut self, ok: bool) -> Result<Self> {
        if !ok && self.failed == 0 {
            self.failed = 1;
        }
        if ok && self.passed == 0 {
            bail!("no test ran");
        }
        Ok(self)
    }

    /// From nextest's summary: `Summary [ 1.2s] 41 tests run: 39 passed (1 slow), 2 failed, 0 skipped`.
    pub fn of_nextest(output: &str) -> Result<Self> {
        let summary = output.lines().rev().find_map(|line| {
            line.trim_start()
                .strip_prefix("Summary [")
                .and_then(|rest| rest.split_once("run: "))
                .map(|(_, rest)| rest)
        });
        // Without a summary nothing was run: it did not compile.
        let Some(summary) = summary else {
            return Ok(Self::default());
        };
        let mut counts = Self::default();
        for part in summary.split(", ") {
            let (number, word) =
                number_and_word(part).with_context(|| format!("nextest says {part:?}"))?;
            match word {
                "passed" => counts.passed += number,
                "failed" | "exec" | "timed" => counts.failed += number,
                "skipped" if number > 0 => {
                    bail!("{number} tests are skipped; every test has to run")
                }
                _ => (),
            }
        }
        Ok(counts)
    }

    /// From each `test result: ok. 39 passed; 0 failed; 0 ignored; …` of cargo's own runner.
    pub fn of_cargo_test(output: &str) -> Result<Self> {
        let mut counts = Self::default();
        for line in output
            .lines()
            .filter_map(|line| line.split_once("test result: "))
        {
            for part in line.1.split("; ") {
                let part = part.rsplit(". ").next().unwrap_or(part);
                match number_and_word(part) {
                    Some((number, "passed")) => counts.passed += number,
                    Some((number, "failed")) => counts.failed += number,
                    Some((1.., "ignored")) => {
                        bail!("ignored tests: {}; every test has to run", line.1)
                    }
                    _ => (),
                }
            }
        }
        Ok(counts)
    }

    /// From vitest's JSON report.
    pub fn of_vitest(file: &Path) -> Result<Self> {
        #[derive(Deserialize)]
        struct Report {
            #[serde(rename = "numPassedTests")]
            passed: u64,
            #[serde(rename = "numFailedTests")]
            failed: u64,
            #[serde(rename = "numPendingTests")]
            pending: u64,
            #[serde(rename = "numTodoTests")]
            todo: u64,
        }
        let report: Report = read(file)?;
        none_skipped(report.pending + report.todo)?;
        Ok(Self {
            passed: report.passed,
            failed: report.failed,
        })
    }

    /// From Schemathesis' JSON report: each operation of the API is one test.
    pub fn of_schemathesis(file: &Path) -> Result<Self> {
        let report: Fuzzing = read(file)?;
        none_skipped(report.operations.selected - report.operations.tested)?;
        let failed: BTreeSet<_> = report
            .failures
            .iter()
            .flat_map(|it| &it.operations)
            .collect();
        let failed = u64::try_from(failed.len() + report.errors.len())?;
        Ok(Self {
            passed: report.operations.tested.saturating_sub(failed),
            failed,
        })
    }

    /// From Playwright's JSON report. A test that passed only at the second try has failed.
    pub fn of_playwright(file: &Path) -> Result<Self> {
        #[derive(Deserialize)]
        struct Report {
            stats: Stats,
        }
        #[derive(Deserialize)]
        struct Stats {
            expected: u64,
            unexpected: u64,
            flaky: u64,
            skipped: u64,
        }
        let Report { stats } = read(file)?;
        none_skipped(stats.skipped)?;
        Ok(Self {
            passed: stats.expected,
            failed: stats.unexpected + stats.flaky,
        })
    }
}

/// What Schemathesis reports.
#[derive(Deserialize)]
struct Fuzzing {
    operations: Operations,
    failures: Vec<Found>,
    errors: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Operations {
    selected: u64,
    tested: u64,
}

/// One kind of fault, with the operations that have it.
#[derive(Deserialize)]
struct Found {
    operations: Vec<String>,
}

fn number_and_word(part: &str) -> Option<(u64, &str)> {
    let mut words = part.split_whitespace();
    Some((words.next()?.parse().ok()?, words.next()?))
}

fn none_skipped(skipped: u64) -> Result<()> {
    if skipped > 0 {
        bail!("{skipped} tests are skipped; every test has to run");
    }
    Ok(())
}

fn read<T: for<'de> Deserialize<'de>>(file: &Path) -> Result<T> {
    let text = fs::read(file)
        .with_context(|| format!("the runner left no report at {}", file.display()))?;
    serde_json::from_slice(&text)
        .with_context(|| format!("{} is not the expected report", file.display()))
}

#[cfg(test)]
mod tests {
    use super::Counts;

    fn file(json: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), json).expect("written");
        file
    }

    #[test]
    fn nextest_counts_by_its_summary() {
        let good = "   Summary [   1.234s] 41 tests run: 41 passed (1 slow), 0 skipped\n";
        assert_eq!(
            Counts::of_nextest(good).expect("read"),
            Counts {
                passed: 41,
                failed: 0
            }
        );
        let bad = "Summary [ 9.9s] 44 tests run: 39 passed, 2 failed, 1 exec failed, 2 timed out, 0 skipped";
        assert_eq!(
            Counts::of_nextest(bad).expect("read"),
            Counts {
                passed: 39,
                failed: 5
            }
        );
        assert!(Counts::of_nextest("Summary [ 1s] 3 tests run: 3 passed, 1 skipped").is_err());
    }

    #[test]
    fn cargo_test_counts_are_summed_over_the_crates() {
        let output = "test result: ok. 39 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out\n\
                      test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured\n";
        assert_eq!(
            Counts::of_cargo_test(output).expect("read"),
            Counts {
                passed: 42,
                failed: 2
            }
        );
        assert!(
            Counts::of_cargo_test("test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured")
                .is_err()
        );
    }

    #[test]
    fn a_runner_that_broke_or_ran_nothing_does_not_pass() {
        assert_eq!(
            Counts::default()
                .or_one_failure(false)
                .expect("counted")
                .failed,
            1
        );
        assert!(Counts::default().or_one_failure(true).is_err());
    }

    #[test]
    fn the_pages_runners_are_read_from_their_reports() {
        let vitest = file(
            r#"{"numPassedTests":12,"numFailedTests":1,"numPendingTests":0,"numTodoTests":0}"#,
        );
        assert_eq!(
            Counts::of_vitest(vitest.path()).expect("read"),
            Counts {
                passed: 12,
                failed: 1
            }
        );
        let schemathesis = file(
            r#"{"operations":{"selected":9,"tested":9},"errors":[],
                "failures":[{"operations":["GET /a","GET /b"]},{"operations":["GET /a"]}]}"#,
        );
        assert_eq!(
            Counts::of_schemathesis(schemathesis.path()).expect("read"),
            Counts {
                passed: 7,
                failed: 2
            }
        );
        let playwright = file(r#"{"stats":{"expected":9,"unexpected":1,"flaky":1,"skipped":0}}"#);
        assert_eq!(
            Counts::of_playwright(playwright.path()).expect("read"),
            Counts {
                passed: 9,
                failed: 2
            }
        );
        let skipping = file(r#"{"stats":{"expected":9,"unexpected":0,"flaky":0,"skipped":1}}"#);
        assert!(Counts::of_playwright(skipping.path()).is_err());
    }
}
