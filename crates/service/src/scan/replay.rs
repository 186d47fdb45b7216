//! Whether a scan is a recording that has been here before, under whatever name.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_face::PerceptualHash;
use shiming_verification::{
    ids::CaseId,
    ports_scan::{FrameHash, SeenFrame},
};

use crate::{Services, error::ServiceError};

/// How recordings that come a second time are recognised.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReplayPolicy {
    /// What a finding may decide.
    pub mode: ReplayMode,
    /// In how many of 256 bits the hashes of two frames may differ for the frames to count as one.
    pub distance: u32,
    /// Share of a scan's distinct frames that earlier scans must hold.
    pub share: f32,
    /// Frames that they must hold at least.
    pub least: u32,
}

/// What a finding may decide.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplayMode {
    /// A recording is refused.
    #[default]
    Enforce,
    /// It is recorded only. For demonstrations and tests, whose clips repeat.
    Record,
    /// Frames are neither remembered nor searched for.
    Off,
}

impl Default for ReplayPolicy {
    fn default() -> Self {
        Self {
            mode: ReplayMode::Enforce,
            distance: 12,
            share: 0.25,
            least: 5,
        }
    }
}

/// What a search for earlier frames came to. It names no other case: that may be another platform's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplayFinding {
    /// Distinct frames of this scan that were searched for, also in their mirror image.
    pub frames: usize,
    /// How many of them were in earlier scans of other cases.
    pub seen_before: usize,
    /// In how many earlier cases.
    pub in_cases: usize,
    /// When the earliest of them was scanned.
    pub first_seen_at: Option<DateTime<Utc>>,
    /// Whether that makes it a recording.
    pub replayed: bool,
    /// Limits in force.
    pub policy: ReplayPolicy,
    /// Those cases. Not in the record: it names no other case.
    #[serde(skip)]
    cases: Vec<CaseId>,
}

impl ReplayFinding {
    /// Weighs what was found.
    fn of(own: &[PerceptualHash], seen: &[SeenFrame], policy: ReplayPolicy) -> Self {
        let near = |frame: &&PerceptualHash| {
            let (straight, mirrored) = both_ways(**frame);
            seen.iter().any(|earlier| {
                let distance = earlier.hash.distance(straight);
                distance.min(earlier.hash.distance(mirrored)) <= policy.distance
            })
        };
        let seen_before = own.iter().filter(near).count();
        let cases: std::collections::BTreeSet<CaseId> = seen.iter().map(|s| s.case).collect();
        let share = ratio(seen_before, own.len());
        let enough = seen_before >= usize::try_from(policy.least).unwrap_or(usize::MAX);
        Self {
            frames: own.len(),
            seen_before,
            in_cases: cases.len(),
            first_seen_at: seen.iter().map(|s| s.at).min(),
            replayed: enough && share >= policy.share,
            policy,
            cases: cases.into_iter().collect(),
        }
    }

    /// The earlier cases, as far as findings may decide anything.
    #[must_use]
    pub fn counted_cases(&self) -> &[CaseId] {
        match self.policy.mode {
            ReplayMode::Enforce => &self.cases,
            ReplayMode::Record | ReplayMode::Off => &[],
        }
    }

    /// Whether the scan is refused for it.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.replayed && self.policy.mode == ReplayMode::Enforce
    }
}

/// A frame as it is and as a mirror shows it: pages and virtual cameras mirror at will.
fn both_ways(frame: PerceptualHash) -> (FrameHash, FrameHash) {
    (
        FrameHash(frame.to_bytes()),
        FrameHash(frame.mirrored().to_bytes()),
    )
}

#[expect(clippy::cast_precision_loss, reason = "a few dozen frames")]
fn ratio(part: usize, of: usize) -> f32 {
    part as f32 / (of as f32).max(1.0)
}

impl Services {
    /// Remembers the frames of a scan and looks for them among those of all other cases. Remembering comes first, so
    /// that of two scans that end at once on two nodes at least one sees the other.
    ///
    /// # Errors
    /// `Unavailable`.
    pub(super) async fn look_for_replay(
        &self,
        case: CaseId,
        frames: &[PerceptualHash],
    ) -> Result<Option<ReplayFinding>, ServiceError> {
        let policy = self.settings.replay;
        if policy.mode == ReplayMode::Off || frames.is_empty() {
            return Ok(None);
        }
        let own: Vec<FrameHash> = frames.iter().map(|f| FrameHash(f.to_bytes())).collect();
        let now = self.clock.now();
        self.seen_frames.remember_frames(case, &own, now).await?;
        let wanted: Vec<FrameHash> = frames
            .iter()
            .flat_map(|frame| <[FrameHash; 2]>::from(both_ways(*frame)))
            .collect();
        let seen = self
            .seen_frames
            .frames_near(case, &wanted, policy.distance)
            .await?;
        let finding = ReplayFinding::of(frames, &seen, policy);
        if finding.replayed {
            let earlier = seen.first().map(|seen| seen.case.to_string());
            tracing::warn!(case = %case, earlier, seen = finding.seen_before, "a recording was played again");
        }
        Ok(Some(finding))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(number: u64) -> PerceptualHash {
        let spread = |n: u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
        let parts = [1, 2, 3, 4].map(|part| spread(number * 7 + part));
        let [a, b, c, d] = parts;
        let text = format!("{a:016x}{b:016x}{c:016x}{d:016x}");
        text.parse().expect("64 digits")
    }

    fn seen(frame: PerceptualHash, case: u128) -> SeenFrame {
        SeenFrame {
            case: CaseId::new(uuid::Uuid::from_u128(case)),
            at: DateTime::UNIX_EPOCH,
            hash: FrameHash(frame.to_bytes()),
        }
    }

    #[test]
    fn half_of_the_frames_are_a_recording_and_a_few_are_chance() {
        let own: Vec<PerceptualHash> = (0..20).map(hash).collect();
        let found = |count: u64| {
            let seen: Vec<SeenFrame> = (0..count).map(|n| seen(hash(n), 1)).collect();
            ReplayFinding::of(&own, &seen, ReplayPolicy::default())
        };
        assert!(found(10).refuses());
        assert!(!found(4).replayed);
        assert_eq!((found(4).seen_before, found(4).frames), (4, 20));
        assert_eq!(found(0).first_seen_at, None);
    }

    #[test]
    fn pieces_of_several_recordings_and_mirrored_ones_count_too() {
        let own: Vec<PerceptualHash> = (0..10).map(hash).collect();
        let pieces: Vec<SeenFrame> = (0..10)
            .map(|n| seen(hash(n).mirrored(), u128::from(n % 3)))
            .collect();
        let finding = ReplayFinding::of(&own, &pieces, ReplayPolicy::default());
        assert!(finding.refuses());
        assert_eq!(finding.in_cases, 3);
    }

    #[test]
    fn recording_only_decides_nothing() {
        let own: Vec<PerceptualHash> = (0..10).map(hash).collect();
        let all: Vec<SeenFrame> = own.iter().map(|frame| seen(*frame, 1)).collect();
        let policy = ReplayPolicy {
            mode: ReplayMode::Record,
            ..ReplayPolicy::default()
        };
        let finding = ReplayFinding::of(&own, &all, policy);
        assert!(finding.replayed && !finding.refuses());
    }

    #[test]
    fn too_few_frames_say_nothing() {
        let own = [hash(1), hash(2)];
        let all = own.map(|frame| seen(frame, 1));
        assert!(!ReplayFinding::of(&own, &all, ReplayPolicy::default()).replayed);
    }
}
