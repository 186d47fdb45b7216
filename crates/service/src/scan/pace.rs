//! How many frames a second the workers can judge, and what follows for the scans: a pure machine that is told what
//! frames cost and answers how fast phones may send and how many may scan.

/// Frames a second below which a scan is none: quick gestures would fall between two frames.
pub const LEAST_FPS: u32 = 3;

/// Share of the workers' time that is planned for; the rest is for the uneven arrival of frames and for all else that the cores do.
/// It may be small: a frame that no worker gets to is displaced by the scan's next one and never waits behind it.
const PLANNED: f64 = 0.9;

/// A window of measuring is at least so long, in milliseconds, and holds at least so many frames.
const WINDOW_MS: u64 = 1_000;
const FEWEST: u32 = 5;

/// What a frame is taken to cost before any was measured, in milliseconds.
const FIRST_GUESS_MS: f64 = 8.0;

/// Share of their time for which workers count as busy.
const BUSY: f64 = 0.6;

/// Share of displaced frames from which a busy server counts as overloaded, whatever the frames cost.
const OVERLOADED: f64 = 0.1;

/// Windows in which more would be possible before more is asked for: a pace that goes up and down is no pace.
const PATIENCE: u32 = 3;

/// Work that was done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Work {
    /// Processor time that it cost, in milliseconds: what is planned with.
    pub computed_ms: f64,
    /// Time until it was done, in milliseconds. It is longer where others take the core or one inference has several threads, and
    /// says whether the workers had any to spare.
    pub busy_ms: f64,
    /// The frame that was judged; `None` for other work, such as a comparison.
    pub frame: Option<JudgedFrame>,
}

/// A frame that was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JudgedFrame {
    /// Frames of the same scan that it displaced because no worker was free for them.
    pub displaced: u32,
}

/// The machine.
#[derive(Clone, Debug)]
pub struct Pace {
    workers: f64,
    cost_ms: f64,
    window: Window,
    ceiling: u32,
    better: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Window {
    since_ms: u64,
    computed_ms: f64,
    busy_ms: f64,
    judged: u32,
    displaced: u32,
}

impl Pace {
    /// For so many workers, before anything was measured.
    pub fn new(workers: usize) -> Self {
        Self {
            workers: number(workers.max(1)),
            cost_ms: FIRST_GUESS_MS,
            window: Window::default(),
            ceiling: u32::MAX,
            better: 0,
        }
    }

    /// Frames a second that each scan may send.
    pub fn ceiling(&self) -> u32 {
        self.ceiling
    }

    /// What a frame costs a worker, in milliseconds, with the scan's share of all other work.
    pub fn cost_ms(&self) -> f64 {
        self.cost_ms
    }

    /// How many scans the workers carry at the slowest pace; at least one.
    pub fn room(&self) -> usize {
        usize::try_from(self.share_of(1) / LEAST_FPS).map_or(usize::MAX, |room| room.max(1))
    }

    /// Takes note of work that was done while so many scans ran.
    pub fn note(&mut self, work: Work, scans: usize, now_ms: u64) {
        self.window.computed_ms += work.computed_ms;
        self.window.busy_ms += work.busy_ms;
        if let Some(frame) = work.frame {
            self.window.judged += 1;
            self.window.displaced += frame.displaced;
        }
        let length_ms = now_ms.saturating_sub(self.window.since_ms);
        if length_ms >= WINDOW_MS && self.window.judged >= FEWEST {
            self.close_window(scans, now_ms);
        }
    }

    /// One scan more or less: slower at once where it has to be, faster only after a while.
    pub fn scans_changed(&mut self, scans: usize) {
        self.ceiling = self.ceiling.min(self.planned(scans));
    }

    fn close_window(&mut self, scans: usize, now_ms: u64) {
        let length_ms = now_ms.saturating_sub(self.window.since_ms);
        let window = std::mem::take(&mut self.window);
        self.window.since_ms = now_ms;
        self.cost_ms = f64::midpoint(self.cost_ms, window.computed_ms / f64::from(window.judged));
        let planned = self.planned(scans);
        if window.is_overloaded(self.workers, length_ms) {
            self.better = 0;
            let carried = f64::from(window.judged) / seconds(length_ms) / number(scans.max(1));
            self.ceiling = planned.min(whole(carried).max(LEAST_FPS));
        } else if planned <= self.ceiling {
            self.better = 0;
            self.ceiling = planned;
        } else {
            self.better += 1;
            if self.better >= PATIENCE {
                self.better = 0;
                self.ceiling = planned;
            }
        }
    }

    /// Frames a second for each of so many scans, never below the least.
    fn planned(&self, scans: usize) -> u32 {
        self.share_of(scans).max(LEAST_FPS)
    }

    fn share_of(&self, scans: usize) -> u32 {
        whole(self.workers * PLANNED * 1e3 / self.cost_ms.max(0.01) / number(scans.max(1)))
    }
}

impl Window {
    /// The workers were busy and still did not get to many of the frames.
    fn is_overloaded(&self, workers: f64, length_ms: u64) -> bool {
        let arrived = f64::from(self.judged + self.displaced);
        let busy = self.busy_ms / 1e3 / (workers * seconds(length_ms));
        busy > BUSY && f64::from(self.displaced) > OVERLOADED * arrived
    }
}

fn seconds(ms: u64) -> f64 {
    std::time::Duration::from_millis(ms.max(1)).as_secs_f64()
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates"
)]
fn whole(value: f64) -> u32 {
    value as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Simulated seconds in which every scan sends at its pace and one worker judges what it can.
    struct Server {
        pace: Pace,
        now_ms: u64,
        full_fps: u32,
        cost_ms: f64,
    }

    impl Server {
        fn new(cost_ms: f64) -> Self {
            Self {
                pace: Pace::new(1),
                now_ms: 0,
                full_fps: 5,
                cost_ms,
            }
        }

        fn fps(&self) -> u32 {
            self.full_fps.min(self.pace.ceiling())
        }

        fn run(&mut self, scans: u32, seconds: u32) -> u32 {
            self.pace.scans_changed(scans as usize);
            for _ in 0..seconds {
                let sent = scans * self.fps();
                let judged = sent.min(whole(1_000.0 / self.cost_ms));
                for index in 1..=judged {
                    let displaced = u32::from(index <= sent - judged);
                    let frame = Some(JudgedFrame { displaced });
                    let work = Work {
                        computed_ms: self.cost_ms,
                        busy_ms: self.cost_ms,
                        frame,
                    };
                    let at = self.now_ms + u64::from(index * 1_000 / judged);
                    self.pace.note(work, scans as usize, at);
                }
                self.now_ms += 1_000;
            }
            self.fps()
        }
    }

    #[test]
    fn few_scans_send_at_the_full_pace() {
        assert_eq!(Server::new(5.0).run(20, 10), 5);
        assert_eq!(
            Server::new(5.0).pace.room(),
            37,
            "before anything was measured"
        );
    }

    #[test]
    fn more_scans_send_less_and_no_scan_less_than_it_needs() {
        for (scans, expected) in [(35, 5), (44, 4), (59, 3), (200, LEAST_FPS)] {
            assert_eq!(Server::new(5.0).run(scans, 10), expected, "{scans}");
        }
    }

    #[test]
    fn room_follows_what_frames_cost_here() {
        let mut quick = Server::new(2.0);
        quick.run(20, 10);
        assert_eq!(quick.pace.room(), 149);
        let mut slow = Server::new(400.0);
        slow.run(1, 30);
        assert_eq!(slow.pace.room(), 1, "one scan always has a place");
    }

    #[test]
    fn the_pace_goes_down_at_once_and_up_after_a_while() {
        let mut server = Server::new(5.0);
        server.run(20, 10);
        assert_eq!(server.run(56, 0), 3);
        assert_eq!(server.run(20, 2), 3);
        assert_eq!(server.run(20, 3), 5);
    }

    #[test]
    fn frames_that_no_worker_gets_to_slow_the_pace_whatever_they_cost() {
        let mut pace = Pace::new(1);
        for at in 1..=80 {
            let displaced = u32::from(at % 4 == 0);
            let frame = Some(JudgedFrame { displaced });
            pace.note(
                Work {
                    computed_ms: 8.1,
                    busy_ms: 8.1,
                    frame,
                },
                20,
                at * 25 / 2,
            );
        }
        assert_eq!(pace.planned(20), 5);
        assert_eq!(pace.ceiling(), 4, "80 a second were judged");
    }

    #[test]
    fn a_core_that_others_take_slows_the_pace_though_frames_cost_little() {
        let mut pace = Pace::new(1);
        for at in 1..=80 {
            let displaced = u32::from(at % 4 == 0);
            let frame = Some(JudgedFrame { displaced });
            let work = Work {
                computed_ms: 4.0,
                busy_ms: 12.0,
                frame,
            };
            pace.note(work, 20, at * 25 / 2);
        }
        assert!(pace.planned(20) >= 5, "by what they cost");
        assert_eq!(pace.ceiling(), 4, "80 a second were judged");
    }

    #[test]
    fn a_quiet_second_says_nothing() {
        let mut pace = Pace::new(2);
        let work = Work {
            computed_ms: 900.0,
            busy_ms: 900.0,
            frame: Some(JudgedFrame { displaced: 3 }),
        };
        pace.note(work, 1, 5_000);
        assert!((pace.cost_ms() - FIRST_GUESS_MS).abs() < f64::EPSILON);
        assert_eq!(pace.ceiling(), u32::MAX);
    }
}
