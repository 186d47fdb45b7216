//! The bank's settings.

use super::Finding;
use crate::{
    config::{BankMode, Config},
    wiring::bank_channel,
};

const AREA: &str = "bank";

/// Judges the settings, private key included; the bank itself is not called.
pub fn examine(config: &Config) -> Vec<Finding> {
    let bank = &config.bank;
    if bank.mode == BankMode::Off {
        return vec![Finding::ok(
            AREA,
            "no bank is connected; the bank method is not offered",
        )];
    }
    if let Err(error) = bank_channel(config) {
        return vec![Finding::fail(
            AREA,
            error.to_string(),
            "complete the section [bank], or set bank.mode to `off`",
        )];
    }
    let mut findings = vec![Finding::ok(AREA, "the settings of the bank are complete")];
    if bank.sandbox && !config.demo.enabled {
        findings.push(Finding::warn(
            AREA,
            "bank.sandbox is on without the demonstration",
            "set bank.sandbox to false before a real bank is connected",
        ));
    }
    findings
}
