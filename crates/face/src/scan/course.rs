//! Where in the script a scan is.

use super::Action;
use super::baseline::{Baseline, Settling, Steady};
use super::colour::Shown;
use super::gesture::Watch;

/// The part that is under way.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    /// Until enough good frames agree.
    Positioning { since_ms: u64, steady: Steady },
    /// Back to neutral after an action.
    Neutral { since_ms: u64, settling: Settling },
    /// An action was asked for.
    Challenge {
        cue: u16,
        shown_ms: u64,
        watch: Watch,
    },
    /// Colours are on the screen; the last of `shown` now.
    Colour {
        left: Vec<[u8; 3]>,
        shown: Vec<Shown>,
    },
    /// Gathering what is still missing.
    Judging { since_ms: u64 },
}

/// What is laid down at the start and what was reached.
#[derive(Clone, Debug)]
pub(super) struct Course {
    /// The actions in the order they are asked for.
    pub order: Vec<Action>,
    /// How many of them are done.
    pub done: usize,
    /// The person's neutral face, renewed after every action; `None` while positioning.
    pub baseline: Option<Baseline>,
    pub phase: Phase,
    /// An identity sample is due, whatever the phase: after positioning, after each action, after a jump.
    pub sample_due: bool,
    /// An identity sample is due whatever the face does: in the middle of an action, and after nobody saw how the face
    /// came where it is.
    pub moving_sample_due: bool,
}

impl Course {
    /// The script from its beginning.
    pub fn start(order: Vec<Action>, positioning_frames: u8, now_ms: u64) -> Self {
        let steady = Steady::new(positioning_frames);
        let phase = Phase::Positioning {
            since_ms: now_ms,
            steady,
        };
        Self {
            order,
            done: 0,
            baseline: None,
            phase,
            sample_due: true,
            moving_sample_due: false,
        }
    }

    pub fn next_action(&self) -> Option<Action> {
        self.order.get(self.done).copied()
    }
}
