//! Pages that wait for news of a case, each with a stream of its own on one server.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Serialize;
use serde_json::json;
use shiming_testbed::{applicant::Applicant, browser::Browser};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use crate::{applicants::Town, setup::Server};

const PATIENCE: Duration = Duration::from_mins(2);
/// Pages that come in at once.
const AT_ONCE: usize = 200;

#[derive(Serialize)]
pub struct Pages {
    waiting: usize,
    /// Resident memory of the server that each page adds, in KiB.
    kib_a_page: f64,
    /// From the change of the case to the moment at which the last page has heard of it, in milliseconds.
    all_told_ms: f64,
}

/// So many pages wait for one case; then it changes.
pub async fn measure(town: &Town, server: &Server, pages: usize) -> Result<Pages> {
    let mut platform = Browser::with_key(&town.http, &town.origin, &town.key);
    let mut applicant = Applicant::of(&mut platform, &town.origin, "waits").await;
    let request = format!(
        "GET {} HTTP/1.1\r\nhost: localhost\r\nx-forwarded-proto: https\r\ncookie: {}\r\n\r\n",
        applicant.path("/events"),
        applicant.pc.cookie_header()
    );
    let before = server.resident_kib()?;
    let address = town.origin.trim_start_matches("http://").to_owned();
    let mut streams = Vec::with_capacity(pages);
    while streams.len() < pages {
        let mut coming = JoinSet::new();
        for _ in 0..AT_ONCE.min(pages - streams.len()) {
            let (address, request) = (address.clone(), request.clone());
            coming.spawn(async move { enter(&address, &request).await });
        }
        while let Some(stream) = coming.join_next().await {
            streams.push(stream??);
        }
    }
    let grown = server.resident_kib()? - before;
    let mut told = JoinSet::new();
    for mut stream in streams {
        told.spawn(async move { hear(&mut stream).await.map(|()| stream) });
    }
    // Everybody listens by now, and nobody has anything to hear.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let begun = Instant::now();
    let choice = json!({ "subject_type": "enterprise", "method": "face" });
    let changed = applicant.pc.post(&applicant.path("/choice"), &choice).await;
    ensure!(changed.status == 200, "{}", changed.body);
    let mut kept = Vec::with_capacity(pages);
    while let Some(heard) = told.join_next().await {
        kept.push(heard??);
    }
    Ok(Pages {
        waiting: pages,
        kib_a_page: grown / f64::from(u32::try_from(pages)?),
        all_told_ms: begun.elapsed().as_secs_f64() * 1e3,
    })
}

/// Opens a stream and hears how the case stands.
async fn enter(address: &str, request: &str) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    hear(&mut stream).await?;
    Ok(stream)
}

/// Reads until a whole event has come.
async fn hear(stream: &mut TcpStream) -> Result<()> {
    let mut heard = Vec::new();
    let reading = async {
        let mut buffer = [0; 4096];
        loop {
            let count = stream.read(&mut buffer).await?;
            if count == 0 {
                bail!("the stream ended: {}", String::from_utf8_lossy(&heard));
            }
            heard.extend_from_slice(&buffer[..count]);
            let event = heard.windows(5).position(|part| part == b"data:");
            let rest = event.map(|at| &heard[at..]);
            if rest.is_some_and(|rest| rest.windows(2).any(|two| two == b"\n\n")) {
                return Ok(());
            }
        }
    };
    tokio::time::timeout(PATIENCE, reading)
        .await
        .context("no event in two minutes")?
}

impl Pages {
    pub fn print(&self) {
        println!(
            "\n{} pages wait on one process: {:.1} KiB each; all told of a change within {:.0} ms",
            self.waiting, self.kib_a_page, self.all_told_ms
        );
    }
}
