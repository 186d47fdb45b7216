//! What neutral is for this person, and how far a frame is from it.

use std::collections::VecDeque;

use super::Action;
use super::policy::Gestures;
use crate::report::FaceReport;

/// A mouth wider open than this is nobody's neutral.
const OPEN_MOUTH: f32 = 0.35;

/// The person's own neutral face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Baseline {
    yaw: f32,
    pitch: f32,
    mouth: f32,
    eyes: f32,
}

/// How far a frame is from neutral, each in the unit of its gesture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Deviation {
    /// Degrees to the own left.
    yaw: f32,
    /// Degrees downwards.
    pitch: f32,
    /// Growth of the lip gap.
    mouth: f32,
    /// Share of the eyes' openness that is gone.
    eyes: f32,
}

impl Baseline {
    fn of_frame(face: &FaceReport) -> Self {
        Self {
            yaw: face.pose.yaw,
            pitch: face.pose.pitch,
            mouth: face.mouth,
            eyes: face.eyes.wider(),
        }
    }

    /// The median of each measure.
    fn of(frames: &[Self]) -> Self {
        let median = |of: fn(&Self) -> f32| {
            let mut values: Vec<f32> = frames.iter().map(of).collect();
            values.sort_by(f32::total_cmp);
            values.get(values.len() / 2).copied().unwrap_or_default()
        };
        Self {
            yaw: median(|f| f.yaw),
            pitch: median(|f| f.pitch),
            mouth: median(|f| f.mouth),
            eyes: median(|f| f.eyes),
        }
    }

    /// Whether two frames could be of one face that keeps still.
    fn agrees(&self, other: &Self) -> bool {
        (self.yaw - other.yaw).abs() < 3.0
            && (self.pitch - other.pitch).abs() < 2.0
            && (self.mouth - other.mouth).abs() < 0.05
            && (self.eyes - other.eyes).abs() < 0.1 * self.eyes
    }

    pub fn deviation(&self, face: &FaceReport) -> Deviation {
        Deviation {
            yaw: face.pose.yaw - self.yaw,
            pitch: face.pose.pitch - self.pitch,
            mouth: face.mouth - self.mouth,
            eyes: 1.0 - face.eyes.wider() / self.eyes.max(f32::EPSILON),
        }
    }
}

impl Deviation {
    /// How far the frame went the way of an action, in the action's own unit.
    pub fn along(&self, action: Action) -> f32 {
        match action {
            Action::TurnLeft => self.yaw,
            Action::TurnRight => -self.yaw,
            Action::Nod => self.pitch,
            Action::OpenMouth => self.mouth,
            Action::CloseEyes => self.eyes,
        }
    }

    /// Whether another movement is so large that this action can't be told from its side effects: a turned head
    /// measures a wrong pitch, a lowered one hides the eyes.
    pub fn drowns(&self, action: Action) -> bool {
        let (turned, tilted) = (self.yaw.abs(), self.pitch.abs());
        match action {
            Action::TurnLeft | Action::TurnRight => tilted > 20.0,
            Action::Nod => turned > 10.0,
            Action::OpenMouth => turned > 15.0 || tilted > 15.0,
            Action::CloseEyes => turned > 10.0 || tilted > 10.0,
        }
    }

    /// Whether this is the neutral face, give or take.
    pub fn is_neutral(&self, gestures: &Gestures) -> bool {
        self.yaw.abs() < gestures.turn_degrees * 0.6
            && self.pitch.abs() < gestures.nod_degrees * 0.7
            && self.mouth < gestures.mouth_gap * 0.6
            && self.eyes < gestures.eyes_share * 0.7
    }
}

/// Waiting for the neutral face after an action. People settle a little differently each time, and the new place
/// becomes their baseline: at once if it is near the old one, and only after a good second if it is further away, so
/// that the height of an unasked movement is not taken for neutral.
#[derive(Clone, Debug)]
pub(super) struct Settling {
    near: Steady,
    further: Steady,
}

/// Frames that have to agree on a place further away.
const FURTHER_FRAMES: u8 = 6;

impl Settling {
    pub fn new(wanted: u8) -> Self {
        Self {
            near: Steady::new(wanted),
            further: Steady::new(FURTHER_FRAMES.max(wanted)),
        }
    }

    /// Takes a frame that has nothing wrong with it. Says whether it is a neutral one.
    pub fn good(&mut self, face: &FaceReport, deviation: &Deviation, gestures: &Gestures) -> bool {
        if deviation.is_neutral(gestures) {
            self.further.good(face);
            return self.near.good(face);
        }
        self.near.bad();
        if deviation.yaw.abs() < 10.0 && deviation.pitch.abs() < 8.0 {
            self.further.good(face);
        } else {
            self.further.bad();
        }
        false
    }

    /// Takes note of a frame that has something wrong with it.
    pub fn bad(&mut self) {
        self.near.bad();
        self.further.bad();
    }

    /// The new baseline, once there is one.
    pub fn baseline(&self) -> Option<Baseline> {
        self.near.baseline().or_else(|| self.further.baseline())
    }
}

/// The last few frames, of which enough have to agree with each other. A blink or a glance aside in between does no
/// harm.
#[derive(Clone, Debug)]
pub(super) struct Steady {
    wanted: usize,
    /// Oldest first; `None` for a frame with something wrong.
    recent: VecDeque<Option<Baseline>>,
}

impl Steady {
    pub fn new(wanted: u8) -> Self {
        Self {
            wanted: usize::from(wanted).max(1),
            recent: VecDeque::new(),
        }
    }

    /// How many agree.
    pub fn count(&self) -> usize {
        self.agreeing().len().min(self.wanted)
    }

    pub fn wanted(&self) -> usize {
        self.wanted
    }

    /// Takes a frame that has nothing wrong with it. Says whether it agrees with most of those before.
    pub fn good(&mut self, face: &FaceReport) -> bool {
        let frame = Baseline::of_frame(face);
        let neutral = frame.mouth < OPEN_MOUTH;
        self.push(neutral.then_some(frame));
        neutral && self.agreeing().contains(&frame)
    }

    /// Takes note of a frame that has something wrong with it.
    pub fn bad(&mut self) {
        self.push(None);
    }

    /// The baseline, once enough frames agree.
    pub fn baseline(&self) -> Option<Baseline> {
        let agreeing = self.agreeing();
        (agreeing.len() >= self.wanted).then(|| Baseline::of(&agreeing))
    }

    fn push(&mut self, frame: Option<Baseline>) {
        self.recent.push_back(frame);
        // Five of twelve, two of six.
        if self.recent.len() > self.wanted * 2 + 2 {
            self.recent.pop_front();
        }
    }

    /// The largest group of frames that agree with one of them; the newest of several that are equally large.
    fn agreeing(&self) -> Vec<Baseline> {
        let frames: Vec<Baseline> = self.recent.iter().flatten().copied().collect();
        let group = |middle: &Baseline| -> Vec<Baseline> {
            frames
                .iter()
                .filter(|frame| middle.agrees(frame))
                .copied()
                .collect()
        };
        frames
            .iter()
            .map(group)
            .max_by_key(Vec::len)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(yaw: f32, mouth: f32) -> FaceReport {
        let mut face = crate::report::FaceReport::default();
        face.pose.yaw = yaw;
        face.mouth = mouth;
        face.eyes = crate::Eyes {
            left: 0.3,
            right: 0.3,
        };
        face
    }

    #[test]
    fn a_glance_aside_is_overlooked_and_does_not_shift_the_baseline() {
        let mut steady = Steady::new(5);
        for yaw in [1.0, 2.0, 14.0, 1.5, 2.5] {
            steady.good(&face(yaw, 0.1));
        }
        steady.bad();
        assert_eq!(steady.baseline(), None, "four agree");
        assert!(steady.good(&face(2.0, 0.1)));
        let baseline = steady.baseline().expect("five agree");
        assert!((baseline.deviation(&face(2.0, 0.1)).yaw).abs() < 0.6);
    }

    #[test]
    fn who_keeps_moving_gets_no_baseline() {
        let mut steady = Steady::new(5);
        for step in 0..40_u8 {
            steady.good(&face(f32::from(step % 20) * 6.0 - 60.0, 0.1));
        }
        assert_eq!(steady.baseline(), None);
    }

    #[test]
    fn good_frames_too_far_apart_are_not_steady() {
        let mut steady = Steady::new(5);
        for _ in 0..5 {
            steady.good(&face(0.0, 0.1));
            (0..3).for_each(|_| steady.bad());
        }
        assert_eq!(steady.baseline(), None);
    }

    #[test]
    fn an_open_mouth_is_nobodys_neutral() {
        let mut steady = Steady::new(2);
        assert!(!steady.good(&face(0.0, 0.5)));
        assert!(!steady.good(&face(0.0, 0.5)));
        assert_eq!(steady.baseline(), None);
    }
}
