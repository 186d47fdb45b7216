//! Operators: how they come in, prove to be there, and are looked after. Everything here records itself in the trail.

pub mod passkey;
pub mod password;
mod people;
mod sessions;
mod sign_in;
mod sso;
mod sso_refusal;
mod throttle;

use shiming_audit::{Actor, Record};
use shiming_verification::{
    code::{Code, Notice, Refusal},
    operator::Operator,
    ports::operators::OperatorSession,
};

pub use people::NewOperator;
pub use sessions::{LinkView, SignedIn};
pub use sign_in::{Assertion, Creation, PasswordProof, Registration, Request, Secret};
pub use sso::{SsoDone, SsoProvider, SsoStart};
pub use sso_refusal::{SsoError, SsoRefusal};
pub use throttle::Source;

use crate::{Services, error::ServiceError};

/// An operator in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Who.
    pub operator: Operator,
    /// In which session.
    pub session: OperatorSession,
}

impl Present {
    /// The operator as the trail names them.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::operator(self.operator.id)
    }
}

impl Services {
    /// A refusal by rule, with its code.
    pub(crate) fn refused(&self, code: Code) -> ServiceError {
        ServiceError::Refused(Refusal::Ruled(Notice::free(code, self.clock.now())))
    }

    /// Records what an operator did.
    ///
    /// # Errors
    /// `Unavailable`; the act must not go through then.
    pub async fn recorded(
        &self,
        by: &Present,
        action: &str,
        subject: impl std::fmt::Display,
        details: &[(&str, &str)],
    ) -> Result<(), ServiceError> {
        let record = Record::new(by.actor(), action, self.clock.now()).about(subject);
        let record = details
            .iter()
            .fold(record, |record, (name, value)| record.with(name, value));
        Ok(self.audit.record(vec![record]).await?)
    }
}
