//! An upright RGB image, and cutting normalised model inputs out of it.

use crate::geometry::{Affine, Point, size_f32};

/// An upright image of 8-bit RGB, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

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
    /// An image of `width`·`height` pixels; `None` if the bytes are not three times as many, or there are none.
    pub fn new(width: u32, height: u32, rgb: Vec<u8>) -> Option<Self> {
        let expected = usize::try_from(width)
            .ok()?
            .checked_mul(usize::try_from(height).ok()?)?
            .checked_mul(3)?;
        (expected > 0 && rgb.len() == expected).then_some(Self { width, height, rgb })
    }

    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Cuts a picture of `width`·`height` out and writes it as three planes. `to_source` takes a pixel of the
    /// cut-out to a place in this picture; what lies outside is black. Where the cut-out is coarser than the
    /// picture, each pixel is the mean of several samples, so that nothing aliases.
    pub fn cut(
        &self,
        to_source: &Affine,
        size: (usize, usize),
        how: &Normalisation,
        out: &mut [f32],
    ) {
        let (width, height) = size;
        let taps = taps_for(to_source.scale());
        let (first, rest) = out.split_at_mut(width * height);
        let (second, third) = rest.split_at_mut(width * height);
        let (red, green, blue) = if how.bgr { (2, 1, 0) } else { (0, 1, 2) };
        let planes = [first, second, third];
        for v in 0..height {
            for u in 0..width {
                let rgb = self.sample(to_source, u, v, &taps);
                let at = v * width + u;
                for (plane, value) in [(red, rgb[0]), (green, rgb[1]), (blue, rgb[2])] {
                    planes[plane][at] = (value - how.mean[plane]) / how.scale[plane];
                }
            }
        }
    }

    /// Mean luma of the cells of a grid over the whole picture, row by row, reading every `stride`-th pixel.
    pub fn luma_grid(&self, columns: usize, rows: usize, stride: u32) -> Vec<f32> {
        let mut sums = vec![(0.0_f32, 0.0_f32); columns * rows];
        let cell = |at: u32, of: u32, cells: usize| at as usize * cells / of as usize;
        for y in (0..self.height).step_by(stride as usize) {
            for x in (0..self.width).step_by(stride as usize) {
                let at = (y as usize * self.width as usize + x as usize) * 3;
                let rgb = [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]].map(f32::from);
                let (sum, count) =
                    &mut sums[cell(y, self.height, rows) * columns + cell(x, self.width, columns)];
                *sum += luma(rgb);
                *count += 1.0;
            }
        }
        sums.into_iter()
            .map(|(sum, count)| sum / count.max(1.0))
            .collect()
    }

    /// The mean colour of one pixel of the cut-out.
    fn sample(&self, to_source: &Affine, u: usize, v: usize, taps: &[f32]) -> [f32; 3] {
        let (x, y) = index_f32(u, v);
        if let [_] = taps {
            return self.bilinear(to_source.apply(Point::new(x, y)));
        }
        let mut sum = [0.0; 3];
        for dy in taps {
            for dx in taps {
                let rgb = self.bilinear(to_source.apply(Point::new(x + dx, y + dy)));
                sum = [sum[0] + rgb[0], sum[1] + rgb[1], sum[2] + rgb[2]];
            }
        }
        let (count, _) = index_f32(taps.len() * taps.len(), 0);
        sum.map(|total| total / count)
    }

    /// The colour at a place between pixels.
    #[inline]
    fn bilinear(&self, at: Point) -> [f32; 3] {
        let (left, top) = (at.x.floor(), at.y.floor());
        let (width, height) = size_f32((self.width, self.height));
        if !(left >= -1.0 && top >= -1.0 && left < width && top < height) {
            return [0.0; 3];
        }
        let (fx, fy) = (at.x - left, at.y - top);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "checked against the picture's size above"
        )]
        let (x, y) = (left as i32, top as i32);
        let corners = [
            self.pixel(x, y),
            self.pixel(x + 1, y),
            self.pixel(x, y + 1),
            self.pixel(x + 1, y + 1),
        ];
        std::array::from_fn(|i| {
            let [from, to, below_from, below_to] = corners.map(|rgb| rgb[i]);
            let above = from + (to - from) * fx;
            let below = below_from + (below_to - below_from) * fx;
            above + (below - above) * fy
        })
    }

    #[inline]
    fn pixel(&self, x: i32, y: i32) -> [f32; 3] {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
            return [0.0; 3];
        };
        if x >= self.width || y >= self.height {
            return [0.0; 3];
        }
        let at = (y as usize * self.width as usize + x as usize) * 3;
        match self.rgb.get(at..at + 3) {
            Some(&[red, green, blue]) => [red, green, blue].map(f32::from),
            _ => [0.0; 3],
        }
    }
}

/// Offsets of the samples within a pixel, per axis. One bilinear sample covers a step of two pixels.
fn taps_for(scale: f32) -> Vec<f32> {
    let mut count = 1_u8;
    while f32::from(count) * 2.0 < scale && count < 32 {
        count += 1;
    }
    (0..count)
        .map(|i| (f32::from(i) + 0.5) / f32::from(count) - 0.5)
        .collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "cut-outs are a few hundred pixels wide"
)]
fn index_f32(u: usize, v: usize) -> (f32, f32) {
    (u as f32, v as f32)
}

/// Luma (ITU-R BT.601) of a colour.
pub(crate) fn luma([r, g, b]: [f32; 3]) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FaceBox;

    const BYTES: Normalisation = Normalisation {
        bgr: false,
        mean: [0.0; 3],
        scale: [1.0; 3],
    };

    fn gradient() -> Picture {
        let rgb = (0..16_u8)
            .flat_map(|y| (0..16_u8).flat_map(move |x| [x * 10, y * 10, 7]))
            .collect();
        Picture::new(16, 16, rgb).expect("16 by 16 by 3 bytes")
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

    #[test]
    fn outside_is_black() {
        let far = Affine::from_square(4.0, Point::new(500.0, -500.0), 1.0, 0.3);
        let mut out = vec![9.0; 4 * 4 * 3];
        gradient().cut(&far, (4, 4), &BYTES, &mut out);
        assert!(out.iter().all(|v| *v == 0.0));
    }

    #[test]
    fn a_picture_needs_its_bytes() {
        assert_eq!(Picture::new(2, 2, vec![0; 11]), None);
        assert_eq!(Picture::new(0, 2, Vec::new()), None);
    }
}
