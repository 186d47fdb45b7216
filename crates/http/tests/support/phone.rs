//! A phone on a real WebSocket: films what it is told to, with pictures from `fixtures/faces`, while the server's clock
//! is turned by hand.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use super::{Browser, World, elements, text};

/// Time between two frames by the server's clock.
const FRAME: chrono::Duration = chrono::Duration::milliseconds(200);
/// Longest real time that one scan may take.
const PATIENCE: Duration = Duration::from_mins(2);

fn faces() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/faces")
}

pub fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(faces().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A recording: for the neutral face and for each action its pictures, five a second.
pub struct Film(BTreeMap<String, Vec<Vec<u8>>>);

impl Film {
    /// Everything that the fixtures show.
    pub fn whole() -> Self {
        let recipes: Value = serde_json::from_slice(&fixture("clips.json")).unwrap();
        let clips = [
            "neutral",
            "turn_left",
            "turn_right",
            "nod",
            "open_mouth",
            "close_eyes",
        ];
        Self(
            clips
                .iter()
                .map(|clip| ((*clip).to_owned(), pictures(&recipes, clip)))
                .collect(),
        )
    }

    /// One recording made of another's pictures.
    pub fn changed(&self, change: impl Fn(&[u8]) -> Vec<u8>) -> Self {
        let all = |clip: &Vec<Vec<u8>>| clip.iter().map(|jpeg| change(jpeg)).collect();
        Self(
            self.0
                .iter()
                .map(|(name, clip)| (name.clone(), all(clip)))
                .collect(),
        )
    }
}

fn pictures(recipes: &Value, clip: &str) -> Vec<Vec<u8>> {
    let recipe = recipes["clips"][clip].as_array().unwrap();
    let frames = recipe.iter().flat_map(|entry| {
        let times = usize::try_from(entry[1].as_u64().unwrap()).unwrap();
        std::iter::repeat_n(text(&entry[0]), times)
    });
    frames
        .step_by(6)
        .map(|still| fixture(&format!("stills/{still}.jpg")))
        .collect()
}

/// Serves a world on a socket.
pub async fn served(world: &World) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = world.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// From an applicant at the PC to a phone that may film; answers with the phone and the case's path.
pub async fn consented(world: &World, company: usize) -> (Browser, String) {
    let (mut pc, path) = world.applicant().await;
    let companies = shiming_service::demo::seeded();
    let submitted = elements(&companies[company]);
    let view = pc
        .post(world, &format!("{path}/elements"), &submitted)
        .await
        .body;
    let url = text(&view["invitation"]["url"]);
    let mut phone = Browser::default();
    let token = json!({ "token": url.split_once('#').unwrap().1 });
    phone.post(world, "/phone/api/claim", &token).await;
    let notice = phone.get(world, "/phone/api/notice").await.body;
    let agreed = json!({ "version": notice["version"], "agreed": true });
    let ready = phone.post(world, "/phone/api/consent", &agreed).await;
    assert_eq!(ready.body["state"], "ready");
    (phone, path)
}

/// Films to the end; answers with the last message.
pub async fn film(world: &World, address: SocketAddr, phone: &Browser, film: &Film) -> Value {
    let filmed = tokio::time::timeout(PATIENCE, Filming::start(world, address, phone, film));
    filmed.await.expect("a verdict in time")
}

struct Filming<'a> {
    world: &'a World,
    film: &'a Film,
    socket: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
    clip: String,
    at: usize,
    cue: u16,
    sequence: u32,
}

impl<'a> Filming<'a> {
    async fn start(
        world: &'a World,
        address: SocketAddr,
        phone: &Browser,
        film: &'a Film,
    ) -> Value {
        let mut request = format!("ws://{address}/phone/api/scan/ws")
            .into_client_request()
            .unwrap();
        let cookie = phone.cookies.join("; ").parse().unwrap();
        request.headers_mut().insert("cookie", cookie);
        let (mut socket, _) = connect_async(request).await.expect("the phone may film");
        let hello = json!({ "type": "hello", "protocol": 1, "reduced_motion": true,
            "camera": { "label": "Front camera" } });
        socket.send(Message::text(hello.to_string())).await.unwrap();
        let (clip, at, cue, sequence) = ("neutral".to_owned(), 0, 0, 0);
        let mut filming = Self {
            world,
            film,
            socket,
            clip,
            at,
            cue,
            sequence,
        };
        loop {
            if let Some(result) = filming.listen().await {
                return result;
            }
            filming.send(0).await;
            world.clock.turn(FRAME);
        }
    }

    /// Hears everything that is there to hear, for as long as a frame takes to be measured.
    async fn listen(&mut self) -> Option<Value> {
        let mut pause = Duration::from_millis(100);
        while let Ok(Some(Ok(message))) = tokio::time::timeout(pause, self.socket.next()).await {
            let Message::Text(heard) = message else {
                continue;
            };
            let prompt: Value = serde_json::from_str(heard.as_str()).unwrap();
            match prompt["type"].as_str().unwrap() {
                "challenge" => {
                    (self.clip, self.at) = (text(&prompt["action"]), 0);
                    self.cue = u16::try_from(prompt["cue"].as_u64().unwrap()).unwrap();
                }
                "challenge_done" => (self.clip, self.at) = ("neutral".to_owned(), 0),
                "still" => self.send(1).await,
                "result" => return Some(prompt),
                _ => {}
            }
            pause = Duration::from_millis(20);
        }
        None
    }

    async fn send(&mut self, kind: u8) {
        let clip = &self.film.0[&self.clip];
        let jpeg = &clip[self.at % clip.len()];
        if kind == 0 {
            self.at += 1;
        }
        self.sequence += 1;
        let now = shiming_service::edge::Clock::steady_ms(&*self.world.clock);
        let mut message = vec![1, kind];
        message.extend(self.cue.to_be_bytes());
        message.extend(self.sequence.to_be_bytes());
        message.extend(now.to_be_bytes());
        message.extend_from_slice(jpeg);
        self.socket.send(Message::binary(message)).await.unwrap();
    }
}
