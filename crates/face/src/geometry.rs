//! Points, boxes and affine maps in pixels of the upright image: origin in the middle of the top left pixel, x to the
//! right, y down.

use serde::{Deserialize, Serialize};

/// A place in the image, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// To the image's right.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

impl Point {
    pub(crate) const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    pub(crate) fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    pub(crate) fn middle(self, other: Self) -> Self {
        Self::new(
            f32::midpoint(self.x, other.x),
            f32::midpoint(self.y, other.y),
        )
    }

    /// The mean of at least one point.
    pub(crate) fn mean(points: impl IntoIterator<Item = Self>) -> Self {
        let (mut sum, mut count) = (Self::default(), 0.0_f32);
        for point in points {
            sum = Self::new(sum.x + point.x, sum.y + point.y);
            count += 1.0;
        }
        Self::new(sum.x / count, sum.y / count)
    }
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

impl FaceBox {
    pub(crate) fn around(points: &[Point]) -> Self {
        let min = |of: fn(&Point) -> f32| points.iter().map(of).fold(f32::INFINITY, f32::min);
        let max = |of: fn(&Point) -> f32| points.iter().map(of).fold(f32::NEG_INFINITY, f32::max);
        let (x, y) = (min(|p| p.x), min(|p| p.y));
        Self {
            x,
            y,
            width: max(|p| p.x) - x,
            height: max(|p| p.y) - y,
        }
    }

    /// The middle of the box.
    #[must_use]
    pub fn centre(&self) -> Point {
        Point::new(self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    pub(crate) fn area(&self) -> f32 {
        self.width * self.height
    }

    /// Intersection over union, 0 to 1.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> f32 {
        let width = (self.x + self.width).min(other.x + other.width) - self.x.max(other.x);
        let height = (self.y + self.height).min(other.y + other.height) - self.y.max(other.y);
        let shared = width.max(0.0) * height.max(0.0);
        let union = self.area() + other.area() - shared;
        if union > 0.0 { shared / union } else { 0.0 }
    }

    /// Smallest distance of an edge to the frame's edge; negative where the box reaches beyond the frame.
    pub(crate) fn margin(&self, frame: (u32, u32)) -> f32 {
        let (width, height) = size_f32(frame);
        let right = width - self.x - self.width;
        let bottom = height - self.y - self.height;
        self.x.min(self.y).min(right).min(bottom)
    }
}

/// Image sizes are far below 2²⁴, where `f32` still counts exactly.
#[expect(
    clippy::cast_precision_loss,
    reason = "sizes are limited by the decoder"
)]
pub(crate) fn size_f32((width, height): (u32, u32)) -> (f32, f32) {
    (width as f32, height as f32)
}

/// An affine map of the plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Affine {
    /// x' = xx·x + xy·y + x0
    pub xx: f32,
    pub xy: f32,
    pub x0: f32,
    /// y' = yx·x + yy·y + y0
    pub yx: f32,
    pub yy: f32,
    pub y0: f32,
}

impl Affine {
    /// Turns by `angle` (clockwise on screen), scales, and takes the middle of a square of `side` pixels to `centre`.
    pub fn from_square(side: f32, centre: Point, scale: f32, angle: f32) -> Self {
        let (sin, cos) = angle.sin_cos();
        let (c, s) = (cos * scale, sin * scale);
        let half = (side - 1.0) / 2.0;
        Self {
            xx: c,
            xy: -s,
            x0: centre.x - (c - s) * half,
            yx: s,
            yy: c,
            y0: centre.y - (s + c) * half,
        }
    }

    /// Stretches a grid of `to` pixels over the rectangle `from`, pixel edges on its edges.
    pub fn from_grid(to: (f32, f32), from: &FaceBox) -> Self {
        let (sx, sy) = (from.width / to.0, from.height / to.1);
        Self {
            xx: sx,
            xy: 0.0,
            x0: from.x + 0.5 * sx - 0.5,
            yx: 0.0,
            yy: sy,
            y0: from.y + 0.5 * sy - 0.5,
        }
    }

    pub fn apply(&self, p: Point) -> Point {
        Point::new(
            self.xx * p.x + self.xy * p.y + self.x0,
            self.yx * p.x + self.yy * p.y + self.y0,
        )
    }

    /// The same map into the picture at half its size: a pixel there lies in the middle of four.
    pub fn at_half(&self) -> Self {
        Self {
            xx: self.xx / 2.0,
            xy: self.xy / 2.0,
            x0: (self.x0 - 0.5) / 2.0,
            yx: self.yx / 2.0,
            yy: self.yy / 2.0,
            y0: (self.y0 - 0.5) / 2.0,
        }
    }

    /// Whether rows stay rows and columns columns.
    pub fn is_straight(&self) -> bool {
        self.xy.abs().max(self.yx.abs()) == 0.0
    }

    /// How much longer things become: the square root of the area's factor.
    pub fn scale(&self) -> f32 {
        (self.xx * self.yy - self.xy * self.yx).abs().sqrt()
    }

    /// The map back; `None` if this one flattens everything.
    pub fn inverse(&self) -> Option<Self> {
        let det = self.xx * self.yy - self.xy * self.yx;
        if det.abs() <= f32::EPSILON {
            return None;
        }
        let (xx, xy) = (self.yy / det, -self.xy / det);
        let (yx, yy) = (-self.yx / det, self.xx / det);
        let (x0, y0) = (-xx * self.x0 - xy * self.y0, -yx * self.x0 - yy * self.y0);
        Some(Self {
            xx,
            xy,
            x0,
            yx,
            yy,
            y0,
        })
    }

    /// The turn, shift and scale that takes `from` nearest to `to` in the least squares. Needs at least two
    /// different points; with fewer there is no answer.
    pub fn similarity(from: &[Point], to: &[Point]) -> Option<Self> {
        let (mf, mt) = (
            Point::mean(from.iter().copied()),
            Point::mean(to.iter().copied()),
        );
        let (mut spread, mut along, mut across) = (0.0, 0.0, 0.0);
        for (f, t) in from.iter().zip(to) {
            let (fx, fy, tx, ty) = (f.x - mf.x, f.y - mf.y, t.x - mt.x, t.y - mt.y);
            spread += fx * fx + fy * fy;
            along += fx * tx + fy * ty;
            across += fx * ty - fy * tx;
        }
        if spread <= f32::EPSILON {
            return None;
        }
        let (c, s) = (along / spread, across / spread);
        let (x0, y0) = (mt.x - c * mf.x + s * mf.y, mt.y - s * mf.x - c * mf.y);
        Some(Self {
            xx: c,
            xy: -s,
            x0,
            yx: s,
            yy: c,
            y0,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn square() -> [Point; 4] {
        [
            Point::new(0.0, 0.0),
            Point::new(10.0, 0.0),
            Point::new(10.0, 10.0),
            Point::new(0.0, 10.0),
        ]
    }

    proptest! {
        #[test]
        fn a_similarity_is_found_again(
            angle in -3.0_f32..3.0, scale in 0.1_f32..10.0, x in -100.0_f32..100.0, y in -100.0_f32..100.0,
        ) {
            let truth = Affine::from_square(10.0, Point::new(x, y), scale, angle);
            let moved = square().map(|p| truth.apply(p));
            let found = Affine::similarity(&square(), &moved).expect("four different points");
            for p in square() {
                prop_assert!(found.apply(p).distance(truth.apply(p)) < 0.01 * scale.max(1.0));
            }
            let back = found.inverse().expect("not flat");
            prop_assert!(back.apply(found.apply(Point::new(7.0, 3.0))).distance(Point::new(7.0, 3.0)) < 0.01);
            prop_assert!((found.scale() - scale).abs() < 1e-3 * scale.max(1.0));
        }
    }

    #[test]
    fn one_place_alone_has_no_similarity() {
        let same = [Point::new(3.0, 3.0); 3];
        assert_eq!(Affine::similarity(&same, &same), None);
    }

    #[test]
    fn boxes_overlap_by_their_shared_share() {
        let a = FaceBox {
            x: 0.0,
            y: 0.0,
            width: 10.0,
            height: 10.0,
        };
        let b = FaceBox {
            x: 5.0,
            y: 0.0,
            width: 10.0,
            height: 10.0,
        };
        let far = FaceBox { x: 50.0, ..a };
        assert!((a.overlap(&b) - 1.0 / 3.0).abs() < 1e-6);
        assert!((a.overlap(&a) - 1.0).abs() < 1e-6);
        assert!(a.overlap(&far).abs() < 1e-6);
    }

    #[test]
    fn the_margin_is_negative_where_the_frame_cuts() {
        let cut = FaceBox {
            x: -4.0,
            y: 10.0,
            width: 30.0,
            height: 30.0,
        };
        assert!((cut.margin((100, 100)) + 4.0).abs() < 1e-6);
    }
}
