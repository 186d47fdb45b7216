//! Points and boxes in pixels of the upright image, origin at the top left, x to the right, y down.

use serde::{Deserialize, Serialize};

/// A place in the image, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// To the image's right.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

/// An axis-parallel rectangle around a face, in pixels; it may reach beyond the image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FaceBox {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width, never negative.
    pub width: f32,
    /// Height, never negative.
    pub height: f32,
}
