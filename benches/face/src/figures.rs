//! Times of a stage on a side, and what is told about them.

use std::collections::BTreeMap;

use serde::Serialize;

/// The numbers of one side at one stage, milliseconds a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Half of the runs were quicker, by the wall.
    pub median: f64,
    /// Nine tenths were quicker, by the wall.
    pub p90: f64,
    /// Half of the runs took less time of the processor, all threads together. On a busy machine that says more than
    /// the wall.
    pub cpu_median: f64,
}

/// What was measured, by stage and side.
#[derive(Default)]
pub struct Times {
    runs: BTreeMap<(String, usize), Vec<Run>>,
}

#[derive(Clone, Copy)]
struct Run {
    wall: f64,
    cpu: f64,
}

impl Times {
    /// Adds runs, in nanoseconds, each of which worked on so many frames.
    pub fn add(&mut self, stage: &str, side: usize, wall: &[u64], cpu: &[u64], frames: u32) {
        let milliseconds = |ns: u64| milliseconds(ns) / f64::from(frames);
        let runs = wall.iter().zip(cpu).map(|(&wall, &cpu)| Run {
            wall: milliseconds(wall),
            cpu: milliseconds(cpu),
        });
        self.runs
            .entry((stage.to_owned(), side))
            .or_default()
            .extend(runs);
    }

    /// `None` if the side was not asked for the stage.
    pub fn of(&self, stage: &str, side: usize) -> Option<Figures> {
        let runs = self.runs.get(&(stage.to_owned(), side))?;
        let sorted = |of: fn(&Run) -> f64| {
            let mut times: Vec<f64> = runs.iter().map(of).collect();
            times.sort_by(f64::total_cmp);
            times
        };
        let wall = sorted(|run| run.wall);
        Some(Figures {
            median: quantile(&wall, 50),
            p90: quantile(&wall, 90),
            cpu_median: quantile(&sorted(|run| run.cpu), 50),
        })
    }

    /// The shortest time by the wall.
    pub fn best(&self, stage: &str, side: usize) -> Option<f64> {
        let runs = self.runs.get(&(stage.to_owned(), side))?;
        runs.iter().map(|run| run.wall).min_by(f64::total_cmp)
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds at most")]
fn milliseconds(ns: u64) -> f64 {
    ns as f64 / 1e6
}

/// The value below which so many hundredths of the sorted values lie.
fn quantile(sorted: &[f64], hundredths: usize) -> f64 {
    let at = sorted.len() * hundredths / 100;
    let last = sorted.len().saturating_sub(1);
    sorted.get(at.min(last)).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_of_a_frame_and_belong_to_one_side() {
        let mut times = Times::default();
        let wall: Vec<u64> = (1..=100).map(|ms| ms * 5_000_000).collect();
        let cpu = vec![10_000_000; 100];
        times.add("followed", 0, &wall, &cpu, 5);
        let expected = Figures {
            median: 51.0,
            p90: 91.0,
            cpu_median: 2.0,
        };
        assert_eq!(times.of("followed", 0), Some(expected));
        assert_eq!(times.best("followed", 0), Some(1.0));
        assert_eq!(times.of("followed", 1), None);
    }
}
