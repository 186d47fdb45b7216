//! Whether the sides do the same work: their findings on the same frame.

use anyhow::{Result, bail};
use serde_json::Value;

/// Largest distance of eyes, nose and corners of the mouth, as a share of the distance of the eyes.
const PLACES: f64 = 0.06;

/// Least cosine of the embeddings of one frame.
const EMBEDDINGS: f64 = 0.95;

/// How far two sides are apart.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Agreement {
    /// Farthest place, as a share of the distance of the eyes.
    pub places: f64,
    /// Largest difference of a score against presentation attacks.
    pub pad: f64,
    /// Smallest cosine of two embeddings of one frame.
    pub cosine: f64,
}

impl Agreement {
    /// Of what both found on one frame.
    pub fn of(ours: &Value, theirs: &Value) -> Self {
        let points = |of: &Value| numbers(&of["five_points"]);
        let (mine, other) = (points(ours), points(theirs));
        let eyes = match mine.as_slice() {
            [x0, y0, x1, y1, ..] => (x1 - x0).hypot(y1 - y0),
            _ => f64::NAN,
        };
        let apart = mine.chunks(2).zip(other.chunks(2));
        let apart = apart.map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]) / eyes);
        let pad = numbers(&ours["pad"])
            .into_iter()
            .zip(numbers(&theirs["pad"]));
        let (a, b) = (numbers(&ours["embedding"]), numbers(&theirs["embedding"]));
        Self {
            places: apart.fold(0.0, f64::max),
            pad: pad.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max),
            cosine: a.iter().zip(&b).map(|(a, b)| a * b).sum(),
        }
    }

    /// The worse of both.
    pub fn and(self, other: Self) -> Self {
        Self {
            places: self.places.max(other.places),
            pad: self.pad.max(other.pad),
            cosine: self.cosine.min(other.cosine),
        }
    }

    /// Times of sides that find different things can't be compared. Scores against presentation attacks are told only:
    /// near their threshold they answer to the last detail of how a crop is made smaller.
    pub fn check(self, peer: &str) -> Result<()> {
        let near = self.places <= PLACES && self.cosine >= EMBEDDINGS;
        if !near {
            bail!("the engine and {peer} don't find the same: {self:?}");
        }
        Ok(())
    }
}

/// All numbers in nested lists.
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        other => other.as_f64().into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(nose: f64, live: f64, embedding: [f64; 2]) -> Value {
        json!({
            "five_points": [[0.0, 0.0], [100.0, 0.0], [nose, 50.0], [20.0, 90.0], [80.0, 90.0]],
            "pad": [live, 0.5],
            "embedding": embedding,
        })
    }

    #[test]
    fn the_worst_of_every_kind_counts() {
        let ours = found(50.0, 0.9, [1.0, 0.0]);
        let apart = Agreement::of(&ours, &found(53.0, 0.7, [0.6, 0.8]));
        assert!((apart.places - 0.03).abs() < 1e-9, "{apart:?}");
        assert!(
            (apart.pad - 0.2).abs() < 1e-9 && (apart.cosine - 0.6).abs() < 1e-9,
            "{apart:?}"
        );
        let same = Agreement::of(&ours, &ours);
        assert!(same.check("peer").is_ok());
        assert_eq!(same.and(apart), apart);
        assert!(apart.check("peer").is_err());
    }

    #[test]
    fn a_side_that_found_no_face_does_not_agree() {
        let nothing = json!({ "five_points": null, "embedding": null });
        let ours = found(50.0, 0.9, [1.0, 0.0]);
        assert!(Agreement::of(&ours, &nothing).check("peer").is_err());
        assert!(Agreement::of(&nothing, &ours).check("peer").is_err());
    }
}
