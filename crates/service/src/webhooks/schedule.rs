//! When a message is tried again.

use chrono::Duration;

/// Seconds from one attempt to the next, as published by Standard Webhooks 1.0: 75 h 35 min 5 s in all.
pub const SCHEDULE: [u32; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// The pause after the n-th attempt of a round (from 1), stretched by up to a tenth so that what failed together does not come
/// back together; `None` when the schedule is at its end.
pub(crate) fn pause_after(round: u32, random: u32) -> Option<Duration> {
    let nth = usize::try_from(round.max(1) - 1).ok()?;
    let seconds = i64::from(*SCHEDULE.get(nth)?);
    let stretch = seconds * 100 * i64::from(random % 1_000) / 1_000;
    Some(Duration::milliseconds(seconds * 1_000 + stretch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_attempts_take_three_days() {
        let pauses: Vec<_> = (1..=9)
            .map(|round| pause_after(round, 0).unwrap())
            .collect();
        let total: Duration = pauses.iter().sum();
        assert_eq!(total, Duration::seconds(75 * 3_600 + 35 * 60 + 5));
        assert_eq!(pause_after(10, 0), None);
    }

    #[test]
    fn the_jitter_stretches_by_a_tenth_at_most_and_never_shortens() {
        for random in [0, 1, 999, u32::MAX] {
            let pause = pause_after(2, random).unwrap();
            assert!(pause >= Duration::seconds(300) && pause < Duration::seconds(330));
        }
    }
}
