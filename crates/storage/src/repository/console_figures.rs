//! Figures over events: how many, in how many cases, how long.

use chrono::{DateTime, Utc};
use shiming_verification::ports::console::{EventCount, Latency};
use sqlx::QueryBuilder;

use super::{Db, Result, Store};
use crate::words::{count, millis};

/// A day, and China's offset, in milliseconds: days begin at midnight in China.
const DAY: i64 = 86_400_000;
const CHINA: i64 = 28_800_000;
/// Pairs of events looked at for a latency, the newest ones.
const PAIRS: i64 = 20_000;

impl Store {
    pub(super) async fn count_events(
        &self,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<EventCount>> {
        let rows: Vec<(i64, String, Option<String>, i64, i64)> = sqlx::query_as(
            "SELECT (at + $3) / $4 AS day, kind, code, COUNT(*), COUNT(DISTINCT case_id)
             FROM case_event WHERE at >= $1 AND at < $2
             GROUP BY 1, kind, code ORDER BY 1, kind, code",
        )
        .bind(millis(since))
        .bind(millis(until))
        .bind(CHINA)
        .bind(DAY)
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter()
            .map(|(day, kind, code, events, cases)| {
                Ok(EventCount {
                    day,
                    kind,
                    code,
                    events: count(events)?,
                    cases: count(cases)?,
                })
            })
            .collect()
    }

    pub(super) async fn count_cases(
        &self,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<(String, u64)>> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT kind, COUNT(DISTINCT case_id) FROM case_event
             WHERE at >= $1 AND at < $2 GROUP BY kind ORDER BY kind",
        )
        .bind(millis(since))
        .bind(millis(until))
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter()
            .map(|(kind, cases)| Ok((kind, count(cases)?)))
            .collect()
    }

    pub(super) async fn measure(
        &self,
        from: &str,
        to: &[&str],
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Latency> {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT MIN(b.at) - a.at FROM (SELECT case_id, version, at FROM case_event WHERE at >= ",
        );
        query.push_bind(millis(since)).push(" AND at < ");
        query.push_bind(millis(until)).push(" AND kind = ");
        query.push_bind(from.to_owned());
        query.push(" ORDER BY at DESC LIMIT ").push_bind(PAIRS);
        query.push(") a JOIN case_event b ON b.case_id = a.case_id AND b.version >= a.version");
        query.push(" AND b.kind IN (");
        let mut kinds = query.separated(", ");
        for kind in to {
            kinds.push_bind((*kind).to_owned());
        }
        query.push(") GROUP BY a.case_id, a.version, a.at ORDER BY 1");
        let spans: Vec<i64> = query.build_query_scalar().fetch_all(&self.reader).await?;
        Ok(percentiles(&spans))
    }
}

/// Of sorted spans.
fn percentiles(spans: &[i64]) -> Latency {
    let at = |percent: usize| {
        let place = (spans.len() * percent / 100).min(spans.len().saturating_sub(1));
        let span = spans.get(place).copied().unwrap_or_default();
        u64::try_from(span).unwrap_or_default()
    };
    Latency {
        count: spans.len() as u64,
        p50: at(50),
        p95: at(95),
    }
}

#[cfg(test)]
mod tests {
    use super::percentiles;

    #[test]
    fn percentiles_of_nothing_and_of_a_hundred() {
        assert_eq!(percentiles(&[]).count, 0);
        let spans: Vec<i64> = (1..=100).collect();
        let found = percentiles(&spans);
        assert_eq!((found.count, found.p50, found.p95), (100, 51, 96));
    }
}
