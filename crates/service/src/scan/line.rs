//! Who scans and who waits: first come, first served, and nobody is lost. Pure.

use std::collections::VecDeque;

/// A place in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket(u64);

/// The scans that run and the phones that wait.
#[derive(Clone, Debug, Default)]
pub struct Line {
    running: usize,
    waiting: VecDeque<Ticket>,
    drawn: u64,
}

impl Line {
    /// Scans that run.
    pub fn running(&self) -> usize {
        self.running
    }

    /// Phones that wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// A phone comes and draws a number.
    pub fn join(&mut self) -> Ticket {
        self.drawn += 1;
        let ticket = Ticket(self.drawn);
        self.waiting.push_back(ticket);
        ticket
    }

    /// How many phones wait before this one.
    pub fn ahead(&self, ticket: Ticket) -> usize {
        self.waiting
            .iter()
            .take_while(|other| **other != ticket)
            .count()
    }

    /// Lets a phone in if it is among the next for whom there is room.
    pub fn enter(&mut self, ticket: Ticket, room: usize) -> bool {
        let free = room.saturating_sub(self.running);
        let Some(place) = self.waiting.iter().position(|other| *other == ticket) else {
            return false;
        };
        if place >= free {
            return false;
        }
        self.waiting.remove(place);
        self.running += 1;
        true
    }

    /// A phone goes away while it waits.
    pub fn give_up(&mut self, ticket: Ticket) {
        self.waiting.retain(|other| *other != ticket);
    }

    /// A scan ends.
    pub fn leave(&mut self) {
        self.running = self.running.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn who_came_first_goes_in_first() {
        let mut line = Line::default();
        let [a, b, c] = [(); 3].map(|()| line.join());
        assert!(!line.enter(b, 1), "a is before it");
        assert!(
            line.enter(b, 2) && line.enter(a, 2),
            "both have room, in any order"
        );
        assert_eq!((line.ahead(c), line.running()), (0, 2));
        assert!(!line.enter(c, 2));
        line.leave();
        assert!(line.enter(c, 2));
    }

    #[derive(Clone, Debug)]
    enum Happens {
        Comes,
        GivesUp(usize),
        Ends,
        Knocks(usize),
    }

    fn anything() -> impl Strategy<Value = Happens> {
        prop_oneof![
            Just(Happens::Comes),
            (0_usize..8).prop_map(Happens::GivesUp),
            Just(Happens::Ends),
            (0_usize..8).prop_map(Happens::Knocks),
        ]
    }

    proptest! {
        #[test]
        fn nobody_is_lost_and_nobody_is_one_too_many(
            events in prop::collection::vec(anything(), 0..200), room in 1_usize..5,
        ) {
            let mut line = Line::default();
            let (mut waiting, mut running): (Vec<Ticket>, usize) = (Vec::new(), 0);
            for event in events {
                match event {
                    Happens::Comes => waiting.push(line.join()),
                    Happens::GivesUp(at) if at < waiting.len() => line.give_up(waiting.remove(at)),
                    Happens::Ends if running > 0 => {
                        running -= 1;
                        line.leave();
                    }
                    Happens::Knocks(at) if at < waiting.len() => {
                        let may = at < room - running.min(room);
                        prop_assert_eq!(line.enter(waiting[at], room), may);
                        if may {
                            waiting.remove(at);
                            running += 1;
                        }
                    }
                    _ => {}
                }
                prop_assert!(line.running() <= room);
                prop_assert_eq!((line.running(), line.waiting()), (running, waiting.len()));
            }
            // As scans end, everyone who still waits gets in, in order.
            for ticket in waiting {
                if line.running() == room {
                    line.leave();
                }
                prop_assert!(line.enter(ticket, room));
            }
        }
    }
}
