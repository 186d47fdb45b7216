//! The real clock. The real randomness is the vault's `OsEntropy`.

use std::time::Instant;

use chrono::{DateTime, Utc};
use shiming_service::edge::Clock;

/// This machine's clocks.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn steady_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock as _, SystemClock};

    #[test]
    fn the_steady_clock_does_not_run_backwards() {
        let clock = SystemClock::default();
        let first = clock.steady_ms();
        assert!(clock.steady_ms() >= first);
    }
}
