//! The gate to the scans: lets in as many as the workers carry and tells those inside how fast they may send.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use super::{
    line::{Line, Ticket},
    pace::{Pace, Work},
};

/// How busy the face workers are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// Scans that run.
    pub running: usize,
    /// Phones that were asked to wait.
    pub waiting: usize,
    /// Frames a second that each scan may send; `u32::MAX` before there was anything to limit.
    pub fps: u32,
    /// What a frame costs a worker, in milliseconds, with the scan's share of comparisons.
    pub frame_ms: f64,
}

#[derive(Debug)]
struct State {
    line: Line,
    pace: Pace,
}

/// The gate.
#[derive(Debug)]
pub(super) struct Gate {
    state: Mutex<State>,
    most: usize,
    moved: Notify,
    fps: watch::Sender<u32>,
}

impl Gate {
    /// For so many workers and at most so many scans; 0 scans: as many as the workers carry.
    pub fn new(workers: usize, most: usize) -> Self {
        let pace = Pace::new(workers);
        Self {
            fps: watch::Sender::new(pace.ceiling()),
            state: Mutex::new(State {
                line: Line::default(),
                pace,
            }),
            most: if most == 0 { usize::MAX } else { most },
            moved: Notify::new(),
        }
    }

    /// Frames a second that a scan may send, and every change of it.
    pub fn fps(&self) -> watch::Receiver<u32> {
        self.fps.subscribe()
    }

    pub fn load(&self) -> Load {
        let state = self.state();
        Load {
            running: state.line.running(),
            waiting: state.line.waiting(),
            fps: state.pace.ceiling(),
            frame_ms: state.pace.cost_ms(),
        }
    }

    /// Takes note of work, by a steady clock.
    pub fn note(&self, work: Work, now_ms: u64) {
        let mut state = self.state();
        let (before, running) = (state.pace.room(), state.line.running());
        state.pace.note(work, running, now_ms);
        let more_room = state.pace.room() > before;
        self.announce(state);
        if more_room {
            self.moved.notify_waiters();
        }
    }

    fn enter(&self, ticket: Ticket) -> bool {
        let mut state = self.state();
        let room = state.pace.room().min(self.most);
        let entered = state.line.enter(ticket, room);
        if entered {
            let running = state.line.running();
            state.pace.scans_changed(running);
        }
        self.announce(state);
        entered
    }

    /// Tells scans a pace that is new.
    fn announce(&self, state: MutexGuard<'_, State>) {
        let (fps, running) = (state.pace.ceiling(), state.line.running());
        let waiting = state.line.waiting();
        drop(state);
        let changed = self
            .fps
            .send_if_modified(|told| std::mem::replace(told, fps) != fps);
        if changed {
            tracing::debug!(fps, running, waiting, "scans have a new pace");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A phone in line. Dropping it gives the place in line up.
#[derive(Debug)]
pub struct InLine {
    gate: Arc<Gate>,
    ticket: Ticket,
}

/// A place among the scans that run. Dropping it lets the next one in.
#[derive(Debug)]
pub struct Place(Arc<Gate>);

impl InLine {
    pub(super) fn join(gate: &Arc<Gate>) -> Self {
        let ticket = gate.state().line.join();
        Self {
            gate: gate.clone(),
            ticket,
        }
    }

    /// How many phones wait before this one.
    #[must_use]
    pub fn ahead(&self) -> usize {
        self.gate.state().line.ahead(self.ticket)
    }

    /// Waits until there is room. May be asked again after being interrupted; the place in line stays.
    pub async fn enter(&self) -> Place {
        loop {
            let moved = self.gate.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            if self.gate.enter(self.ticket) {
                return Place(self.gate.clone());
            }
            moved.await;
        }
    }
}

impl Drop for InLine {
    fn drop(&mut self) {
        self.gate.state().line.give_up(self.ticket);
        self.gate.moved.notify_waiters();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.state().line.leave();
        self.0.moved.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::scan::pace::JudgedFrame;

    async fn enters(phone: &InLine) -> Option<Place> {
        tokio::time::timeout(Duration::from_millis(50), phone.enter())
            .await
            .ok()
    }

    #[tokio::test(start_paused = true)]
    async fn a_phone_waits_until_another_ends_and_keeps_its_turn() {
        let gate = Arc::new(Gate::new(1, 1));
        let first = InLine::join(&gate);
        let place = enters(&first).await.expect("there is room");
        let [second, third] = [(); 2].map(|()| InLine::join(&gate));
        assert!(enters(&second).await.is_none() && enters(&third).await.is_none());
        assert_eq!((second.ahead(), third.ahead()), (0, 1));
        let waiting = tokio::spawn(async move { third.enter().await });
        drop(second);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished(), "nobody left the scans yet");
        drop(place);
        let place = waiting.await.expect("gets in");
        assert_eq!(gate.load().running, 1);
        drop(place);
        assert_eq!((gate.load().running, gate.load().waiting), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn room_that_measuring_finds_lets_phones_in() {
        let gate = Arc::new(Gate::new(1, 0));
        let mut places = Vec::new();
        for _ in 0..40 {
            places.extend(enters(&InLine::join(&gate)).await);
        }
        assert_eq!(places.len(), 37, "as far as the first guess goes");
        let phone = InLine::join(&gate);
        let waiting = tokio::spawn(async move { phone.enter().await });
        for at in 1..=100 {
            let frame = Some(JudgedFrame { displaced: 0 });
            let work = Work {
                computed_ms: 4.0,
                busy_ms: 4.0,
                frame,
            };
            gate.note(work, at * 20);
        }
        waiting.await.expect("frames cost half of the guess");
        let fps = gate.fps();
        assert_eq!(*fps.borrow(), gate.load().fps);
    }
}
