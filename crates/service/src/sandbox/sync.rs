//! The sister platform of the test mode: vouches, or says no, as it is commanded.

use shiming_identifiers::{EnterpriseName, PersonName, Uscc};
use shiming_verification::{
    case::{Case, State},
    code::{Code, Refusal},
    fact::RegistryAnswer,
    ids::{CredentialId, IssuerId},
    sync::{Imported, SyncOutcome, SyncSource, SyncStanding, VerifiedElements},
    words::{AssuranceLevel, SubjectType},
};

use super::{sample, simulate::wrong};
use crate::{Services, error::ServiceError, step::Step};

impl Services {
    pub(super) async fn away_in_test(&self, case: &Case) -> Result<Case, ServiceError> {
        self.cases.step(case.id, Step::StartSync(issuer())).await
    }

    /// The applicant comes back; without a code the sister platform has vouched.
    pub(super) async fn back_in_test(
        &self,
        case: &Case,
        code: Option<Code>,
    ) -> Result<Case, ServiceError> {
        let State::SyncPending { .. } = case.state else {
            let state = case.state.name();
            return Err(Refusal::NotNow { state }.into());
        };
        let (mut standing, mut registry) = (SyncStanding::default(), RegistryAnswer::Match);
        let mut refused = None;
        match code {
            None => {}
            Some(Code::AlreadyVerifiedElsewhere) => standing.bound_elsewhere = true,
            Some(Code::LicenceAccountLimit) => {
                standing.accounts_of_licence = self.cases.policy.accounts_per_licence;
            }
            Some(Code::SyncRegistryMismatch) => registry = RegistryAnswer::Mismatch,
            Some(Code::RegistryStatusAbnormal) => registry = RegistryAnswer::Inactive,
            Some(Code::RegistryUnavailable) => registry = RegistryAnswer::Unavailable,
            Some(code @ (Code::SyncDenied | Code::SyncSourceUnverified)) => refused = Some(code),
            Some(_) => return Err(wrong("code", "no_code_of_a_sync")),
        }
        let outcome = match refused {
            Some(code) => SyncOutcome::Refused(code),
            None => SyncOutcome::Granted {
                imported: Box::new(self.imported(case)?),
                registry: Some(registry),
            },
        };
        let credential = CredentialId::new(self.fresh_id()?);
        let step = Step::SyncAnswer(issuer(), outcome, credential, standing);
        self.cases.step(case.id, step).await
    }

    fn imported(&self, case: &Case) -> Result<Imported, ServiceError> {
        let now = self.clock.now();
        let elements = elements().ok_or(ServiceError::NotFound)?;
        let source = SyncSource {
            issuer: issuer(),
            issuer_name: "测试姊妹平台".to_owned(),
            issuer_url: "https://sister.example".to_owned(),
            subject: format!("{}/{}", case.account.platform, case.account.id),
            trust_framework: "cn_enterprise_real_name".to_owned(),
            verification_process: case.id.to_string(),
            verified_at: now,
            expires_at: now + self.cases.policy.synced_life(),
            status: None,
        };
        Ok(Imported {
            elements,
            assurance: AssuranceLevel::LegalRepFace,
            source,
        })
    }
}

/// Set up nowhere.
fn issuer() -> IssuerId {
    IssuerId::new(uuid::Uuid::nil())
}

/// The sample's elements; a sister platform sends no ID number.
fn elements() -> Option<VerifiedElements> {
    let sample = sample();
    Some(VerifiedElements {
        subject: SubjectType::Enterprise,
        enterprise_name: EnterpriseName::parse(&sample.enterprise_name).ok()?,
        uscc: Uscc::parse(&sample.uscc).ok()?,
        legal_representative: PersonName::parse(&sample.legal_representative).ok()?,
        id_number: None,
    })
}
