//! Time travel in test mode: the case grows older, the clock stays.

use chrono::{DateTime, Duration, SecondsFormat};
use serde_json::Value;

use super::Turn;
use crate::{case::Case, change::EventKind, code::Refusal, words::Realm};

/// What of a case is no course of time: texts of people, which may look like times.
const TIMELESS: [&str; 4] = ["account", "terms", "claim", "return_url"];

impl Turn<'_> {
    pub(super) fn leapt(&mut self, by: Duration) -> Result<(), Refusal> {
        if self.case.realm != Realm::Test || self.case.state.is_final() {
            return Err(self.not_now());
        }
        self.case = aged(&self.case, by).ok_or_else(|| self.not_now())?;
        self.tell(EventKind::TimeLeapt);
        self.settle();
        Ok(())
    }
}

/// The case with every time in it set back, whatever states there are.
fn aged(case: &Case, by: Duration) -> Option<Case> {
    let mut value = serde_json::to_value(case).ok()?;
    for (name, part) in value.as_object_mut()? {
        if !TIMELESS.contains(&name.as_str()) {
            set_back(part, by);
        }
    }
    serde_json::from_value(value).ok()
}

fn set_back(value: &mut Value, by: Duration) {
    match value {
        Value::String(text) => {
            if let Ok(at) = DateTime::parse_from_rfc3339(text) {
                *text = (at - by).to_rfc3339_opts(SecondsFormat::AutoSi, true);
            }
        }
        Value::Array(parts) => parts.iter_mut().for_each(|part| set_back(part, by)),
        Value::Object(parts) => parts.values_mut().for_each(|part| set_back(part, by)),
        _ => {}
    }
}
