//! What ran, how long it took, and what to do about what failed.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::Counts;

/// The steps so far.
#[derive(Default)]
pub struct Report {
    steps: Vec<Step>,
    left_out: Vec<(&'static str, &'static str)>,
}

struct Step {
    name: &'static str,
    remedy: &'static str,
    took: Duration,
    counts: Option<Counts>,
    ok: bool,
}

impl Report {
    /// Runs a step that has no tests to count; answers whether it went well.
    pub fn step(
        &mut self,
        name: &'static str,
        remedy: &'static str,
        work: impl FnOnce() -> Result<()>,
    ) -> bool {
        self.record(name, remedy, || work().map(|()| None))
    }

    /// Runs a step that counts its tests.
    pub fn tests(
        &mut self,
        name: &'static str,
        remedy: &'static str,
        work: impl FnOnce() -> Result<Counts>,
    ) -> bool {
        self.record(name, remedy, || work().map(Some))
    }

    /// Says that something was not done, so that nobody takes it for done.
    pub fn left_out(&mut self, name: &'static str, why: &'static str) {
        self.left_out.push((name, why));
    }

    fn record(
        &mut self,
        name: &'static str,
        remedy: &'static str,
        work: impl FnOnce() -> Result<Option<Counts>>,
    ) -> bool {
        println!("\n── {name}");
        let start = Instant::now();
        let result = work();
        let took = start.elapsed();
        if let Err(error) = &result {
            println!("error: {error:#}");
        }
        let ok = result
            .as_ref()
            .is_ok_and(|counts| counts.is_none_or(|counts| counts.failed == 0));
        let counts = result.ok().flatten();
        self.steps.push(Step {
            name,
            remedy,
            took,
            counts,
            ok,
        });
        ok
    }

    /// Prints the table and, as the very last line, the number of tests; answers whether every step went well.
    pub fn finish(self) -> bool {
        println!("\n{}\n{}", self.table(), self.total());
        self.steps.iter().all(|step| step.ok)
    }

    fn table(&self) -> String {
        let mut lines: Vec<String> = self.steps.iter().map(Step::line).collect();
        let whole: Duration = self.steps.iter().map(|step| step.took).sum();
        lines.push(format!("        {:>7.1} s  in all", whole.as_secs_f32()));
        lines.extend(
            self.left_out
                .iter()
                .map(|(name, why)| format!("not run            {name}: {why}")),
        );
        lines.extend(
            self.steps
                .iter()
                .filter(|step| !step.ok)
                .map(|step| format!("{} failed: {}", step.name, step.remedy)),
        );
        lines.join("\n")
    }

    /// A failed step without failed tests, such as a lint, counts as one failure.
    fn total(&self) -> Counts {
        let of = |step: &Step| match step.counts {
            Some(counts) => counts,
            None => Counts {
                passed: 0,
                failed: u64::from(!step.ok),
            },
        };
        self.steps.iter().map(of).sum()
    }
}

impl Step {
    fn line(&self) -> String {
        let verdict = if self.ok { "ok" } else { "FAILED" };
        let counts = self
            .counts
            .map_or_else(String::new, |counts| format!(": {counts}"));
        format!(
            "{verdict:<7} {:>7.1} s  {}{counts}",
            self.took.as_secs_f32(),
            self.name
        )
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::{Counts, Report};

    #[test]
    fn one_failed_step_fails_the_whole_and_says_what_to_do() {
        let mut report = Report::default();
        assert!(report.tests("tests", "repeat them", || Ok(Counts {
            passed: 3,
            failed: 0
        })));
        assert!(!report.step("lint", "mend it", || bail!("a complaint")));
        report.left_out("advisories", "no network");
        assert_eq!(
            report.total(),
            Counts {
                passed: 3,
                failed: 1
            }
        );
        let table = report.table();
        assert!(table.contains("lint failed: mend it"), "{table}");
        assert!(table.contains("not run            advisories"), "{table}");
        assert!(!report.finish());
    }

    #[test]
    fn failed_tests_fail_the_step_though_the_runner_answered() {
        let mut report = Report::default();
        assert!(!report.tests("tests", "repeat them", || Ok(Counts {
            passed: 3,
            failed: 2
        })));
        assert_eq!(
            report.total(),
            Counts {
                passed: 3,
                failed: 2
            }
        );
    }
}
