//! The bank method: account, transfer, amount.

use super::{Turn, review::Proof};
use crate::{
    bank::{
        BankDetails, EndToEndId, Fen, IncomingPayment, OrderBody, PaymentReference, Standing,
        Transfer, TransferOrder, TransferReport, TransferStatus,
    },
    case::State,
    change::{EventKind, Job, JobKind},
    code::{Code, Notice, Refusal},
    fact::Tallies,
    ids::{CredentialId, TransferId},
    words::{BankDirection, Method},
};

impl Turn<'_> {
    /// To where the case's transfer stands; a case without one waits for the account.
    pub(super) fn enter_bank(&mut self) {
        let standing = self.case.bank.transfer.as_ref().map(|it| it.standing);
        self.case.state = match standing {
            Some(Standing::Arrived {
                frozen_until: Some(until),
                ..
            }) => State::Frozen { until },
            Some(Standing::Arrived { until, .. }) => State::AmountPending { until },
            _ => State::AwaitingTransfer,
        };
    }

    pub(super) fn bank_details_submitted(&mut self, details: BankDetails) -> Result<(), Refusal> {
        let open =
            matches!(self.case.state, State::AwaitingTransfer) || self.case.mends_bank_details();
        if !open || self.case.method != Some(Method::Bank) || self.case.bank.transfer.is_some() {
            return Err(self.not_now());
        }
        self.must_be_the_enterprises(&details)?;
        self.case.bank.details = Some(details);
        self.case.last_error = None;
        self.tell(EventKind::BankDetailsSubmitted);
        if self.case.check_is_good(self.policy, self.now) {
            self.case.state = State::AwaitingTransfer;
        } else {
            self.ask_registry();
        }
        Ok(())
    }

    pub(super) fn transfer_confirmed(
        &mut self,
        id: TransferId,
        amount: Fen,
        reference: PaymentReference,
    ) -> Result<(), Refusal> {
        if !matches!(self.case.state, State::AwaitingTransfer) || self.case.bank.transfer.is_some()
        {
            return Err(self.not_now());
        }
        let Some(details) = self.case.bank.details.clone() else {
            return Err(self.not_now());
        };
        self.must_be_the_enterprises(&details)?;
        if self.bank_is_used_up() {
            return Err(self.ruled(Code::TransfersExceeded));
        }
        if !self.case.check_is_good(self.policy, self.now) {
            self.tell(EventKind::ElementsSubmitted);
            self.ask_registry();
            return Ok(());
        }
        let transfer = self.new_transfer(id, amount, reference);
        self.plan(&transfer, details)?;
        self.case.bank.transfers_made += 1;
        self.case.bank.transfers_used += 1;
        self.case.bank.transfer = Some(transfer);
        self.case.last_error = None;
        self.tell(EventKind::TransferConfirmed);
        Ok(())
    }

    fn new_transfer(&self, id: TransferId, amount: Fen, reference: PaymentReference) -> Transfer {
        let until = self.now + self.policy.amount_life();
        let (amount, reference, standing) = match self.policy.bank_direction {
            BankDirection::Forward => (amount, None, Standing::Underway),
            BankDirection::Reverse => (
                self.policy.reverse_amount(),
                Some(reference),
                Standing::Awaited { until },
            ),
        };
        Transfer {
            id,
            confirmed_at: self.now,
            amount,
            reference,
            standing,
        }
    }

    /// Puts the transfer into the outbox, and the job that hands it to the bank.
    fn plan(&mut self, transfer: &Transfer, details: BankDetails) -> Result<(), Refusal> {
        let Some(claim) = &self.case.claim else {
            return Err(self.not_now());
        };
        let end_to_end = EndToEndId::of(transfer.id);
        let (key, status) = transfer.reference.as_ref().map_or(
            (end_to_end.as_str(), TransferStatus::Planned),
            |reference| (reference.as_str(), TransferStatus::Awaited),
        );
        self.transfer = Some(TransferOrder {
            id: transfer.id,
            case: self.case.id,
            seq: self.case.bank.transfers_made + 1,
            realm: self.case.realm,
            key: key.to_owned(),
            status,
            body: OrderBody {
                details,
                uscc: claim.uscc.clone(),
                amount: transfer.amount,
            },
            at: self.now,
        });
        if status == TransferStatus::Planned {
            self.jobs.push(Job {
                kind: JobKind::HandOver {
                    transfer: transfer.id,
                },
                run_at: self.now,
            });
        }
        Ok(())
    }

    pub(super) fn transfer_reported(
        &mut self,
        id: TransferId,
        report: TransferReport,
    ) -> Result<(), Refusal> {
        let until = self.now + self.policy.amount_life();
        let Some(transfer) = self.case.bank.transfer.as_mut().filter(|it| it.id == id) else {
            return Err(Refusal::NothingDue);
        };
        match (report, transfer.standing) {
            (TransferReport::Settled, Standing::Underway) => {
                transfer.standing = Standing::Arrived {
                    until,
                    wrong: 0,
                    freezes: 0,
                    frozen_until: None,
                };
                self.tell(EventKind::TransferArrived);
                if self.is_at_the_bank() {
                    self.case.last_error = None;
                    self.enter_bank();
                }
            }
            (TransferReport::Failed(reason), Standing::Underway | Standing::Arrived { .. }) => {
                if !reason.uses_a_transfer() {
                    self.case.bank.transfers_used = self.case.bank.transfers_used.saturating_sub(1);
                }
                self.tell_code(EventKind::TransferFailed, reason.code());
                let notice = if reason.uses_a_transfer() {
                    Notice::used(reason.code(), self.transfers_left(), self.now)
                } else {
                    Notice::free(reason.code(), self.now)
                };
                self.lose_transfer(State::Draft, notice);
            }
            _ => return Err(Refusal::NothingDue),
        }
        Ok(())
    }

    pub(super) fn amount_entered(
        &mut self,
        typed: Fen,
        credential: CredentialId,
        tallies: &Tallies,
    ) -> Result<(), Refusal> {
        if let State::Frozen { until } = self.case.state {
            let notice = Notice::free(Code::AmountFrozen, self.now).until(until);
            return Err(Refusal::Ruled(notice));
        }
        let transfer = self.case.bank.transfer.as_ref();
        if transfer.is_some_and(|it| it.standing == Standing::Underway) {
            return Err(self.ruled(Code::TransferPending));
        }
        let expected = transfer.map(|it| it.amount);
        if !matches!(self.case.state, State::AmountPending { .. }) || expected.is_none() {
            return Err(self.not_now());
        }
        if expected == Some(typed) {
            self.tell(EventKind::AmountMatched);
            self.pass_by_bank(credential, tallies)
        } else {
            self.wrong_amount()
        }
    }

    fn wrong_amount(&mut self) -> Result<(), Refusal> {
        let (tries, most_freezes) = (self.policy.amount_tries, self.policy.amount_freezes);
        let thaw = self.now + self.policy.amount_freeze();
        let Some(Standing::Arrived {
            wrong,
            freezes,
            frozen_until,
            ..
        }) = self.case.bank.transfer.as_mut().map(|it| &mut it.standing)
        else {
            return Err(self.not_now());
        };
        *wrong += 1;
        let left = tries.saturating_sub(*wrong);
        let (is_void, is_frozen) = (left == 0 && *freezes >= most_freezes, left == 0);
        if is_frozen {
            *freezes += 1;
            *frozen_until = Some(thaw);
        }
        self.tell_code(EventKind::AmountWrong, Code::AmountWrong);
        let notice = Notice::used(Code::AmountWrong, left, self.now);
        if is_void {
            self.lose_transfer(State::AwaitingTransfer, notice);
        } else if is_frozen {
            let notice = Notice::used(Code::AmountFrozen, 0, self.now).until(thaw);
            self.fall_to(
                State::Frozen { until: thaw },
                notice,
                EventKind::AmountFrozen,
            );
        } else {
            self.case.last_error = Some(notice);
        }
        Ok(())
    }

    pub(super) fn payment_seen(
        &mut self,
        id: TransferId,
        payment: &IncomingPayment,
        credential: CredentialId,
        tallies: &Tallies,
    ) -> Result<(), Refusal> {
        let awaited = self
            .case
            .bank
            .transfer
            .as_ref()
            .is_some_and(|it| it.id == id && matches!(it.standing, Standing::Awaited { .. }));
        let Some(details) = self.case.bank.details.clone().filter(|_| awaited) else {
            return Err(Refusal::NothingDue);
        };
        self.must_be_waiting()?;
        if payment.fits(&details).is_ok() {
            self.tell(EventKind::PaymentMatched);
            return self.pass_by_bank(credential, tallies);
        }
        self.tell_code(EventKind::PaymentRefused, Code::AccountNameMismatch);
        self.case.last_error = Some(Notice::free(Code::AccountNameMismatch, self.now));
        Ok(())
    }

    fn pass_by_bank(&mut self, credential: CredentialId, tallies: &Tallies) -> Result<(), Refusal> {
        if tallies.accounts_of_licence >= self.policy.accounts_per_licence {
            let notice = Notice::free(Code::LicenceAccountLimit, self.now);
            self.fall_to(State::Draft, notice, EventKind::TransferFailed);
            return Ok(());
        }
        self.pass(credential, Proof::Bank)
    }

    /// What time alone does to a transfer, also while the applicant is elsewhere.
    pub(super) fn settle_bank(&mut self) {
        let now = self.now;
        let Some(transfer) = self.case.bank.transfer.as_mut() else {
            return;
        };
        match &mut transfer.standing {
            Standing::Arrived { until, .. } | Standing::Awaited { until } if now >= *until => {
                if self.is_at_the_bank() {
                    self.tell_code(EventKind::AmountExpired, Code::AmountExpired);
                }
                let notice = Notice::free(Code::AmountExpired, now);
                self.lose_transfer(State::AwaitingTransfer, notice);
            }
            Standing::Arrived {
                wrong,
                frozen_until,
                ..
            } if frozen_until.is_some_and(|thaw| now >= thaw) => {
                (*wrong, *frozen_until) = (0, None);
                if matches!(self.case.state, State::Frozen { .. }) {
                    self.case.last_error = None;
                    self.tell(EventKind::AmountThawed);
                    self.enter_bank();
                }
            }
            _ => {}
        }
    }

    /// The transfer is over without a pass; an applicant who waits for it is told, and goes on with a new one or, when none is
    /// left, with another method.
    fn lose_transfer(&mut self, next: State, notice: Notice) {
        self.case.bank.transfer = None;
        if !self.is_at_the_bank() {
            return;
        }
        if self.bank_is_used_up() {
            self.case.method = None;
            self.case.last_error = Some(Notice::used(Code::TransfersExceeded, 0, self.now));
            self.case.state = State::Draft;
        } else {
            self.case.last_error = Some(notice);
            self.case.state = next;
        }
    }

    const fn is_at_the_bank(&self) -> bool {
        matches!(
            self.case.state,
            State::AwaitingTransfer | State::AmountPending { .. } | State::Frozen { .. }
        )
    }

    /// Another enterprise has another account. What is on its way is left to the statement.
    pub(super) fn forget_account(&mut self) {
        self.case.bank.details = None;
        self.case.bank.transfer = None;
    }

    fn transfers_left(&self) -> u32 {
        self.policy
            .bank_transfers
            .saturating_sub(self.case.bank.transfers_used)
    }

    /// Whether no transfer is left and none is going on.
    pub(super) fn bank_is_used_up(&self) -> bool {
        self.transfers_left() == 0 && self.case.bank.transfer.is_none()
    }

    fn must_be_the_enterprises(&self, details: &BankDetails) -> Result<(), Refusal> {
        match &self.case.claim {
            Some(claim) if details.is_of(claim) => Ok(()),
            Some(_) => Err(self.ruled(Code::AccountNameMismatch)),
            None => Err(self.not_now()),
        }
    }
}
