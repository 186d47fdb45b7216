//! Light, sharpness and colour of a face, read from the very square that the landmark model looked at: there the face
//! is level and always of the same size.

use crate::FaceBox;
use crate::geometry::Point;
use crate::mesh::SIDE;
use crate::picture::luma;
use crate::points::{LEFT_EYE_INNER, NOSE_TIP, RIGHT_EYE_INNER, SKIN};

/// Luma below which, and above which, a pixel holds no detail any more.
const BLACK: f32 = 8.0;
const WHITE: f32 = 250.0;

/// Half the width of the patches whose colour is the skin's, in pixels of the square.
const PATCH: usize = 3;

/// What the square says about light; luma and colours 0 to 255.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Light {
    /// Mean luma of the face.
    pub luminance: f32,
    /// Share of pixels without detail.
    pub clipped: f32,
    /// The brighter half's luma over the darker half's, at least 1.
    pub unevenness: f32,
    /// Variance of the Laplacian, over the square of the mean luma, in thousandths: independent of exposure.
    pub sharpness: f32,
    /// Mean colour of forehead and cheeks.
    pub skin: [f32; 3],
}

/// The landmark model's input: three planes of RGB from 0 to 1.
struct Square<'a> {
    planes: &'a [f32],
}

impl Square<'_> {
    fn rgb(&self, x: usize, y: usize) -> [f32; 3] {
        let at = y * SIDE + x;
        [
            self.planes[at],
            self.planes[at + SIDE * SIDE],
            self.planes[at + 2 * SIDE * SIDE],
        ]
        .map(|v| v * 255.0)
    }

    fn luma(&self, x: usize, y: usize) -> f32 {
        luma(self.rgb(x, y))
    }

    fn laplacian(&self, x: usize, y: usize) -> f32 {
        let around =
            self.luma(x - 1, y) + self.luma(x + 1, y) + self.luma(x, y - 1) + self.luma(x, y + 1);
        around - 4.0 * self.luma(x, y)
    }
}

/// Sum, sum of squares and count of a row of numbers.
#[derive(Clone, Copy, Default)]
struct Moments {
    sum: f32,
    squares: f32,
    count: f32,
}

impl Moments {
    fn add(&mut self, value: f32) {
        self.sum += value;
        self.squares += value * value;
        self.count += 1.0;
    }

    fn mean(self) -> f32 {
        self.sum / self.count.max(1.0)
    }

    fn variance(self) -> f32 {
        (self.squares / self.count.max(1.0) - self.mean() * self.mean()).max(0.0)
    }
}

/// Measures the square. `planes` is the model's input, `points` the landmarks in it.
pub(crate) fn measure(planes: &[f32], points: &[Point]) -> Light {
    let square = Square { planes };
    let face = inner(&FaceBox::around(points));
    let middle = column(
        points[RIGHT_EYE_INNER]
            .middle(points[LEFT_EYE_INNER])
            .middle(points[NOSE_TIP])
            .x,
    );
    let (mut right, mut left, mut edges, mut clipped) =
        <(Moments, Moments, Moments, f32)>::default();
    for y in face.rows.0..face.rows.1 {
        for x in face.columns.0..face.columns.1 {
            let value = square.luma(x, y);
            if x < middle {
                right.add(value);
            } else {
                left.add(value);
            }
            edges.add(square.laplacian(x, y));
            clipped += f32::from(u8::from(!(BLACK..=WHITE).contains(&value)));
        }
    }
    let count = right.count + left.count;
    let luminance = (right.sum + left.sum) / count.max(1.0);
    let (dim, bright) = (right.mean().min(left.mean()), right.mean().max(left.mean()));
    Light {
        luminance,
        clipped: clipped / count.max(1.0),
        unevenness: (bright + 1.0) / (dim + 1.0),
        sharpness: 1000.0 * edges.variance() / (luminance * luminance).max(1.0),
        skin: skin(&square, points),
    }
}

/// Rows and columns, from and to.
struct Area {
    columns: (usize, usize),
    rows: (usize, usize),
}

/// The face without its outline, inside the square with a pixel to spare.
fn inner(face: &FaceBox) -> Area {
    let (dx, dy) = (face.width * 0.15, face.height * 0.15);
    Area {
        columns: (column(face.x + dx), column(face.x + face.width - dx)),
        rows: (column(face.y + dy), column(face.y + face.height - dy)),
    }
}

fn skin(square: &Square<'_>, points: &[Point]) -> [f32; 3] {
    let mut sum = [0.0; 3];
    let mut count = 0.0_f32;
    for index in SKIN {
        let (x, y) = (column(points[index].x), column(points[index].y));
        for v in y.saturating_sub(PATCH)..=(y + PATCH).min(SIDE - 1) {
            for u in x.saturating_sub(PATCH)..=(x + PATCH).min(SIDE - 1) {
                let rgb = square.rgb(u, v);
                sum = [sum[0] + rgb[0], sum[1] + rgb[1], sum[2] + rgb[2]];
                count += 1.0;
            }
        }
    }
    sum.map(|total| total / count.max(1.0))
}

/// A coordinate as an index that has neighbours on both sides.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the square"
)]
fn column(at: f32) -> usize {
    at.clamp(1.0, 190.0) as usize
}
