//! Cut-outs whose sides are parallel to the picture's: detector inputs, crops of a face box.
//!
//! Such a cut-out is a weighted sum of rows, and in it each pixel a weighted sum of columns. The weights are the
//! same for every row and every column, so they are tables.

use super::planes::{Colour, Planes};
use super::{PIXEL, Picture};
use crate::geometry::Affine;

/// How one row or column of the cut-out is made of the picture's: from `first` on, one weight each.
struct Mix {
    first: usize,
    weights: Vec<f32>,
}

pub(super) fn cut(picture: &Picture, to_source: &Affine, taps: &[f32], mut planes: Planes<'_>) {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let columns = mixes((to_source.xx, to_source.x0), planes.width(), taps, width);
    let rows = mixes((to_source.yy, to_source.y0), planes.height(), taps, height);
    let used = |mix: &&Mix| !mix.weights.is_empty();
    let from = columns.iter().filter(used).map(|mix| mix.first).min();
    let to = columns
        .iter()
        .map(|mix| mix.first + mix.weights.len())
        .max();
    let (from, to) = (from.unwrap_or(0), to.unwrap_or(0));
    let mut line = vec![0.0; to.saturating_sub(from) * PIXEL];
    let mut colours = vec![Colour::default(); planes.width()];
    for (row, mix) in rows.iter().enumerate() {
        add_up_rows(picture, mix, from..to, &mut line);
        for (colour, mix) in colours.iter_mut().zip(&columns) {
            *colour = mix_columns(&line, mix, from);
        }
        planes.write(row, &colours, 1.0);
    }
}

/// The tables along one axis, where pixel i of the cut-out lies at `step`·i + `start` in a picture of `length`.
fn mixes((step, start): (f32, f32), count: usize, taps: &[f32], length: usize) -> Vec<Mix> {
    (0..count)
        .map(|index| mix((step, start), index, taps, length))
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "sizes of pictures are limited by the decoder; places outside are sorted out"
)]
fn mix((step, start): (f32, f32), index: usize, taps: &[f32], length: usize) -> Mix {
    let share = 1.0 / taps.len() as f32;
    let mut parts: Vec<(usize, f32)> = Vec::with_capacity(taps.len() * 2);
    for tap in taps {
        let place = step * (index as f32 + tap) + start;
        let left = place.floor();
        let fraction = place - left;
        for (at, weight) in [
            (left as i64, 1.0 - fraction),
            ((left as i64).saturating_add(1), fraction),
        ] {
            if (0..length as i64).contains(&at) {
                parts.push((at as usize, weight * share));
            }
        }
    }
    let first = parts.iter().map(|(at, _)| *at).min().unwrap_or(0);
    let last = parts.iter().map(|(at, _)| *at).max();
    let mut weights = vec![0.0; last.map_or(0, |last| last - first + 1)];
    for (at, weight) in parts {
        weights[at - first] += weight;
    }
    Mix { first, weights }
}

/// The weighted sum of some rows, over a range of columns.
fn add_up_rows(picture: &Picture, mix: &Mix, columns: std::ops::Range<usize>, line: &mut [f32]) {
    line.fill(0.0);
    let stride = picture.width as usize * PIXEL;
    let row =
        |at: usize| &picture.pixels[at * stride + columns.start * PIXEL..][..columns.len() * PIXEL];
    let mut pairs = mix.weights.chunks_exact(2);
    let mut at = mix.first;
    for pair in pairs.by_ref() {
        for ((sum, above), below) in line.iter_mut().zip(row(at)).zip(row(at + 1)) {
            *sum += f32::from(*above) * pair[0] + f32::from(*below) * pair[1];
        }
        at += 2;
    }
    for weight in pairs.remainder() {
        for (sum, value) in line.iter_mut().zip(row(at)) {
            *sum += f32::from(*value) * weight;
        }
    }
}

/// The weighted sum of some pixels of a line that begins with column `from`.
#[inline]
fn mix_columns(line: &[f32], mix: &Mix, from: usize) -> Colour {
    let mut sum = Colour::default();
    let pixels = line
        .get((mix.first.max(from) - from) * PIXEL..)
        .unwrap_or_default();
    for (pixel, weight) in pixels.as_chunks::<PIXEL>().0.iter().zip(&mix.weights) {
        for (sum, value) in sum.iter_mut().zip(pixel) {
            *sum += value * weight;
        }
    }
    sum
}
