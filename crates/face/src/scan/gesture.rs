//! Watching for one action: away from the baseline, and back.

use super::Action;
use super::baseline::Deviation;
use super::policy::Gestures;

/// Back is nearer to the baseline than this share of the way that was needed.
const BACK: f32 = 0.5;

/// One action being watched for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Watch {
    pub action: Action,
    /// Way that is needed.
    pub needed: f32,
    /// Furthest way that was seen.
    pub peak: f32,
    /// Whether it went far enough.
    pub away: bool,
}

impl Watch {
    pub fn new(action: Action, gestures: &Gestures) -> Self {
        Self {
            action,
            needed: needed(action, gestures),
            peak: 0.0,
            away: false,
        }
    }

    /// Takes a frame; true once the action is complete. Eyes are not waited for to open: who shuts them can't see that
    /// it was enough.
    pub fn see(&mut self, deviation: &Deviation) -> bool {
        if deviation.drowns(self.action) {
            return false;
        }
        let way = deviation.along(self.action);
        self.peak = self.peak.max(way);
        self.away |= way >= self.needed;
        self.away && (self.action == Action::CloseEyes || way <= self.needed * BACK)
    }

    /// Whether the frame shows another action than the one that was asked for.
    pub fn is_another(&self, deviation: &Deviation, gestures: &Gestures) -> bool {
        let shows = |action: &Action| {
            !deviation.drowns(*action) && deviation.along(*action) >= needed(*action, gestures)
        };
        Action::ALL
            .iter()
            .filter(|action| **action != self.action)
            .any(shows)
    }
}

fn needed(action: Action, gestures: &Gestures) -> f32 {
    match action {
        Action::TurnLeft | Action::TurnRight => gestures.turn_degrees,
        Action::Nod => gestures.nod_degrees,
        Action::OpenMouth => gestures.mouth_gap,
        Action::CloseEyes => gestures.eyes_share,
    }
}
