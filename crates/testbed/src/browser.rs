//! A browser as far as the server can tell: keeps cookies, reads event streams, opens the scan's WebSocket.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::StreamExt as _;
use reqwest::{Client, Method, Response, StatusCode, Upgraded, header};
use serde_json::Value;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::Role},
};

/// Longest wait for an answer, an event or a message.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Where it sends the browser; empty if it does not, or if the client followed.
    pub location: String,
    /// Its JSON; `null` if it has none.
    pub body: Value,
}

/// Whatever a browser has said: texts of bodies, cookies, keys.
pub type Diary = Arc<Mutex<Vec<String>>>;

/// Cookies, and the server that they are sent to.
#[derive(Debug, Clone)]
pub struct Browser {
    http: Client,
    origin: String,
    cookies: Vec<String>,
    bearer: Option<String>,
    diary: Option<Diary>,
    once: Option<String>,
}

/// A client whose connections many browsers may share. It believes any certificate: tests make their own.
#[must_use]
pub fn http_client() -> Client {
    // Several tests of one process choose the same; the first one counts.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .tls_danger_accept_invalid_certs(true)
        .http1_only()
        .pool_max_idle_per_host(1024)
        .timeout(PATIENCE * 20)
        .build()
        .expect("a client")
}

impl Browser {
    /// A browser without cookies that talks to an origin such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn new(http: &Client, origin: &str) -> Self {
        Self {
            http: http.clone(),
            origin: origin.to_owned(),
            cookies: Vec::new(),
            bearer: None,
            diary: None,
            once: None,
        }
    }

    /// The same browser, which writes down what it says.
    #[must_use]
    pub fn noting(&self, diary: &Diary) -> Self {
        Self {
            diary: Some(diary.clone()),
            ..self.clone()
        }
    }

    /// Somebody else's browser, which writes into the same diary.
    #[must_use]
    pub fn of_another(&self, origin: &str) -> Self {
        Self {
            diary: self.diary.clone(),
            ..Self::new(&self.http, origin)
        }
    }

    /// The `Cookie` header that it sends.
    #[must_use]
    pub fn cookie_header(&self) -> String {
        self.cookies.join("; ")
    }

    /// Where it asks.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    fn note(&self, said: &str) {
        if let Some(diary) = &self.diary {
            diary.lock().expect("no panic").push(said.to_owned());
        }
    }

    fn note_texts(&self, value: &Value) {
        match value {
            Value::String(text) => self.note(text),
            Value::Array(values) => values.iter().for_each(|value| self.note_texts(value)),
            Value::Object(fields) => fields.values().for_each(|value| self.note_texts(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A platform's program, with its API key.
    #[must_use]
    pub fn with_key(http: &Client, origin: &str, key: &str) -> Self {
        Self {
            bearer: Some(key.to_owned()),
            ..Self::new(http, origin)
        }
    }

    /// The same browser, talking to another node.
    #[must_use]
    pub fn at(&self, origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            ..self.clone()
        }
    }

    /// Sends this `Idempotency-Key` from now on, or none.
    pub fn idempotently(&mut self, key: Option<&str>) {
        self.once = key.map(str::to_owned);
    }

    /// Sends JSON with an `Idempotency-Key`, and panics if there is no answer.
    pub async fn post_once(&mut self, path: &str, key: &str, body: &Value) -> Answer {
        self.idempotently(Some(key));
        let answer = self.post(path, body).await;
        self.idempotently(None);
        answer
    }

    /// Asks, and panics if there is no answer.
    pub async fn get(&mut self, path: &str) -> Answer {
        let answer = self.ask(Method::GET, path, None).await;
        answer.unwrap_or_else(|error| panic!("GET {path}: {error:?}"))
    }

    /// Sends JSON, and panics if there is no answer.
    pub async fn post(&mut self, path: &str, body: &Value) -> Answer {
        let answer = self.ask(Method::POST, path, Some(body)).await;
        answer.unwrap_or_else(|error| panic!("POST {path}: {error:?}"))
    }

    /// Asks.
    ///
    /// # Errors
    /// The server could not be reached, or went away.
    pub async fn ask(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> reqwest::Result<Answer> {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            self.note_texts(body);
            if let Some(key) = &self.once {
                request = request.header("idempotency-key", key);
            }
            request = request
                .header(header::CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        let response = request.timeout(PATIENCE).send().await?;
        self.keep_cookies(&response);
        let status = response.status();
        let location = response.headers().get(header::LOCATION);
        let location = location.and_then(|value| value.to_str().ok());
        let location = location.unwrap_or_default().to_owned();
        let body = serde_json::from_slice(&response.bytes().await?).unwrap_or(Value::Null);
        Ok(Answer {
            status,
            location,
            body,
        })
    }

    /// The server-sent events of a path.
    ///
    /// # Errors
    /// The server could not be reached, or answers with no stream.
    pub async fn events(&self, path: &str) -> reqwest::Result<Events> {
        let response = self.request(Method::GET, path).send().await?;
        let response = response.error_for_status()?;
        Ok(Events {
            response,
            unread: Vec::new(),
        })
    }

    /// Opens a WebSocket.
    ///
    /// # Errors
    /// The status with which the server refuses; 502 if it can't be reached.
    pub async fn socket(&self, path: &str) -> Result<Socket, StatusCode> {
        let request = self
            .request(Method::GET, path)
            .header(header::CONNECTION, "Upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==");
        let response = request.send().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(response.status());
        }
        let stream = response.upgrade().await;
        let stream = stream.map_err(|_| StatusCode::BAD_GATEWAY)?;
        Ok(Socket(
            WebSocketStream::from_raw_socket(stream, Role::Client, None).await,
        ))
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        // As a reverse proxy says it, so that the cookies have one name on every way to a node.
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.origin))
            .header("x-forwarded-proto", "https");
        if !self.cookies.is_empty() {
            request = request.header(header::COOKIE, self.cookie_header());
        }
        match &self.bearer {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    fn keep_cookies(&mut self, response: &Response) {
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().ok().and_then(|text| text.split(';').next());
            let pair = pair.unwrap_or_default().to_owned();
            let name = pair.split('=').next().unwrap_or_default().to_owned() + "=";
            self.cookies.retain(|known| !known.starts_with(&name));
            self.note(pair.split_once('=').map_or("", |(_, value)| value));
            self.cookies.push(pair);
        }
    }
}

/// A stream of server-sent events.
pub struct Events {
    response: Response,
    unread: Vec<u8>,
}

impl Events {
    /// The next event's JSON; `None` when the stream ends.
    pub async fn next(&mut self) -> Option<Value> {
        tokio::time::timeout(PATIENCE, self.read())
            .await
            .expect("an event in time")
    }

    async fn read(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|two| two == b"\n\n") {
                let block: Vec<u8> = self.unread.drain(..end + 2).collect();
                if let Some(event) = data_of(&String::from_utf8_lossy(&block)) {
                    return Some(event);
                }
                continue;
            }
            let chunk = self.response.chunk().await.ok().flatten()?;
            self.unread.extend_from_slice(&chunk);
        }
    }

    /// Reads until an event is so.
    pub async fn until(&mut self, so: impl Fn(&Value) -> bool) -> Value {
        loop {
            let event = self.next().await.expect("the stream goes on");
            if so(&event) {
                return event;
            }
        }
    }
}

fn data_of(block: &str) -> Option<Value> {
    let data: String = block
        .lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .collect();
    serde_json::from_str(&data).ok()
}

/// A scan's WebSocket.
pub struct Socket(WebSocketStream<Upgraded>);

/// What came out of a socket.
#[derive(Debug, PartialEq)]
pub enum Heard {
    /// A message.
    Message(Value),
    /// The server closed it with a code.
    Closed(u16),
    /// The connection broke.
    Broken,
}

impl Socket {
    /// Says something.
    pub async fn say(&mut self, message: &Value) {
        let message = Message::text(message.to_string());
        // A server that is gone shows when it is listened to.
        let _ = futures_util::SinkExt::send(&mut self.0, message).await;
    }

    /// The next thing that is heard.
    pub async fn hear(&mut self) -> Heard {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.0.next());
            match next.await.expect("a message in time") {
                Some(Ok(Message::Text(text))) => {
                    return Heard::Message(serde_json::from_str(&text).unwrap_or(Value::Null));
                }
                Some(Ok(Message::Close(frame))) => {
                    return Heard::Closed(frame.map_or(1005, |frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Heard::Broken,
            }
        }
    }

    /// Listens until a message of this type comes.
    pub async fn until(&mut self, kind: &str) -> Value {
        loop {
            match self.hear().await {
                Heard::Message(message) if message["type"] == kind => return message,
                Heard::Message(_) => {}
                other => panic!("waited for {kind:?}, heard {other:?}"),
            }
        }
    }
}
