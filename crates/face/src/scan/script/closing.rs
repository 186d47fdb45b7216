//! What passing time does, and how a scan ends.

use super::super::colour;
use super::super::course::Phase;
use super::super::evidence::PadOutcome;
use super::super::{
    Caveat, Ground, Liveness, MIN_COLOUR_HOLD_MS, PassivePad, Prompt, Reason, ScanVerdict, Timings,
};
use super::Script;

impl Script {
    pub(super) fn pass_time(&mut self, now_ms: u64) -> Vec<Prompt> {
        let since = |then: u64| now_ms.saturating_sub(then);
        let positioning = matches!(self.course.phase, Phase::Positioning { .. });
        if !positioning && self.presence.gap_ms(now_ms) > self.policy.face_gap_ms {
            return self.lose_face(now_ms);
        }
        match &self.course.phase {
            Phase::Positioning { since_ms, .. } => {
                if since(*since_ms) > self.policy.positioning_timeout_ms {
                    self.finish(
                        self.never_positioned(),
                        vec![Ground::NeverPositioned],
                        now_ms,
                    );
                }
            }
            Phase::Neutral {
                since_ms: shown_ms, ..
            }
            | Phase::Challenge { shown_ms, .. } => {
                if since(*shown_ms) > self.policy.challenge_timeout_ms {
                    let reason = Reason::ActionTimeout;
                    let grounds = vec![Ground::ActionNotSeen];
                    self.finish(Liveness::NotLive { reason }, grounds, now_ms);
                }
            }
            Phase::Colour { shown, .. } => {
                let shown_ms = shown.last().map_or(0, |shown| shown.since_ms);
                if since(shown_ms) >= self.colour_hold_ms() {
                    return self.next_colour(now_ms);
                }
            }
            Phase::Judging { since_ms } => {
                if self.has_everything() || since(*since_ms) > self.policy.judging_timeout_ms {
                    self.conclude(now_ms);
                }
            }
        }
        Vec::new()
    }

    pub(super) fn colour_hold_ms(&self) -> u64 {
        self.policy.colour_hold_ms.max(MIN_COLOUR_HOLD_MS)
    }

    /// The face was away for too long: once more from the beginning, or the end.
    fn lose_face(&mut self, now_ms: u64) -> Vec<Prompt> {
        if self.timings.restarts < self.policy.restarts {
            return self.restart(now_ms);
        }
        let reason = Reason::of_hint(self.last_hint);
        self.finish(Liveness::NotLive { reason }, vec![Ground::FaceLost], now_ms);
        Vec::new()
    }

    /// The face moved as no head can: once more from the beginning, or the end.
    pub(super) fn cut(&mut self, now_ms: u64) -> Vec<Prompt> {
        if self.timings.restarts < self.policy.restarts {
            return self.restart(now_ms);
        }
        let reason = Reason::LivenessFailed;
        let grounds = vec![Ground::ImpossibleMotion];
        self.finish(Liveness::NotLive { reason }, grounds, now_ms);
        Vec::new()
    }

    /// Who never got going used no try; who lost the face in the middle and then did not come back did.
    fn never_positioned(&self) -> Liveness {
        let reason = Reason::of_hint(self.last_hint);
        if self.timings.restarts == 0 {
            Liveness::NoTry { reason }
        } else {
            Liveness::NotLive { reason }
        }
    }

    fn has_everything(&self) -> bool {
        let passive = !self.judges_passively() || self.passive.is_enough(&self.policy);
        passive && !self.course.sample_due && !self.course.moving_sample_due
    }

    /// All challenges are answered; what else was seen decides. Active and passive detection both have to say yes.
    fn conclude(&mut self, now_ms: u64) {
        let grounds: Vec<Ground> = self
            .identity_grounds()
            .chain(self.passive_ground())
            .collect();
        let reason = Reason::LivenessFailed;
        let liveness = if grounds.is_empty() {
            Liveness::Live
        } else {
            Liveness::NotLive { reason }
        };
        self.finish(liveness, grounds, now_ms);
    }

    fn identity_grounds(&self) -> impl Iterator<Item = Ground> + use<> {
        let thresholds = &self.engine.thresholds;
        let calm = match self.identity.lowest() {
            None => Some(Ground::TooFewSamples),
            Some(lowest) => (lowest < thresholds.continuity).then_some(Ground::AnotherPerson),
        };
        let moving = self.identity.lowest_moving();
        let moving = moving
            .is_some_and(|lowest| lowest < thresholds.in_motion)
            .then_some(Ground::AnotherPersonInMotion);
        calm.into_iter().chain(moving)
    }

    fn passive_ground(&self) -> Option<Ground> {
        let enforced = self.judges_passively() && self.policy.passive_pad == PassivePad::Enforce;
        if !enforced {
            return None;
        }
        match self
            .passive
            .summary(&self.policy)
            .map(|summary| summary.outcome)
        {
            Some(PadOutcome::Live) => None,
            Some(PadOutcome::Again) => Some(Ground::PassiveUnsure),
            Some(PadOutcome::Attack) => Some(Ground::PresentationAttack),
            None => Some(Ground::PassiveNotJudged),
        }
    }

    fn finish(&mut self, liveness: Liveness, grounds: Vec<Ground>, now_ms: u64) {
        let timings = Timings {
            finished_ms: self.since_start(now_ms),
            longest_gap_ms: self.presence.longest_gap_ms(),
            ..self.timings
        };
        self.verdict = Some(ScanVerdict {
            liveness,
            grounds,
            caveats: Caveat::of(&self.engine),
            passive: self.passive.summary(&self.policy),
            reflection: colour::reflection(&self.colours),
            same_person: self.identity.lowest(),
            same_person_moving: self.identity.lowest_moving(),
            best_stills: self.stills.sequence_numbers(),
            challenges: self.records.clone(),
            timings,
            hashes: self.hashes.kept().to_vec(),
            risk_signals: self.risks.signals(),
            policy: self.policy.clone(),
            engine: self.engine.clone(),
        });
    }
}
