//! Credentials (SD-JWT VC) of sister platforms.

#![no_main]

#[path = "../checks/federation.rs"]
#[allow(dead_code, reason = "each target uses its part")]
mod checks;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| checks::sd_jwt_text(text));
