//! Cut-outs whose sides are parallel to the picture's: detector inputs, crops of a face box.
//!
//! Each row of such a cut-out lies between two rows of the picture, and in it each pixel between two columns. Where, is
//! the same for every row and every column, so these are tables.

use std::ops::Range;

use super::planes::{Colour, Planes};
use super::{PIXEL, Picture};
use crate::geometry::Affine;

/// Between which two rows or columns of the picture one of the cut-out lies, and how much it has of each.
#[derive(Clone, Copy)]
struct Between {
    first: usize,
    second: usize,
    weights: [f32; 2],
}

pub(super) fn cut(picture: &Picture, to_source: &Affine, mut planes: Planes<'_>) {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let columns = places((to_source.xx, to_source.x0), planes.width(), width);
    let rows = places((to_source.yy, to_source.y0), planes.height(), height);
    let from = columns.iter().map(|column| column.first).min().unwrap_or(0);
    let to = columns.iter().map(|column| column.second + 1).max();
    let used = from..to.unwrap_or(from);
    let mut line = vec![0.0; used.len() * PIXEL];
    let mut colours = vec![Colour::default(); planes.width()];
    for (row, between) in rows.iter().enumerate() {
        mix_rows(picture, *between, &used, &mut line);
        let pixels = line.as_chunks::<PIXEL>().0;
        for (colour, column) in colours.iter_mut().zip(&columns) {
            let [left, right] = [column.first, column.second].map(|at| pixels[at - from]);
            let [left_share, right_share] = column.weights;
            *colour = std::array::from_fn(|i| left[i] * left_share + right[i] * right_share);
        }
        planes.write(row, &colours);
    }
}

/// Along one axis, where pixel i of the cut-out lies at `step`·i + `start` in a picture of `length`.
fn places((step, start): (f32, f32), count: usize, length: usize) -> Vec<Between> {
    (0..count)
        .map(|index| place((step, start), index, length))
        .collect()
}

/// What lies outside is black: it has no weight.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "sizes of pictures are limited by the decoder; places outside are sorted out"
)]
fn place((step, start): (f32, f32), index: usize, length: usize) -> Between {
    let place = step * index as f32 + start;
    let fraction = place - place.floor();
    let left = place.floor() as i64;
    let last = length as i64 - 1;
    let first = left.clamp(0, (last - 1).max(0));
    let second = (first + 1).min(last);
    let weight = |at: i64| {
        let of_left = if at == left { 1.0 - fraction } else { 0.0 };
        let of_right = if at == left.saturating_add(1) {
            fraction
        } else {
            0.0
        };
        of_left + of_right
    };
    Between {
        first: first as usize,
        second: second as usize,
        weights: [
            weight(first),
            if second == first { 0.0 } else { weight(second) },
        ],
    }
}

/// What lies between two rows, over a range of columns.
fn mix_rows(picture: &Picture, between: Between, columns: &Range<usize>, line: &mut [f32]) {
    let stride = picture.width as usize * PIXEL;
    let row =
        |at: usize| &picture.pixels[at * stride + columns.start * PIXEL..][..columns.len() * PIXEL];
    let (above, below) = (row(between.first), row(between.second));
    let [above_share, below_share] = between.weights;
    for ((value, above), below) in line.iter_mut().zip(above).zip(below) {
        *value = f32::from(*above) * above_share + f32::from(*below) * below_share;
    }
}
