//! What broken risk rules do to a case.

use super::{Turn, review::Proof};
use crate::{
    case::State,
    change::EventKind,
    code::{Code, Notice, Refusal},
    ids::CredentialId,
    risk::{Severity, Signals},
    words::Realm,
};

impl Turn<'_> {
    /// Writes down what the counts break; true if the case goes no further for that.
    pub(super) fn stopped_by_risk(&mut self, signals: Signals) -> bool {
        if self.case.realm == Realm::Test {
            return false;
        }
        let found = self.policy.risk.judge(signals, self.now);
        if found.is_empty() {
            return false;
        }
        let kinds: Vec<_> = found.iter().map(|finding| finding.kind).collect();
        self.case.risk.retain(|known| !kinds.contains(&known.kind));
        self.case.risk.extend(&found);
        self.tell(EventKind::RiskFound);
        let follows = |severity| found.iter().any(|finding| finding.severity == severity);
        if follows(Severity::Refuse) {
            let notice = Notice::free(Code::RiskRejected, self.now);
            let state = State::Rejected { at: self.now };
            self.fall_to(state, notice, EventKind::Rejected);
        } else if follows(Severity::Slow) {
            let until = self.now + self.policy.risk.slow();
            let notice = Notice::free(Code::TooManyChecks, self.now).until(until);
            self.fall_to(State::Locked { until }, notice, EventKind::Locked);
        } else {
            return false;
        }
        true
    }

    /// Passes the case, unless a risk rule wants a person to look at it first.
    pub(super) fn pass(&mut self, id: CredentialId, proof: Proof) -> Result<(), Refusal> {
        let wants_eyes = |finding: &crate::risk::Finding| finding.severity == Severity::Review;
        if !self.case.risk.iter().any(wants_eyes) {
            return self.verify(id, proof);
        }
        self.case.review.grade = proof.grade();
        self.case.last_error = None;
        self.case.state = State::InReview { since: self.now };
        self.tell(EventKind::SentToReview);
        Ok(())
    }
}
