//! What the fuzz targets hold for any text, held for their seeds.

#[path = "../../../fuzz/checks/federation.rs"]
mod checks;

use std::{fs, path::Path};

fn each(target: &str, check: fn(&str)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    let seeds: Vec<_> = fs::read_dir(folder.join(target))
        .expect("seeds")
        .map(|seed| fs::read_to_string(seed.expect("an entry").path()).expect("text"))
        .collect();
    assert!(seeds.len() >= 3);
    for seed in seeds {
        check(&seed);
        for at in (0..seed.len()).filter(|at| seed.is_char_boundary(*at)) {
            check(&seed[..at]);
            check(&format!("{}\"{}", &seed[..at], &seed[at..]));
        }
    }
}

#[test]
fn tokens_and_keys() {
    each("jose", checks::jose_text);
}

#[test]
fn credentials() {
    each("sd_jwt", checks::sd_jwt_text);
}
