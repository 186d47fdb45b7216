//! Accounts, branches, and what an applicant types about them.

use serde::{Deserialize, Serialize};
use shiming_identifiers::{Cnaps, EnterpriseName, normalise};

use crate::{
    claim::{Claim, FieldError},
    code::Code,
};

/// A bank account's number: 8 to 34 digits or capital letters (ISO 20022 `Max34Text`; domestic numbers are shorter).
/// Prints its last four characters only.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountNumber(String);

impl AccountNumber {
    /// Reads a number as people type or paste it, with spaces, hyphens or full-width digits.
    ///
    /// # Errors
    /// The reason as a slug: `empty`, `length` or `characters`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let number = normalise(text).replace('-', "");
        if number.is_empty() {
            Err("empty")
        } else if !number.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Err("characters")
        } else if !(8..=34).contains(&number.len()) {
            Err("length")
        } else {
            Ok(Self(number))
        }
    }

    /// The number itself; for the instruction to the bank, for comparing, and for sealing.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The last four characters, the rest hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("****{}", &self.0[self.0.len() - 4..])
    }
}

impl std::fmt::Debug for AccountNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccountNumber({})", self.masked())
    }
}

impl TryFrom<String> for AccountNumber {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        Self::parse(&text)
    }
}

impl From<AccountNumber> for String {
    fn from(number: AccountNumber) -> Self {
        number.0
    }
}

/// A bank branch 开户网点 as the directory knows it. Public data.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Branch {
    /// Its code in China's payment system (联行号).
    pub cnaps: Cnaps,
    /// The bank, for example 中国工商银行.
    pub bank: String,
    /// The branch's full name.
    pub name: String,
    /// Province, in the directory's spelling.
    pub province: String,
    /// City, in the directory's spelling.
    pub city: String,
}

/// The bank form as typed; the branch is looked up by its code before it is parsed.
#[derive(Clone, Deserialize)]
pub struct BankForm {
    /// The account's name; must be the enterprise's.
    pub account_name: String,
    /// The account's number.
    pub account_number: String,
    /// The branch's CNAPS code.
    pub cnaps: String,
}

/// The corporate account to which control is to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankDetails {
    /// The account's name as typed.
    pub account_name: EnterpriseName,
    /// The account's number.
    pub account_number: AccountNumber,
    /// The branch where it is kept.
    pub branch: Branch,
}

impl BankDetails {
    /// Parses every field and reports all that is wrong at once. The account must bear the enterprise's name, in any
    /// spelling that has the same compare key.
    ///
    /// # Errors
    /// One [`FieldError`] for each field that can't be used, in the form's order.
    pub fn parse(
        form: &BankForm,
        claim: &Claim,
        branch: Option<Branch>,
    ) -> Result<Self, Vec<FieldError>> {
        let name = EnterpriseName::parse(&form.account_name)
            .map_err(|error| wrong("account_name", Code::InvalidInput, error.reason()))
            .and_then(|name| {
                let own = name.key() == claim.enterprise_name.key();
                own.then_some(name).ok_or_else(|| {
                    wrong(
                        "account_name",
                        Code::AccountNameMismatch,
                        "not_the_enterprise",
                    )
                })
            });
        let number = AccountNumber::parse(&form.account_number)
            .map_err(|reason| wrong("account_number", Code::InvalidInput, reason));
        let branch = branch.ok_or_else(|| wrong("cnaps", Code::BankBranchUnknown, "unknown"));
        match (name, number, branch) {
            (Ok(account_name), Ok(account_number), Ok(branch)) => Ok(Self {
                account_name,
                account_number,
                branch,
            }),
            (name, number, branch) => Err([name.err(), number.err(), branch.err()]
                .into_iter()
                .flatten()
                .collect()),
        }
    }

    /// Whether the account bears the name of the enterprise of a claim.
    #[must_use]
    pub fn is_of(&self, claim: &Claim) -> bool {
        self.account_name.key() == claim.enterprise_name.key()
    }
}

const fn wrong(field: &'static str, code: Code, reason: &'static str) -> FieldError {
    FieldError {
        field,
        code,
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_in_any_spacing_and_prints_its_end_only() {
        let number = AccountNumber::parse(" 3500 0000-0000 00002 ").unwrap();
        assert_eq!(number.expose(), "35000000000000002");
        assert_eq!(format!("{number:?}"), "AccountNumber(****0002)");
        assert_eq!(
            AccountNumber::parse("１２３４５６７８").unwrap().expose(),
            "12345678"
        );
        assert_eq!(AccountNumber::parse("  "), Err("empty"));
        assert_eq!(AccountNumber::parse("1234567"), Err("length"));
        assert_eq!(AccountNumber::parse("账号12345678"), Err("characters"));
    }
}
