//! A simulated phone: shows what it is told, films what a person would do, sends at the pace that it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use shiming_face::scan::{Action, Prompt};
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, sleep_until};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::api::{Api, Consented};
use crate::clips::Clips;
use crate::tally::Tally;

/// A person sees what to do, understands, and begins.
const REACTION_MS: u64 = 400;

/// What all phones share.
pub struct World {
    pub api: Api,
    pub origin: String,
    pub clips: Clips,
    pub tally: Arc<Tally>,
    /// Phones that are asked to wait just now.
    pub waiting: AtomicUsize,
    /// The pace that the last phone was told.
    pub fps: AtomicU32,
}

/// One scan as the phone sees it.
struct Scan {
    cue: u16,
    doing: Option<Action>,
    since_ms: u64,
    sequence: u32,
    still_wanted: bool,
    pace: Option<u32>,
    waiting_since_ms: Option<u64>,
    result: Option<(String, u32)>,
}

/// Scans again and again, each time for a new case of the same company.
pub async fn live(world: Arc<World>, company: Value) -> Result<()> {
    loop {
        let phone = world.api.consented(&company).await?;
        scan(&world, &phone).await?;
    }
}

async fn scan(world: &World, phone: &Consented) -> Result<()> {
    let address = format!(
        "{}/phone/api/scan/ws",
        world.origin.replacen("http", "ws", 1)
    );
    let mut request = address.into_client_request()?;
    let headers = request.headers_mut();
    headers.insert("cookie", phone.cookies.parse()?);
    headers.insert("origin", world.origin.parse()?);
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await?;
    let hello = json!({ "type": "hello", "protocol": 1, "camera": { "label": "Front camera" } });
    socket.send(Message::Text(hello.to_string().into())).await?;
    let mut scan = Scan::new();
    let mut camera = interval(Duration::from_millis(200));
    camera.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut filmed = Instant::now();
    while scan.result.is_none() {
        tokio::select! {
            message = socket.next() => match message.context("the server hung up")?? {
                Message::Text(text) => {
                    let before = scan.pace;
                    if let Ok(prompt) = serde_json::from_str(&text) {
                        scan.obey(prompt, world);
                    }
                    if let Some(fps) = scan.pace.filter(|_| scan.pace != before) {
                        // All hear it at once, but each goes on from its own last frame.
                        let between = Duration::from_secs(1) / fps.max(1);
                        camera = interval_at(filmed + between, between);
                        camera.set_missed_tick_behavior(MissedTickBehavior::Delay);
                    }
                }
                Message::Close(_) => break,
                _ => {}
            },
            tick = camera.tick(), if scan.pace.is_some() => {
                filmed = tick;
                let frame = scan.film(world);
                world.tally.sent();
                socket.send(frame).await?;
            }
        }
    }
    scan.end(world);
    // The person reads the result before the page is closed.
    sleep_until(Instant::now() + Duration::from_millis(200)).await;
    Ok(())
}

impl Scan {
    fn new() -> Self {
        Self {
            cue: 0,
            doing: None,
            since_ms: 0,
            sequence: 0,
            still_wanted: false,
            pace: None,
            waiting_since_ms: None,
            result: None,
        }
    }

    fn obey(&mut self, prompt: Prompt, world: &World) {
        let now_ms = world.tally.now_ms();
        match prompt {
            Prompt::Ready { r#try, fps, .. } => {
                if let Some(since_ms) = self.waiting_since_ms.take() {
                    world.waiting.fetch_sub(1, Ordering::Relaxed);
                    world.tally.waited(now_ms - since_ms);
                    if r#try != 1 {
                        world.tally.lost_a_try_by_waiting();
                    }
                }
                self.since_ms = now_ms;
                self.keep(fps, world);
            }
            Prompt::Wait { .. } => {
                if self.waiting_since_ms.is_none() {
                    self.waiting_since_ms = Some(now_ms);
                    world.waiting.fetch_add(1, Ordering::Relaxed);
                }
            }
            Prompt::Rate { fps, .. } => self.keep(fps, world),
            Prompt::Challenge { cue, action, .. } => {
                (self.cue, self.doing) = (cue, Some(action));
                self.since_ms = now_ms + REACTION_MS;
            }
            Prompt::ChallengeDone { .. } => {
                self.doing = None;
                self.since_ms = now_ms;
            }
            Prompt::Colour { cue, .. } => self.cue = cue,
            Prompt::Still => self.still_wanted = true,
            Prompt::Result {
                outcome,
                code,
                tries_left,
            } => {
                let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
                let outcome = format!("{outcome:?}").to_lowercase();
                self.result = Some((format!("{outcome}{code}"), tries_left));
            }
            Prompt::Guide { .. } | Prompt::Progress { .. } => {}
        }
    }

    fn keep(&mut self, fps: u32, world: &World) {
        self.pace = Some(fps);
        world.fps.store(fps, Ordering::Relaxed);
        world.tally.told(fps);
    }

    /// The next frame as it goes over the wire.
    fn film(&mut self, world: &World) -> Message {
        self.sequence += 1;
        let now_ms = world.tally.now_ms();
        let begun = now_ms >= self.since_ms;
        let jpeg = world.clips.frame(
            self.doing.filter(|_| begun),
            now_ms.saturating_sub(self.since_ms),
        );
        let mut frame = Vec::with_capacity(16 + jpeg.len());
        frame.extend([1, u8::from(std::mem::take(&mut self.still_wanted))]);
        frame.extend(self.cue.to_be_bytes());
        frame.extend(self.sequence.to_be_bytes());
        frame.extend(now_ms.to_be_bytes());
        frame.extend(jpeg.iter());
        Message::Binary(frame.into())
    }

    fn end(&self, world: &World) {
        if self.waiting_since_ms.is_some() {
            world.waiting.fetch_sub(1, Ordering::Relaxed);
        }
        let how = self
            .result
            .as_ref()
            .map_or("hung up", |(how, _)| how.as_str());
        world.tally.ended(how.to_owned());
    }
}
