//! What operators do with a case: look, reveal, note, decide.

use chrono::Duration;
use shiming_verification::{
    case::Case,
    code::Code,
    ids::{CaseId, CredentialId},
    ports::console::Note,
    review::{Message, Verdict},
};

use crate::{Services, error::ServiceError, operators::Present, step::Step};

/// How long a claimed case stays with its reviewer.
const CLAIM: Duration = Duration::minutes(30);

impl Services {
    /// A case's personal data are about to be shown: refused without a fresh proof, recorded before anything is told.
    ///
    /// # Errors
    /// `NotFound`; `Refused` with `step_up_needed`.
    pub async fn reveal(&self, by: &Present, id: CaseId, why: &str) -> Result<Case, ServiceError> {
        if !self.is_fresh(by) {
            return Err(self.refused(Code::StepUpNeeded));
        }
        let case = self.cases.get(id).await?;
        let reason: String = why.trim().chars().take(200).collect();
        if reason.is_empty() {
            return Err(self.refused(Code::InvalidInput));
        }
        self.recorded(
            by,
            "case.revealed",
            id,
            &[("version", &case.version.to_string())],
        )
        .await?;
        let note = Note {
            id: self.fresh_id()?,
            operator: by.operator.id,
            text: reason,
            at: self.clock.now(),
        };
        self.console.add_note(id, &note).await?;
        Ok(case)
    }

    /// Claims a case in review; a colleague's claim stands until it is over.
    ///
    /// # Errors
    /// `NotFound`; `Refused` with `not_allowed_now`.
    pub async fn claim_review(&self, by: &Present, id: CaseId) -> Result<(), ServiceError> {
        let case = self.cases.get(id).await?;
        if case.state.name() != "in_review" {
            return Err(self.refused(Code::NotAllowedNow));
        }
        let now = self.clock.now();
        let claimed = self
            .console
            .claim_review(id, by.operator.id, now, now + CLAIM)
            .await?;
        if !claimed {
            return Err(self.refused(Code::NotAllowedNow));
        }
        self.recorded(by, "case.claimed", id, &[]).await
    }

    /// Gives a claim back.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn release_review(&self, by: &Present, id: CaseId) -> Result<(), ServiceError> {
        self.console.release_review(id, by.operator.id).await?;
        self.recorded(by, "case.released", id, &[]).await
    }

    /// Decides a case that the reviewer has claimed; what colleagues should know is kept apart from what the applicant is
    /// told. The commit records itself.
    ///
    /// # Errors
    /// `Refused`, also when the claim is a colleague's.
    pub async fn decide_review(
        &self,
        by: &Present,
        id: CaseId,
        verdict: Verdict,
        internal: Option<&Message>,
    ) -> Result<Case, ServiceError> {
        self.claim_review(by, id).await?;
        if let Some(text) = internal {
            self.note(by, id, text).await?;
        }
        let credential = CredentialId::new(self.fresh_id()?);
        let step = Step::Review(verdict, by.operator.id, credential);
        let decided = self.cases.step(id, step).await;
        // Also after a refusal: whoever has approved must not keep the case from the second reviewer.
        self.console.release_review(id, by.operator.id).await?;
        decided
    }

    /// Writes a note for colleagues.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn note(&self, by: &Present, id: CaseId, text: &Message) -> Result<(), ServiceError> {
        self.cases.get(id).await?;
        self.recorded(by, "case.noted", id, &[]).await?;
        let note = Note {
            id: self.fresh_id()?,
            operator: by.operator.id,
            text: text.as_str().to_owned(),
            at: self.clock.now(),
        };
        Ok(self.console.add_note(id, &note).await?)
    }

    /// The applicant answers a reviewer.
    ///
    /// # Errors
    /// `Refused`.
    pub async fn answer_review(&self, id: CaseId, answer: Message) -> Result<Case, ServiceError> {
        self.cases.step(id, Step::Answer(answer)).await
    }
}
