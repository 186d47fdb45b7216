//! Applicants and their legal representatives, each going through one whole verification over HTTP.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use chrono::NaiveDate;
use reqwest::Client;
use serde_json::{Value, json};
use shiming_identifiers::{IdNumber, Uscc};
use shiming_testbed::{
    applicant::Applicant,
    browser::{Browser, http_client},
};
use tokio::task::JoinSet;

/// Whom they ask, and as whom.
#[derive(Clone)]
pub struct Town {
    pub http: Client,
    pub origin: String,
    pub key: String,
    next: Arc<AtomicU32>,
}

/// What a crowd did.
pub struct Crowd {
    pub verified: usize,
    pub seconds: f64,
    /// From the form's submission to the QR code, in milliseconds, ascending.
    pub to_code: Vec<f64>,
}

/// The n-th invented enterprise: organisation, name, person, ID number.
pub fn enterprise(n: u32) -> Value {
    let organisation = format!("{:08}", u64::from(n) * 57_721_567 % 100_000_000);
    let uscc = Uscc::from_parts("91", "110108", &organisation).expect("digits");
    let born = NaiveDate::from_ymd_opt(1950, 1, 1).expect("a day");
    let born = born + chrono::Duration::days(i64::from(n % 18_000));
    let sequence = u16::try_from(n / 18_000 % 1000).expect("small");
    let id = IdNumber::from_parts("110101", born, sequence).expect("digits");
    let given = char::from_u32(0x4E00 + n % 20_000).expect("a Han character");
    json!({
        "enterprise_name": format!("示例{n}号信息科技有限公司"), "uscc": uscc.as_str(),
        "legal_representative": format!("欧阳{given}"), "id_number": id.as_str(),
    })
}

impl Town {
    pub fn new(origin: &str, key: &str) -> Self {
        Self {
            http: http_client(),
            origin: origin.to_owned(),
            key: key.to_owned(),
            next: Arc::default(),
        }
    }

    /// One verification from the platform's request to "verified"; gives the time from the form to the QR code.
    pub async fn verify(&self) -> Result<Duration> {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let mut platform = Browser::with_key(&self.http, &self.origin, &self.key);
        let account = format!("account-{n}");
        let mut applicant = Applicant::of(&mut platform, &self.origin, &account).await;
        applicant.view().await;
        let mut page = applicant.pc.events(&applicant.path("/events")).await?;
        applicant.choose().await;
        let begun = Instant::now();
        let view = applicant.submit(&enterprise(n)).await;
        let to_code = begun.elapsed();
        ensure!(view["state"] == "awaiting_scan", "no QR code: {view}");
        let mut phone = applicant.phone(&self.origin, &view).await;
        phone.consent().await;
        let judged = json!({ "case": applicant.case });
        let judged = phone.browser.post("/bench/judge", &judged).await;
        ensure!(judged.status == 204, "not judged: {}", judged.status);
        page.until(|view| view["state"] == "verified").await;
        Ok(to_code)
    }

    /// So many applicants, each beginning anew as soon as it is verified, for some seconds.
    pub async fn crowd(&self, applicants: usize, seconds: u64) -> Result<Crowd> {
        let (begun, end) = (Instant::now(), Duration::from_secs(seconds));
        let mut going = JoinSet::new();
        for _ in 0..applicants {
            let town = self.clone();
            going.spawn(async move {
                let mut to_code = Vec::new();
                while begun.elapsed() < end {
                    to_code.push(town.verify().await?);
                }
                anyhow::Ok(to_code)
            });
        }
        finish(going, begun).await
    }

    /// Applicants who come one after the other, so many a second, whether the earlier ones are done or not.
    pub async fn stream(&self, a_second: f64, seconds: u64) -> Result<Crowd> {
        let begun = Instant::now();
        let mut coming = tokio::time::interval(Duration::from_secs_f64(1.0 / a_second));
        let mut going = JoinSet::new();
        while begun.elapsed() < Duration::from_secs(seconds) {
            coming.tick().await;
            let town = self.clone();
            going.spawn(async move { Ok(vec![town.verify().await?]) });
        }
        finish(going, begun).await
    }
}

async fn finish(mut going: JoinSet<Result<Vec<Duration>>>, begun: Instant) -> Result<Crowd> {
    let mut to_code = Vec::new();
    while let Some(done) = going.join_next().await {
        to_code.extend(done??.iter().map(|took| took.as_secs_f64() * 1e3));
    }
    to_code.sort_by(f64::total_cmp);
    Ok(Crowd {
        verified: to_code.len(),
        seconds: begun.elapsed().as_secs_f64(),
        to_code,
    })
}

impl Crowd {
    pub fn rate(&self) -> f64 {
        f64::from(u32::try_from(self.verified).unwrap_or(u32::MAX)) / self.seconds
    }

    pub fn percentile(&self, percent: usize) -> f64 {
        let last = self.to_code.len().saturating_sub(1);
        let at = (self.to_code.len() * percent / 100).min(last);
        self.to_code.get(at).copied().unwrap_or(f64::NAN)
    }
}
