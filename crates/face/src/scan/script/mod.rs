//! The course of one scan: what comes in, and in which order it is looked at.

mod closing;
mod steps;

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::colour::Shown;
use super::course::{Course, Phase};
use super::evidence::{Passive, Stills};
use super::guide::{Guide, during_action};
use super::hashes::Hashes;
use super::presence::{Identity, Motion, Presence};
use super::risk::{RiskSignal, Risks};
use super::{
    Action, ChallengeRecord, FrameMeta, PassivePad, PhoneEvent, Prompt, ScanPolicy, ScanVerdict,
    Timings,
};
use crate::report::{FaceReport, FrameReport, Want};
use crate::{EngineInfo, Hint};

/// Presentation-attack scores taken while positioning; the others are spread over the rest of the scan.
const PAD_WHILE_POSITIONING: usize = 2;

/// What a scan starts from.
#[derive(Clone, Debug)]
pub struct ScanStart {
    /// Randomness for order and colours; from the operating system, never guessable.
    pub seed: [u8; 32],
    /// No changing colours.
    pub reduced_motion: bool,
    /// The camera's name as the phone told it, for risk signals.
    pub camera_label: String,
    /// What measures the frames.
    pub engine: EngineInfo,
}

/// One scan. Feed it reports, notes and time; send what it returns, in order; stop when there is a verdict.
///
/// Times are milliseconds of the server's steady clock, counted from anywhere.
#[derive(Debug)]
pub struct Script {
    policy: ScanPolicy,
    engine: EngineInfo,
    reduced_motion: bool,
    rng: StdRng,
    started_ms: u64,
    course: Course,
    last_cue: u16,
    announced: bool,
    last_hint: Option<Hint>,
    guide: Guide,
    presence: Presence,
    identity: Identity,
    passive: Passive,
    stills: Stills,
    risks: Risks,
    colours: Vec<Shown>,
    hashes: Hashes,
    records: Vec<ChallengeRecord>,
    timings: Timings,
    verdict: Option<ScanVerdict>,
}

impl Script {
    /// A scan that starts now.
    #[must_use]
    pub fn new(policy: ScanPolicy, start: ScanStart, now_ms: u64) -> Script {
        let mut rng = StdRng::from_seed(start.seed);
        let course = Course::start(draw(&policy, &mut rng), policy.positioning_frames, now_ms);
        Script {
            guide: Guide::new(policy.guide_interval_ms),
            stills: Stills::new(policy.stills),
            risks: Risks::of_camera(&start.camera_label),
            presence: Presence::since(now_ms),
            engine: start.engine,
            reduced_motion: start.reduced_motion,
            started_ms: now_ms,
            last_cue: 0,
            announced: false,
            last_hint: Some(Hint::FaceNotFound),
            identity: Identity::default(),
            passive: Passive::default(),
            colours: Vec::new(),
            hashes: Hashes::default(),
            records: Vec::new(),
            timings: Timings::default(),
            verdict: None,
            policy,
            rng,
            course,
        }
    }

    /// What the next frame should be measured for.
    #[must_use]
    pub fn want(&self) -> Want {
        let (sampling, pad_quota) = match &self.course.phase {
            Phase::Positioning { steady, .. } => {
                (steady.count() + 1 >= steady.wanted(), PAD_WHILE_POSITIONING)
            }
            Phase::Neutral { .. } => (true, PAD_WHILE_POSITIONING + self.course.done),
            Phase::Challenge { .. } => (true, 0),
            Phase::Colour { .. } => (false, 0),
            Phase::Judging { .. } => (true, usize::MAX),
        };
        let passive = self.judges_passively() && !self.passive.is_enough(&self.policy);
        Want {
            embedding: sampling && self.course.sample_due || self.moves(),
            pad: passive && sampling && self.passive.count() < pad_quota,
        }
    }

    /// Takes a measured frame and says what to send.
    pub fn on_frame(&mut self, report: &FrameReport, meta: FrameMeta, now_ms: u64) -> Vec<Prompt> {
        if self.verdict.is_some() {
            return Vec::new();
        }
        let mut prompts = self.announce();
        self.timings.frames += 1;
        self.timings
            .first_frame_ms
            .get_or_insert(now_ms.saturating_sub(self.started_ms));
        if self.risks.see(meta, report, self.last_cue, now_ms) {
            self.course.moving_sample_due = true;
        }
        self.last_hint = report.hint;
        if let Some(face) = report.face.as_ref().filter(|_| report.faces == 1) {
            self.hashes.see(report.hash);
            prompts.extend(self.follow(face, report, meta, now_ms));
        } else {
            self.presence.miss();
            match &mut self.course.phase {
                Phase::Positioning { steady, .. } => steady.bad(),
                Phase::Neutral { settling, .. } => settling.bad(),
                Phase::Challenge { .. } | Phase::Colour { .. } | Phase::Judging { .. } => {}
            }
        }
        prompts.extend(self.guide(now_ms));
        prompts.extend(self.tick(now_ms));
        prompts
    }

    /// A frame with exactly one face.
    fn follow(
        &mut self,
        face: &FaceReport,
        report: &FrameReport,
        meta: FrameMeta,
        now_ms: u64,
    ) -> Vec<Prompt> {
        let motion = self.presence.see(face, now_ms);
        if motion != Motion::Plausible {
            self.course.sample_due = true;
            self.course.moving_sample_due = true;
        }
        if motion == Motion::Impossible {
            self.risks.add(RiskSignal::FaceJumped);
            if !matches!(self.course.phase, Phase::Positioning { .. }) {
                return self.cut(now_ms);
            }
        }
        let calm_samples = self.identity.calm_count();
        let prompts = self.step(face, report, meta, now_ms);
        if self.identity.calm_count() > calm_samples {
            self.course.moving_sample_due = false;
        } else if let Some(sample) = report.embedding.as_ref().filter(|_| self.moves()) {
            self.identity.add_moving(sample.clone());
            self.course.moving_sample_due = false;
        }
        prompts
    }

    /// Whether a sample of the face in motion is due. While positioning there is nothing yet to compare it with.
    fn moves(&self) -> bool {
        let positioning = matches!(self.course.phase, Phase::Positioning { .. });
        self.course.moving_sample_due && !positioning
    }

    /// Takes note of a frame that could not be decoded.
    pub fn on_unreadable_frame(&mut self, now_ms: u64) -> Vec<Prompt> {
        self.timings.unreadable_frames += 1;
        self.risks.add(RiskSignal::UnreadableFrames);
        self.tick(now_ms)
    }

    /// Takes note of what the person did to page or camera.
    pub fn on_note(&mut self, event: PhoneEvent, now_ms: u64) -> Vec<Prompt> {
        self.risks.note(event);
        self.tick(now_ms)
    }

    /// Lets time pass; call it a few times a second.
    pub fn tick(&mut self, now_ms: u64) -> Vec<Prompt> {
        if self.verdict.is_some() {
            return Vec::new();
        }
        let mut prompts = self.announce();
        prompts.extend(self.pass_time(now_ms));
        prompts
    }

    /// Sequence numbers of the frames whose bytes the caller keeps for the final comparison; all others may go.
    #[must_use]
    pub fn kept_frames(&self) -> Vec<u32> {
        self.stills.sequence_numbers()
    }

    /// The verdict, once there is one. Nothing changes it afterwards.
    #[must_use]
    pub fn verdict(&self) -> Option<&ScanVerdict> {
        self.verdict.as_ref()
    }

    fn announce(&mut self) -> Vec<Prompt> {
        if std::mem::replace(&mut self.announced, true) {
            return Vec::new();
        }
        vec![self.positioning_progress(0)]
    }

    fn guide(&mut self, now_ms: u64) -> Option<Prompt> {
        let hint = match &self.course.phase {
            Phase::Positioning { .. } => self.last_hint,
            _ => during_action(self.last_hint),
        };
        self.guide.say(hint, now_ms)
    }

    fn judges_passively(&self) -> bool {
        self.engine.passive_pad && self.policy.passive_pad != PassivePad::Off
    }
}

/// The actions in a random order, as many as are asked for.
fn draw(policy: &ScanPolicy, rng: &mut StdRng) -> Vec<Action> {
    let mut order = policy.actions.clone();
    order.shuffle(rng);
    order.truncate(usize::from(policy.challenges));
    order
}
