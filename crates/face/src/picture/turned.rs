//! Cut-outs that are turned against the picture: the landmark model's square, aligned faces.
//!
//! Places are counted in steps of 2⁻³², as whole numbers: a row of the cut-out is a start and a step, and splitting a
//! place into pixel and fraction takes no rounding function.

use std::ops::Range;

use super::planes::{Colour, Planes};
use super::{PIXEL, Picture};
use crate::geometry::{Affine, Point};

/// Bits behind the point, and the steps of a pixel that they count.
const FRACTION: u32 = 32;
const STEPS: f64 = 4_294_967_296.0;

/// A place, counted in steps of 2⁻³² pixels.
#[derive(Clone, Copy)]
struct Place {
    x: i64,
    y: i64,
}

pub(super) fn cut(picture: &Picture, to_source: &Affine, mut planes: Planes<'_>) {
    let step = Place::of(Point::new(to_source.xx, to_source.yx));
    let mut colours = vec![Colour::default(); planes.width()];
    for row in 0..planes.height() {
        let start = to_source.apply(Point::new(0.0, index_f32(row)));
        fill_row(picture, Place::of(start), step, &mut colours);
        planes.write(row, &colours);
    }
}

/// The colours at places that lie a step apart.
fn fill_row(picture: &Picture, start: Place, step: Place, colours: &mut [Colour]) {
    let inside = picture.inside(start, step, colours.len());
    for index in (0..inside.start).chain(inside.end..colours.len()) {
        colours[index] = picture.at_the_edge(start.after(step, index));
    }
    let mut at = start.after(step, inside.start);
    for colour in &mut colours[inside] {
        *colour = picture.between_pixels(at);
        at = at.after(step, 1);
    }
}

impl Place {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "saturates, far outside of any picture"
    )]
    fn of(point: Point) -> Self {
        let steps = |value: f32| (f64::from(value) * STEPS) as i64;
        Self {
            x: steps(point.x),
            y: steps(point.y),
        }
    }

    /// The place some steps on. Places so far away that counting fails are outside of any picture anyway.
    #[inline]
    fn after(self, step: Self, count: usize) -> Self {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        Self {
            x: self.x.wrapping_add(step.x.wrapping_mul(count)),
            y: self.y.wrapping_add(step.y.wrapping_mul(count)),
        }
    }
}

/// For which of `count` places along one axis, `step` apart, 0 ≤ place < limit holds.
fn within(start: i64, step: i64, limit: i64, count: usize) -> Range<usize> {
    let (start, step, limit) = (i128::from(start), i128::from(step), i128::from(limit));
    let (low, high) = match step.signum() {
        0 if (0..limit).contains(&start) => return 0..count,
        0 => return 0..0,
        1 => (ceiling(-start, step), ceiling(limit - start, step)),
        _ => (ceiling(start - limit + 1, -step), ceiling(start + 1, -step)),
    };
    let bounded = |index: i128| usize::try_from(index.max(0)).unwrap_or(count).min(count);
    bounded(low)..bounded(high)
}

/// The smallest whole number that is not below the quotient; the divisor is positive.
fn ceiling(dividend: i128, divisor: i128) -> i128 {
    dividend.div_euclid(divisor) + i128::from(dividend.rem_euclid(divisor) != 0)
}

/// The part behind the point, 0 to 1.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the low 32 bits are what is wanted, 24 of them fit"
)]
fn fraction(steps: i64) -> f32 {
    ((steps as u32) >> 8) as f32 * (1.0 / 16_777_216.0)
}

impl Picture {
    /// Which of `count` places, `step` apart, have a neighbour to the right, below, and between these.
    fn inside(&self, start: Place, step: Place, count: usize) -> Range<usize> {
        let limit = |length: u32, missing| i64::from(length.saturating_sub(missing)) << FRACTION;
        let across = within(start.x, step.x, limit(self.width, 1), count);
        let down = within(start.y, step.y, limit(self.height, 1), count);
        let (from, to) = (across.start.max(down.start), across.end.min(down.end));
        from..to.max(from)
    }

    /// The colour at a place inside.
    #[inline]
    #[expect(clippy::cast_sign_loss, reason = "inside of the picture")]
    fn between_pixels(&self, at: Place) -> Colour {
        let (x, y) = ((at.x >> FRACTION) as usize, (at.y >> FRACTION) as usize);
        let first = (y * self.width as usize + x) * PIXEL;
        let next = first + self.width as usize * PIXEL;
        let share = fraction(at.x);
        let above = between(&self.pixels[first..], share);
        let below = between(&self.pixels[next..], share);
        blend(above, below, fraction(at.y))
    }

    /// The colour at any place; what lies outside of the picture is black.
    #[cold]
    fn at_the_edge(&self, at: Place) -> Colour {
        let (x, y) = (at.x >> FRACTION, at.y >> FRACTION);
        let (fx, fy) = (fraction(at.x), fraction(at.y));
        let above = blend(self.pixel(x, y), self.pixel(x + 1, y), fx);
        let below = blend(self.pixel(x, y + 1), self.pixel(x + 1, y + 1), fx);
        blend(above, below, fy)
    }

    fn pixel(&self, x: i64, y: i64) -> Colour {
        let inside =
            (0..i64::from(self.width)).contains(&x) && (0..i64::from(self.height)).contains(&y);
        let index = usize::try_from((y * i64::from(self.width) + x) * 4).unwrap_or(usize::MAX);
        let bytes = self
            .pixels
            .get(index..)
            .and_then(|bytes| bytes.first_chunk());
        let pixel = bytes.copied().filter(|_| inside);
        pixel.map_or(Colour::default(), colour)
    }
}

/// The colour between two pixels that lie side by side.
#[inline]
fn between(pixels: &[u8], share: f32) -> Colour {
    match pixels.first_chunk::<{ 2 * PIXEL }>() {
        Some(&[r0, g0, b0, x0, r1, g1, b1, x1]) => {
            blend(colour([r0, g0, b0, x0]), colour([r1, g1, b1, x1]), share)
        }
        None => Colour::default(),
    }
}

#[inline]
fn colour(pixel: [u8; PIXEL]) -> Colour {
    pixel.map(f32::from)
}

/// Written out, because a loop over four numbers is not always made one instruction.
#[inline]
fn blend(from: Colour, to: Colour, share: f32) -> Colour {
    [
        from[0] + (to[0] - from[0]) * share,
        from[1] + (to[1] - from[1]) * share,
        from[2] + (to[2] - from[2]) * share,
        from[3] + (to[3] - from[3]) * share,
    ]
}

#[expect(
    clippy::cast_precision_loss,
    reason = "cut-outs are a few hundred pixels wide"
)]
fn index_f32(index: usize) -> f32 {
    index as f32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_range_within_is_the_one_that_counting_gives(
            start in -50_i64..50, step in -9_i64..9, limit in 0_i64..40, count in 0_usize..20,
        ) {
            let place = |index: usize| start + step * i64::try_from(index).expect("small");
            let counted: Vec<usize> = (0..count).filter(|i| (0..limit).contains(&place(*i))).collect();
            prop_assert_eq!(within(start, step, limit, count).collect::<Vec<_>>(), counted);
        }
    }

    #[test]
    fn places_beyond_counting_are_nowhere() {
        assert_eq!(within(i64::MAX, i64::MAX, 5, 9).len(), 0);
        assert_eq!(within(i64::MIN, i64::MIN, 5, 9).len(), 0);
    }
}
