//! Passive presentation-attack detection: two small models look at the face with two widths of surroundings.

use serde::{Deserialize, Serialize};

use crate::FaceBox;
use crate::geometry::{Affine, size_f32};
use crate::models::{ModelError, Network};
use crate::picture::Picture;

/// How much more than the face box each model sees.
const NEAR: f32 = 2.7;
const WIDE: f32 = 4.0;

/// Which of the three classes is a live face.
const LIVE: usize = 1;

/// Scores of the passive presentation-attack models, each 0 (attack) to 1 (live).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PadScores {
    /// The model that sees the face with a close margin (2.7 times the box).
    pub near: f32,
    /// The model that sees the face with its surroundings (4.0 times the box).
    pub wide: f32,
}

impl PadScores {
    /// The mean of both, which is what thresholds apply to.
    #[must_use]
    pub fn mean(self) -> f32 {
        f32::midpoint(self.near, self.wide)
    }
}

/// Judges a face. The box has to be the detector's, on which the models were trained.
pub(crate) fn judge(
    (near, wide): &mut (Network, Network),
    picture: &Picture,
    face: &FaceBox,
) -> Result<PadScores, ModelError> {
    let score = |network: &mut Network, scale| -> Result<f32, ModelError> {
        let crop = surroundings(face, scale, picture.size());
        let (width, height) = network.input_size();
        network.fill(
            picture,
            &Affine::from_grid((side(width), side(height)), &crop),
        );
        Ok(network.run()?.get("prob", 3)?[LIVE])
    };
    Ok(PadScores {
        near: score(near, NEAR)?,
        wide: score(wide, WIDE)?,
    })
}

/// The face box, enlarged around its middle as far as the frame allows, and pushed back inside it.
fn surroundings(face: &FaceBox, scale: f32, frame: (u32, u32)) -> FaceBox {
    let (frame_width, frame_height) = size_f32(frame);
    let scale = scale
        .min(frame_width / face.width.max(1.0))
        .min(frame_height / face.height.max(1.0));
    let (width, height) = (face.width * scale, face.height * scale);
    let middle = face.centre();
    FaceBox {
        x: (middle.x - width / 2.0).clamp(0.0, (frame_width - width).max(0.0)),
        y: (middle.y - height / 2.0).clamp(0.0, (frame_height - height).max(0.0)),
        width,
        height,
    }
}

#[expect(clippy::cast_precision_loss, reason = "80 pixels")]
fn side(pixels: usize) -> f32 {
    pixels as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surroundings_stay_inside_the_frame_and_keep_the_box_shape() {
        let face = FaceBox {
            x: 10.0,
            y: 300.0,
            width: 100.0,
            height: 150.0,
        };
        let crop = surroundings(&face, 2.7, (480, 640));
        assert!(
            crop.x >= 0.0
                && crop.y >= 0.0
                && crop.x + crop.width <= 480.0
                && crop.y + crop.height <= 640.0
        );
        assert!(
            (crop.width - 270.0).abs() < 1e-3 && (crop.height - 405.0).abs() < 1e-3,
            "{crop:?}"
        );
    }

    #[test]
    fn a_frame_too_small_for_the_margin_limits_it() {
        let face = FaceBox {
            x: 100.0,
            y: 100.0,
            width: 240.0,
            height: 300.0,
        };
        let crop = surroundings(&face, 4.0, (480, 640));
        assert!((crop.width - 480.0).abs() < 1e-3, "{crop:?}");
        assert!((crop.height - 600.0).abs() < 1e-3, "{crop:?}");
    }
}
