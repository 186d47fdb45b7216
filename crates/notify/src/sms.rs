//! What a short message says. Gateways that send registered templates only get its parts as well.

use serde_json::{Value, json};
use shiming_verification::ports::notifications::Letter;

use crate::texts::{china_time, filled, text};

/// A short message in words and in parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Sms {
    /// The words, without the sender's signature, which gateways put in front.
    pub text: String,
    /// Everything that the words hold, for a gateway's own template.
    pub values: Value,
}

/// Puts a letter into words.
#[must_use]
pub fn sms(letter: &Letter) -> Sms {
    let facts = &letter.facts;
    let mark = if facts.demo {
        text(letter.to.language, "demo_mark")
    } else {
        ""
    };
    let words = filled(letter, &format!("{}_sms", letter.occasion.as_str()));
    Sms {
        text: format!("{mark}{words}"),
        values: json!({
            "platform": facts.platform,
            "enterprise": facts.enterprise,
            "representative": facts.representative,
            "link": facts.link,
            "until": facts.until.map(china_time),
            "refuse": letter.refuse_url,
        }),
    }
}
