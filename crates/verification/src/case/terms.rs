//! What a platform asks for when it opens a case.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    notification::Contact,
    policy::Policy,
    words::{Language, Method, SubjectType},
};

/// Bounds of the platform's notes.
const MOST_NOTES: usize = 20;
const LONGEST_KEY: usize = 40;
const LONGEST_VALUE: usize = 500;

/// What a platform asks for when it opens a case; the default asks for nothing in particular.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// The platform's own notes, given back unchanged.
    pub metadata: BTreeMap<String, String>,
    /// Language of the hosted page, as a BCP 47 tag.
    pub language: Option<String>,
    /// Methods that the applicant may choose from; `None` for all.
    pub methods: Option<Vec<Method>>,
    /// Subject types that the applicant may choose from; `None` for all.
    pub subjects: Option<Vec<SubjectType>>,
    /// Where the account's owner is told of outcomes and due dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
}

/// Terms that can't be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// Too many notes, or too long ones.
    #[error(
        "metadata has at most {MOST_NOTES} keys of {LONGEST_KEY} characters, values of {LONGEST_VALUE}"
    )]
    Metadata,
    /// There are no texts in this language.
    #[error("the language is zh-CN or en")]
    Language,
    /// No method, or one that the server does not offer.
    #[error("the server does not offer this method")]
    Methods,
    /// No subject type.
    #[error("at least one subject type is needed")]
    Subjects,
}

impl Terms {
    /// Whether they can be met.
    ///
    /// # Errors
    /// The first that can't.
    pub fn check(&self, policy: &Policy) -> Result<(), TermsError> {
        let fits = |text: &String, longest| {
            text.chars().count() <= longest && !text.chars().any(char::is_control)
        };
        let note = |(key, value): (&String, &String)| {
            !key.is_empty() && fits(key, LONGEST_KEY) && fits(value, LONGEST_VALUE)
        };
        if self.metadata.len() > MOST_NOTES || !self.metadata.iter().all(note) {
            return Err(TermsError::Metadata);
        }
        let known = |tag: &String| Language::of_tag(tag).is_some();
        if !self.language.as_ref().is_none_or(known) {
            return Err(TermsError::Language);
        }
        let offered = |methods: &Vec<Method>| {
            !methods.is_empty() && methods.iter().all(|method| policy.methods.contains(method))
        };
        if !self.methods.as_ref().is_none_or(offered) {
            return Err(TermsError::Methods);
        }
        if self.subjects.as_ref().is_some_and(Vec::is_empty) {
            return Err(TermsError::Subjects);
        }
        Ok(())
    }

    /// Whether the applicant may choose this.
    #[must_use]
    pub fn allow(&self, subject: SubjectType, method: Method) -> bool {
        self.allow_method(method) && self.allow_subject(subject)
    }

    /// Whether the applicant may choose this method.
    #[must_use]
    pub fn allow_method(&self, method: Method) -> bool {
        self.methods
            .as_ref()
            .is_none_or(|methods| methods.contains(&method))
    }

    /// Whether the applicant may choose this subject type.
    #[must_use]
    pub fn allow_subject(&self, subject: SubjectType) -> bool {
        self.subjects
            .as_ref()
            .is_none_or(|subjects| subjects.contains(&subject))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_bounded_and_offer_what_the_server_offers() {
        let policy = Policy::default();
        assert_eq!(Terms::default().check(&policy), Ok(()));
        let mut terms = Terms::default();
        terms.metadata.insert("order".to_owned(), "x".repeat(501));
        assert_eq!(terms.check(&policy), Err(TermsError::Metadata));
        let terms = Terms {
            language: Some("fr".to_owned()),
            ..Terms::default()
        };
        assert_eq!(terms.check(&policy), Err(TermsError::Language));
        let terms = Terms {
            methods: Some(Vec::new()),
            ..Terms::default()
        };
        assert_eq!(terms.check(&policy), Err(TermsError::Methods));
    }

    #[test]
    fn the_applicant_chooses_within_them() {
        let terms = Terms {
            methods: Some(vec![Method::Face]),
            subjects: Some(vec![SubjectType::Enterprise]),
            ..Terms::default()
        };
        assert!(terms.allow(SubjectType::Enterprise, Method::Face));
        assert!(!terms.allow(SubjectType::IndividualBusiness, Method::Face));
        assert!(!terms.allow(SubjectType::Enterprise, Method::Bank));
    }
}
