//! How a tensor's values are laid down in a shard (little-endian), and how they are read back.

use half::f16;
use serde::Deserialize;

use crate::tensor::Data;

/// A tensor's type once decoded.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Float32,
    Int32,
}

/// How the values were made smaller.
#[derive(Debug, Deserialize)]
#[serde(tag = "dtype", rename_all = "lowercase")]
pub(super) enum Quantization {
    /// Half precision.
    Float16,
    /// One byte a value, spread evenly: value = byte × scale + min.
    Uint8 { scale: f64, min: f64 },
}

/// The stored form of one tensor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Encoding {
    Float32,
    Float16,
    Int32,
    Affine8 { scale: f64, min: f64 },
}

impl Encoding {
    pub fn of(kind: Kind, quantization: Option<&Quantization>) -> Result<Self, String> {
        match (kind, quantization) {
            (Kind::Float32, None) => Ok(Self::Float32),
            (Kind::Int32, None) => Ok(Self::Int32),
            (Kind::Float32, Some(Quantization::Float16)) => Ok(Self::Float16),
            (Kind::Float32, Some(&Quantization::Uint8 { scale, min })) => {
                Ok(Self::Affine8 { scale, min })
            }
            (Kind::Int32, Some(_)) => Err("quantised integers are not supported".to_owned()),
        }
    }

    /// Bytes a value.
    pub fn width(self) -> usize {
        match self {
            Self::Float32 | Self::Int32 => 4,
            Self::Float16 => 2,
            Self::Affine8 { .. } => 1,
        }
    }

    pub fn decode(self, bytes: &[u8]) -> Data {
        match self {
            Self::Float32 => Data::Float(words(bytes).map(f32::from_le_bytes).collect()),
            Self::Float16 => Data::Float(
                words(bytes)
                    .map(|word| f16::from_le_bytes(word).to_f32())
                    .collect(),
            ),
            Self::Int32 => Data::Int(
                words(bytes)
                    .map(|word| i64::from(i32::from_le_bytes(word)))
                    .collect(),
            ),
            Self::Affine8 { scale, min } => {
                Data::Float(bytes.iter().map(|&byte| affine(byte, scale, min)).collect())
            }
        }
    }
}

/// TFJS computes in double precision and stores single, so this does too.
#[expect(
    clippy::cast_possible_truncation,
    reason = "single precision is what the model was trained in"
)]
fn affine(byte: u8, scale: f64, min: f64) -> f32 {
    (f64::from(byte) * scale + min) as f32
}

fn words<const WIDTH: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; WIDTH]> {
    bytes.as_chunks::<WIDTH>().0.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_tfjs_reads_them() {
        let cases = [
            (
                Encoding::Float32,
                vec![0, 0, 0x80, 0x3f],
                Data::Float(vec![1.0]),
            ),
            (
                Encoding::Float16,
                vec![0x00, 0x3c, 0x00, 0xc0],
                Data::Float(vec![1.0, -2.0]),
            ),
            (
                Encoding::Int32,
                vec![0xff, 0xff, 0xff, 0xff, 7, 0, 0, 0],
                Data::Int(vec![-1, 7]),
            ),
            (
                Encoding::Affine8 {
                    scale: 0.5,
                    min: -1.0,
                },
                vec![0, 3, 255],
                Data::Float(vec![-1.0, 0.5, 126.5]),
            ),
        ];
        for (encoding, bytes, expected) in cases {
            assert_eq!(encoding.decode(&bytes), expected, "{encoding:?}");
        }
    }
}
