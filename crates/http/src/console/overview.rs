//! Figures: funnel, pass rate, reasons, latency, how the providers are.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Query, State},
};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use shiming_service::ServiceError;
use shiming_verification::ports::console::EventCount;
use utoipa::{IntoParams, ToSchema};

use crate::{
    problem::{Failure, Problem},
    state::AppState,
};

const MOST_DAYS: i64 = 90;

/// Steps of the funnel: name, and the kinds of event by which a case has reached it.
const FUNNEL: [(&str, &[&str]); 5] = [
    ("opened", &["opened"]),
    ("submitted", &["elements_submitted"]),
    ("matched", &["registry_matched"]),
    ("consented", &["consent_given", "transfer_confirmed"]),
    ("verified", &["verified"]),
];

/// Spans that are measured: name, from, to.
const SPANS: [(&str, &str, &[&str]); 4] = [
    (
        "registry",
        "elements_submitted",
        &["registry_matched", "registry_refused", "registry_pending"],
    ),
    ("to_phone", "invitation_issued", &["phone_claimed"]),
    (
        "scan",
        "scan_started",
        &["face_matched", "try_failed", "sent_to_review"],
    ),
    ("whole", "opened", &["verified"]),
];

/// How far back.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OverviewQuery {
    /// 1 to 90; 30 if absent.
    pub days: Option<i64>,
}

/// Figures of the last days.
#[derive(Serialize, ToSchema)]
pub struct Overview {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Cases that reached each step.
    pub funnel: Vec<Count>,
    /// Of the cases that were decided, how many passed; absent while none was.
    pub pass_rate: Option<f64>,
    /// Outcomes by day.
    pub days: Vec<Day>,
    /// What went wrong, most often first.
    pub reasons: Vec<Count>,
    /// How long it took.
    pub spans: Vec<Span>,
    /// How the providers are.
    pub providers: Vec<Provider>,
    /// Jobs that wait for a person.
    pub stuck_jobs: u64,
}

/// A name and a count.
#[derive(Serialize, ToSchema)]
pub struct Count {
    /// Its word.
    pub name: String,
    /// How often.
    pub count: u64,
}

/// One day in China.
#[derive(Serialize, ToSchema)]
pub struct Day {
    /// `2026-01-31`
    pub date: String,
    /// Cases opened.
    pub opened: u64,
    /// Cases that passed.
    pub verified: u64,
    /// Cases that were refused.
    pub rejected: u64,
}

/// How long something took.
#[derive(Serialize, ToSchema)]
pub struct Span {
    /// Its word.
    pub name: String,
    /// Measured spans.
    pub count: u64,
    /// Half were quicker, in milliseconds.
    pub p50_ms: u64,
    /// Nineteen of twenty were quicker, in milliseconds.
    pub p95_ms: u64,
}

/// How a provider is.
#[derive(Serialize, ToSchema)]
pub struct Provider {
    /// `registry` or `identity_authority`.
    pub name: String,
    /// Answers.
    pub answered: u64,
    /// Times without one.
    pub unavailable: u64,
}

/// Figures of the last days.
#[utoipa::path(get, path = "/overview", params(OverviewQuery), extensions(("x-permission" = json!("overview.read"))), responses(
    (status = 200, body = Overview), (status = 403, body = Problem),
))]
pub async fn show(
    State(state): State<AppState>,
    Query(query): Query<OverviewQuery>,
) -> Result<Json<Overview>, Failure> {
    let until = state.services.clock.now();
    let days = query.days.unwrap_or(30).clamp(1, MOST_DAYS);
    let since = until - Duration::days(days);
    let figures = &state.services.figures;
    let counts = figures
        .event_counts(since, until)
        .await
        .map_err(ServiceError::from)?;
    let reached = figures
        .cases_by_event(since, until)
        .await
        .map_err(ServiceError::from)?;
    let stuck = figures.stuck_jobs(None, 1000).await;
    let stuck = stuck.map_err(ServiceError::from)?;
    let reached: BTreeMap<String, u64> = reached.into_iter().collect();
    Ok(Json(Overview {
        since,
        funnel: funnel(&reached),
        pass_rate: pass_rate(&reached),
        days: by_day(&counts, since, days),
        reasons: reasons(&counts),
        spans: spans(&state, since, until).await?,
        providers: providers(&counts),
        stuck_jobs: stuck.len() as u64,
    }))
}

fn funnel(reached: &BTreeMap<String, u64>) -> Vec<Count> {
    let most = |kinds: &[&str]| kinds.iter().filter_map(|kind| reached.get(*kind)).sum();
    let step = |(name, kinds): &(&str, &[&str])| Count {
        name: (*name).to_owned(),
        count: most(kinds),
    };
    FUNNEL.iter().map(step).collect()
}

#[allow(clippy::cast_precision_loss)] // Counts of cases are far below 2^52.
fn pass_rate(reached: &BTreeMap<String, u64>) -> Option<f64> {
    let count = |kind: &str| reached.get(kind).copied().unwrap_or_default();
    let passed = count("verified");
    let decided = passed + count("rejected") + count("expired") + count("canceled");
    (decided > 0).then(|| passed as f64 / decided as f64)
}

fn by_day(counts: &[EventCount], since: DateTime<Utc>, days: i64) -> Vec<Day> {
    let first = (since + Duration::hours(8)).date_naive();
    let of = |date: chrono::NaiveDate, kind: &str| {
        let day = date
            .signed_duration_since(chrono::NaiveDate::default())
            .num_days();
        let fits = counts
            .iter()
            .filter(|count| count.day == day && count.kind == kind);
        fits.map(|count| count.cases).sum()
    };
    (0..=days)
        .filter_map(|nth| first.checked_add_signed(Duration::days(nth)))
        .map(|date| Day {
            date: date.to_string(),
            opened: of(date, "opened"),
            verified: of(date, "verified"),
            rejected: of(date, "rejected"),
        })
        .collect()
}

fn reasons(counts: &[EventCount]) -> Vec<Count> {
    let mut found: BTreeMap<&str, u64> = BTreeMap::new();
    for count in counts {
        if let Some(code) = &count.code {
            *found.entry(code).or_default() += count.events;
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let count = |(name, count): (&str, u64)| Count {
        name: name.to_owned(),
        count,
    };
    found.into_iter().take(10).map(count).collect()
}

fn providers(counts: &[EventCount]) -> Vec<Provider> {
    let sum = |kinds: &[&str], code: Option<&str>| {
        let fits = counts.iter().filter(|count| {
            kinds.contains(&count.kind.as_str())
                && code.is_none_or(|code| count.code.as_deref() == Some(code))
        });
        fits.map(|count| count.events).sum::<u64>()
    };
    let provider = |name: &str, kinds: &[&str], code: &str, all: &[&str]| {
        let unavailable = sum(all, Some(code));
        Provider {
            name: name.to_owned(),
            answered: sum(kinds, None).saturating_sub(sum(kinds, Some(code))),
            unavailable,
        }
    };
    let registry = ["registry_matched", "registry_refused", "registry_pending"];
    let face = ["face_matched", "try_failed", "sent_to_review"];
    vec![
        provider("registry", &registry, "registry_unavailable", &registry),
        provider(
            "identity_authority",
            &face,
            "system_error",
            &["scan_interrupted", "try_failed"],
        ),
    ]
}

async fn spans(
    state: &AppState,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Span>, Failure> {
    let mut spans = Vec::new();
    for (name, from, to) in SPANS {
        let found = state.services.figures.latency(from, to, since, until).await;
        let found = found.map_err(ServiceError::from)?;
        spans.push(Span {
            name: name.to_owned(),
            count: found.count,
            p50_ms: found.p50,
            p95_ms: found.p95,
        });
    }
    Ok(spans)
}
