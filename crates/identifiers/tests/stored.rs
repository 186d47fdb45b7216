//! Values on their way to storage, to logs and back.

use chrono::NaiveDate;
use shiming_identifiers::documents::{HongKongId, PrcPassport};
use shiming_identifiers::{EnterpriseName, IdNumber, PersonName, PersonNameKey, Uscc};

fn day(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).expect("a day")
}

#[test]
fn values_are_stored_as_their_text() {
    let code = Uscc::parse("91350100m000100y43").expect("the sample of the standard");
    assert_eq!(
        serde_json::to_string(&code).expect("JSON"),
        r#""91350100M000100Y43""#
    );
    let name = EnterpriseName::parse("示例科技(北京)有限公司").expect("a name");
    assert_eq!(
        serde_json::to_string(&name).expect("JSON"),
        r#""示例科技(北京)有限公司""#
    );
}

#[test]
fn a_stored_value_that_was_tampered_with_is_not_read() {
    assert!(serde_json::from_str::<Uscc>(r#""91350100M000100Y34""#).is_err());
    assert!(serde_json::from_str::<IdNumber>(r#""110105194912310020""#).is_err());
    assert!(serde_json::from_str::<PersonName>(r#""张3""#).is_err());
    assert!(serde_json::from_str::<EnterpriseName>(r#""""#).is_err());
}

#[test]
fn a_record_stays_readable_when_its_owner_grows_older() {
    let number = IdNumber::parse("440524188001010014", day(1990)).expect("110 years old");
    let stored = serde_json::to_string(&number).expect("JSON");
    assert_eq!(
        serde_json::from_str::<IdNumber>(&stored).expect("stored"),
        number
    );
    assert!(IdNumber::parse(number.as_str(), day(2026)).is_err());
}

#[test]
fn debug_shows_masks_of_personal_data() {
    let number = IdNumber::parse("11010519491231002X", day(2026)).expect("a sample");
    let name = PersonName::parse("买买提·艾力").expect("a name");
    let passport = PrcPassport::parse("E12345678").expect("a number");
    let card = HongKongId::parse("A123456(3)").expect("a sample");
    let key: PersonNameKey = name.key();
    assert_eq!(
        format!("{number:?} {name:?} {key:?} {passport:?} {card:?}"),
        "IdNumber(110***********002X) PersonName(买****力) PersonNameKey(买****力) \
         PrcPassport(*****5678) HongKongId(******6(3))"
    );
}

#[test]
fn refusals_repeat_no_personal_data() {
    let number = IdNumber::parse("110105194912310020", day(2026)).unwrap_err();
    let name = serde_json::from_str::<PersonName>(r#""张三丰3""#).unwrap_err();
    let told = format!("{number} {number:?} {name} {name:?}");
    assert!(
        !told.contains("1105") && !told.contains('张') && !told.contains('丰'),
        "{told}"
    );
}
