//! Commands that take a verification of the test mode on, in the place of phone, camera, registry, bank, reviewer, sister
//! platform and clock. They go through the same rules as everything else: what the rules refuse, a simulation can't do either.

use chrono::Duration;
use serde::Deserialize;
use shiming_verification::{
    bank::FailReason,
    case::Case,
    claim::{ElementsForm, FieldError},
    code::{Code, Notice, Refusal},
    fact::FaceOutcome,
    ids::CaseId,
    review::Verdict,
    words::{EngineGrade, Method, Realm, SubjectType},
};

use super::{
    bank::TypedAccount,
    review::{rejection, text},
    sample,
};
use crate::{Services, error::ServiceError, risk::Origin, step::Step};

/// The longest leap in time.
pub(super) const LONGEST_LEAP: u32 = 400 * 24 * 3_600;

/// What is to happen. Variants without fields are written as such with none, since only then further fields are refused.
#[derive(Clone, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Simulation {
    /// The applicant chooses.
    Choose {
        /// Subject type.
        subject_type: SubjectType,
        /// Method.
        method: Method,
    },
    /// The applicant submits the form; the registry answers as the credit code commands.
    SubmitElements(TypedElements),
    /// The applicant goes back to the form.
    Edit {},
    /// The applicant asks for a fresh QR code.
    RenewQr {},
    /// A phone opens the link.
    ClaimPhone {},
    /// Another phone opens the same link.
    ClaimOtherPhone {},
    /// The legal representative agrees to the scan.
    GiveConsent {},
    /// The legal representative declines the scan.
    DeclineConsent {},
    /// A scan begins.
    StartScan {},
    /// A scan passes: a live person with the right face. Whatever is missing before it is done first.
    PassScan {},
    /// A scan fails.
    FailScan {
        /// `face_mismatch`, `liveness_failed` or `action_timeout`, which use a try; or another code of the scan, which does not.
        code: Code,
    },
    /// The authority has no photo.
    ReferencePhotoMissing {},
    /// The face is neither clearly the right nor clearly another one: a reviewer decides.
    UnclearFace {},
    /// The applicant submits the corporate account. What is left out is what passes.
    SubmitAccount(TypedAccount),
    /// The applicant confirms the account: the transfer is on its way.
    ConfirmTransfer {},
    /// The transfer arrives.
    TransferArrives {},
    /// The transfer fails, or comes back after it had arrived.
    TransferFails {
        /// Why.
        reason: FailReason,
    },
    /// In reverse: the enterprise's payment comes in.
    PaymentArrives {
        /// From another account than the one submitted.
        #[serde(default)]
        from_another: bool,
    },
    /// The applicant types the amount; the right one if none is given.
    EnterAmount {
        /// Yuan, such as `0.37`.
        amount: Option<String>,
    },
    /// The reviewer approves.
    Approve {},
    /// The reviewer refuses for good.
    Reject {
        /// Why; `risk_rejected` if absent.
        code: Option<Code>,
        /// What the applicant is told.
        message: Option<String>,
    },
    /// The reviewer asks the applicant for more.
    AskForInfo {
        /// The question.
        message: String,
    },
    /// The applicant answers.
    AnswerInfo {
        /// The answer.
        message: String,
    },
    /// The applicant goes to a sister platform.
    StartSync {},
    /// The applicant is back from there; without a code the sister platform vouches for the account.
    FinishSync {
        /// What stands in the way.
        code: Option<Code>,
    },
    /// Time passes for this verification.
    AdvanceTime {
        /// Seconds, at most 400 days.
        seconds: u32,
    },
    /// Nothing happens; the answer is the problem with this code, as a client would meet it.
    AnswerWith {
        /// Any code.
        code: Code,
    },
}

/// The form as typed; what is left out is the sample's, which passes.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypedElements {
    /// Enterprise name.
    pub enterprise_name: Option<String>,
    /// Credit code; see the magic values.
    pub uscc: Option<String>,
    /// Legal representative's name.
    pub legal_representative: Option<String>,
    /// Legal representative's ID number.
    pub id_number: Option<String>,
}

impl TypedElements {
    fn form(self) -> ElementsForm {
        let passing = sample();
        ElementsForm {
            enterprise_name: self.enterprise_name.unwrap_or(passing.enterprise_name),
            uscc: self.uscc.unwrap_or(passing.uscc),
            legal_representative: self
                .legal_representative
                .unwrap_or(passing.legal_representative),
            id_number: self.id_number.unwrap_or(passing.id_number),
        }
    }
}

fn leap(seconds: u32) -> Step {
    Step::Leap(Duration::seconds(i64::from(seconds.min(LONGEST_LEAP))))
}

impl Services {
    /// Makes something happen to a verification of the test mode.
    ///
    /// # Errors
    /// `NotFound` outside the test mode; `Refused` by the rules; `Fields`; `Unavailable`.
    pub async fn simulate(&self, id: CaseId, what: Simulation) -> Result<Case, ServiceError> {
        let case = self.cases.get(id).await?;
        if case.realm != Realm::Test {
            return Err(ServiceError::NotFound);
        }
        let grade = EngineGrade::Rated;
        match what {
            Simulation::Choose {
                subject_type,
                method,
            } => self.choose(id, subject_type, method).await,
            Simulation::SubmitElements(typed) => {
                self.submit(id, &typed.form(), &Origin::default()).await
            }
            Simulation::Edit {} => self.edit(id).await,
            Simulation::RenewQr {} => self.renew_invitation(id).await,
            Simulation::ClaimPhone {} => self.claim_in_test(&case).await,
            Simulation::ClaimOtherPhone {} => self.claim_again_in_test(&case).await,
            Simulation::GiveConsent {} => self.consent_in_test(&case, true).await,
            Simulation::DeclineConsent {} => self.consent_in_test(&case, false).await,
            Simulation::StartScan {} => self.film_in_test(case).await,
            Simulation::PassScan {} => self.judged(case, FaceOutcome::Match { grade }).await,
            Simulation::FailScan { code } => self.fail_scan(case, code).await,
            Simulation::ReferencePhotoMissing {} => {
                self.judged(case, FaceOutcome::ReferenceMissing).await
            }
            Simulation::UnclearFace {} => self.judged(case, FaceOutcome::Unclear { grade }).await,
            Simulation::SubmitAccount(typed) => self.account_in_test(&case, typed).await,
            Simulation::ConfirmTransfer {} => self.confirm_transfer(id).await,
            Simulation::TransferArrives {} => self.transfer_arrives(&case).await,
            Simulation::TransferFails { reason } => self.transfer_fails(&case, reason).await,
            Simulation::PaymentArrives { from_another } => {
                self.payment_arrives(&case, from_another).await
            }
            Simulation::EnterAmount { amount } => self.amount_in_test(&case, amount).await,
            Simulation::Approve {} => self.review_in_test(id, Verdict::Approve).await,
            Simulation::Reject { code, message } => {
                let verdict = rejection(code, message.as_deref())?;
                self.review_in_test(id, verdict).await
            }
            Simulation::AskForInfo { message } => {
                let verdict = Verdict::AskForInfo {
                    message: text(&message)?,
                };
                self.review_in_test(id, verdict).await
            }
            Simulation::AnswerInfo { message } => self.answer_review(id, text(&message)?).await,
            Simulation::StartSync {} => self.away_in_test(&case).await,
            Simulation::FinishSync { code } => self.back_in_test(&case, code).await,
            Simulation::AdvanceTime { seconds } => self.cases.step(id, leap(seconds)).await,
            Simulation::AnswerWith { code } => Err(self.problem_of(code)),
        }
    }

    /// The problem with this code; those that pass by themselves say when.
    fn problem_of(&self, code: Code) -> ServiceError {
        let now = self.clock.now();
        let passing = [
            Code::TooManyChecks,
            Code::TooManyRequests,
            Code::LinkSentTooOften,
            Code::FaceAttemptsExceeded,
            Code::AmountFrozen,
            Code::ChangeCoolingOff,
            Code::RegistryUnavailable,
            Code::SystemError,
            Code::SignInUnavailable,
        ];
        let notice = Notice::free(code, now);
        let notice = if passing.contains(&code) {
            notice.until(now + Duration::seconds(1))
        } else {
            notice
        };
        Refusal::Ruled(notice).into()
    }
}

/// A field of the command that can't be used.
pub(super) fn wrong(field: &'static str, reason: &'static str) -> ServiceError {
    ServiceError::Fields(vec![FieldError {
        field,
        code: Code::InvalidInput,
        reason,
    }])
}
