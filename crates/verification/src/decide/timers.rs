//! What time alone does to a case.

use super::Turn;
use crate::{
    case::State,
    change::{EventKind, Job, JobKind},
    code::{Code, Notice},
};

impl Turn<'_> {
    /// Applies every timer that is due.
    pub(super) fn settle(&mut self) {
        if self.case.state.is_final() {
            return;
        }
        if self.now >= self.case.expires_at {
            self.case.state = State::Expired { at: self.now };
            self.tell(EventKind::Expired);
            return;
        }
        self.settle_bank();
        match self.case.state.clone() {
            State::Locked { until } if self.now >= until => {
                self.case.state = State::Draft;
                self.case.last_error = None;
                self.tell(EventKind::Unlocked);
            }
            State::SyncPending { until, .. } if self.now >= until => {
                self.sync_refused(Code::SyncDenied);
            }
            State::NeedsInfo { until, .. } if self.now >= until => {
                self.case.state = State::InReview { since: self.now };
                self.tell(EventKind::SentToReview);
            }
            State::RegistryPending {
                next_check_at,
                until,
            } if self.now >= next_check_at => {
                self.case.state = State::Checking {
                    since: self.now,
                    pending_until: Some(until),
                };
                let kind = JobKind::CheckRegistry { case: self.case.id };
                self.jobs.push(Job {
                    kind,
                    run_at: self.now,
                });
                self.tell(EventKind::ElementsSubmitted);
            }
            State::AwaitingScan {
                invitation,
                resumable: Some(session),
            }
            | State::ScanClaimed {
                invitation,
                session,
            }
            | State::FaceRunning {
                invitation,
                session,
                ..
            } if self.now >= session.expires_at => {
                let notice = Notice::free(Code::QrExpired, self.now);
                let state = State::AwaitingScan {
                    invitation,
                    resumable: None,
                };
                self.fall_to(state, notice, EventKind::ScanInterrupted);
            }
            _ => {}
        }
    }
}
