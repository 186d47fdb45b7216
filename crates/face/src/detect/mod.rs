//! Finding faces in a whole picture.

mod blazeface;
mod yunet;

use crate::FaceBox;
use crate::geometry::{Affine, Point, size_f32};
use crate::models::{Family, ModelError, Network};
use crate::picture::Picture;

/// Certainty from which something counts as a face.
const MIN_SCORE: f32 = 0.6;

/// Overlap from which two boxes are the same face.
const SAME_FACE: f32 = 0.3;

/// A face that was found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Detection {
    pub face_box: FaceBox,
    /// 0 to 1.
    pub score: f32,
    /// The subject's right eye, on the image's left.
    pub right_eye: Point,
    pub left_eye: Point,
}

/// All faces of a picture, most prominent first. The whole picture goes in, reduced so that its longer side is the
/// detector's.
pub(crate) fn detect(
    detector: &mut (Family, Network),
    picture: &Picture,
) -> Result<Vec<Detection>, ModelError> {
    let (family, network) = detector;
    let (width, height) = size_f32(picture.size());
    let long = width.max(height);
    let square = FaceBox {
        x: 0.0,
        y: 0.0,
        width: long,
        height: long,
    };
    let side = network.side();
    let to_source = Affine::from_grid((side_f32(side), side_f32(side)), &square);
    network.set_input_size(match family {
        Family::BlazeFace => (side, side),
        _ => yunet::input_size(side, picture.size()),
    });
    network.fill(picture, &to_source);
    let input = network.input_size();
    let outputs = network.run()?;
    let found = match family {
        Family::BlazeFace => blazeface::read(&outputs)?,
        _ => yunet::read(&outputs, input)?,
    };
    let mut faces: Vec<_> = distinct(found)
        .iter()
        .map(|face| face.placed(&to_source))
        .collect();
    let middle = Point::new(width / 2.0, height / 2.0);
    faces.sort_by(|a, b| b.prominence(middle).total_cmp(&a.prominence(middle)));
    Ok(faces)
}

impl Detection {
    /// Large and near the middle is what a picture is about.
    fn prominence(&self, middle: Point) -> f32 {
        self.face_box.area() - 4.0 * self.face_box.centre().distance(middle).powi(2)
    }

    /// From pixels of the detector's input to pixels of the picture; the map only scales and shifts.
    fn placed(&self, to_source: &Affine) -> Self {
        let corner = to_source.apply(Point::new(self.face_box.x, self.face_box.y));
        let scale = to_source.scale();
        let (width, height) = (self.face_box.width * scale, self.face_box.height * scale);
        Self {
            face_box: FaceBox {
                x: corner.x,
                y: corner.y,
                width,
                height,
            },
            score: self.score,
            right_eye: to_source.apply(self.right_eye),
            left_eye: to_source.apply(self.left_eye),
        }
    }
}

/// Keeps the most certain of boxes that overlap (non-maximum suppression).
fn distinct(mut found: Vec<Detection>) -> Vec<Detection> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Detection> = Vec::new();
    for face in found {
        if kept
            .iter()
            .all(|other| other.face_box.overlap(&face.face_box) < SAME_FACE)
        {
            kept.push(face);
        }
    }
    kept
}

#[expect(
    clippy::cast_precision_loss,
    reason = "inputs and grids are a few hundred wide"
)]
fn side_f32(side: usize) -> f32 {
    side as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(x: f32, score: f32) -> Detection {
        let face_box = FaceBox {
            x,
            y: 0.0,
            width: 10.0,
            height: 10.0,
        };
        Detection {
            face_box,
            score,
            right_eye: Point::new(x + 3.0, 4.0),
            left_eye: Point::new(x + 7.0, 4.0),
        }
    }

    #[test]
    fn a_small_face_in_the_middle_is_more_prominent_than_a_larger_one_at_the_edge() {
        let middle = Point::new(100.0, 5.0);
        let mut bystander = face(10.0, 0.9);
        bystander.face_box.width = 20.0;
        assert!(face(95.0, 0.9).prominence(middle) > bystander.prominence(middle));
        assert!(face(95.0, 0.9).prominence(middle) > face(80.0, 0.9).prominence(middle));
    }

    #[test]
    fn of_overlapping_boxes_the_most_certain_stays() {
        let kept = distinct(vec![face(1.0, 0.7), face(0.0, 0.9), face(30.0, 0.8)]);
        let scores: Vec<f32> = kept.iter().map(|f| f.score).collect();
        assert_eq!(scores, [0.9, 0.8]);
    }
}
