//! How good a picture of a face is, and the one thing that would make it better.

use serde::{Deserialize, Serialize};

use crate::geometry::{FaceBox, Point, size_f32};
use crate::hint::Hint;
use crate::light::Light;
use crate::mesh::Landmarks;
use crate::points::{LEFT_EYE, RIGHT_EYE};
use crate::report::FaceReport;

/// How good a picture of a face it is. Lengths in pixels, light in 0–255 of luma.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Distance of the middles of the eyes.
    pub eye_distance: f32,
    /// Face box width over the frame's shorter side.
    pub face_width_ratio: f32,
    /// Smallest distance of the face box to the frame's edge over the box's width; negative if cut.
    pub margin: f32,
    /// Distance of the face's middle from the frame's middle, over half the frame's shorter side.
    pub centre_offset: f32,
    /// Mean luma of the face.
    pub luminance: f32,
    /// Share of the face's pixels that are nearly black or nearly white.
    pub clipped: f32,
    /// Brighter half's mean luma over the darker half's, at least 1.
    pub unevenness: f32,
    /// Variance of the Laplacian at a fixed scale, over squared luminance, in thousandths.
    pub sharpness: f32,
}

/// What counts as good enough. Start values after ISO/IEC 29794-5's list of components, tuned on clips.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QualityPolicy {
    /// Least distance of the eyes, pixels.
    pub min_eye_distance: f32,
    /// Greatest face width over the frame's shorter side.
    pub max_face_width_ratio: f32,
    /// Least margin around the face over its width.
    pub min_margin: f32,
    /// Greatest distance from the middle.
    pub max_centre_offset: f32,
    /// Least mean luma; low enough for dark skin in ordinary light.
    pub min_luminance: f32,
    /// Greatest mean luma.
    pub max_luminance: f32,
    /// Greatest share of clipped pixels.
    pub max_clipped: f32,
    /// Greatest ratio of the two halves' light.
    pub max_unevenness: f32,
    /// Least sharpness.
    pub min_sharpness: f32,
    /// Greatest yaw to either side, degrees.
    pub max_yaw: f32,
    /// Greatest pitch up or down, degrees.
    pub max_pitch: f32,
    /// Greatest roll to either side, degrees.
    pub max_roll: f32,
    /// Least openness of the wider eye.
    pub min_eye_openness: f32,
    /// Least certainty that there is an uncovered face.
    pub min_presence: f32,
    /// Greatest way of the face between two frames, in eye distances.
    pub max_motion: f32,
}

impl Default for QualityPolicy {
    fn default() -> Self {
        Self {
            min_eye_distance: 60.0,
            max_face_width_ratio: 0.62,
            min_margin: 0.02,
            max_centre_offset: 0.45,
            min_luminance: 50.0,
            max_luminance: 225.0,
            max_clipped: 0.25,
            max_unevenness: 2.0,
            min_sharpness: 1.0,
            max_yaw: 15.0,
            max_pitch: 20.0,
            max_roll: 20.0,
            min_eye_openness: 0.12,
            min_presence: 0.8,
            max_motion: 0.5,
        }
    }
}

impl QualityPolicy {
    /// For an authority's photo: these are small, tightly cut and not to be taken again.
    #[must_use]
    pub fn photo() -> Self {
        Self {
            min_eye_distance: 20.0,
            max_face_width_ratio: 10.0,
            min_margin: -0.2,
            max_centre_offset: 10.0,
            min_luminance: 40.0,
            max_luminance: 240.0,
            max_clipped: 0.5,
            max_unevenness: 3.0,
            min_sharpness: 0.0,
            max_yaw: 25.0,
            max_pitch: 25.0,
            max_roll: 180.0,
            min_eye_openness: 0.0,
            min_presence: 0.5,
            max_motion: f32::INFINITY,
        }
    }

    /// The most important thing to mend, or `None`. `motion` is the way since the last frame in eye distances.
    pub(crate) fn hint(&self, faces: u32, face: Option<&FaceReport>, motion: f32) -> Option<Hint> {
        let Some(face) = face else {
            return Some(Hint::FaceNotFound);
        };
        let q = &face.quality;
        let head = &face.pose;
        let turned = head.yaw.abs() > self.max_yaw || head.pitch.abs() > self.max_pitch;
        let checks = [
            (faces > 1, Hint::MultipleFaces),
            (q.eye_distance < self.min_eye_distance, Hint::TooFar),
            (
                q.face_width_ratio > self.max_face_width_ratio,
                Hint::TooClose,
            ),
            (
                q.margin < self.min_margin || q.centre_offset > self.max_centre_offset,
                Hint::OffCentre,
            ),
            (q.luminance < self.min_luminance, Hint::LightTooDark),
            (
                q.luminance > self.max_luminance || q.clipped > self.max_clipped,
                Hint::LightTooStrong,
            ),
            (q.unevenness > self.max_unevenness, Hint::LightUneven),
            (face.presence < self.min_presence, Hint::FaceCovered),
            (
                turned || head.roll.abs() > self.max_roll,
                Hint::LookStraight,
            ),
            (motion > self.max_motion, Hint::HoldStill),
            (q.sharpness < self.min_sharpness, Hint::Blurred),
            (face.eyes.wider() < self.min_eye_openness, Hint::EyesClosed),
        ];
        checks
            .into_iter()
            .find_map(|(wrong, hint)| wrong.then_some(hint))
    }
}

/// Puts together what geometry and light say.
pub(crate) fn assess(
    landmarks: &Landmarks,
    face_box: &FaceBox,
    light: &Light,
    frame: (u32, u32),
) -> Quality {
    let (width, height) = size_f32(frame);
    let short = width.min(height);
    let middle = Point::new(width / 2.0, height / 2.0);
    Quality {
        eye_distance: landmarks
            .mean(&RIGHT_EYE)
            .distance(landmarks.mean(&LEFT_EYE)),
        face_width_ratio: face_box.width / short,
        margin: face_box.margin(frame) / face_box.width.max(1.0),
        centre_offset: face_box.centre().distance(middle) / (short / 2.0),
        luminance: light.luminance,
        clipped: light.clipped,
        unevenness: light.unevenness,
        sharpness: light.sharpness,
    }
}
