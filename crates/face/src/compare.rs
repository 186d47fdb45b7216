//! What a similarity means, and where the thresholds come from.

use serde::{Deserialize, Serialize};

use crate::models::ModelSetName;

const DEFAULT_PROVENANCE: &str = "LFW folds 1 and 2, 1 250 180 impostor pairs: FMR 1e-4 at 0.942 (95 % upper bound \
    1.2e-4), 1e-5 at 0.951. East Asian faces lie much closer together in this model: 0.965 stands for dlib's Euclidean \
    0.37, which let about 1 in 1 000 of 18 342 webcam impostors pass and refused 13 % of the genuine. Demo grade.";

const RECOMMENDED_PROVENANCE: &str = "LFW folds 1 and 2, 1 250 180 impostor pairs: FMR 1e-4 at 0.403 (95 % upper bound \
    1.2e-4), 1e-5 at 0.473. East Asian faces, without mirror averaging: at 0.50 FMR 1.6e-4 of 18 342 webcam pairs and \
    1.0e-4 of 1 004 443 celebrity pairs. ID photos, ageing and dark skin are not measured.";

/// Similarities that decide, and where they come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// At least this: the same person.
    pub accept: f32,
    /// At least this, below `accept`: a person has to look.
    pub review: f32,
    /// At least this between frames of one scan: nobody else stepped in.
    pub continuity: f32,
    /// Whether the false match rate of `accept` rests on enough comparisons.
    pub rating: Rating,
    /// Data set, false match rate and bound that `accept` rests on.
    pub provenance: String,
}

/// Whether a false match rate of 1 in 10 000 was measured on at least 30 000 impostor pairs that look like the people
/// who will be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// It was.
    Rated,
    /// It was not; the result alone must not reach the highest assurance.
    Unrated,
}

/// What a similarity means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The same person.
    Accept,
    /// A person has to look.
    Review,
    /// Not the same person.
    Reject,
}

impl Thresholds {
    /// The start values of a set.
    #[must_use]
    pub fn of(set: ModelSetName) -> Self {
        match set {
            ModelSetName::Default => Self {
                accept: 0.965,
                review: 0.950,
                continuity: 0.940,
                rating: Rating::Unrated,
                provenance: DEFAULT_PROVENANCE.to_owned(),
            },
            ModelSetName::Recommended => Self {
                accept: 0.50,
                review: 0.42,
                continuity: 0.50,
                rating: Rating::Unrated,
                provenance: RECOMMENDED_PROVENANCE.to_owned(),
            },
        }
    }

    /// Judges a similarity; what is no number is rejected.
    #[must_use]
    pub fn decide(&self, similarity: f32) -> Decision {
        if similarity >= self.accept {
            Decision::Accept
        } else if similarity >= self.review {
            Decision::Review
        } else {
            Decision::Reject
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_belong_to_the_better_side() {
        for set in [ModelSetName::Default, ModelSetName::Recommended] {
            let thresholds = Thresholds::of(set);
            assert!(thresholds.review < thresholds.accept);
            assert_eq!(thresholds.decide(thresholds.accept), Decision::Accept);
            assert_eq!(
                thresholds.decide(thresholds.accept - 0.001),
                Decision::Review
            );
            assert_eq!(thresholds.decide(thresholds.review), Decision::Review);
            assert_eq!(
                thresholds.decide(thresholds.review - 0.001),
                Decision::Reject
            );
            assert_eq!(thresholds.decide(f32::NAN), Decision::Reject);
        }
    }
}
