//! How figures are written.

use shiming_face::accuracy::{Operating, operating_point};

/// Prints thresholds and true accept rates at false match rates. Rates that the sample can't show are left out.
pub(crate) fn operating_points(title: &str, genuine: &[f32], impostor: &[f32]) {
    println!(
        "{title}: {} genuine, {} impostor comparisons",
        genuine.len(),
        impostor.len()
    );
    for rate in [1e-2, 1e-3, 1e-4, 1e-5] {
        let Operating {
            threshold,
            true_accept_rate,
            true_accept_bounds,
            false_match_upper_bound,
            rating,
            ..
        } = operating_point(genuine, impostor, rate);
        #[expect(clippy::cast_precision_loss, reason = "a count of pairs")]
        let expected = impostor.len() as f64 * rate;
        if expected < 0.5 {
            println!("  FMR {rate:>7.0e}  not measurable on so few impostor pairs");
            continue;
        }
        println!(
            "  FMR {rate:>7.0e}  threshold {threshold:.3}  TAR {:.2} % ({:.2}–{:.2})  FMR upper bound {false_match_upper_bound:.1e}  {}",
            true_accept_rate * 100.0,
            true_accept_bounds.start * 100.0,
            true_accept_bounds.end * 100.0,
            match rating {
                shiming_face::Rating::Rated => "enough pairs",
                shiming_face::Rating::Unrated => "too few pairs for the claim",
            },
        );
    }
}

/// Prints the settings that make these figures count, ready for `shiming.toml`.
pub(crate) fn settings(set: &str, genuine: &[f32], impostor: &[f32]) {
    let accept = operating_point(genuine, impostor, 1e-4);
    let review = operating_point(genuine, impostor, 1e-3);
    let loose = operating_point(genuine, impostor, 1e-2);
    let matched = impostor.iter().filter(|s| **s >= accept.threshold).count();
    #[expect(clippy::cast_precision_loss, reason = "a count of pairs")]
    let rate = matched as f64 / impostor.len().max(1) as f64;
    println!("for shiming.toml, if these people are like those whom you verify:");
    println!("  [face]");
    println!("  accept = {:.3}", accept.threshold);
    println!("  review = {:.3}", review.threshold);
    println!("  continuity = {:.3}", accept.threshold);
    println!("  in_motion = {:.3}", loose.threshold);
    println!("  measured_on = {set:?}");
    println!("  impostor_pairs = {}", impostor.len());
    println!("  false_match_rate = {rate:.2e}");
    println!(
        "  false_match_bound = {:.2e}",
        accept.false_match_upper_bound
    );
}
