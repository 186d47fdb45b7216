//! What the fuzz targets hold for any bytes, held for their seeds.

#[path = "../../../../fuzz/checks/bank.rs"]
mod checks;

use std::{fs, path::Path};

fn each(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    let seeds: Vec<_> = fs::read_dir(folder.join(target))
        .expect("seeds")
        .map(|seed| fs::read(seed.expect("an entry").path()).expect("readable"))
        .collect();
    assert!(seeds.len() >= 3);
    for seed in seeds {
        check(&seed);
        // Seeds are whole; what is cut off or overwritten looks otherwise.
        for at in (0..seed.len()).step_by(7) {
            check(&seed[..at]);
            let mut spoilt = seed.clone();
            spoilt[at] ^= 0x11;
            check(&spoilt);
        }
    }
}

#[test]
fn messages() {
    each("bank_message", checks::iso_message);
}

#[test]
fn statements() {
    each("bank_statement", checks::csv_statement);
}

#[test]
fn branches() {
    each("branch_list", checks::branch_list);
}
