//! The WebSocket of a scan: bytes to frames and notes on the way in, prompts on the way out. Limits on size and pace
//! hold before anything is looked at.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket},
    },
    response::Response,
};
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use shiming_face::scan::{FrameMeta, Outcome, Prompt};
use shiming_service::{
    ServiceError,
    scan::{Ended, Frame, Hello, Inbox, PhoneMessage},
};
use shiming_verification::code::Code;
use tokio::sync::mpsc;

use super::super::problem::Failure;
use crate::{cookies::PhoneKey, state::AppState};

/// Longest text frame in bytes.
const TEXT_LIMIT: usize = 4 * 1024;
/// Longest camera frame in bytes, header included.
const FRAME_LIMIT: usize = 512 * 1024;
/// Most messages a second.
const PACE_LIMIT: u32 = 40;
/// Time for the first message.
const HELLO_TIME: Duration = Duration::from_secs(5);
/// Time without any message after which the connection counts as gone.
const SILENCE: Duration = Duration::from_secs(30);

/// Time for the phone to hear why the connection ends.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// Why the server ends a connection, as a close code of the scan protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Garbage = 4400,
    TooLarge = 4413,
    TooFast = 4429,
}

/// Opens the scan's connection (see `docs/src/scan-protocol.md`).
#[utoipa::path(get, path = "/scan/ws", responses(
    (status = 101, description = "The scan protocol begins"), (status = 401, description = "This phone holds no scan"),
))]
pub async fn open(
    State(state): State<AppState>,
    PhoneKey(key): PhoneKey,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Failure> {
    if state.services.scans.is_closing() {
        return Err(Failure::of(Code::SystemError));
    }
    state.services.case_of_phone(&key).await?;
    // Twice the limit, so that a frame over it is answered with its close code and not by a bare hang-up.
    let upgrade = upgrade
        .max_message_size(2 * FRAME_LIMIT)
        .max_frame_size(2 * FRAME_LIMIT);
    Ok(upgrade.on_upgrade(move |socket| converse(state, key, socket)))
}

async fn converse(state: AppState, key: String, socket: WebSocket) {
    let _connected = state.services.scans.connect();
    let (mut to_phone, mut from_phone) = socket.split();
    let hello = match tokio::time::timeout(HELLO_TIME, hello(&mut from_phone)).await {
        Ok(Ok(hello)) => hello,
        Ok(Err(fault)) => return close(&mut to_phone, fault).await,
        Err(_) => return close(&mut to_phone, Fault::Garbage).await,
    };
    let inbox = Arc::new(Inbox::default());
    let fault = Arc::new(OnceLock::new());
    let (out, prompts) = mpsc::channel(64);
    let reader = tokio::spawn(read(from_phone, inbox.clone(), fault.clone()));
    let writer = tokio::spawn(write(to_phone, prompts));
    let ended = state.services.scan(&key, &hello, &inbox, &out).await;
    if let Err(error) = &ended {
        let _ = out.send(refusal(error)).await;
    }
    drop(out);
    let Ok(mut to_phone) = writer.await else {
        return;
    };
    if let Some(fault) = fault.get() {
        close(&mut to_phone, *fault).await;
        drain(reader).await;
    } else {
        reader.abort();
        let frame = match ended {
            Ok(Ended::Elsewhere) => restart(),
            _ => normal(),
        };
        let _ = to_phone.send(Message::Close(Some(frame))).await;
    }
}

/// Takes what the phone is still sending, for a moment: hanging up on unread data would swallow the close code.
async fn drain(reader: tokio::task::JoinHandle<SplitStream<WebSocket>>) {
    let Ok(mut from_phone) = reader.await else {
        return;
    };
    let rest = async { while let Some(Ok(_)) = from_phone.next().await {} };
    let _ = tokio::time::timeout(DRAIN_TIME, rest).await;
}

async fn hello(from_phone: &mut SplitStream<WebSocket>) -> Result<Hello, Fault> {
    match from_phone.next().await {
        Some(Ok(Message::Text(text))) => match understand(text.as_str())? {
            PhoneMessage::Hello(hello) if hello.protocol == 1 => Ok(hello),
            _ => Err(Fault::Garbage),
        },
        _ => Err(Fault::Garbage),
    }
}

fn understand(text: &str) -> Result<PhoneMessage, Fault> {
    if text.len() > TEXT_LIMIT {
        return Err(Fault::TooLarge);
    }
    serde_json::from_str(text).map_err(|_| Fault::Garbage)
}

/// Reads until the phone goes, leaves or misbehaves; notes the fault before it tells the inbox.
async fn read(
    mut from_phone: SplitStream<WebSocket>,
    inbox: Arc<Inbox>,
    fault: Arc<OnceLock<Fault>>,
) -> SplitStream<WebSocket> {
    let mut pace = Pace::default();
    while let Ok(Some(Ok(message))) = tokio::time::timeout(SILENCE, from_phone.next()).await {
        if matches!(message, Message::Close(_)) {
            break;
        }
        if let Err(found) = pace.count().and_then(|()| take(message, &inbox)) {
            let _ = fault.set(found);
            break;
        }
    }
    inbox.close();
    from_phone
}

fn take(message: Message, inbox: &Inbox) -> Result<(), Fault> {
    match message {
        Message::Binary(bytes) if bytes.len() > FRAME_LIMIT => Err(Fault::TooLarge),
        Message::Binary(bytes) => {
            let (meta, jpeg) = FrameMeta::split(&bytes).map_err(|_| Fault::Garbage)?;
            inbox.put_frame(Frame {
                meta,
                jpeg: jpeg.to_vec(),
                arrived: tokio::time::Instant::now(),
            });
            Ok(())
        }
        Message::Text(text) => match understand(text.as_str())? {
            PhoneMessage::Note { event } => {
                inbox.put_note(event);
                Ok(())
            }
            PhoneMessage::Leave => {
                inbox.leave();
                Ok(())
            }
            PhoneMessage::Hello(_) => Err(Fault::Garbage),
        },
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) => Ok(()),
    }
}

/// Counts messages in windows of a second.
#[derive(Default)]
struct Pace {
    window: Option<tokio::time::Instant>,
    count: u32,
}

impl Pace {
    fn count(&mut self) -> Result<(), Fault> {
        let now = tokio::time::Instant::now();
        if self
            .window
            .is_none_or(|begun| now - begun >= Duration::from_secs(1))
        {
            self.window = Some(now);
            self.count = 0;
        }
        self.count += 1;
        if self.count > PACE_LIMIT {
            Err(Fault::TooFast)
        } else {
            Ok(())
        }
    }
}

async fn write(
    mut to_phone: SplitSink<WebSocket, Message>,
    mut prompts: mpsc::Receiver<Prompt>,
) -> SplitSink<WebSocket, Message> {
    while let Some(prompt) = prompts.recv().await {
        let Ok(text) = serde_json::to_string(&prompt) else {
            continue;
        };
        if to_phone.send(Message::Text(text.into())).await.is_err() {
            break;
        }
    }
    to_phone
}

/// The last message when the scan could not begin.
fn refusal(error: &ServiceError) -> Prompt {
    use shiming_verification::code::Refusal;
    let (code, tries_left) = match error {
        ServiceError::Refused(Refusal::Ruled(notice)) => {
            (notice.code, notice.tries_left.unwrap_or_default())
        }
        ServiceError::Refused(_) => (Code::NotAllowedNow, 0),
        ServiceError::NoSession | ServiceError::NotFound => (Code::SessionInvalid, 0),
        _ => (Code::SystemError, 0),
    };
    Prompt::Result {
        outcome: Outcome::NoTryUsed,
        code: Some(code.as_str().to_owned()),
        tries_left,
    }
}

async fn close(to_phone: &mut SplitSink<WebSocket, Message>, fault: Fault) {
    let reason = match fault {
        Fault::Garbage => "not a message of the scan protocol",
        Fault::TooLarge => "message too large",
        Fault::TooFast => "too many messages",
    };
    let frame = CloseFrame {
        code: fault as u16,
        reason: reason.into(),
    };
    let _ = to_phone.send(Message::Close(Some(frame))).await;
}

/// "Service restart" (RFC 6455's registry, code 1012): the phone connects again and reaches another node.
fn restart() -> CloseFrame {
    CloseFrame {
        code: 1012,
        reason: "connect again".into(),
    }
}

fn normal() -> CloseFrame {
    CloseFrame {
        code: 1000,
        reason: "".into(),
    }
}
