//! TensorFlow's operations on images, written for clarity: what a conversion has to agree with.

/// One image, row by row, the channels of a pixel together.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    pub height: usize,
    pub width: usize,
    pub channels: usize,
    pub values: Vec<f32>,
}

/// A convolution filter, `[row, column, input, output]`, or for a depthwise one `[…, input,
/// multiplier]`.
pub struct Filter {
    pub size: [usize; 2],
    pub inputs: usize,
    pub last: usize,
    pub values: Vec<f32>,
}

/// How a window moves.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    pub stride: usize,
    pub dilation: usize,
    pub same: bool,
}

impl Image {
    pub fn from_fn(
        [height, width, channels]: [usize; 3],
        mut value: impl FnMut(usize, usize, usize) -> f32,
    ) -> Self {
        let mut values = Vec::with_capacity(height * width * channels);
        for y in 0..height {
            for x in 0..width {
                values.extend((0..channels).map(|c| value(y, x, c)));
            }
        }
        Self {
            height,
            width,
            channels,
            values,
        }
    }

    pub fn dims(&self) -> [usize; 3] {
        [self.height, self.width, self.channels]
    }

    pub fn at(&self, y: usize, x: usize, c: usize) -> f32 {
        self.values[(y * self.width + x) * self.channels + c]
    }

    /// The values in ONNX's order.
    pub fn channels_first(&self) -> Vec<f32> {
        let all = |c: usize| self.values.iter().skip(c).step_by(self.channels).copied();
        (0..self.channels).flat_map(all).collect()
    }

    pub fn map(&self, f: impl Fn(f32) -> f32) -> Self {
        Self {
            values: self.values.iter().map(|&value| f(value)).collect(),
            ..self.clone()
        }
    }

    pub fn relu(&self) -> Self {
        self.map(|value| value.max(0.0))
    }

    pub fn plus(&self, other: &Self) -> Self {
        assert_eq!(self.dims(), other.dims());
        Self::from_fn(self.dims(), |y, x, c| self.at(y, x, c) + other.at(y, x, c))
    }

    pub fn prelu(&self, slopes: &[f32]) -> Self {
        Self::from_fn(self.dims(), |y, x, c| {
            let value = self.at(y, x, c);
            if value > 0.0 {
                value
            } else {
                value * slopes[c]
            }
        })
    }

    /// The image inside a larger one of zeros, with its first value at `start`.
    pub fn padded(&self, start: [usize; 3], dims: [usize; 3]) -> Self {
        Self::from_fn(dims, |y, x, c| {
            let inside = |at: usize, axis: usize| {
                at.checked_sub(start[axis])
                    .filter(|&at| at < self.dims()[axis])
            };
            match (inside(y, 0), inside(x, 1), inside(c, 2)) {
                (Some(y), Some(x), Some(c)) => self.at(y, x, c),
                _ => 0.0,
            }
        })
    }

    pub fn conv(&self, filter: &Filter, steps: Steps) -> Self {
        let [height, width] = steps.positions([self.height, self.width], filter.size);
        Self::from_fn([height, width, filter.last], |y, x, o| {
            let taps = self.taps(filter.size, steps, [y, x]);
            taps.map(|(tap, [sy, sx])| {
                let weight = |i: usize| filter.values[(tap * filter.inputs + i) * filter.last + o];
                (0..filter.inputs)
                    .map(|i| self.at(sy, sx, i) * weight(i))
                    .sum::<f32>()
            })
            .sum()
        })
    }

    pub fn depthwise(&self, filter: &Filter, steps: Steps) -> Self {
        let [height, width] = steps.positions([self.height, self.width], filter.size);
        Self::from_fn([height, width, filter.inputs * filter.last], |y, x, o| {
            let taps = self.taps(filter.size, steps, [y, x]);
            let weight = |tap: usize| filter.values[tap * filter.inputs * filter.last + o];
            taps.map(|(tap, [sy, sx])| self.at(sy, sx, o / filter.last) * weight(tap))
                .sum()
        })
    }

    pub fn max_pool(&self, size: [usize; 2], steps: Steps) -> Self {
        let [height, width] = steps.positions([self.height, self.width], size);
        Self::from_fn([height, width, self.channels], |y, x, c| {
            let taps = self.taps(size, steps, [y, x]);
            taps.map(|(_, [sy, sx])| self.at(sy, sx, c))
                .fold(f32::NEG_INFINITY, f32::max)
        })
    }

    /// Places of the image that a window sees, each with its number in the window.
    fn taps(
        &self,
        size: [usize; 2],
        steps: Steps,
        position: [usize; 2],
    ) -> impl Iterator<Item = (usize, [usize; 2])> {
        let image = [self.height, self.width];
        (0..size[0] * size[1]).filter_map(move |tap| {
            let offset = [tap / size[1], tap % size[1]];
            let axis = |a: usize| {
                let reached = position[a] * steps.stride + offset[a] * steps.dilation;
                let place = reached.checked_sub(steps.before(image[a], size[a]))?;
                (place < image[a]).then_some(place)
            };
            Some((tap, [axis(0)?, axis(1)?]))
        })
    }
}

impl Steps {
    fn positions(self, image: [usize; 2], size: [usize; 2]) -> [usize; 2] {
        [0, 1].map(|a| {
            let reach = (size[a] - 1) * self.dilation;
            let starts = if self.same {
                image[a]
            } else {
                image[a] - reach
            };
            starts.div_ceil(self.stride)
        })
    }

    /// Zeros before the image: half of what SAME has to add, rounded down.
    fn before(self, image: usize, size: usize) -> usize {
        let needed =
            (image.div_ceil(self.stride) - 1) * self.stride + (size - 1) * self.dilation + 1;
        if self.same {
            needed.saturating_sub(image) / 2
        } else {
            0
        }
    }
}
