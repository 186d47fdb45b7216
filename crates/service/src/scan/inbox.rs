//! What a phone has sent and the scan has not yet looked at. The newest frame wins; nothing queues.

use std::{collections::VecDeque, sync::Mutex};

use shiming_face::scan::{FrameMeta, PhoneEvent};
use tokio::sync::Notify;

/// Notes beyond this number are dropped: they are hints only.
const MOST_NOTES: usize = 16;

/// A camera frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its header.
    pub meta: FrameMeta,
    /// The JPEG.
    pub jpeg: Vec<u8>,
}

/// The next thing to look at.
#[derive(Debug, PartialEq, Eq)]
pub enum Incoming {
    /// The newest frame.
    Frame(Frame),
    /// Something happened to page or camera.
    Note(PhoneEvent),
    /// The person gave up.
    Left,
    /// The connection is gone; it may come back.
    Gone,
}

#[derive(Debug, Default)]
struct Waiting {
    frame: Option<Frame>,
    notes: VecDeque<PhoneEvent>,
    left: bool,
    gone: bool,
}

/// The place where the connection puts things and the scan takes them.
#[derive(Debug, Default)]
pub struct Inbox {
    waiting: Mutex<Waiting>,
    news: Notify,
}

impl Inbox {
    /// Puts a frame, in place of one that was not looked at.
    pub fn put_frame(&self, frame: Frame) {
        self.change(|waiting| waiting.frame = Some(frame));
    }

    /// Puts a note.
    pub fn put_note(&self, event: PhoneEvent) {
        self.change(|waiting| {
            if waiting.notes.len() < MOST_NOTES {
                waiting.notes.push_back(event);
            }
        });
    }

    /// The person gave up.
    pub fn leave(&self) {
        self.change(|waiting| waiting.left = true);
    }

    /// The connection is gone.
    pub fn close(&self) {
        self.change(|waiting| waiting.gone = true);
    }

    /// Waits for the next thing: an end before notes, notes before the frame.
    pub async fn next(&self) -> Incoming {
        loop {
            let news = self.news.notified();
            if let Some(incoming) = self.take() {
                return incoming;
            }
            news.await;
        }
    }

    fn take(&self) -> Option<Incoming> {
        let mut waiting = self.waiting.lock().ok()?;
        if waiting.left {
            return Some(Incoming::Left);
        }
        if waiting.gone {
            return Some(Incoming::Gone);
        }
        let note = waiting.notes.pop_front().map(Incoming::Note);
        note.or_else(|| waiting.frame.take().map(Incoming::Frame))
    }

    fn change(&self, change: impl FnOnce(&mut Waiting)) {
        if let Ok(mut waiting) = self.waiting.lock() {
            change(&mut waiting);
        }
        self.news.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiming_face::scan::FrameKind;

    fn frame(seq: u32) -> Frame {
        let meta = FrameMeta {
            kind: FrameKind::Stream,
            cue: 0,
            seq,
            phone_ms: 0,
        };
        Frame {
            meta,
            jpeg: Vec::new(),
        }
    }

    #[tokio::test]
    async fn the_newest_frame_wins() {
        let inbox = Inbox::default();
        inbox.put_frame(frame(1));
        inbox.put_frame(frame(2));
        assert_eq!(inbox.next().await, Incoming::Frame(frame(2)));
        inbox.put_note(PhoneEvent::Hidden);
        assert_eq!(inbox.next().await, Incoming::Note(PhoneEvent::Hidden));
    }

    #[tokio::test]
    async fn an_end_comes_first_and_stays() {
        let inbox = Inbox::default();
        inbox.put_frame(frame(1));
        inbox.close();
        assert_eq!(inbox.next().await, Incoming::Gone);
        assert_eq!(inbox.next().await, Incoming::Gone);
        inbox.leave();
        assert_eq!(inbox.next().await, Incoming::Left);
    }
}
