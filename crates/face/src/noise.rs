//! The fine noise of a frame. A sensor never gives the same noise twice; a picture that is fed in does.

use crate::geometry::FaceBox;
use crate::picture::Picture;

/// Points a side of the lattice that is laid over a frame.
const LATTICE: u32 = 24;

/// A point whose residual is smaller is smooth in the compressed picture and tells nothing.
const TEXTURED: i16 = 8;

/// Residuals that differ by no more are the same: rounding of the compression.
const SAME: i16 = 1;

/// So many textured points around the face are needed for a statement.
const ENOUGH: usize = 16;

/// How much around the face may move with it, in face widths and heights to each side.
const AROUND: f32 = 0.4;

/// How far each point of a lattice stands out from its four neighbours.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NoisePrint {
    size: (u32, u32),
    residuals: Vec<i16>,
}

impl NoisePrint {
    pub(crate) fn of(picture: &Picture) -> Self {
        let size = picture.size();
        if size.0 < LATTICE * 3 || size.1 < LATTICE * 3 {
            return Self::default();
        }
        let residual = |(x, y)| {
            let green = |x, y| i16::from(picture.green(x, y));
            let around = green(x - 1, y) + green(x + 1, y) + green(x, y - 1) + green(x, y + 1);
            4 * green(x, y) - around
        };
        Self {
            size,
            residuals: lattice(size).map(residual).collect(),
        }
    }

    /// Share of textured points outside the face that did not change at all between two frames; `None` if too few are
    /// textured. About a tenth with a real sensor, nearly all of them with a picture that is fed in.
    pub(crate) fn constancy(&self, next: &Self, face: &FaceBox) -> Option<f32> {
        if self.size != next.size {
            return None;
        }
        let pairs = self.residuals.iter().zip(&next.residuals);
        let textured: Vec<bool> = pairs
            .zip(lattice(self.size))
            .filter(|((a, b), at)| a.abs().min(b.abs()) >= TEXTURED && !near(face, *at))
            .map(|((a, b), _)| (a - b).abs() <= SAME)
            .collect();
        let same = textured.iter().filter(|same| **same).count();
        #[expect(clippy::cast_precision_loss, reason = "a few hundred points")]
        (textured.len() >= ENOUGH).then(|| same as f32 / textured.len() as f32)
    }
}

/// The middles of the lattice's cells, row by row; each at least a pixel away from the edge.
fn lattice((width, height): (u32, u32)) -> impl Iterator<Item = (u32, u32)> {
    let place = |cell: u32, length: u32| (cell * 2 + 1) * length / (LATTICE * 2);
    (0..LATTICE).flat_map(move |row| {
        (0..LATTICE).map(move |column| (place(column, width), place(row, height)))
    })
}

fn near(face: &FaceBox, (x, y): (u32, u32)) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "pixels of a frame")]
    let (x, y) = (x as f32, y as f32);
    let (dx, dy) = (face.width * AROUND, face.height * AROUND);
    (face.x - dx..=face.x + face.width + dx).contains(&x)
        && (face.y - dy..=face.y + face.height + dy).contains(&y)
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;
    use crate::picture::PIXEL;

    /// A textured scene with the noise of a sensor.
    fn filmed(seed: u64, sensor: i32) -> NoisePrint {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut rgb = Vec::new();
        for y in 0..320_i32 {
            for x in 0..240_i32 {
                let scene = 100 + (x * 37 + y * 91) % 60;
                let noise = if sensor > 0 {
                    rng.random_range(-sensor..=sensor)
                } else {
                    0
                };
                rgb.extend([u8::try_from(scene + noise).expect("0 to 255"); PIXEL]);
            }
        }
        NoisePrint::of(&Picture::new(240, 320, rgb).expect("240 by 320"))
    }

    const NOWHERE: FaceBox = FaceBox {
        x: -500.0,
        y: -500.0,
        width: 10.0,
        height: 10.0,
    };

    #[test]
    fn a_still_that_is_fed_in_keeps_its_noise_and_a_sensor_does_not() {
        let fed = filmed(1, 0).constancy(&filmed(2, 0), &NOWHERE);
        assert_eq!(fed, Some(1.0));
        let live = filmed(1, 3)
            .constancy(&filmed(2, 3), &NOWHERE)
            .expect("textured");
        assert!(live < 0.4, "{live}");
    }

    #[test]
    fn where_the_face_is_nothing_is_looked_at() {
        let everywhere = FaceBox {
            x: 0.0,
            y: 0.0,
            width: 240.0,
            height: 320.0,
        };
        assert_eq!(filmed(1, 0).constancy(&filmed(1, 0), &everywhere), None);
    }

    #[test]
    fn smooth_and_tiny_pictures_tell_nothing() {
        let smooth = Picture::new(240, 320, vec![128; 240 * 320 * PIXEL]).expect("240 by 320");
        let print = NoisePrint::of(&smooth);
        assert_eq!(print.constancy(&print, &NOWHERE), None);
        let tiny = NoisePrint::of(&Picture::new(10, 10, vec![0; 100 * PIXEL]).expect("10 by 10"));
        assert_eq!(tiny.constancy(&tiny, &NOWHERE), None);
    }
}
