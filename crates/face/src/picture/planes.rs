//! Where a cut-out goes: three planes in the order and on the scale that a model wants.

use super::Normalisation;

/// A colour, red first, as four numbers, which the processor handles as one. The fourth has no meaning.
pub(super) type Colour = [f32; 4];

/// A model's input, written row by row.
pub(super) struct Planes<'a> {
    /// Red, green, blue.
    channels: [&'a mut [f32]; 3],
    /// By which each is multiplied, and what is added then.
    factor: [f32; 3],
    shift: [f32; 3],
    width: usize,
    height: usize,
}

impl<'a> Planes<'a> {
    pub fn new(out: &'a mut [f32], (width, height): (usize, usize), how: &Normalisation) -> Self {
        let (first, rest) = out.split_at_mut(width * height);
        let (second, third) = rest.split_at_mut(width * height);
        let mut factor = how.scale.map(|scale| 1.0 / scale);
        let mut shift = [0, 1, 2].map(|i| -how.mean[i] / how.scale[i]);
        let mut channels = [first, second, third];
        if how.bgr {
            channels.reverse();
            factor.reverse();
            shift.reverse();
        }
        Self {
            channels,
            factor,
            shift,
            width,
            height,
        }
    }

    pub fn width(&self) -> usize {
        self.width
    }

    pub fn height(&self) -> usize {
        self.height
    }

    /// Writes one row of colours.
    pub fn write(&mut self, row: usize, colours: &[Colour]) {
        for (channel, plane) in self.channels.iter_mut().enumerate() {
            let (factor, shift) = (self.factor[channel], self.shift[channel]);
            let line = &mut plane[row * self.width..][..self.width];
            for (value, colour) in line.iter_mut().zip(colours) {
                *value = colour[channel] * factor + shift;
            }
        }
    }
}
