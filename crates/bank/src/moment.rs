//! Times as banks write them. Where they name no zone it is China's, UTC+8 all year.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone as _, Utc};

const CHINA: Option<FixedOffset> = FixedOffset::east_opt(8 * 3600);

/// China's time.
pub(crate) fn in_china(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    let utc = FixedOffset::east_opt(0).or(CHINA);
    CHINA
        .or(utc)
        .map_or_else(|| at.fixed_offset(), |zone| at.with_timezone(&zone))
}

fn from_china(at: NaiveDateTime) -> Option<DateTime<Utc>> {
    Some(CHINA?.from_local_datetime(&at).single()?.to_utc())
}

/// China's date.
pub(crate) fn day_in_china(at: DateTime<Utc>) -> NaiveDate {
    in_china(at).date_naive()
}

/// An `ISODateTime` or `ISODate` (ISO 20022), with or without a zone.
pub(crate) fn iso(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    // Some banks leave the colon out of the zone.
    if let Ok(at) = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z") {
        return Some(at.to_utc());
    }
    if let Ok(at) = text.parse::<NaiveDateTime>() {
        return from_china(at);
    }
    let date = text.get(..10).filter(|_| !text.contains('T'))?;
    from_china(date.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?)
}

/// Formats that domestic consoles export; those with a time of day first.
const DOMESTIC: [&str; 11] = [
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y.%m.%d %H:%M:%S",
    "%Y-%m-%d-%H.%M.%S%.f",
    "%Y%m%d %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y%m%d %H%M%S",
    "%Y-%m-%dT%H:%M:%S%.f",
];
const DOMESTIC_DAYS: [&str; 5] = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"];

/// A time in a statement of a domestic bank, in `format` (that of `strftime`) or any of the usual ones.
pub(crate) fn domestic(text: &str, format: Option<&str>) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let timed = |format: &str| NaiveDateTime::parse_from_str(text, format).ok();
    let day = |format: &str| {
        NaiveDate::parse_from_str(text, format)
            .ok()?
            .and_hms_opt(0, 0, 0)
    };
    let at = match format {
        Some(format) => timed(format).or_else(|| day(format)),
        None => DOMESTIC
            .into_iter()
            .find_map(timed)
            .or_else(|| DOMESTIC_DAYS.into_iter().find_map(day)),
    };
    from_china(at?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_a_zone_is_chinas() {
        let utc = |text: &str| iso(text).map(|at| at.to_rfc3339());
        let ten = Some("2026-01-02T02:05:00+00:00".to_owned());
        assert_eq!(utc("2026-01-02T10:05:00+08:00"), ten);
        assert_eq!(utc("2026-01-02T10:05:00"), ten);
        assert_eq!(utc("2026-01-02T02:05:00.000Z"), ten);
        assert_eq!(utc("2026-01-02T10:05:00+0800"), ten);
        let midnight = Some("2026-01-01T16:00:00+00:00".to_owned());
        assert_eq!(utc("2026-01-02"), midnight);
        assert_eq!(utc("2026-01-02+08:00"), midnight);
        for text in [
            "",
            "2026-13-01",
            "02.01.2026",
            "2026-01-02T25:00:00",
            "2026-01-0二",
        ] {
            assert_eq!(utc(text), None, "{text}");
        }
    }

    #[test]
    fn domestic_times_are_read_in_their_usual_spellings() {
        let ten = domestic("2026-01-02 10:05:00", None).expect("a time");
        for text in [
            "2026/01/02 10:05:00",
            "2026/1/2 10:05",
            "2026.01.02 10:05:00",
            "2026-01-02 10:05:00.0",
            "2026-01-02-10.05.00.000000",
            "20260102 10:05:00",
            "20260102100500",
            "2026年01月02日 10:05:00",
        ] {
            assert_eq!(domestic(text, None), Some(ten), "{text}");
        }
        assert!(domestic("2026年1月2日", None).is_some());
        assert_eq!(
            domestic("02.01.2026 10:05", Some("%d.%m.%Y %H:%M")),
            Some(ten)
        );
        assert_eq!(domestic("02.01.2026 10:05", None), None);
    }
}
