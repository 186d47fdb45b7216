//! How far the mouth is open.

use crate::mesh::Landmarks;
use crate::points::LIPS_INNER;
use crate::pose::HeadFit;

/// Gap of the inner lips over the mouth's width, as if seen from the front: 0 when shut, 0.2 in a smile that shows
/// teeth, 0.5 and more when open.
pub(crate) fn openness(landmarks: &Landmarks, head: &HeadFit) -> f32 {
    let [upper, lower, right, left] = LIPS_INNER;
    let width = landmarks.gap(right, left).max(f32::EPSILON);
    landmarks.gap(upper, lower) / width * head.aspect
}
