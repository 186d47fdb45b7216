//! Test mode: what test keys open. No provider is asked, no camera is needed; every state and every code can be commanded,
//! by particular credit codes in the form and by [`Simulation`]s.

mod bank;
mod life;
mod magic;
mod review;
mod scan;
mod simulate;
mod sync;

pub use bank::{ACCOUNT, TypedAccount, branch, sample_branch};
pub use life::LifeSimulation;
pub use magic::{MAGIC, Magic, MagicValue, sample};
pub use simulate::{Simulation, TypedElements};

use chrono::{DateTime, Utc};
use shiming_identifiers::Uscc;
use shiming_verification::{
    claim::Claim,
    fact::{RegistryAnswer, Tallies, Tally},
    policy::Policy,
};

/// How long the slow provider takes: longer than the portal waits.
const SLOW: std::time::Duration = std::time::Duration::from_secs(8);

/// The limits of the test mode: those in force, but what is unclear goes to a review, which one reviewer decides, so that
/// reviews can be tried out whatever the operator has set.
pub(crate) fn policy(in_force: &Policy) -> Policy {
    Policy {
        review_unclear_faces: true,
        review_four_eyes: false,
        ..in_force.clone()
    }
}

/// What the registry of the test mode says: a match, unless the credit code is one of [`MAGIC`].
pub(crate) async fn registry_answer(uscc: &Uscc) -> RegistryAnswer {
    match Magic::of(uscc) {
        Some(Magic::Mismatch) => RegistryAnswer::Mismatch,
        Some(Magic::NotFound) => RegistryAnswer::NotFound,
        Some(Magic::Inactive) => RegistryAnswer::Inactive,
        // A provider whose answer makes no sense has not answered.
        Some(Magic::Unavailable | Magic::Lying) => RegistryAnswer::Unavailable,
        Some(Magic::Slow) => {
            tokio::time::sleep(SLOW).await;
            RegistryAnswer::Match
        }
        _ => RegistryAnswer::Match,
    }
}

/// What counts against a claim: what was counted, or a limit that the credit code commands to be reached.
pub(crate) fn tallies(
    counted: Tallies,
    claim: Option<&Claim>,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Tallies {
    let full = |count| Tally {
        count,
        until: Some(now + policy.lock_time()),
    };
    match claim.and_then(|claim| Magic::of(&claim.uscc)) {
        Some(Magic::TooManyChecks) => Tallies {
            uscc_mismatches: full(policy.element_mismatches),
            ..counted
        },
        Some(Magic::FaceAttemptsExceeded) => Tallies {
            id_face_failures: full(policy.face_tries_per_id),
            ..counted
        },
        Some(Magic::LicenceAccountLimit) => Tallies {
            accounts_of_licence: policy.accounts_per_licence,
            ..counted
        },
        _ => counted,
    }
}
