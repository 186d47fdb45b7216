//! One rule, as it stands in the configuration: `review above 5 in 30d`, or `off`.

use std::{fmt, str::FromStr};

use chrono::Duration;
use serde::{Deserialize, Serialize};

/// What follows when a rule is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It is written down for whoever looks at the case.
    Note,
    /// The verification is held up for a while.
    Slow,
    /// Before it passes, a person looks at it.
    Review,
    /// It is refused.
    Refuse,
}

impl Severity {
    const ALL: [Self; 4] = [Self::Note, Self::Slow, Self::Review, Self::Refuse];

    /// The word in the configuration and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Slow => "slow",
            Self::Review => "review",
            Self::Refuse => "refuse",
        }
    }
}

/// How often something may be seen within a time, and what follows when it is seen more often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rule {
    /// What follows; `None` switches the rule off.
    pub severity: Option<Severity>,
    /// How often it may be seen.
    pub limit: u32,
    minutes: u32,
}

/// A text that is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no rule: write `off`, or for example `review above 5 in 30d` \
     (note, slow, review or refuse; a time in m, h or d)"
)]
pub struct RuleError(String);

impl Rule {
    /// A rule over hours.
    #[must_use]
    pub const fn hours(severity: Severity, limit: u32, hours: u32) -> Self {
        Self {
            severity: Some(severity),
            limit,
            minutes: hours * 60,
        }
    }

    /// How far it looks back.
    #[must_use]
    pub fn within(self) -> Duration {
        Duration::minutes(i64::from(self.minutes))
    }
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let wrong = || RuleError(text.to_owned());
        let words: Vec<&str> = text.split_whitespace().collect();
        match words[..] {
            ["off"] => Ok(Self {
                severity: None,
                limit: 0,
                minutes: 0,
            }),
            [severity, "above", limit, "in", time] => {
                let known = Severity::ALL.into_iter();
                let mut known = known.filter(|known| known.as_str() == severity);
                Ok(Self {
                    severity: Some(known.next().ok_or_else(wrong)?),
                    limit: limit.parse().map_err(|_| wrong())?,
                    minutes: minutes(time).ok_or_else(wrong)?,
                })
            }
            _ => Err(wrong()),
        }
    }
}

/// `90m`, `24h`, `30d`: above zero and at most ten years.
fn minutes(time: &str) -> Option<u32> {
    let (number, unit) = time.split_at_checked(time.len().checked_sub(1)?)?;
    let each = match unit {
        "m" => 1,
        "h" => 60,
        "d" => 24 * 60,
        _ => return None,
    };
    let minutes = number.parse::<u32>().ok()?.checked_mul(each)?;
    (1..=3_650 * 24 * 60).contains(&minutes).then_some(minutes)
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(severity) = self.severity else {
            return f.write_str("off");
        };
        let (time, unit) = match self.minutes {
            minutes if minutes.is_multiple_of(24 * 60) && minutes > 24 * 60 => {
                (minutes / (24 * 60), 'd')
            }
            minutes if minutes.is_multiple_of(60) => (minutes / 60, 'h'),
            minutes => (minutes, 'm'),
        };
        write!(
            f,
            "{} above {} in {time}{unit}",
            severity.as_str(),
            self.limit
        )
    }
}

impl TryFrom<String> for Rule {
    type Error = RuleError;

    fn try_from(text: String) -> Result<Self, RuleError> {
        text.parse()
    }
}

impl From<Rule> for String {
    fn from(rule: Rule) -> Self {
        rule.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_reads_back_as_it_is_written() {
        for text in [
            "off",
            "note above 0 in 90m",
            "slow above 20 in 24h",
            "review above 5 in 30d",
        ] {
            assert_eq!(text.parse::<Rule>().unwrap().to_string(), text);
        }
        assert_eq!(
            "refuse above 1 in 48h".parse::<Rule>().unwrap().to_string(),
            "refuse above 1 in 2d"
        );
    }

    #[test]
    fn whatever_else_is_refused_with_an_example() {
        for text in [
            "",
            "on",
            "review",
            "review above -1 in 1h",
            "review above 5 in 0m",
            "review above 5 in 1w",
            "review over 5 in 1d",
            "review above 5 in 9999d",
            "review above 5 in",
            "review above 5 in d",
        ] {
            let error = text.parse::<Rule>().unwrap_err();
            assert!(
                error.to_string().contains("review above 5 in 30d"),
                "{text}"
            );
        }
    }
}
