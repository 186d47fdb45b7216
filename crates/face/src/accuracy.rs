//! Measuring recognition on a set of pairs in the format of Labeled Faces in the Wild.

use std::ops::Range;
use std::path::PathBuf;

use crate::compare::Rating;

/// Fewest impostor pairs on which a false match rate of 1 in 10 000 may be claimed with 95 % confidence.
pub const MIN_IMPOSTORS: usize = 30_000;

/// z of a two-sided 95 % interval.
const Z: f64 = 1.96;

/// Two pictures, and whether they show the same person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// First picture, relative to the set's folder.
    pub a: PathBuf,
    /// Second picture.
    pub b: PathBuf,
    /// Whether both show the same person.
    pub same: bool,
    /// Fold of the protocol, from 0.
    pub fold: usize,
}

/// A line of `pairs.txt` that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "pairs.txt line {line}: {text:?} is neither `folds pairs` nor `name i j` nor `name i name j`"
)]
pub struct BadPairs {
    /// Number of the line, from 1.
    pub line: usize,
    /// The line.
    pub text: String,
}

/// Reads `pairs.txt`: a header with the number of folds and of pairs a kind in each, then in each fold the genuine pairs
/// as `name i j` and the impostor pairs as `name i name j`, separated by tabs or spaces.
pub fn parse_pairs(text: &str) -> Result<Vec<Pair>, BadPairs> {
    let mut lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let bad = |line: usize, text: &str| BadPairs {
        line: line + 1,
        text: text.to_owned(),
    };
    let (at, header) = lines.next().ok_or_else(|| bad(0, ""))?;
    let numbers: Vec<usize> = header
        .split_whitespace()
        .map_while(|n| n.parse().ok())
        .collect();
    let per_fold = match numbers.as_slice() {
        [_, pairs] | [pairs] if *pairs > 0 => pairs * 2,
        _ => return Err(bad(at, header)),
    };
    lines
        .enumerate()
        .map(|(index, (at, line))| parse_pair(line, index / per_fold).ok_or_else(|| bad(at, line)))
        .collect()
}

fn parse_pair(line: &str, fold: usize) -> Option<Pair> {
    let picture = |name: &str, number: &str| {
        let number: u32 = number.parse().ok()?;
        Some(PathBuf::from(name).join(format!("{name}_{number:04}.jpg")))
    };
    let fields: Vec<&str> = line.split_whitespace().collect();
    let (a, b, same) = match fields.as_slice() {
        [name, i, j] => (picture(name, i)?, picture(name, j)?, true),
        [name, i, other, j] => (picture(name, i)?, picture(other, j)?, false),
        _ => return None,
    };
    Some(Pair { a, b, same, fold })
}

/// A pair with its similarity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// Similarity.
    pub similarity: f32,
    /// Whether both pictures show the same person.
    pub same: bool,
    /// Fold of the protocol.
    pub fold: usize,
}

/// Mean share of right decisions over the folds, each judged with the threshold that is best on all the others; and
/// its standard deviation.
#[must_use]
pub fn accuracy(scored: &[Scored]) -> (f64, f64) {
    let folds = scored.iter().map(|s| s.fold + 1).max().unwrap_or(0);
    let shares: Vec<f64> = (0..folds)
        .map(|fold| {
            let (judged, learnt): (Vec<Scored>, Vec<Scored>) =
                scored.iter().partition(|s| s.fold == fold);
            right_at(&judged, best_threshold(&learnt))
        })
        .collect();
    let mean = shares.iter().sum::<f64>() / float(shares.len()).max(1.0);
    let variance =
        shares.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / float(shares.len()).max(1.0);
    (mean, variance.sqrt())
}

fn right_at(scored: &[Scored], threshold: f32) -> f64 {
    let right = scored
        .iter()
        .filter(|s| (s.similarity >= threshold) == s.same)
        .count();
    float(right) / float(scored.len()).max(1.0)
}

/// The similarity that separates best.
fn best_threshold(scored: &[Scored]) -> f32 {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
    let (mut gain, mut best) = (0_i64, (0_i64, f32::INFINITY));
    for pair in sorted {
        gain += if pair.same { 1 } else { -1 };
        if gain > best.0 {
            best = (gain, pair.similarity);
        }
    }
    best.1
}

/// What a false match rate costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Operating {
    /// False match rate that was asked for.
    pub false_match_rate: f64,
    /// Least similarity above which at most that share of impostors lies.
    pub threshold: f32,
    /// Share of genuine pairs above it.
    pub true_accept_rate: f64,
    /// 95 % interval of that share (Wilson).
    pub true_accept_bounds: Range<f64>,
    /// Upper end of the 95 % interval of the false match rate at the threshold.
    pub false_match_upper_bound: f64,
    /// `Unrated` if there are too few impostor pairs for the claim.
    pub rating: Rating,
}

/// The threshold for a false match rate, and the true accept rate there.
#[must_use]
pub fn operating_point(genuine: &[f32], impostor: &[f32], false_match_rate: f64) -> Operating {
    let mut sorted = impostor.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a length"
    )]
    let allowed = (false_match_rate * float(sorted.len())) as usize;
    let threshold = sorted
        .get(allowed)
        .map_or(f32::NEG_INFINITY, |similarity| similarity.next_up());
    let accepted = genuine.iter().filter(|s| **s >= threshold).count();
    let matched = sorted.iter().filter(|s| **s >= threshold).count();
    // To see one false match where one in n is expected takes about three times n comparisons.
    let enough = float(sorted.len()) * false_match_rate >= 3.0;
    let fine = enough && (false_match_rate > 1e-4 || sorted.len() >= MIN_IMPOSTORS);
    Operating {
        false_match_rate,
        threshold,
        true_accept_rate: float(accepted) / float(genuine.len()).max(1.0),
        true_accept_bounds: wilson(accepted, genuine.len()),
        false_match_upper_bound: wilson(matched, sorted.len()).end,
        rating: if fine { Rating::Rated } else { Rating::Unrated },
    }
}

/// 95 % interval of a share (Wilson's score interval).
#[must_use]
pub fn wilson(hits: usize, of: usize) -> Range<f64> {
    if of == 0 {
        return 0.0..1.0;
    }
    let (n, share) = (float(of), float(hits) / float(of));
    let middle = share + Z * Z / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    ((middle - half) / scale).max(0.0)..((middle + half) / scale).min(1.0)
}

/// Upper end of the exact one-sided 95 % interval of a share (Clopper and Pearson): the share at which so few hits, or
/// fewer, come out in one of twenty samples. With no hit in n about 3/n.
#[must_use]
pub fn clopper_pearson_upper(hits: usize, of: usize) -> f64 {
    if hits >= of {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if at_most(hits, of, middle) > 0.05 {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// Probability of at most so many hits of a share (binomial distribution), by logarithms so that nothing overflows.
fn at_most(hits: usize, of: usize, share: f64) -> f64 {
    let (yes, no) = (share.ln(), (1.0 - share).ln());
    let mut ways = 0.0;
    let mut sum = 0.0;
    for k in 0..=hits {
        if k > 0 {
            ways += (float(of - k + 1) / float(k)).ln();
        }
        sum += (ways + float(k) * yes + float(of - k) * no).exp();
    }
    sum
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_with_their_folds() {
        let text = "2\t1\nAda\t1\t2\nAda\t1\tBob\t3\nBob\t1\t2\nBob\t2\tAda\t10\n";
        let pairs = parse_pairs(text).expect("well formed");
        let folds: Vec<_> = pairs.iter().map(|p| (p.fold, p.same)).collect();
        assert_eq!(folds, [(0, true), (0, false), (1, true), (1, false)]);
        assert_eq!(pairs[3].b, PathBuf::from("Ada/Ada_0010.jpg"));
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = parse_pairs("1 1\nAda 1 2\nAda one Bob 3\n").expect_err("`one` is no number");
        assert_eq!(error.line, 3);
        assert!(parse_pairs("Ada 1 2").is_err(), "no header");
    }

    #[test]
    fn the_threshold_leaves_the_allowed_share_of_impostors() {
        let impostor: Vec<f32> = (0..1_000_u16).map(|i| f32::from(i) / 1_000.0).collect();
        let genuine = [0.95, 0.995, 0.8, 0.999];
        let point = operating_point(&genuine, &impostor, 0.01);
        assert_eq!(
            impostor.iter().filter(|s| **s >= point.threshold).count(),
            10
        );
        assert!((point.true_accept_rate - 0.5).abs() < 1e-9);
        assert_eq!(point.rating, Rating::Rated);
        assert_eq!(
            operating_point(&genuine, &impostor, 1e-4).rating,
            Rating::Unrated
        );
    }

    #[test]
    fn wilson_agrees_with_published_values() {
        let zero = wilson(0, 100);
        assert!(
            zero.start.abs() < 1e-9 && (zero.end - 0.0370).abs() < 1e-3,
            "{zero:?}"
        );
        let half = wilson(50, 100);
        assert!(
            (half.start - 0.4038).abs() < 1e-3 && (half.end - 0.5962).abs() < 1e-3,
            "{half:?}"
        );
    }

    #[test]
    fn clopper_and_pearson_agree_with_published_values() {
        for (hits, of, upper) in [
            (0, 100, 0.0295),
            (0, 300, 0.0099),
            (1, 20, 0.2161),
            (5, 50, 0.1998),
            (11, 11, 1.0),
        ] {
            let found = clopper_pearson_upper(hits, of);
            assert!((found - upper).abs() < 1e-3, "{hits} of {of}: {found}");
        }
    }

    #[test]
    fn separable_pairs_are_judged_without_error_and_mixed_ones_are_not() {
        let scored = |similarity: f32, same: bool, fold: usize| Scored {
            similarity,
            same,
            fold,
        };
        let clean: Vec<Scored> = (0..2)
            .flat_map(|fold| {
                [
                    scored(0.9, true, fold),
                    scored(0.8, true, fold),
                    scored(0.1, false, fold),
                ]
            })
            .collect();
        assert_eq!(accuracy(&clean), (1.0, 0.0));
        let mixed: Vec<Scored> = (0..2)
            .flat_map(|fold| [scored(0.2, true, fold), scored(0.8, false, fold)])
            .collect();
        assert!(accuracy(&mixed).0 <= 0.5);
    }
}
