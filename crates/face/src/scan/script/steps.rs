//! What one frame with one face does in each phase.

use super::super::baseline::{Deviation, Settling};
use super::super::colour::{self, Shown};
use super::super::course::{Course, Phase};
use super::super::evidence::{Passive, Stills};
use super::super::gesture::Watch;
use super::super::guide::during_action;
use super::super::presence::{Identity, Presence};
use super::super::{Action, ChallengeRecord, FrameMeta, Prompt, RiskSignal, Stage};
use super::{Script, draw};
use crate::Hint;
use crate::report::{FaceReport, FrameReport};

impl Script {
    pub(super) fn step(
        &mut self,
        face: &FaceReport,
        report: &FrameReport,
        meta: FrameMeta,
        now_ms: u64,
    ) -> Vec<Prompt> {
        match &mut self.course.phase {
            Phase::Positioning { .. } => self.position(face, report, meta, now_ms),
            Phase::Neutral { .. } => self.settle(face, report, meta, now_ms),
            Phase::Challenge { .. } => self.watch(face, report, meta, now_ms),
            Phase::Colour { shown, .. } => {
                if let Some(now) = shown.last_mut().filter(|s| s.cue == meta.cue) {
                    now.see(face.skin);
                }
                Vec::new()
            }
            Phase::Judging { .. } => {
                if self
                    .deviation(face)
                    .is_some_and(|deviation| self.is_calm(&deviation, report))
                {
                    self.collect(face, report, meta);
                }
                Vec::new()
            }
        }
    }

    fn position(
        &mut self,
        face: &FaceReport,
        report: &FrameReport,
        meta: FrameMeta,
        now_ms: u64,
    ) -> Vec<Prompt> {
        let Phase::Positioning { steady, .. } = &mut self.course.phase else {
            return Vec::new();
        };
        let before = steady.count();
        if report.hint.is_some() {
            steady.bad();
        } else if steady.good(face) {
            self.collect(face, report, meta);
        } else {
            self.last_hint = Some(Hint::HoldStill);
        }
        let Phase::Positioning { steady, .. } = &self.course.phase else {
            return Vec::new();
        };
        let (after, baseline) = (steady.count(), steady.baseline());
        let mut prompts = Vec::new();
        if after != before {
            prompts.push(self.positioning_progress(after));
        }
        if let Some(baseline) = baseline {
            self.course.baseline = Some(baseline);
            self.timings.positioned_ms = Some(self.since_start(now_ms));
            prompts.push(Prompt::Still);
            prompts.extend(self.go_on(now_ms));
        }
        prompts
    }

    fn settle(
        &mut self,
        face: &FaceReport,
        report: &FrameReport,
        meta: FrameMeta,
        now_ms: u64,
    ) -> Vec<Prompt> {
        let Some(deviation) = self.deviation(face) else {
            return Vec::new();
        };
        let gestures = self.policy.gestures;
        let Phase::Neutral { settling, .. } = &mut self.course.phase else {
            return Vec::new();
        };
        if report.hint.is_some() {
            settling.bad();
            return Vec::new();
        }
        let neutral = settling.good(face, &deviation, &gestures);
        let baseline = settling.baseline();
        if neutral {
            self.collect(face, report, meta);
        }
        let Some(baseline) = baseline else {
            return Vec::new();
        };
        self.course.baseline = Some(baseline);
        self.go_on(now_ms)
    }

    fn watch(
        &mut self,
        face: &FaceReport,
        report: &FrameReport,
        meta: FrameMeta,
        now_ms: u64,
    ) -> Vec<Prompt> {
        let Some(deviation) = self.deviation(face) else {
            return Vec::new();
        };
        if self.is_calm(&deviation, report) {
            self.collect(face, report, meta);
        }
        let Phase::Challenge { cue, watch, .. } = &mut self.course.phase else {
            return Vec::new();
        };
        // A frame that was taken before the challenge was on the screen can't answer it.
        if meta.cue != *cue {
            return Vec::new();
        }
        let was_away = watch.away;
        let (cue, complete) = (*cue, watch.see(&deviation));
        // The action itself is looked at once: whoever acts has to be who was calm.
        self.course.moving_sample_due |= watch.away && !was_away;
        let another = watch.is_another(&deviation, &self.policy.gestures);
        let peak = watch.peak;
        if another {
            self.risks.add(RiskSignal::UnaskedActions);
        }
        let done_ms = complete.then(|| self.since_start(now_ms));
        if let Some(record) = self.records.last_mut() {
            (record.peak, record.done_ms) = (peak, done_ms);
        }
        if !complete {
            return Vec::new();
        }
        self.course.done += 1;
        self.course.sample_due = true;
        let settling = Settling::new(self.policy.neutral_frames);
        self.course.phase = Phase::Neutral {
            since_ms: now_ms,
            settling,
        };
        vec![Prompt::ChallengeDone { cue }, Prompt::Still]
    }

    /// From a neutral face to the next challenge, or on to what follows the challenges.
    fn go_on(&mut self, now_ms: u64) -> Vec<Prompt> {
        if let Some(action) = self.course.next_action() {
            return self.ask(action, now_ms);
        }
        let left = if self.reduced_motion {
            0
        } else {
            self.policy.colours
        };
        let left = colour::pick(left, &mut self.rng);
        self.course.phase = Phase::Colour {
            left,
            shown: Vec::new(),
        };
        self.next_colour(now_ms)
    }

    fn ask(&mut self, action: Action, now_ms: u64) -> Vec<Prompt> {
        self.last_cue = self.last_cue.saturating_add(1);
        let cue = self.last_cue;
        let watch = Watch::new(action, &self.policy.gestures);
        self.records.push(ChallengeRecord {
            cue,
            action,
            shown_ms: self.since_start(now_ms),
            done_ms: None,
            peak: 0.0,
            needed: watch.needed,
        });
        self.course.phase = Phase::Challenge {
            cue,
            shown_ms: now_ms,
            watch,
        };
        let step = count(self.course.done + 1);
        let steps = count(self.course.order.len());
        vec![
            Prompt::Progress {
                stage: Stage::Challenge,
                step,
                steps,
            },
            Prompt::Challenge {
                cue,
                action,
                timeout_ms: self.policy.challenge_timeout_ms,
            },
        ]
    }

    /// Shows the next colour; after the last one the judging begins.
    pub(super) fn next_colour(&mut self, now_ms: u64) -> Vec<Prompt> {
        let Phase::Colour { left, shown } = &mut self.course.phase else {
            return Vec::new();
        };
        let Some(rgb) = left.pop() else {
            self.colours = std::mem::take(shown);
            self.course.phase = Phase::Judging { since_ms: now_ms };
            self.course.sample_due = true;
            return vec![
                Prompt::Progress {
                    stage: Stage::Judging,
                    step: 1,
                    steps: 1,
                },
                Prompt::Still,
            ];
        };
        self.last_cue = self.last_cue.saturating_add(1);
        let cue = self.last_cue;
        shown.push(Shown::new(cue, rgb, now_ms));
        let (step, steps) = (count(shown.len()), count(shown.len() + left.len()));
        let hold_ms = self.colour_hold_ms();
        vec![
            Prompt::Progress {
                stage: Stage::Colour,
                step,
                steps,
            },
            Prompt::Colour { cue, rgb, hold_ms },
        ]
    }

    /// The script from its beginning, in a new order.
    pub(super) fn restart(&mut self, now_ms: u64) -> Vec<Prompt> {
        let order = draw(&self.policy, &mut self.rng);
        self.course = Course::start(order, self.policy.positioning_frames, now_ms);
        self.presence = Presence::since(now_ms);
        self.identity = Identity::default();
        self.passive = Passive::default();
        self.stills = Stills::new(self.policy.stills);
        self.colours.clear();
        self.timings.restarts += 1;
        self.timings.positioned_ms = None;
        vec![self.positioning_progress(0)]
    }

    pub(super) fn positioning_progress(&self, good: usize) -> Prompt {
        let steps = u32::from(self.policy.positioning_frames);
        Prompt::Progress {
            stage: Stage::Positioning,
            step: count(good),
            steps,
        }
    }

    fn deviation(&self, face: &FaceReport) -> Option<Deviation> {
        self.course
            .baseline
            .map(|baseline| baseline.deviation(face))
    }

    /// A neutral face in good light, fit for comparing.
    fn is_calm(&self, deviation: &Deviation, report: &FrameReport) -> bool {
        deviation.is_neutral(&self.policy.gestures) && during_action(report.hint).is_none()
    }

    /// Keeps what a neutral frame is worth for the end.
    fn collect(&mut self, face: &FaceReport, report: &FrameReport, meta: FrameMeta) {
        if let Some(embedding) = &report.embedding {
            self.identity.add(embedding.clone());
            self.course.sample_due = false;
        }
        if let Some(scores) = report.pad {
            self.passive.add(scores);
        }
        self.stills.offer(face, meta);
    }

    pub(super) fn since_start(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.started_ms)
    }
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
