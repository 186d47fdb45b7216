//! What reviewers decide, and what they and the applicant say to each other.

use serde::{Deserialize, Serialize};

use crate::{code::Code, ids::OperatorId, words::EngineGrade};

/// Text between reviewer and applicant, or between colleagues: 1 to 1000 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Message(String);

/// The text is empty, too long or holds control characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a message has 1 to {} characters", Message::LONGEST)]
pub struct MessageError;

impl Message {
    /// Most characters of a message.
    pub const LONGEST: usize = 1000;

    /// A message, without the white space around it.
    ///
    /// # Errors
    /// [`MessageError`].
    pub fn parse(text: &str) -> Result<Self, MessageError> {
        let text = text.trim();
        let plain = |c: char| !c.is_control() || c == '\n';
        if (1..=Self::LONGEST).contains(&text.chars().count()) && text.chars().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MessageError)
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Message {
    type Error = MessageError;
    fn try_from(text: String) -> Result<Self, MessageError> {
        Self::parse(&text)
    }
}

impl From<Message> for String {
    fn from(message: Message) -> Self {
        message.0
    }
}

/// What a reviewer decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It passes (or waits for a second reviewer).
    Approve,
    /// It is refused for good.
    Reject {
        /// Why, in the applicant's words.
        code: Code,
        /// More, for the applicant.
        message: Option<Message>,
    },
    /// The applicant is asked for more.
    AskForInfo {
        /// The question.
        message: Message,
    },
}

impl Verdict {
    /// Reasons that a reviewer may give.
    pub const REASONS: [Code; 6] = [
        Code::RiskRejected,
        Code::NotLegalRep,
        Code::FaceMismatch,
        Code::ElementMismatch,
        Code::DocumentUnreadable,
        Code::LetterInvalid,
    ];
}

/// What a case remembers of its review.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Review {
    /// Who has approved.
    pub approvals: Vec<OperatorId>,
    /// What the last reviewer said to the applicant.
    pub message: Option<Message>,
    /// What the applicant answered.
    pub answer: Option<Message>,
    /// How far the engine may be trusted that matched the face, where a match waits for a reviewer.
    pub grade: Option<EngineGrade>,
}
