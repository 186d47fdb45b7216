//! What a stretch of time says about a number of phones.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::tally::Counts;

/// Figures of some phones over some seconds.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    pub phones: usize,
    /// Frames judged a second, all scans together.
    pub judged_per_second: f64,
    /// Of the frames that were sent, those that were judged.
    pub judged_share: f64,
    /// Lowest pace that a phone was told.
    pub fps: u32,
    /// Age of the frames when they were judged, from the shutter to the verdict, in milliseconds.
    pub age_median: f64,
    pub age_p99: f64,
    pub age_most: f64,
    /// Share of the core that the server used.
    pub core: f64,
    /// Resident memory of the server in MiB.
    pub resident_mib: f64,
    /// Phones that were asked to wait at the end.
    pub waiting: usize,
    /// How scans ended.
    pub outcomes: BTreeMap<String, usize>,
    /// Phones that got in after waiting, and the longest wait in milliseconds.
    pub waited: usize,
    pub longest_wait_ms: u64,
    pub tries_lost_by_waiting: usize,
}

/// What comes from elsewhere than the tally.
pub struct Around {
    pub phones: usize,
    pub seconds: f64,
    pub fps: u32,
    pub core: f64,
    pub resident_mib: f64,
    pub waiting: usize,
}

impl Figures {
    pub fn new(mut counts: Counts, around: &Around) -> Self {
        counts.ages_ms.sort_by(f64::total_cmp);
        let judged = counts.ages_ms.len();
        let quantile = |thousandths: usize| {
            let at = (judged * thousandths / 1_000).min(judged.saturating_sub(1));
            counts.ages_ms.get(at).copied().unwrap_or(f64::NAN)
        };
        Self {
            phones: around.phones,
            judged_per_second: number(judged) / around.seconds,
            judged_share: number(judged) / number(counts.sent.max(1)),
            fps: counts
                .fps
                .map_or(around.fps, |(low, _)| low.min(around.fps)),
            age_median: quantile(500),
            age_p99: quantile(990),
            age_most: quantile(1_000),
            core: around.core,
            resident_mib: around.resident_mib,
            waiting: around.waiting,
            waited: counts.waits_ms.len(),
            longest_wait_ms: counts.waits_ms.iter().copied().max().unwrap_or(0),
            outcomes: counts.outcomes,
            tries_lost_by_waiting: counts.tries_lost_by_waiting,
        }
    }

    /// One line of the table.
    pub fn print(&self) -> String {
        format!(
            "{:>7}{:>8}{:>9.1}{:>8.1} %{:>10.0}{:>7.0}{:>7.0}{:>9.0} %{:>9.0}{:>9}",
            self.phones,
            self.fps,
            self.judged_per_second,
            self.judged_share * 100.0,
            self.age_median,
            self.age_p99,
            self.age_most,
            self.core * 100.0,
            self.resident_mib,
            self.waiting,
        )
    }

    pub fn head() -> String {
        format!(
            "{:>7}{:>8}{:>9}{:>10}{:>10}{:>7}{:>7}{:>11}{:>9}{:>9}",
            "phones",
            "fps",
            "judged/s",
            "judged",
            "age ms",
            "p99",
            "most",
            "core",
            "MiB",
            "waiting"
        )
    }
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}
