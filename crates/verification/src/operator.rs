//! Operators: the staff at the console, and the one table that says what each role may do.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::OperatorId;

/// What an operator is there for. One operator may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the server and its operators.
    Administrator,
    /// Decides cases in review.
    Reviewer,
    /// Reads everything that was done, changes nothing.
    Auditor,
    /// Looks after platforms, keys, webhooks and jobs.
    Developer,
    /// Helps applicants; sees masked data only.
    Support,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [
        Self::Administrator,
        Self::Reviewer,
        Self::Auditor,
        Self::Developer,
        Self::Support,
    ];

    /// The word in storage, on the wire and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Reviewer => "reviewer",
            Self::Auditor => "auditor",
            Self::Developer => "developer",
            Self::Support => "support",
        }
    }

    /// The role with this word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $word:literal: $($role:ident)+),+ $(,)?) => {
        /// What a request of the console needs. Each route names one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission {
            $($(#[$doc])* $name,)+
        }

        impl Permission {
            /// Every permission.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word by which routes name it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// Who has it.
            #[must_use]
            pub const fn roles(self) -> &'static [Role] {
                match self { $(Self::$name => &[$(Role::$role),+]),+ }
            }
        }
    };
}

permissions! {
    /// See figures: funnel, pass rate, latency.
    OverviewRead = "overview.read": Administrator Reviewer Auditor Developer Support,
    /// Search for cases and look at them, masked.
    CasesRead = "cases.read": Administrator Reviewer Auditor Support,
    /// See a case's personal data unmasked; each look is recorded.
    CasesReveal = "cases.reveal": Administrator Reviewer,
    /// See what the face scan measured and what the registry says field by field.
    CasesEvidence = "cases.evidence": Administrator Reviewer Auditor,
    /// Write notes for colleagues.
    CasesNote = "cases.note": Administrator Reviewer Support,
    /// Claim and decide cases in review.
    ReviewDecide = "review.decide": Reviewer,
    /// See what is kept of people and for how long.
    PrivacyRead = "privacy.read": Administrator Auditor,
    /// Hand out a person's data, and erase them.
    PrivacyWrite = "privacy.write": Administrator,
    /// See platforms, API keys, webhooks and issuers.
    PlatformsRead = "platforms.read": Administrator Auditor Developer,
    /// Change platforms, API keys, webhooks and issuers.
    PlatformsWrite = "platforms.write": Administrator Developer,
    /// See the policies in force and their history.
    PoliciesRead = "policies.read": Administrator Reviewer Auditor Developer,
    /// See imports of the registry and their errors.
    RegistryRead = "registry.read": Administrator Auditor Developer,
    /// See transfers and entries of the bank account.
    BankRead = "bank.read": Administrator Reviewer Auditor,
    /// Bring files of the bank, note what was done about entries of the account.
    BankWrite = "bank.write": Administrator Reviewer,
    /// See jobs that died.
    JobsRead = "jobs.read": Administrator Auditor Developer,
    /// Start them again.
    JobsWrite = "jobs.write": Administrator Developer,
    /// Read the audit trail and export it.
    AuditRead = "audit.read": Administrator Auditor,
    /// See operators and their sessions.
    OperatorsRead = "operators.read": Administrator Auditor,
    /// Add, change and disable operators, end their sessions.
    OperatorsWrite = "operators.write": Administrator,
}

impl Permission {
    /// The permission with this word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|permission| permission.as_str() == word)
    }
}

/// Somebody who works at the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Its id.
    pub id: OperatorId,
    /// What is typed to sign in; lower case, unique.
    pub login: String,
    /// What colleagues read.
    pub name: String,
    /// What the operator is there for.
    pub roles: BTreeSet<Role>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Set once the operator may not sign in any more.
    pub disabled_at: Option<DateTime<Utc>>,
}

impl Operator {
    /// Whether one of the roles has the permission. The only place where this is decided.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.disabled_at.is_none()
            && permission
                .roles()
                .iter()
                .any(|role| self.roles.contains(role))
    }

    /// A login and a name that can be used, or `None`: a login has 2 to 64 characters of `a-z 0-9 . _ @ -`, a name 1 to
    /// 64 without control characters.
    #[must_use]
    pub fn names(login: &str, name: &str) -> Option<(String, String)> {
        let login = login.trim().to_lowercase();
        let name = name.trim();
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._@-".contains(c);
        let good_login = (2..=64).contains(&login.len()) && login.chars().all(fits);
        let good_name =
            (1..=64).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        (good_login && good_name).then(|| (login, name.to_owned()))
    }

    /// A login and a name made of what an identity provider calls somebody, who types neither: what can't be used is left out.
    #[must_use]
    pub fn names_from(login: &str, name: &str) -> (String, String) {
        const USUAL: usize = 48;
        let lower = login.trim().to_lowercase();
        let fits = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._@-".contains(*c);
        let kept: String = lower.chars().filter(fits).take(USUAL).collect();
        let login = if kept.len() < 2 {
            "sso".to_owned()
        } else {
            kept
        };
        let plain = name.trim().chars().filter(|c| !c.is_control()).take(64);
        let name: String = plain.collect();
        let name = if name.trim().is_empty() {
            login.clone()
        } else {
            name
        };
        (login, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn with(roles: &[Role]) -> Operator {
        Operator {
            id: OperatorId::new(Uuid::nil()),
            login: "li.na".to_owned(),
            name: "李娜".to_owned(),
            roles: roles.iter().copied().collect(),
            created_at: DateTime::UNIX_EPOCH,
            disabled_at: None,
        }
    }

    #[test]
    fn roles_add_up_and_a_disabled_operator_may_nothing() {
        let both = with(&[Role::Support, Role::Developer]);
        assert!(both.may(Permission::CasesRead) && both.may(Permission::JobsWrite));
        assert!(!both.may(Permission::CasesReveal));
        let disabled = Operator {
            disabled_at: Some(DateTime::UNIX_EPOCH),
            ..both
        };
        assert!(Permission::ALL.iter().all(|one| !disabled.may(*one)));
    }

    #[test]
    fn an_auditor_changes_nothing() {
        let writes = [
            Permission::CasesReveal,
            Permission::CasesNote,
            Permission::ReviewDecide,
            Permission::PlatformsWrite,
            Permission::BankWrite,
            Permission::JobsWrite,
            Permission::OperatorsWrite,
        ];
        assert!(writes.iter().all(|one| !with(&[Role::Auditor]).may(*one)));
    }

    #[test]
    fn support_sees_masked_cases_and_no_more() {
        let support = with(&[Role::Support]);
        let may: Vec<_> = Permission::ALL
            .iter()
            .filter(|one| support.may(**one))
            .collect();
        let expected = [
            Permission::OverviewRead,
            Permission::CasesRead,
            Permission::CasesNote,
        ];
        assert_eq!(may, expected.iter().collect::<Vec<_>>());
    }

    #[test]
    fn logins_are_plain_and_names_are_free() {
        assert_eq!(
            Operator::names(" Li.Na@kyb.cn ", "李娜"),
            Some(("li.na@kyb.cn".to_owned(), "李娜".to_owned()))
        );
        for (login, name) in [("a", "x"), ("li na", "x"), ("李娜", "x"), ("lina", " ")] {
            assert_eq!(Operator::names(login, name), None);
        }
    }

    #[test]
    fn what_a_provider_calls_somebody_becomes_names_that_can_be_used() {
        for (login, name, expected) in [
            ("Li.Na@KYB.cn", "李娜", ("li.na@kyb.cn", "李娜")),
            ("KYB\\li na", " 李\u{7}娜 ", ("kyblina", "李娜")),
            ("李娜", "李娜", ("sso", "李娜")),
            ("lina", " \n", ("lina", "lina")),
        ] {
            let (login, name) = Operator::names_from(login, name);
            assert_eq!((login.as_str(), name.as_str()), expected);
            assert_eq!(Operator::names(&login, &name), Some((login, name)));
        }
        let (login, name) = Operator::names_from(&"a".repeat(500), &"娜".repeat(500));
        assert!(Operator::names(&login, &name).is_some());
    }

    #[test]
    fn words_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::of(role.as_str()), Some(role));
        }
        for permission in Permission::ALL {
            assert_eq!(Permission::of(permission.as_str()), Some(*permission));
        }
    }
}
