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
    /// At least this between neutral frames of one scan: nobody else stepped in.
    pub continuity: f32,
    /// At least this between a frame from the middle of an action and the neutral ones. Lower, since a turned face is
    /// less like itself; it catches who is put in for the action alone.
    pub in_motion: f32,
    /// Whether the false match rate of `accept` rests on enough comparisons.
    pub rating: Rating,
    /// What `accept` rests on; `None` if nobody has measured it.
    pub measured: Option<Measured>,
    /// The same in words, with what else is known.
    pub provenance: String,
}

/// A false match rate with the sample that it rests on (ISO/IEC 19795-1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// Name of the data set.
    pub set: String,
    /// Comparisons of different people.
    pub impostor_pairs: u64,
    /// Share of them that reach `accept`.
    pub false_match_rate: f64,
    /// Upper end of its 95 % interval.
    pub upper_bound: f64,
}

impl Measured {
    /// What it is worth: a false match rate of 1 in 10 000 needs 30 000 comparisons.
    #[must_use]
    pub fn rating(&self) -> Rating {
        let enough = self.impostor_pairs >= crate::accuracy::MIN_IMPOSTORS as u64;
        if enough && self.false_match_rate <= 1e-4 {
            Rating::Rated
        } else {
            Rating::Unrated
        }
    }
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
                in_motion: 0.92,
                rating: Rating::Unrated,
                measured: Some(on_lfw(0.0, 3.1e-6)),
                provenance: DEFAULT_PROVENANCE.to_owned(),
            },
            ModelSetName::Recommended => Self {
                accept: 0.50,
                review: 0.42,
                continuity: 0.50,
                in_motion: 0.35,
                rating: Rating::Unrated,
                measured: Some(on_lfw(0.0, 3.1e-6)),
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

/// The figures of `./x bench faces` on LFW's folds 1 and 2 for a set's own `accept`. They do not make it rated: the people
/// in that set are not those who will be verified.
fn on_lfw(false_match_rate: f64, upper_bound: f64) -> Measured {
    Measured {
        set: "LFW folds 1 and 2".to_owned(),
        impostor_pairs: 1_250_180,
        false_match_rate,
        upper_bound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_needs_its_sample() {
        let measured = |impostor_pairs, false_match_rate| Measured {
            impostor_pairs,
            ..on_lfw(false_match_rate, 1.0)
        };
        assert_eq!(measured(30_000, 1e-4).rating(), Rating::Rated);
        assert_eq!(measured(29_999, 0.0).rating(), Rating::Unrated);
        assert_eq!(measured(1_000_000, 1.1e-4).rating(), Rating::Unrated);
    }

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
