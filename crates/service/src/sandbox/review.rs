//! The reviewer of the test mode.

use shiming_verification::{
    case::Case,
    code::Code,
    ids::{CaseId, CredentialId, OperatorId},
    review::{Message, Verdict},
};

use super::simulate::wrong;
use crate::{Services, error::ServiceError, step::Step};

impl Services {
    pub(super) async fn review_in_test(
        &self,
        id: CaseId,
        verdict: Verdict,
    ) -> Result<Case, ServiceError> {
        // Nobody's: the platform plays the reviewer, and the trail says so.
        let reviewer = OperatorId::new(uuid::Uuid::nil());
        let credential = CredentialId::new(self.fresh_id()?);
        let step = Step::Review(verdict, reviewer, credential);
        self.cases.step(id, step).await
    }
}

/// A refusal, for a reason that reviewers may give.
pub(super) fn rejection(
    code: Option<Code>,
    message: Option<&str>,
) -> Result<Verdict, ServiceError> {
    let code = code.unwrap_or(Code::RiskRejected);
    if !Verdict::REASONS.contains(&code) {
        return Err(wrong("code", "no_code_of_a_review"));
    }
    let message = message.map(text).transpose()?;
    Ok(Verdict::Reject { code, message })
}

/// What reviewer and applicant say to each other.
pub(super) fn text(text: &str) -> Result<Message, ServiceError> {
    Message::parse(text).map_err(|_| wrong("message", "length"))
}
