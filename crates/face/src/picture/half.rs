//! A picture at half its size.

use std::sync::OnceLock;

use super::{PIXEL, Picture};

/// Each pixel is the mean of four; at an odd edge, of the two that there are, twice. Written so that the compiler makes
/// few instructions for many pixels of it.
pub(super) fn of(picture: &Picture) -> Picture {
    let (width, height) = (picture.width.div_ceil(2), picture.height.div_ceil(2));
    let stride = picture.width as usize * PIXEL;
    let mut sums = vec![0_u16; width as usize * 2 * PIXEL];
    let mut pixels = vec![0; width as usize * height as usize * PIXEL];
    let lines = pixels.chunks_exact_mut(width as usize * PIXEL);
    for (line, rows) in lines.zip(picture.pixels.chunks(2 * stride)) {
        let (above, below) = rows.split_at(stride);
        add_rows(
            above,
            if below.is_empty() { above } else { below },
            &mut sums,
        );
        if picture.width % 2 == 1 {
            sums.copy_within(stride - PIXEL..stride, stride);
        }
        add_columns(&sums, line);
    }
    Picture {
        width,
        height,
        pixels,
        half: OnceLock::new(),
    }
}

fn add_rows(above: &[u8], below: &[u8], sums: &mut [u16]) {
    for ((sum, above), below) in sums.iter_mut().zip(above).zip(below) {
        *sum = u16::from(*above) + u16::from(*below);
    }
}

fn add_columns(sums: &[u16], line: &mut [u8]) {
    let pairs = sums.as_chunks::<{ 2 * PIXEL }>().0;
    for (pixel, pair) in line.as_chunks_mut::<PIXEL>().0.iter_mut().zip(pairs) {
        // Four bytes and 2, over 4, are a byte again.
        *pixel = std::array::from_fn(|i| ((pair[i] + pair[i + PIXEL] + 2) / 4).to_le_bytes()[0]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_pixels_become_one_and_odd_edges_stay() {
        let grey = [0_u8, 4, 9, 8, 12, 1, 20, 30, 255].map(|value| [value; PIXEL]);
        let picture = Picture::new(3, 3, grey.concat()).expect("3 by 3");
        let half = of(&picture);
        assert_eq!(half.size(), (2, 2));
        let values: Vec<u8> = half.pixels.iter().copied().step_by(PIXEL).collect();
        assert_eq!(values, [6, 5, 25, 255]);
    }
}
