//! The link for a legal representative who is elsewhere, sent by us.

use super::Turn;
use crate::{
    case::{Digest, State},
    change::EventKind,
    code::{Code, Notice, Refusal},
    notification::{HandOffTallies, Occasion, Order, Recipient, latest},
};

impl Turn<'_> {
    /// A fresh code, since a link that travels needs more time than one that is scanned. Where the registry has to be asked
    /// first, nothing is sent yet.
    pub(super) fn hand_off_wanted(
        &mut self,
        to: Recipient,
        invitation: Digest,
        tallies: &HandOffTallies,
    ) -> Result<(), Refusal> {
        let limits = &self.policy.notification;
        if !matches!(self.case.state, State::AwaitingScan { .. }) {
            return Err(self.not_now());
        }
        if !limits.ways.serve(to.address.channel(), self.case.realm) {
            return Err(self.ruled(Code::InvalidInput));
        }
        if tallies.blocked {
            return Err(self.ruled(Code::RecipientRefuses));
        }
        let opens_at = latest([
            (tallies.case, limits.per_case),
            (tallies.address, limits.per_address),
            (tallies.platform, limits.per_platform),
        ]);
        if let Some(opens_at) = opens_at {
            let notice = Notice::free(Code::LinkSentTooOften, self.now);
            return Err(Refusal::Ruled(notice.until(opens_at)));
        }
        if !self.case.check_is_good(self.policy, self.now) {
            return self.invitation_wanted(invitation);
        }
        self.case.last_error = None;
        self.issue_invitation_for(invitation, limits.hand_off_life());
        self.tell(EventKind::LinkSent);
        self.notifications.push(Order {
            occasion: Occasion::HandOff,
            to,
            invitation: Some(self.case.invitations),
            credential: None,
            until: self.case.invitation().map(|code| code.expires_at),
            not_before: self.now,
        });
        Ok(())
    }
}
