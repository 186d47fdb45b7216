//! Reading BlazeFace (256 pixels): a fine grid with two boxes a cell and a coarse one with six.

use super::{Detection, MIN_SCORE, side_f32};
use crate::FaceBox;
use crate::geometry::Point;
use crate::models::{ModelError, Outputs};

/// Names of the outputs for scores and boxes, columns of the grid, boxes a cell.
const GRIDS: [(&str, &str, usize, usize); 2] = [
    ("Identity_0", "Identity_2_0", 16, 2),
    ("Identity_1_0", "Identity_3_0", 8, 6),
];

/// Width and height of the input in pixels.
const SIDE: f32 = 256.0;

/// Numbers a box: centre, size, six points.
const ROW: usize = 16;

/// Faces in pixels of the input.
pub(super) fn read(outputs: &Outputs<'_>) -> Result<Vec<Detection>, ModelError> {
    let mut found = Vec::new();
    for (scores, boxes, columns, per_cell) in GRIDS {
        let count = columns * columns * per_cell;
        let scores = outputs.get(scores, count)?;
        let boxes = outputs.get(boxes, count * ROW)?;
        for (index, logit) in scores.iter().enumerate() {
            let score = 1.0 / (1.0 + (-logit).exp());
            if score >= MIN_SCORE {
                let cell = index / per_cell;
                let step = SIDE / side_f32(columns);
                let middle = |i: usize| (side_f32(i) + 0.5) * step;
                let at = Point::new(middle(cell % columns), middle(cell / columns));
                found.push(face(at, score, &boxes[index * ROW..]));
            }
        }
    }
    Ok(found)
}

/// Everything is in pixels, places relative to the cell's middle.
fn face(cell: Point, score: f32, row: &[f32]) -> Detection {
    let (width, height) = (row[2], row[3]);
    let (x, y) = (
        cell.x + row[0] - width / 2.0,
        cell.y + row[1] - height / 2.0,
    );
    Detection {
        face_box: FaceBox {
            x,
            y,
            width,
            height,
        },
        score,
        right_eye: Point::new(cell.x + row[4], cell.y + row[5]),
        left_eye: Point::new(cell.x + row[6], cell.y + row[7]),
    }
}
