//! The demonstration's companies: invented names, valid check digits, belonging to nobody as far as we know.

use chrono::NaiveDate;
use shiming_identifiers::{EnterpriseName, IdNumber, PersonName, Uscc};
use shiming_verification::{
    claim::Claim,
    ports::{RegistryEntry, RegistryStatus},
    words::SubjectType,
};

/// A seed: organisation number, name, legal representative, subject type, status.
type Seed = (
    &'static str,
    &'static str,
    &'static str,
    SubjectType,
    RegistryStatus,
);

const SEEDS: [Seed; 6] = [
    (
        "MADEM001",
        "示例云帆科技有限公司",
        "张示例",
        SubjectType::Enterprise,
        RegistryStatus::Active,
    ),
    (
        "MADEM002",
        "示例（北京）数据服务有限公司",
        "李演示",
        SubjectType::Enterprise,
        RegistryStatus::Active,
    ),
    (
        "MADEM003",
        "示例天山商贸有限公司",
        "买买提·示例",
        SubjectType::Enterprise,
        RegistryStatus::Active,
    ),
    (
        "MADEM004",
        "示例老街小吃店",
        "王䶮",
        SubjectType::IndividualBusiness,
        RegistryStatus::Active,
    ),
    (
        "MADEM005",
        "示例旧时光文化有限公司",
        "赵样例",
        SubjectType::Enterprise,
        RegistryStatus::Cancelled,
    ),
    (
        "MADEM006",
        "示例停业贸易有限公司",
        "钱样例",
        SubjectType::Enterprise,
        RegistryStatus::Revoked,
    ),
];

/// Every seeded company; the same at every start.
#[must_use]
pub fn seeded() -> Vec<RegistryEntry> {
    SEEDS
        .iter()
        .zip(1..)
        .filter_map(|(seed, nth)| entry(seed, nth))
        .collect()
}

fn entry(seed: &Seed, nth: u16) -> Option<RegistryEntry> {
    let (organisation, name, person, subject, status) = *seed;
    let born = NaiveDate::from_ymd_opt(1980, 1, 1)?;
    let claim = Claim {
        subject,
        enterprise_name: EnterpriseName::parse(name).ok()?,
        uscc: Uscc::from_parts(category(subject), "110000", organisation)?,
        legal_representative: PersonName::parse(person).ok()?,
        id_number: IdNumber::from_parts("110101", born, nth)?,
    };
    Some(RegistryEntry { claim, status })
}

const fn category(subject: SubjectType) -> &'static str {
    match subject {
        SubjectType::Enterprise => "91",
        SubjectType::IndividualBusiness => "92",
    }
}

/// What a social credit code is written with (GB 32100-2015, table 1).
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Visitors that can be told from each other: the numbers of four such characters.
const NUMBERS: u64 = 31 * 31 * 31 * 31;

/// Four characters of a code.
fn digits(number: u64) -> impl Iterator<Item = char> {
    let places = [31 * 31 * 31, 31 * 31, 31, 1];
    places.into_iter().filter_map(move |place| {
        let digit = usize::try_from(number / place % 31).ok()?;
        ALPHABET.chars().nth(digit)
    })
}

/// A new company whose legal representative is the visitor, told from others by a random number. The ID number is made up: nobody types a real one here.
#[must_use]
pub fn invented(
    person: PersonName,
    name: Option<EnterpriseName>,
    number: u64,
) -> Option<RegistryEntry> {
    let own = number % NUMBERS;
    let number = number / NUMBERS;
    let organisation: String = "MADW".chars().chain(digits(own)).collect();
    let name = match name {
        Some(name) => name,
        None => EnterpriseName::parse(&format!("示例访客{own:06}有限公司")).ok()?,
    };
    let day = i32::try_from(number % 7_000).ok()?;
    let born = NaiveDate::from_ymd_opt(1970, 1, 1)? + chrono::Duration::days(i64::from(day));
    let sequence = u16::try_from(number / 7_000 % 1_000).ok()?;
    let claim = Claim {
        subject: SubjectType::Enterprise,
        enterprise_name: name,
        uscc: Uscc::from_parts("91", "110000", &organisation)?,
        legal_representative: person,
        id_number: IdNumber::from_parts("110101", born, sequence)?,
    };
    Some(RegistryEntry {
        claim,
        status: RegistryStatus::Active,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_is_a_valid_company() {
        let companies = seeded();
        assert_eq!(companies.len(), SEEDS.len());
        for company in companies {
            assert!(
                company.claim.enterprise_name.as_str().starts_with("示例"),
                "demo data are marked"
            );
        }
    }

    #[test]
    fn a_visitor_becomes_the_legal_representative_of_a_valid_company() {
        let person = PersonName::parse("访客").unwrap();
        let company = invented(person, None, 0x0707_0707_0707_0707).unwrap();
        assert!(Uscc::parse(company.claim.uscc.as_str()).is_ok());
        let next = PersonName::parse("访客").unwrap();
        let next = invented(next, None, 0x0707_0707_0707_0708).unwrap();
        assert_ne!(company.claim.uscc, next.claim.uscc);
        assert!(
            company
                .claim
                .enterprise_name
                .as_str()
                .starts_with("示例访客")
        );
    }
}
