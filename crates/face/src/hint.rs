//! The one thing that a person should mend before the next frame.

use serde::{Deserialize, Serialize};

/// What stands in the way of a good frame. The scan protocol carries the snake-case names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// No face in the frame.
    FaceNotFound,
    /// More than one face in the frame.
    MultipleFaces,
    /// The eyes are too few pixels apart.
    TooFar,
    /// The face fills too much of the frame; its surroundings can't be judged.
    TooClose,
    /// The face is away from the middle, or cut by the frame's edge.
    OffCentre,
    /// The face is too dark.
    LightTooDark,
    /// The face is overexposed.
    LightTooStrong,
    /// One half of the face is much brighter than the other.
    LightUneven,
    /// The face is not sharp.
    Blurred,
    /// The head is turned, lowered, raised or tilted.
    LookStraight,
    /// At least one eye is shut.
    EyesClosed,
    /// Something hides part of the face.
    FaceCovered,
    /// The face moves too much from frame to frame.
    HoldStill,
}
