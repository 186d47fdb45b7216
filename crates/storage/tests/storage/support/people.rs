//! Made-up enterprises, people and times.

use chrono::{DateTime, Duration, NaiveDate, TimeZone, Utc};
use shiming_identifiers::{EnterpriseName, IdNumber, PersonName, Uscc};
use shiming_verification::{claim::Claim, words::SubjectType};

/// So many minutes after the story begins.
pub fn at(minutes: i64) -> DateTime<Utc> {
    let start = Utc
        .with_ymd_and_hms(2026, 1, 2, 3, 4, 5)
        .single()
        .expect("a time");
    start + Duration::minutes(minutes)
}

pub fn uscc(n: u16) -> Uscc {
    Uscc::from_parts("91", "110108", &format!("MA{n:06}")).expect("of the alphabet")
}

pub fn id_number(n: u16) -> IdNumber {
    let birth =
        NaiveDate::from_ymd_opt(1980, 1, 1).expect("a day") + Duration::days((n % 15_000).into());
    IdNumber::from_parts("110101", birth, n % 1000).expect("digits")
}

pub fn person_name(n: u16) -> PersonName {
    let given = char::from_u32(0x4E00 + u32::from(n % 20_000)).expect("a Han character");
    PersonName::parse(&format!("欧阳{given}明")).expect("a name")
}

/// The elements of the n-th enterprise.
pub fn claim(n: u16) -> Claim {
    Claim {
        subject: SubjectType::Enterprise,
        enterprise_name: EnterpriseName::parse(&format!("示例{n}号科技（北京）有限公司"))
            .expect("a name"),
        uscc: uscc(n),
        legal_representative: person_name(n),
        id_number: id_number(n),
    }
}
