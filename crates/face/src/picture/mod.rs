//! An upright image, and cutting normalised model inputs out of it.
//!
//! Cutting is on every frame's way, so it is written for speed. A cut-out that is coarser than the picture is made from
//! the picture at half its size, and so on: each pixel of a cut-out is one interpolation between four pixels, and
//! whatever is cut from one frame shares the smaller pictures. Straight cut-outs go row by row through tables of
//! weights, turned ones through a loop that has no branch but the one for the edge.

mod half;
mod planes;
mod straight;
mod turned;

use std::sync::OnceLock;

use crate::geometry::Affine;
use planes::Planes;

/// Bytes of a pixel: red, green, blue, and one without meaning, so that a pixel is four numbers everywhere.
pub(crate) const PIXEL: usize = 4;

/// An upright image of 8-bit RGBX, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
    /// The same at half the size, once it was needed.
    half: OnceLock<Box<Picture>>,
}

/// From which scale on a cut-out is made from the picture at half its size.
const COARSE: f32 = 2.0;

/// How a model wants its input: planes in this order, each value `(byte - mean) / scale`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Normalisation {
    /// Blue first instead of red first.
    pub bgr: bool,
    /// In the order of the planes.
    pub mean: [f32; 3],
    /// In the order of the planes.
    pub scale: [f32; 3],
}

impl Picture {
    /// An image of `width`·`height` pixels; `None` if the bytes are not four times as many, or there are none.
    pub fn new(width: u32, height: u32, pixels: Vec<u8>) -> Option<Self> {
        let expected = usize::try_from(width)
            .ok()?
            .checked_mul(usize::try_from(height).ok()?)?
            .checked_mul(PIXEL)?;
        (expected > 0 && pixels.len() == expected).then_some(Self {
            width,
            height,
            pixels,
            half: OnceLock::new(),
        })
    }

    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// The picture at half its size, each pixel the mean of four.
    pub fn half(&self) -> &Self {
        self.half.get_or_init(|| Box::new(half::of(self)))
    }

    /// The green of a pixel inside the picture.
    pub fn green(&self, x: u32, y: u32) -> u8 {
        self.pixels[(y as usize * self.width as usize + x as usize) * PIXEL + 1]
    }

    /// Cuts a picture of `width`·`height` out and writes it as three planes. `to_source` takes a pixel of the
    /// cut-out to a place in this picture; what lies outside is black. Between pixels the colour is interpolated.
    /// Where the cut-out is much coarser than the picture, a reduced picture is cut, so that nothing aliases.
    pub fn cut(
        &self,
        to_source: &Affine,
        size: (usize, usize),
        how: &Normalisation,
        out: &mut [f32],
    ) {
        let scale = to_source.scale();
        let (short, finite) = (self.width.min(self.height), scale.is_finite());
        if scale >= COARSE && short > 1 && finite {
            return self.half().cut(&to_source.at_half(), size, how, out);
        }
        let planes = Planes::new(out, size, how);
        if to_source.is_straight() {
            straight::cut(self, to_source, planes);
        } else {
            turned::cut(self, to_source, planes);
        }
    }

    /// Mean luma of the cells of a grid over the whole picture, row by row, reading every `stride`-th pixel.
    pub fn luma_grid(&self, columns: usize, rows: usize, stride: usize) -> Vec<f32> {
        let (width, height) = (self.width as usize, self.height as usize);
        let mut sums = vec![(0.0_f32, 0.0_f32); columns * rows];
        // By the pixels' middles, so that a mirror image falls into the mirrored cells.
        let column_of: Vec<usize> = (0..width)
            .map(|x| (2 * x + 1) * columns / (2 * width))
            .collect();
        for (y, line) in self
            .pixels
            .chunks_exact(width * PIXEL)
            .enumerate()
            .step_by(stride)
        {
            let row = &mut sums[y * rows / height * columns..][..columns];
            let pixels = line.chunks_exact(PIXEL).zip(&column_of);
            let pixels = pixels.skip(stride / 2).step_by(stride);
            for (pixel, column) in pixels {
                let (sum, count) = &mut row[*column];
                *sum += luma([pixel[0], pixel[1], pixel[2]].map(f32::from));
                *count += 1.0;
            }
        }
        sums.into_iter()
            .map(|(sum, count)| sum / count.max(1.0))
            .collect()
    }
}

/// Luma (ITU-R BT.601) of a colour.
pub(crate) fn luma([r, g, b]: [f32; 3]) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::FaceBox;
    use crate::geometry::{Point, size_f32};

    const BYTES: Normalisation = Normalisation {
        bgr: false,
        mean: [0.0; 3],
        scale: [1.0; 3],
    };

    fn gradient() -> Picture {
        let pixels = (0..16_u8)
            .flat_map(|y| (0..16_u8).flat_map(move |x| [x * 10, y * 10, 7, 255]))
            .collect();
        Picture::new(16, 16, pixels).expect("16 by 16 by 4 bytes")
    }

    fn whole(picture: &Picture) -> FaceBox {
        let (width, height) = size_f32(picture.size());
        FaceBox {
            x: 0.0,
            y: 0.0,
            width,
            height,
        }
    }

    #[test]
    fn a_cut_of_the_same_size_is_the_picture() {
        let picture = gradient();
        let mut out = vec![0.0; 16 * 16 * 3];
        let map = Affine::from_grid((16.0, 16.0), &whole(&picture));
        picture.cut(&map, (16, 16), &BYTES, &mut out);
        assert!((out[5 * 16 + 3] - 30.0).abs() < 1e-4, "red of column 3");
        assert!(
            (out[256 + 5 * 16 + 3] - 50.0).abs() < 1e-4,
            "green of row 5"
        );
        assert!((out[512] - 7.0).abs() < 1e-4);
    }

    #[test]
    fn a_coarser_cut_averages() {
        let picture = gradient();
        let mut out = vec![0.0; 2 * 2 * 3];
        let map = Affine::from_grid((2.0, 2.0), &whole(&picture));
        picture.cut(&map, (2, 2), &BYTES, &mut out);
        assert!(
            (out[0] - 35.0).abs() < 0.5,
            "mean of columns 0 to 7, got {}",
            out[0]
        );
        assert!(
            (out[1] - 115.0).abs() < 0.5,
            "mean of columns 8 to 15, got {}",
            out[1]
        );
    }

    #[test]
    fn blue_comes_first_where_a_model_wants_it() {
        let picture = gradient();
        let how = Normalisation {
            bgr: true,
            mean: [7.0, 0.0, 0.0],
            scale: [1.0, 1.0, 10.0],
        };
        let mut out = vec![0.0; 16 * 16 * 3];
        picture.cut(
            &Affine::from_grid((16.0, 16.0), &whole(&picture)),
            (16, 16),
            &how,
            &mut out,
        );
        assert!(out[3].abs() < 1e-4, "blue less its mean");
        assert!((out[512 + 3] - 3.0).abs() < 1e-4, "red over its scale");
    }

    /// What a cut-out is by definition: for each pixel the interpolated place.
    fn slow_cut(picture: &Picture, map: &Affine, size: (usize, usize)) -> Vec<f32> {
        let at = |index: usize| f32::from(u16::try_from(index).expect("small"));
        let colour = |x: i64, y: i64, plane: usize| {
            let (width, height) = (i64::from(picture.width), i64::from(picture.height));
            let inside = (0..width).contains(&x) && (0..height).contains(&y);
            let index = usize::try_from((y * width + x) * 4).unwrap_or_default() + plane;
            if inside {
                f32::from(picture.pixels[index])
            } else {
                0.0
            }
        };
        #[expect(clippy::cast_possible_truncation, reason = "small pictures")]
        let between = |p: Point, plane: usize| {
            let (x, y) = (p.x.floor() as i64, p.y.floor() as i64);
            let (fx, fy) = (p.x - p.x.floor(), p.y - p.y.floor());
            let row = |y| colour(x, y, plane) * (1.0 - fx) + colour(x + 1, y, plane) * fx;
            row(y) * (1.0 - fy) + row(y + 1) * fy
        };
        let mut out = Vec::new();
        for plane in 0..3 {
            for (v, u) in (0..size.1).flat_map(|v| (0..size.0).map(move |u| (v, u))) {
                out.push(between(map.apply(Point::new(at(u), at(v))), plane));
            }
        }
        out
    }

    proptest! {
        #[test]
        fn every_cut_is_what_it_is_by_definition(
            bytes in prop::collection::vec(any::<u8>(), 13 * 11 * 4),
            (x, y) in (-4.0_f32..16.0, -4.0_f32..14.0),
            (scale, angle) in (0.3_f32..1.99, -3.2_f32..3.2),
            straight: bool,
        ) {
            let picture = Picture::new(13, 11, bytes).expect("13 by 11 by 4 bytes");
            let angle = if straight { 0.0 } else { angle };
            let map = Affine::from_square(6.0, Point::new(x, y), scale, angle);
            let mut out = vec![0.0; 6 * 6 * 3];
            picture.cut(&map, (6, 6), &BYTES, &mut out);
            for (found, expected) in out.iter().zip(slow_cut(&picture, &map, (6, 6))) {
                prop_assert!((found - expected).abs() < 0.02, "{found} instead of {expected}");
            }
        }
    }

    #[test]
    fn a_coarse_cut_is_a_cut_of_the_picture_at_half_its_size() {
        let picture = gradient();
        let map = Affine::from_square(4.0, Point::new(7.0, 8.0), 2.6, 0.4);
        let mut out = vec![0.0; 4 * 4 * 3];
        picture.cut(&map, (4, 4), &BYTES, &mut out);
        let expected = slow_cut(picture.half(), &map.at_half(), (4, 4));
        for (found, expected) in out.iter().zip(expected) {
            assert!(
                (found - expected).abs() < 0.02,
                "{found} instead of {expected}"
            );
        }
        // The gradient's red is ten times the column: what is cut coarsely lies where it lay.
        let middle = map.apply(Point::new(1.0, 1.0));
        assert!(
            (out[5] - middle.x * 10.0).abs() < 1.0,
            "{} at {middle:?}",
            out[5]
        );
    }

    #[test]
    fn outside_is_black() {
        for (distance, angle) in [(500.0, 0.3), (500.0, 0.0), (1e30, 0.3), (1e30, 0.0)] {
            let far = Affine::from_square(4.0, Point::new(distance, -distance), 1.0, angle);
            let mut out = vec![9.0; 4 * 4 * 3];
            gradient().cut(&far, (4, 4), &BYTES, &mut out);
            assert!(out.iter().all(|v| *v == 0.0), "{distance} {angle}");
        }
    }

    #[test]
    fn a_picture_needs_its_bytes() {
        assert_eq!(Picture::new(2, 2, vec![0; 15]), None);
        assert_eq!(Picture::new(0, 2, Vec::new()), None);
    }
}
