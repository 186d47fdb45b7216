//! Whole scans in simulated time.

mod common;

use common::clips::{Measured, measure};
use common::phone::Phone;
use common::{default_engine, engines};
use shiming_face::scan::{
    Action, Liveness, PadOutcome, PassivePad, Reason, RiskSignal, ScanPolicy,
};

fn all_orders() -> Vec<Vec<Action>> {
    let mut orders = Vec::new();
    for a in Action::ALL {
        for b in Action::ALL {
            for c in Action::ALL {
                if a != b && b != c && a != c {
                    orders.push(vec![a, b, c]);
                }
            }
        }
    }
    orders
}

fn live_orders(engine: &shiming_face::Engine, clip: &Measured, policy: &ScanPolicy) -> usize {
    let mut seen = std::collections::BTreeMap::new();
    for seed in 0..2_000 {
        let mut phone = Phone::new(engine, policy.clone(), seed);
        let verdict = phone.film_clip(clip);
        let order: Vec<Action> = verdict.challenges.iter().map(|c| c.action).collect();
        if verdict.liveness != Liveness::Live {
            println!(
                "{order:?} {:?} {:?} {:?}",
                verdict.liveness, verdict.timings, verdict.same_person
            );
        }
        seen.insert(format!("{order:?}"), verdict.liveness);
        if seen.len() == 60 {
            break;
        }
    }
    seen.values().filter(|l| **l == Liveness::Live).count()
}

#[test]
fn x() {
    for engine in engines() {
        let clip = measure(engine, "all", 5);
        println!("{}", live_orders(engine, &clip, &ScanPolicy::default()));
    }
}
