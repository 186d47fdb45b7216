//! A hash of a frame that changes little when the frame changes little.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::picture::Picture;

/// Cells of the grid that a frame is reduced to; one column more than bits a row.
const COLUMNS: usize = 17;
const ROWS: usize = 16;

/// Every so many pixels one is read.
const STRIDE: usize = 4;

/// 256 bits: for each cell of a 16×16 grid, whether it is brighter than its right neighbour. Near-duplicates differ
/// in few bits, unrelated frames in about half of them. Written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PerceptualHash([u64; 4]);

impl PerceptualHash {
    /// In how many of the 256 bits two hashes differ.
    #[must_use]
    pub fn distance(self, other: Self) -> u32 {
        self.0
            .iter()
            .zip(other.0)
            .map(|(a, b)| (a ^ b).count_ones())
            .sum()
    }

    /// The hash that the mirror image of the frame has, but for cells that are exactly alike.
    #[must_use]
    pub fn mirrored(self) -> Self {
        // Each row of 16 bits is read from the other end, and "brighter than the right neighbour" becomes its opposite.
        Self(self.0.map(|rows| {
            let mut mirrored = 0;
            for shift in [0, 16, 32, 48] {
                #[expect(clippy::cast_possible_truncation, reason = "a row is 16 bits")]
                let row = (rows >> shift) as u16;
                mirrored |= u64::from(!row.reverse_bits()) << shift;
            }
            mirrored
        }))
    }

    /// The bits as bytes, in the order in which they are written as text.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (to, part) in bytes.chunks_exact_mut(8).zip(self.0) {
            to.copy_from_slice(&part.to_be_bytes());
        }
        bytes
    }

    pub(crate) fn of(picture: &Picture) -> Self {
        let grid = picture.luma_grid(COLUMNS, ROWS, STRIDE);
        let mut bits = [0_u64; 4];
        for (row, cells) in grid.chunks_exact(COLUMNS).enumerate() {
            for (column, pair) in cells.windows(2).enumerate() {
                let bit = row * (COLUMNS - 1) + column;
                bits[bit / 64] |= u64::from(pair[0] > pair[1]) << (bit % 64);
            }
        }
        Self(bits)
    }
}

impl fmt::Display for PerceptualHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| write!(f, "{part:016x}"))
    }
}

impl fmt::Debug for PerceptualHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PerceptualHash({self})")
    }
}

impl From<PerceptualHash> for String {
    fn from(hash: PerceptualHash) -> Self {
        hash.to_string()
    }
}

/// Text that is no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a perceptual hash is 64 hexadecimal digits")]
pub struct NotAHash;

impl TryFrom<String> for PerceptualHash {
    type Error = NotAHash;

    fn try_from(text: String) -> Result<Self, NotAHash> {
        text.parse()
    }
}

impl FromStr for PerceptualHash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let mut bytes = [0_u8; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotAHash)?;
        let mut parts = [0_u64; 4];
        for (part, chunk) in parts.iter_mut().zip(bytes.chunks_exact(8)) {
            *part = chunk
                .iter()
                .fold(0, |value, byte| value << 8 | u64::from(*byte));
        }
        Ok(Self(parts))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::picture::PIXEL;

    proptest! {
        #[test]
        fn a_hash_survives_being_written(parts: [u64; 4]) {
            let hash = PerceptualHash(parts);
            prop_assert_eq!(hash.to_string().parse(), Ok(hash));
            prop_assert_eq!(hex::encode(hash.to_bytes()), hash.to_string());
            prop_assert_eq!(hash.mirrored().mirrored(), hash);
        }
    }

    #[test]
    fn a_little_noise_changes_few_bits_and_a_mirror_image_many() {
        let scene = |mirrored: bool, noise: u8| {
            let pixel = move |x: u32, y: u32| {
                let x = if mirrored { 319 - x } else { x };
                let value = ((x * 7 + y * 3) % 200 + (x / 40) * (y / 30)) % 220;
                u8::try_from(value).expect("below 220")
                    + noise * u8::try_from((x + y) % 2).expect("0 or 1")
            };
            let pixels = (0..240)
                .flat_map(|y| (0..320).flat_map(move |x| [pixel(x, y); 4]))
                .collect();
            PerceptualHash::of(&Picture::new(320, 240, pixels).expect("320 by 240"))
        };
        assert!(scene(false, 0).distance(scene(false, 5)) <= 12);
        assert!(scene(false, 0).distance(scene(true, 0)) > 60);
    }

    #[test]
    fn the_hash_of_a_mirror_image_is_known_without_it() {
        let hash = |mirrored: bool| {
            let pixel = move |x: u16, y: u16| {
                let x = f32::from(if mirrored { 479 - x } else { x });
                let wave = (x / 53.0).sin() + (x / 29.0 + f32::from(y) / 37.0).cos();
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "0 to 255"
                )]
                let luma = (wave * 50.0 + 128.0) as u8;
                [luma; PIXEL]
            };
            let rgb = (0..640).flat_map(|y| (0..480).flat_map(move |x| pixel(x, y)));
            PerceptualHash::of(&Picture::new(480, 640, rgb.collect()).expect("480 by 640"))
        };
        assert!(hash(false).mirrored().distance(hash(true)) <= 12);
        assert!(hash(false).distance(hash(true)) > 60);
    }

    #[test]
    fn other_text_is_refused() {
        assert_eq!("abc".parse::<PerceptualHash>(), Err(NotAHash));
    }
}
