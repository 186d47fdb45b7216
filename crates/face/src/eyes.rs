//! How far the eyes are open.

use serde::{Deserialize, Serialize};

use crate::mesh::Landmarks;
use crate::points::{
    LEFT_EYE_INNER, LEFT_EYE_OUTER, LEFT_LIDS, RIGHT_EYE_INNER, RIGHT_EYE_OUTER, RIGHT_LIDS,
};
use crate::pose::HeadFit;

/// Openness of the subject's own left and right eye: lid gap over eye width, about 0.3 when open. What shut eyes
/// measure differs from person to person, so a challenge compares with the person's own baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Eyes {
    /// The subject's left eye.
    pub left: f32,
    /// The subject's right eye.
    pub right: f32,
}

impl Eyes {
    /// Of the eye that is more open.
    #[must_use]
    pub fn wider(self) -> f32 {
        self.left.max(self.right)
    }
}

/// Measures both eyes as if the face were seen from the front: the head's own squeeze is taken out, so that neither a
/// nod nor a tilted photo looks like closing eyes.
pub(crate) fn openness(landmarks: &Landmarks, head: &HeadFit) -> Eyes {
    let one = |corners: (usize, usize), lids: [(usize, usize); 2]| {
        let gap = |(upper, lower): (usize, usize)| landmarks.gap(upper, lower);
        let width = landmarks.gap(corners.0, corners.1).max(f32::EPSILON);
        f32::midpoint(gap(lids[0]), gap(lids[1])) / width * head.aspect
    };
    Eyes {
        left: one((LEFT_EYE_INNER, LEFT_EYE_OUTER), LEFT_LIDS),
        right: one((RIGHT_EYE_OUTER, RIGHT_EYE_INNER), RIGHT_LIDS),
    }
}
