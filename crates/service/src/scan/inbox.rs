//! What a phone has sent and the scan has not yet looked at. The newest frame wins; nothing queues.

use std::{collections::VecDeque, sync::Mutex, time::Duration};

use shiming_face::scan::{FrameMeta, PhoneEvent};
use tokio::{sync::Notify, time::Instant};

/// Notes beyond this number are dropped: they are hints only.
const MOST_NOTES: usize = 16;

/// A frame that had to wait for longer is not looked at any more: judged now, it would speak of another moment.
const STALE: Duration = Duration::from_millis(350);

/// A camera frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its header.
    pub meta: FrameMeta,
    /// The JPEG.
    pub jpeg: Vec<u8>,
    /// When it came.
    pub arrived: Instant,
}

/// A frame whose turn has come.
#[derive(Debug, PartialEq, Eq)]
pub struct Taken {
    /// The newest one.
    pub frame: Frame,
    /// Those since the last turn that nobody looked at.
    pub displaced: u32,
}

/// The next thing to heed, frames apart.
#[derive(Debug, PartialEq, Eq)]
pub enum Incoming {
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
    displaced: u32,
    notes: VecDeque<PhoneEvent>,
    left: bool,
    gone: bool,
}

/// The place where the connection puts things and the scan takes them.
#[derive(Debug, Default)]
pub struct Inbox {
    waiting: Mutex<Waiting>,
    news: Notify,
    framed: Notify,
}

impl Inbox {
    /// Puts a frame, in place of one that was not looked at.
    pub fn put_frame(&self, frame: Frame) {
        if let Ok(mut waiting) = self.waiting.lock()
            && waiting.frame.replace(frame).is_some()
        {
            waiting.displaced += 1;
        }
        self.framed.notify_one();
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

    /// Waits for the next thing that is no frame: an end before notes.
    pub async fn next(&self) -> Incoming {
        loop {
            let news = self.news.notified();
            if let Some(incoming) = self.take() {
                return incoming;
            }
            news.await;
        }
    }

    /// Waits until there is a frame; it stays where it is, so that a newer one can take its place until its turn comes.
    pub async fn framed(&self) {
        loop {
            let framed = self.framed.notified();
            if self
                .waiting
                .lock()
                .is_ok_and(|waiting| waiting.frame.is_some())
            {
                return;
            }
            framed.await;
        }
    }

    /// Takes the newest frame, unless even that one is from another moment.
    pub fn take_frame(&self) -> Option<Taken> {
        let mut waiting = self.waiting.lock().ok()?;
        let frame = waiting.frame.take()?;
        if frame.arrived.elapsed() > STALE {
            waiting.displaced += 1;
            return None;
        }
        let displaced = std::mem::take(&mut waiting.displaced);
        Some(Taken { frame, displaced })
    }

    fn take(&self) -> Option<Incoming> {
        let mut waiting = self.waiting.lock().ok()?;
        if waiting.left {
            return Some(Incoming::Left);
        }
        if waiting.gone {
            return Some(Incoming::Gone);
        }
        waiting.notes.pop_front().map(Incoming::Note)
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
            arrived: Instant::now(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn frames_never_queue_the_newest_wins() {
        let inbox = Inbox::default();
        for seq in 1..=9 {
            inbox.put_frame(frame(seq));
        }
        inbox.framed().await;
        let taken = inbox.take_frame().expect("there is one");
        assert_eq!((taken.frame.meta.seq, taken.displaced), (9, 8));
        assert_eq!(inbox.take_frame(), None);
        inbox.put_frame(frame(10));
        inbox.framed().await;
        assert_eq!(inbox.take_frame().map(|taken| taken.displaced), Some(0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_frame_from_another_moment_is_not_looked_at() {
        let inbox = Inbox::default();
        inbox.put_frame(frame(1));
        tokio::time::advance(STALE + Duration::from_millis(1)).await;
        assert_eq!(inbox.take_frame(), None);
        inbox.put_frame(frame(2));
        assert_eq!(inbox.take_frame().map(|taken| taken.displaced), Some(1));
    }

    #[tokio::test]
    async fn an_end_comes_first_and_stays() {
        let inbox = Inbox::default();
        inbox.put_frame(frame(1));
        inbox.put_note(PhoneEvent::Hidden);
        assert_eq!(inbox.next().await, Incoming::Note(PhoneEvent::Hidden));
        inbox.close();
        assert_eq!(inbox.next().await, Incoming::Gone);
        assert_eq!(inbox.next().await, Incoming::Gone);
        inbox.leave();
        assert_eq!(inbox.next().await, Incoming::Left);
    }
}
