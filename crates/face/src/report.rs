//! What the engine says about one frame of a stream.

use serde::{Deserialize, Serialize};

use crate::{FaceBox, Hint, Point};

/// Which of the dear measurements the next frame should get, as the script asks for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// Embed the face, to see that it is still the same person.
    pub embedding: bool,
    /// Run the passive presentation-attack models, where the set has them.
    pub pad: bool,
}

/// One frame of the stream, measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameReport {
    /// Width and height of the upright image, in pixels.
    pub size: (u32, u32),
    /// How many faces are known to be in the frame.
    pub faces: u32,
    /// The largest face.
    pub face: Option<FaceReport>,
    /// The one thing to mend; `None` when everything is good.
    pub hint: Option<Hint>,
    /// For finding the same frame again, in this scan and in others.
    pub hash: PerceptualHash,
    /// Present if it was asked for and there is a face.
    pub embedding: Option<Embedding>,
    /// Present if it was asked for, there is a face, and the model set can.
    pub pad: Option<PadScores>,
}

/// The largest face of a frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaceReport {
    /// Tight box around the face.
    pub face_box: FaceBox,
    /// How sure the landmark model is that it looks at a face, 0 to 1.
    pub presence: f32,
    /// Direction of the head.
    pub pose: Pose,
    /// How far the eyes are open.
    pub eyes: Eyes,
    /// Inner lip gap over mouth width; about 0 when shut, above 0.5 when wide open.
    pub mouth: f32,
    /// Whether a camera could do better.
    pub quality: Quality,
    /// Mean colour of forehead and cheeks, RGB 0–255: what the light of the screen is reflected by.
    pub skin: [f32; 3],
    /// All landmarks; left out when the report is stored.
    #[serde(skip)]
    pub landmarks: Landmarks,
}

/// Direction of the head in degrees, seen from the subject.
///
/// Positive yaw: the subject turns to the own left (the nose moves towards the unmirrored image's right).
/// Positive pitch: the subject lowers the head. Positive roll: the subject tilts the head towards the own left
/// shoulder (the head turns clockwise in the unmirrored image).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pose {
    /// Turning left (positive) or right.
    pub yaw: f32,
    /// Lowering (positive) or raising.
    pub pitch: f32,
    /// Tilting to the left shoulder (positive) or the right.
    pub roll: f32,
}

/// Openness of the subject's own left and right eye: lid gap over eye width, about 0.3 open, below 0.12 shut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Eyes {
    /// The subject's left eye.
    pub left: f32,
    /// The subject's right eye.
    pub right: f32,
}

/// How good a picture of a face it is. Lengths in pixels, light in 0–255 of luma.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Distance of the pupils.
    pub eye_distance: f32,
    /// Face box width over frame width.
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
    /// Variance of the Laplacian of the face at a fixed scale.
    pub sharpness: f32,
}

/// The 468 landmarks of the face mesh, in pixels of the frame; empty where there are none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Landmarks {
    /// Places in the image.
    pub points: Vec<Point>,
    /// Depth of each, smaller is nearer to the camera, in the scale of pixels.
    pub depth: Vec<f32>,
}

/// Scores of the passive presentation-attack models, each 0 (attack) to 1 (live).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PadScores {
    /// The model that sees the face with a close margin (2.7 times the box).
    pub near: f32,
    /// The model that sees the face with its surroundings (4.0 times the box).
    pub wide: f32,
}

/// A face as a direction; comparable only with embeddings of the same model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Embedding(pub(crate) Vec<f32>);

/// 64 bits that change little when the picture changes little. Near-duplicates differ in few bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PerceptualHash(pub u64);
