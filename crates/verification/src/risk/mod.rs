//! Risk rules: what honest applicants hardly ever do, how often it was seen, and what follows.
//!
//! A rule refuses only where the one who is refused is the one who did it. What a stranger could drive up against somebody
//! else (a credit code, an ID number) goes to a person by default.

mod rule;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

pub use rule::{Rule, RuleError, Severity};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:ident: $default:expr),+ $(,)?) => {
        /// What is counted.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum RiskKind { $($(#[$doc])* $name,)+ }

        impl RiskKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word in configuration, storage and on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($word)),+ }
            }
        }

        /// A rule for each kind.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct RiskPolicy {
            $($(#[$doc])* pub $word: Rule,)+
            /// A form that is submitted sooner than so many seconds after it was shown was not typed by a hand.
            pub quick_seconds: u32,
            /// Minutes for which `slow` holds a verification up.
            pub slow_minutes: u32,
        }

        impl Default for RiskPolicy {
            fn default() -> Self {
                Self { $($word: $default,)+ quick_seconds: 3, slow_minutes: 30 }
            }
        }

        impl RiskPolicy {
            /// The rule for a kind.
            #[must_use]
            pub const fn rule(&self, kind: RiskKind) -> Rule {
                match kind { $(RiskKind::$name => self.$word),+ }
            }
        }
    };
}

kinds! {
    /// Forms submitted for one account.
    Account = account: Rule::hours(Severity::Slow, 20, 24),
    /// Forms submitted with one credit code.
    Licence = licence: Rule::hours(Severity::Review, 30, 24),
    /// Forms submitted with one ID number.
    Person = person: Rule::hours(Severity::Review, 30, 24),
    /// Forms submitted from one browser.
    Device = device: Rule::hours(Severity::Review, 20, 24),
    /// Forms submitted from one network address.
    Address = address: Rule::hours(Severity::Slow, 120, 1),
    /// Enterprises for which one person was named as the legal representative.
    PersonLicences = person_licences: Rule::hours(Severity::Review, 5, 30 * 24),
    /// Other people in whose scans a frame of this scan was seen.
    SharedFrames = shared_frames: Rule::hours(Severity::Review, 0, 30 * 24),
    /// Forms of one account that came sooner than a hand can type.
    Tempo = tempo: Rule::hours(Severity::Note, 0, 24),
}

/// How often each kind was seen within its rule's time, this time included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signals([u32; RiskKind::ALL.len()]);

impl Signals {
    /// Notes a count.
    #[must_use]
    pub const fn with(mut self, kind: RiskKind, count: u32) -> Self {
        self.0[kind as usize] = count;
        self
    }

    /// The count of a kind.
    #[must_use]
    pub const fn of(self, kind: RiskKind) -> u32 {
        self.0[kind as usize]
    }
}

/// A rule that was broken, as the case remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which.
    pub kind: RiskKind,
    /// How often it was seen.
    pub count: u32,
    /// How often it may be.
    pub limit: u32,
    /// What followed.
    pub severity: Severity,
    /// When.
    pub at: DateTime<Utc>,
}

impl RiskPolicy {
    /// The rules that these counts break.
    #[must_use]
    pub fn judge(&self, signals: Signals, now: DateTime<Utc>) -> Vec<Finding> {
        let broken = |kind: &RiskKind| {
            let rule = self.rule(*kind);
            let (count, limit) = (signals.of(*kind), rule.limit);
            let severity = rule.severity.filter(|_| count > limit)?;
            Some(Finding {
                kind: *kind,
                count,
                limit,
                severity,
                at: now,
            })
        };
        RiskKind::ALL.iter().filter_map(broken).collect()
    }

    /// How long `slow` holds a verification up.
    #[must_use]
    pub fn slow(&self) -> Duration {
        Duration::minutes(i64::from(self.slow_minutes))
    }

    /// Whether a form came sooner than a hand can type.
    #[must_use]
    pub fn is_quick(&self, shown: DateTime<Utc>, submitted: DateTime<Utc>) -> bool {
        submitted - shown < Duration::seconds(i64::from(self.quick_seconds))
    }

    /// The longest time that any rule looks back.
    #[must_use]
    pub fn memory(&self) -> Duration {
        let within = RiskKind::ALL.iter().map(|kind| self.rule(*kind).within());
        within.max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    /// `(rule, count)` and what follows.
    #[test]
    fn a_rule_is_broken_above_its_limit_and_not_at_it() {
        let table = [
            ("slow above 20 in 24h", 20, None),
            ("slow above 20 in 24h", 21, Some(Severity::Slow)),
            ("refuse above 0 in 1h", 1, Some(Severity::Refuse)),
            ("note above 3 in 30d", 900, Some(Severity::Note)),
            ("off", 900, None),
        ];
        for (rule, count, expected) in table {
            let policy = RiskPolicy {
                device: rule.parse().unwrap(),
                ..RiskPolicy::default()
            };
            let found = policy.judge(Signals::default().with(RiskKind::Device, count), NOW);
            let severity = found.first().map(|finding| finding.severity);
            assert_eq!(severity, expected, "{rule}, seen {count} times");
            assert!(found.len() <= 1);
        }
    }

    #[test]
    fn nothing_seen_is_nothing_found_and_every_kind_has_its_place() {
        let policy = RiskPolicy::default();
        assert_eq!(policy.judge(Signals::default(), NOW), []);
        let all = RiskKind::ALL
            .iter()
            .fold(Signals::default(), |all, kind| all.with(*kind, u32::MAX));
        let found: Vec<_> = policy.judge(all, NOW).iter().map(|one| one.kind).collect();
        assert_eq!(found, RiskKind::ALL);
    }

    #[test]
    fn what_a_stranger_can_drive_up_against_somebody_refuses_nobody_by_default() {
        let policy = RiskPolicy::default();
        for kind in [
            RiskKind::Licence,
            RiskKind::Person,
            RiskKind::PersonLicences,
        ] {
            assert!(
                policy.rule(kind).severity < Some(Severity::Refuse),
                "{kind:?}"
            );
            assert_ne!(policy.rule(kind).severity, Some(Severity::Slow), "{kind:?}");
        }
    }

    #[test]
    fn a_hand_needs_its_time() {
        let policy = RiskPolicy::default();
        assert!(policy.is_quick(NOW, NOW + Duration::milliseconds(2_999)));
        assert!(!policy.is_quick(NOW, NOW + Duration::seconds(3)));
    }

    #[test]
    fn the_words_are_those_of_the_configuration() {
        let json = serde_json::to_value(RiskPolicy::default()).unwrap();
        for kind in RiskKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert!(json[kind.as_str()].is_string(), "{kind:?}: {json}");
        }
        assert_eq!(RiskPolicy::default().memory(), Duration::days(30));
    }
}
