//! Messages to people: the settings, and whether the mail server answers.

use super::Finding;
use crate::{
    config::Config,
    wiring::{carrier, post},
};

const AREA: &str = "notifications";

/// Judges the settings and knocks at the mail server; nothing is sent. The SMS hook is not called: a call is a message.
pub async fn examine(config: &Config) -> Vec<Finding> {
    if !config.notifications.is_on() {
        return vec![Finding::ok(
            AREA,
            "no mail server and no SMS hook; people are told nothing outside the pages",
        )];
    }
    let carrier = match post(config).and_then(|_| carrier(config)) {
        Ok(carrier) => carrier.unwrap_or_default(),
        Err(error) => {
            return vec![Finding::fail(
                AREA,
                error.to_string(),
                "complete the section [notifications], or take `host` and `url` out of it",
            )];
        }
    };
    let mut findings = Vec::new();
    if let Some(mail) = &carrier.mail {
        findings.push(match mail.try_out().await {
            Ok(()) => Finding::ok(AREA, "the mail server answers"),
            Err(error) => Finding::fail(
                AREA,
                error.to_string(),
                "mend [notifications.mail]; until then messages wait and are tried again for three days",
            ),
        });
    }
    if carrier.sms.is_some() {
        findings.push(Finding::ok(
            AREA,
            "the settings of the SMS hook are complete",
        ));
    }
    if config.notifications.demo {
        findings.push(Finding::warn(
            AREA,
            "the demonstration sends messages, and anybody may use it",
            "set notifications.demo to false where mail leaves the house",
        ));
    }
    findings
}
