//! Tokens and keys of sister platforms.

#![no_main]

#[path = "../checks/federation.rs"]
#[allow(dead_code, reason = "each target uses its part")]
mod checks;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| checks::jose_text(text));
