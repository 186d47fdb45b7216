//! The clocks: codes, sessions and certificates depend on the right time.

use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, Utc};

use super::Finding;

const AREA: &str = "clock";
/// How long the two clocks are compared.
const COMPARED: Duration = Duration::from_millis(300);
/// How far they may part in that time.
const TOLERATED: Duration = Duration::from_millis(30);

/// Compares the wall clock with this program's own date, and with the steady clock.
pub async fn examine() -> Vec<Finding> {
    let (wall, steady) = (SystemTime::now(), Instant::now());
    tokio::time::sleep(COMPARED).await;
    let steady = steady.elapsed();
    let wall = SystemTime::now().duration_since(wall).unwrap_or_default();
    let program = std::env::current_exe()
        .and_then(std::fs::metadata)
        .and_then(|meta| meta.modified());
    vec![judge(
        Utc::now(),
        program.ok().map(DateTime::from),
        wall.abs_diff(steady),
    )]
}

fn judge(now: DateTime<Utc>, program: Option<DateTime<Utc>>, parted: Duration) -> Finding {
    let shown = now.format("%Y-%m-%d %H:%M:%S UTC");
    if program.is_some_and(|program| now < program) {
        return Finding::fail(
            AREA,
            format!("{shown} is before this program was installed"),
            "set the clock, and let it be kept by NTP (for example systemd-timesyncd or chrony)",
        );
    }
    if parted > TOLERATED {
        return Finding::warn(
            AREA,
            format!(
                "{shown}; it ran {} ms off within a third of a second",
                parted.as_millis()
            ),
            "something sets the clock right now, or the machine stands still at times; look again later",
        );
    }
    Finding::ok(
        AREA,
        format!("{shown}, running steadily; the time zone does not matter"),
    )
}

#[cfg(test)]
mod tests {
    use super::{DateTime, Duration, Utc, judge};
    use crate::doctor::Level;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn a_clock_before_the_programs_own_date_is_wrong() {
        let program = Some(time("2026-03-01T00:00:00Z"));
        let level = |now, parted| judge(time(now), program, Duration::from_millis(parted)).level;
        assert_eq!(level("1970-01-01T00:00:07Z", 0), Level::Fail);
        assert_eq!(level("2026-03-02T00:00:00Z", 1), Level::Ok);
        assert_eq!(level("2026-03-02T00:00:00Z", 400), Level::Warn);
    }
}
