//! Lists of bank branches.

#![no_main]

#[path = "../checks/bank.rs"]
#[allow(dead_code, reason = "each target uses its part")]
mod checks;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| checks::branch_list(bytes));
