//! Birth dates inside identity numbers. Callers pass digits only.

use chrono::{Datelike, NaiveDate};

/// `YYYYMMDD` as a date of the calendar.
pub(super) fn full_date(digits: &str) -> Option<NaiveDate> {
    let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<u32>().ok();
    let year = i32::try_from(number(0..4)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(4..6)?, number(6..8)?)
}

/// `YYMMDD` in the latest century in which it is a real date not after `as_of`.
pub(super) fn latest_century(digits: &str, as_of: NaiveDate) -> Option<NaiveDate> {
    let this_century = as_of.year().div_euclid(100);
    [this_century, this_century - 1]
        .into_iter()
        .filter_map(|century| full_date(&format!("{century:02}{digits}")))
        .find(|&birth| birth <= as_of)
}

#[cfg(test)]
mod tests {
    use super::{full_date, latest_century};
    use chrono::NaiveDate;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a date of the calendar")
    }

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        assert_eq!(full_date("19880229"), Some(day(1988, 2, 29)));
        assert_eq!(full_date("19490229"), None);
        assert_eq!(full_date("20001301"), None);
    }

    #[test]
    fn a_two_digit_year_belongs_to_the_latest_century_that_is_over() {
        let today = day(2026, 1, 1);
        assert_eq!(latest_century("901231", today), Some(day(1990, 12, 31)));
        assert_eq!(latest_century("260101", today), Some(today));
        assert_eq!(latest_century("260102", today), Some(day(1926, 1, 2)));
        assert_eq!(latest_century("000229", today), Some(day(2000, 2, 29)));
        assert_eq!(latest_century("901331", today), None);
    }
}
