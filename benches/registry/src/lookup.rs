//! Asking the registry, one question after the other, as a submitted form does.

use std::time::Instant;

use anyhow::{Result, ensure};
use shiming_storage::Storage;
use shiming_verification::{fact::RegistryAnswer, words::Realm};

use crate::invented::Enterprise;

/// Answers' times in microseconds.
pub struct Answers {
    pub p50: f64,
    pub p99: f64,
}

/// Asks for enterprises all over the table, after as many questions again that warm it up.
pub async fn ask(storage: &dyn Storage, rows: u32, questions: u32) -> Result<Answers> {
    let mut took = Vec::with_capacity(questions as usize);
    for nth in 0..2 * questions {
        let wanted = u64::from(nth) * 2_654_435_761 % u64::from(rows);
        let claim = Enterprise::of(u32::try_from(wanted)?)?.claim()?;
        let begun = Instant::now();
        let answer = storage.check(&claim, Realm::Live).await;
        let micros = begun.elapsed().as_secs_f64() * 1e6;
        ensure!(answer == RegistryAnswer::Match, "{answer:?} for {wanted}");
        if nth >= questions {
            took.push(micros);
        }
    }
    took.sort_by(f64::total_cmp);
    let at = |percent: usize| took[took.len() * percent / 100];
    Ok(Answers {
        p50: at(50),
        p99: at(99),
    })
}
