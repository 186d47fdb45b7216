//! Single sign-on: who somebody is at the organisation's own identity provider, and which roles that gives.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::operator::Role;

/// Longest `sub` (`OpenID` Connect Core 1.0, section 2).
const LONGEST_SUBJECT: usize = 255;

/// Somebody, as an identity provider knows them: the only thing by which an operator is known again. Names and mail addresses
/// change hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoIdentity {
    issuer: String,
    subject: String,
}

impl SsoIdentity {
    /// An identity, or `None` for a subject that no provider may give: empty, too long, not printable ASCII.
    #[must_use]
    pub fn new(issuer: &str, subject: &str) -> Option<Self> {
        let printable = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        let subject_fits = (1..=LONGEST_SUBJECT).contains(&subject.len())
            && subject
                .bytes()
                .all(|byte| byte == b' ' || byte.is_ascii_graphic());
        (!issuer.is_empty() && printable(issuer) && subject_fits).then(|| Self {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
        })
    }

    /// The provider's identifier (`iss`).
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The provider's id of the person (`sub`).
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Both in one text, different for different identities: an issuer holds no space.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{} {}", self.issuer, self.subject)
    }

    /// The identity behind a [`SsoIdentity::key`].
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        let (issuer, subject) = key.split_once(' ')?;
        Self::new(issuer, subject)
    }
}

/// A role that comes with one value of the provider's claim, such as the name of a group. As text: `GROUP=ROLE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoleRule {
    group: String,
    role: Role,
}

/// A text that is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} has to look like GROUP=ROLE, where the role is administrator, reviewer, auditor, developer or support"
)]
pub struct RoleRuleError(String);

impl FromStr for RoleRule {
    type Err = RoleRuleError;

    /// The last `=` divides, since names of groups may hold some (`cn=reviewers,ou=kyb`).
    fn from_str(text: &str) -> Result<Self, RoleRuleError> {
        let wrong = || RoleRuleError(text.to_owned());
        let (group, role) = text.rsplit_once('=').ok_or_else(wrong)?;
        let (group, role) = (group.trim(), Role::of(role.trim()).ok_or_else(wrong)?);
        if group.is_empty() {
            return Err(wrong());
        }
        Ok(Self {
            group: group.to_owned(),
            role,
        })
    }
}

impl fmt::Display for RoleRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.group, self.role.as_str())
    }
}

impl TryFrom<String> for RoleRule {
    type Error = RoleRuleError;

    fn try_from(text: String) -> Result<Self, RoleRuleError> {
        text.parse()
    }
}

impl From<RoleRule> for String {
    fn from(rule: RoleRule) -> Self {
        rule.to_string()
    }
}

/// The roles of somebody of whom the provider says these groups. Whoever fits no rule has no role.
#[must_use]
pub fn roles_of(rules: &[RoleRule], groups: &[String]) -> BTreeSet<Role> {
    let fits = |rule: &&RoleRule| groups.contains(&rule.group);
    rules.iter().filter(fits).map(|rule| rule.role).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(texts: &[&str]) -> Vec<RoleRule> {
        let read = |text: &&str| text.parse().expect("a rule");
        texts.iter().map(read).collect()
    }

    fn roles(groups: &[&str]) -> Vec<Role> {
        let rules = rules(&[
            "kyb-admins=administrator",
            "kyb-review=reviewer",
            "kyb-review=auditor",
            "cn=help,ou=desk=support",
        ]);
        let groups: Vec<_> = groups.iter().map(|group| (*group).to_owned()).collect();
        roles_of(&rules, &groups).into_iter().collect()
    }

    #[test]
    fn nobody_has_a_role_by_default() {
        for groups in [
            &[][..],
            &["staff"],
            &["KYB-ADMINS"],
            &["kyb-admins "],
            &["administrator"],
            &["kyb-admin", "s=administrator"],
        ] {
            assert_eq!(roles(groups), [], "{groups:?}");
        }
        let everything = ["kyb-admins".to_owned()];
        assert!(roles_of(&[], &everything).is_empty());
    }

    #[test]
    fn groups_add_up() {
        assert_eq!(roles(&["kyb-admins"]), [Role::Administrator]);
        assert_eq!(
            roles(&["staff", "kyb-review", "cn=help,ou=desk"]),
            [Role::Reviewer, Role::Auditor, Role::Support]
        );
    }

    #[test]
    fn a_rule_names_a_group_and_a_role_and_reads_back() {
        for text in ["kyb=reviewer", "cn=kyb,dc=example=support"] {
            assert_eq!(
                text.parse::<RoleRule>().map(String::from),
                Ok(text.to_owned())
            );
        }
        for wrong in ["", "kyb", "=reviewer", "kyb=", "kyb=owner", " = support"] {
            assert!(wrong.parse::<RoleRule>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn identities_of_two_providers_are_two() {
        let one = SsoIdentity::new("https://a.example", "7").expect("an identity");
        let other = SsoIdentity::new("https://b.example", "7").expect("an identity");
        assert_ne!(one.key(), other.key());
        let spaced = SsoIdentity::new("https://a.example", "7 8").expect("an identity");
        assert_eq!(SsoIdentity::of_key(&spaced.key()), Some(spaced));
        for (issuer, subject) in [
            ("https://a.example", ""),
            ("https://a.example", "李娜"),
            ("https://a.example", "a\nb"),
            ("https://a.example b", "7"),
            ("", "7"),
        ] {
            assert_eq!(SsoIdentity::new(issuer, subject), None, "{subject:?}");
        }
        assert_eq!(
            SsoIdentity::new("https://a.example", &"x".repeat(256)),
            None
        );
    }
}
