//! The visit to a sister platform: away, back, and what it brought.

use super::Turn;
use crate::{
    case::State,
    change::EventKind,
    code::{Code, Notice, Refusal},
    credential::{Credential, CredentialStatus},
    fact::RegistryAnswer,
    ids::{CredentialId, IssuerId},
    sync::{Imported, SyncOutcome, SyncStanding},
    words::Method,
};

impl Turn<'_> {
    /// The applicant agreed and is sent to the sister platform. From there they may set out again.
    pub(super) fn sync_started(&mut self, issuer: IssuerId) -> Result<(), Refusal> {
        if !matches!(self.case.state, State::Draft | State::SyncPending { .. }) {
            return Err(self.not_now());
        }
        self.case.last_error = None;
        self.case.state = State::SyncPending {
            issuer,
            until: self.now + self.policy.sync_life(),
        };
        self.tell(EventKind::SyncStarted);
        Ok(())
    }

    pub(super) fn sync_answered(
        &mut self,
        issuer: IssuerId,
        outcome: SyncOutcome,
        credential: CredentialId,
        standing: SyncStanding,
    ) -> Result<(), Refusal> {
        match self.case.state {
            State::SyncPending {
                issuer: awaited, ..
            } if awaited == issuer => {}
            _ => return Err(self.not_now()),
        }
        let accepted = match outcome {
            SyncOutcome::Refused(code) => Err(code),
            SyncOutcome::Granted { imported, registry } => self
                .objection(&imported, registry, standing)
                .map_or(Ok(imported), Err),
        };
        match accepted {
            Ok(imported) => self.synchronise(*imported, credential),
            Err(code) => self.sync_refused(code),
        }
        Ok(())
    }

    pub(super) fn sync_refused(&mut self, code: Code) {
        let notice = Notice::free(code, self.now);
        self.fall_to(State::Draft, notice, EventKind::SyncRefused);
    }

    /// Why something that a trusted issuer vouches for is not accepted all the same.
    fn objection(
        &self,
        imported: &Imported,
        registry: Option<RegistryAnswer>,
        standing: SyncStanding,
    ) -> Option<Code> {
        let renewed = self.case.renews.as_ref();
        if renewed.is_some_and(|renewal| renewal.uscc != imported.elements.uscc) {
            return Some(Code::SubjectChangeForbidden);
        }
        if standing.bound_elsewhere {
            return Some(Code::AlreadyVerifiedElsewhere);
        }
        if standing.accounts_of_licence >= self.policy.accounts_per_licence {
            return Some(Code::LicenceAccountLimit);
        }
        if imported.source.expires_at <= self.now {
            return Some(Code::SyncSourceUnverified);
        }
        match registry {
            None | Some(RegistryAnswer::Match) => None,
            Some(RegistryAnswer::Mismatch | RegistryAnswer::NotFound) => {
                Some(Code::SyncRegistryMismatch)
            }
            Some(RegistryAnswer::Inactive) => Some(Code::RegistryStatusAbnormal),
            Some(RegistryAnswer::Unavailable) => Some(Code::RegistryUnavailable),
        }
    }

    fn synchronise(&mut self, imported: Imported, id: CredentialId) {
        self.case.subject = Some(imported.elements.subject);
        self.case.method = Some(Method::Sync);
        self.case.claim = None;
        self.case.matched_at = None;
        self.case.last_error = None;
        self.credential = Some(Credential {
            id,
            case: self.case.id,
            account: self.case.account.clone(),
            realm: self.case.realm,
            claim: imported.elements,
            method: Method::Sync,
            assurance: imported.assurance,
            grade: None,
            verified_at: self.now,
            status: CredentialStatus::Active,
            source: Some(imported.source),
        });
        self.case.state = State::Verified {
            at: self.now,
            credential: id,
        };
        self.tell(EventKind::Verified);
    }
}
