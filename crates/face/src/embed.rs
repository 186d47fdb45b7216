//! A face as a direction: faces of one person point in nearly the same one.

use serde::{Deserialize, Serialize};

use crate::align;
use crate::mesh::Landmarks;
use crate::models::{Family, ModelError, Network};
use crate::picture::Picture;

/// Numbers that both embedding models give.
const LENGTH: usize = 128;

/// Chips that go in at once: the aligned one and its mirror image.
pub(crate) const CHIPS: u8 = 2;

/// A face as a direction of length 1; comparable only with embeddings of the same model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Embedding(Vec<f32>);

impl Embedding {
    /// The direction of a vector; `None` if it has none.
    fn new(vector: Vec<f32>) -> Option<Self> {
        let length = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
        (length.is_finite() && length > f32::EPSILON)
            .then(|| Self(vector.into_iter().map(|v| v / length).collect()))
    }

    /// Cosine of the angle between two embeddings, -1 to 1.
    #[must_use]
    pub fn similarity(&self, other: &Self) -> f32 {
        self.0.iter().zip(&other.0).map(|(a, b)| a * b).sum()
    }

    /// The middle direction of several; `None` of none. Averaging frames of one person takes noise out.
    #[must_use]
    pub fn mean(embeddings: &[Self]) -> Option<Self> {
        let mut sum = vec![0.0; embeddings.first()?.0.len()];
        for embedding in embeddings {
            sum.iter_mut()
                .zip(&embedding.0)
                .for_each(|(total, value)| *total += value);
        }
        Self::new(sum)
    }
}

/// Embeds a face: its aligned chip and the chip's mirror image, averaged. `None` if the face has no extent.
pub(crate) fn embed(
    (family, network): &mut (Family, Network),
    picture: &Picture,
    landmarks: &Landmarks,
) -> Result<Option<Embedding>, ModelError> {
    let Some(to_source) = align::chip_to_source(*family, landmarks) else {
        return Ok(None);
    };
    let output = if *family == Family::DlibResNet {
        "descriptor"
    } else {
        "embedding"
    };
    network.fill(picture, &to_source);
    network.mirror();
    let outputs = network.run()?;
    let both = outputs
        .get(output, usize::from(CHIPS) * LENGTH)?
        .chunks_exact(LENGTH);
    let directions: Option<Vec<_>> = both.map(|chip| Embedding::new(chip.to_vec())).collect();
    Ok(directions.and_then(|both| Embedding::mean(&both)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn embedding(vector: &[f32]) -> Embedding {
        Embedding::new(vector.to_vec()).expect("has a direction")
    }

    #[test]
    fn similarity_is_the_cosine_whatever_the_length() {
        let (east, north) = (embedding(&[5.0, 0.0]), embedding(&[0.0, 0.1]));
        assert!((east.similarity(&east) - 1.0).abs() < 1e-6);
        assert!(east.similarity(&north).abs() < 1e-6);
        assert!((east.similarity(&embedding(&[-2.0, 0.0])) + 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_mean_lies_between() {
        let mean = Embedding::mean(&[embedding(&[1.0, 0.0]), embedding(&[0.0, 1.0])]).expect("two");
        assert!((mean.similarity(&embedding(&[1.0, 1.0])) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn nothing_has_no_direction() {
        assert_eq!(Embedding::new(vec![0.0; 128]), None);
        assert_eq!(Embedding::new(vec![f32::NAN; 128]), None);
        assert_eq!(Embedding::mean(&[]), None);
    }
}
