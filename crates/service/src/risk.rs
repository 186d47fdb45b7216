//! Counting for the risk rules.

use shiming_vault::random_token;
use shiming_verification::{
    case::{Case, Digest},
    claim::Claim,
    fact::Liveness,
    ids::CaseId,
    ports::risk::Attempt,
    risk::{RiskKind, Signals},
    words::Realm,
};

use crate::{Services, error::ServiceError};

/// Where a form comes from, as far as that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Digest of the key that the browser keeps.
    pub device: Option<Digest>,
    /// The network address; of IPv6 the first 64 bits.
    pub address: Option<String>,
}

impl Services {
    /// A fresh key for a browser that has none.
    ///
    /// # Errors
    /// `Unavailable`.
    pub fn browser_key(&self) -> Result<String, ServiceError> {
        Ok(random_token(&*self.entropy)?.expose().to_owned())
    }

    /// Notes a form that is about to be submitted; in test mode nothing is counted.
    pub(crate) async fn signals_of_form(
        &self,
        case: &Case,
        claim: &Claim,
        origin: &Origin,
    ) -> Result<Signals, ServiceError> {
        if case.realm == Realm::Test {
            return Ok(Signals::default());
        }
        let attempt = Attempt {
            id: self.fresh_id()?,
            case,
            claim,
            device: origin.device,
            address: origin.address.as_deref(),
        };
        let rules = &self.cases.policy.risk;
        let now = self.clock.now();
        Ok(self.risk.note_form(&attempt, rules, now).await?)
    }

    /// What the frames of a scan say that was live, given the cases in which some of them were seen before.
    pub(crate) async fn signals_of_scan(
        &self,
        case: CaseId,
        decision: Liveness,
        seen_in: &[CaseId],
    ) -> Result<Signals, ServiceError> {
        if decision != Liveness::Live || seen_in.is_empty() {
            return Ok(Signals::default());
        }
        let case = self.cases.get(case).await?;
        let people = self.risk.other_people(&case, seen_in).await?;
        Ok(Signals::default().with(RiskKind::SharedFrames, people))
    }
}
