//! Made-up enterprises, each known by its number alone. Their codes stand in an order that has nothing to do with the numbers.

use anyhow::{Context as _, Result};
use chrono::{Duration, NaiveDate};
use shiming_identifiers::{EnterpriseName, IdNumber, PersonName, Uscc};
use shiming_verification::{claim::Claim, words::SubjectType};

/// The n-th enterprise.
pub struct Enterprise {
    uscc: Uscc,
    name: String,
    person: String,
    id: IdNumber,
}

/// A number below 10⁸ that no other number below 10⁸ becomes.
fn scattered(n: u32) -> u64 {
    u64::from(n) * 57_721_567 % 100_000_000
}

impl Enterprise {
    pub fn of(n: u32) -> Result<Self> {
        let organisation = format!("{:08}", scattered(n));
        let uscc = Uscc::from_parts("91", "110108", &organisation).context("digits")?;
        let first = NaiveDate::from_ymd_opt(1950, 1, 1).context("a day")?;
        let birth = first + Duration::days(i64::from(n % 18_000));
        let sequence = u16::try_from(n / 18_000 % 1000)?;
        let id = IdNumber::from_parts("110101", birth, sequence).context("digits")?;
        let han = |n: u32| char::from_u32(0x4E00 + n % 20_000).unwrap_or('明');
        Ok(Self {
            uscc,
            name: format!(
                "示例{}{}{n}号信息科技（北京）有限公司",
                han(n * 7),
                han(n / 11)
            ),
            person: format!("欧阳{}{}", han(n), han(n / 3)),
            id,
        })
    }

    /// Its line in a registry file.
    pub fn line(&self) -> String {
        let (uscc, id) = (self.uscc.as_str(), self.id.as_str());
        format!("{uscc},{},{},{id},存续,企业", self.name, self.person)
    }

    /// What its legal representative types.
    pub fn claim(self) -> Result<Claim> {
        Ok(Claim {
            subject: SubjectType::Enterprise,
            enterprise_name: EnterpriseName::parse(&self.name)?,
            uscc: self.uscc,
            legal_representative: PersonName::parse(&self.person)?,
            id_number: self.id,
        })
    }
}
