//! Reading `YuNet`: three grids of cells, each with a class, an objectness, a box and five points.

use super::{Detection, MIN_SCORE, side_f32};
use crate::FaceBox;
use crate::geometry::Point;
use crate::models::{ModelError, Outputs};

/// Names of the outputs for class, objectness, box and points, and the stride of their grid.
const GRIDS: [([&str; 4], usize); 3] = [
    (["cls_8", "obj_8", "bbox_8", "kps_8"], 8),
    (["cls_16", "obj_16", "bbox_16", "kps_16"], 16),
    (["cls_32", "obj_32", "bbox_32", "kps_32"], 32),
];

/// Width and height of an input that holds a picture whose longer side is reduced to `side`: whole cells of the
/// coarsest grid. The network has no opinion about its input's size, and an empty half of a square costs as much as a
/// full one.
pub(super) fn input_size(side: usize, (width, height): (u32, u32)) -> (usize, usize) {
    let long = u64::from(width.max(height));
    let cells = |length: u32| {
        let coarsest = GRIDS[2].1;
        let reduced = (u64::from(length) * side as u64).div_ceil(long);
        usize::try_from(reduced).map_or(side, |reduced| reduced.div_ceil(coarsest) * coarsest)
    };
    (cells(width), cells(height))
}

/// Faces in pixels of the input, which has this width and height.
pub(super) fn read(
    outputs: &Outputs<'_>,
    (width, height): (usize, usize),
) -> Result<Vec<Detection>, ModelError> {
    let mut found = Vec::new();
    for ([class, object, boxes, points], stride) in GRIDS {
        let columns = width / stride;
        let cells = columns * (height / stride);
        let class = outputs.get(class, cells)?;
        let object = outputs.get(object, cells)?;
        let boxes = outputs.get(boxes, cells * 4)?;
        let points = outputs.get(points, cells * 10)?;
        for cell in 0..cells {
            let score = (class[cell].clamp(0.0, 1.0) * object[cell].clamp(0.0, 1.0)).sqrt();
            if score >= MIN_SCORE {
                let at = Point::new(side_f32(cell % columns), side_f32(cell / columns));
                found.push(face(
                    at,
                    side_f32(stride),
                    score,
                    &boxes[cell * 4..],
                    &points[cell * 10..],
                ));
            }
        }
    }
    Ok(found)
}

/// Box: middle as offset, size as logarithm; points: offsets; all in strides from the cell.
fn face(cell: Point, stride: f32, score: f32, size: &[f32], points: &[f32]) -> Detection {
    let place = |dx: f32, dy: f32| Point::new((cell.x + dx) * stride, (cell.y + dy) * stride);
    let centre = place(size[0], size[1]);
    let (width, height) = (size[2].exp() * stride, size[3].exp() * stride);
    Detection {
        face_box: FaceBox {
            x: centre.x - width / 2.0,
            y: centre.y - height / 2.0,
            width,
            height,
        },
        score,
        right_eye: place(points[0], points[1]),
        left_eye: place(points[2], points[3]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_input_is_as_narrow_as_the_picture() {
        for (picture, expected) in [
            ((480, 640), (256, 320)),
            ((640, 480), (320, 256)),
            ((500, 500), (320, 320)),
            ((4000, 10), (320, 32)),
            ((20, 30), (224, 320)),
        ] {
            assert_eq!(input_size(320, picture), expected, "{picture:?}");
        }
    }
}
