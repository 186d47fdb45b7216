//! What the engine says about one frame of a stream.

use serde::{Deserialize, Serialize};

use crate::embed::Embedding;
use crate::eyes::Eyes;
use crate::hint::Hint;
use crate::mesh::Landmarks;
use crate::noise::NoisePrint;
use crate::pad::PadScores;
use crate::phash::PerceptualHash;
use crate::pose::Pose;
use crate::quality::Quality;
use crate::{FaceBox, Point};

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
    /// The face that is followed, else the most prominent.
    pub face: Option<FaceReport>,
    /// The one thing to mend; `None` when everything is good.
    pub hint: Option<Hint>,
    /// For finding the same frame again, in this scan and in others.
    pub hash: PerceptualHash,
    /// For telling a sensor from a picture that is fed in; left out when a report is stored.
    #[serde(skip)]
    pub noise: NoisePrint,
    /// Present if it was asked for and there is a face.
    pub embedding: Option<Embedding>,
    /// Present if it was asked for, there is a face, and the model set can.
    pub pad: Option<PadScores>,
}

/// One face, measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FaceReport {
    /// Tight box around the landmarks.
    #[serde(rename = "box")]
    pub face_box: FaceBox,
    /// Middles of the subject's right and left eye, nose tip, right and left corner of the mouth.
    pub five_points: [Point; 5],
    /// How sure the landmark model is that it looks at a face, 0 to 1.
    pub presence: f32,
    /// Direction of the head.
    pub pose: Pose,
    /// How far the eyes are open.
    pub eyes: Eyes,
    /// Inner lip gap over mouth width; about 0 when shut, 0.5 and more when open.
    pub mouth: f32,
    /// Whether a camera could do better.
    pub quality: Quality,
    /// Mean colour of forehead and cheeks, RGB 0–255: what reflects the light of the screen.
    pub skin: [f32; 3],
    /// All landmarks; left out when a report is stored.
    #[serde(skip)]
    pub landmarks: Landmarks,
}
