//! One thing that was looked at.

use std::fmt;

use serde::Serialize;

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works, but somebody should look at it.
    Warn,
    /// The server will not work, or not safely.
    Fail,
}

/// What was found, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub area: &'static str,
    /// How it stands.
    pub level: Level,
    /// What was found.
    #[serde(rename = "finding")]
    pub text: String,
    /// What to do; absent if nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Finding {
    /// All is well.
    pub fn ok(area: &'static str, text: impl Into<String>) -> Self {
        Self {
            area,
            level: Level::Ok,
            text: text.into(),
            remedy: None,
        }
    }

    /// It works, but.
    pub fn warn(area: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            area,
            level: Level::Warn,
            text: text.into(),
            remedy: Some(remedy.into()),
        }
    }

    /// It does not.
    pub fn fail(area: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            area,
            level: Level::Fail,
            text: text.into(),
            remedy: Some(remedy.into()),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Ok => "ok",
            Level::Warn => "warn",
            Level::Fail => "FAIL",
        };
        write!(f, "{level:<5} {:<14} {}", self.area, self.text)?;
        self.remedy
            .as_ref()
            .map_or(Ok(()), |remedy| write!(f, "\n{:21}→ {remedy}", ""))
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Level};

    #[test]
    fn a_finding_reads_as_one_line_and_its_remedy_as_the_next() {
        assert_eq!(
            Finding::ok("clock", "fine").to_string(),
            "ok    clock          fine"
        );
        let fault = Finding::fail("keys", "none", "make one").to_string();
        assert_eq!(
            fault,
            "FAIL  keys           none\n                     → make one"
        );
        assert!(Level::Ok < Level::Warn && Level::Warn < Level::Fail);
    }
}
