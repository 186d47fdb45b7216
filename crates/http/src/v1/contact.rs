//! Whom a platform names to be told.

use serde::Deserialize;
use shiming_verification::{
    code::Code,
    notification::{Contact, EmailAddress, PhoneNumber},
    words::Language,
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Object, ObjectBuilder, RefOr, Schema, schema::AnyOfBuilder, schema::Type},
};

use crate::{problem::Failure, words::LanguageName};

/// Where the account's owner is told: the mail address if there is one and mail is sent, else the phone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactRequest {
    /// A mail address in ASCII.
    pub email: Option<String>,
    /// A phone number with its country's code, or a mobile number of mainland China.
    pub phone: Option<String>,
    /// Language of the messages; that of the hosted page if absent, else Chinese.
    pub language: Option<String>,
}

/// Addresses as nearly everybody has them; the server takes some more.
const EMAIL: &str = r"^[A-Za-z0-9_+-]{1,20}(\.[A-Za-z0-9_+-]{1,20}){0,2}@([A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?\.){1,4}[A-Za-z]{2,20}$";
const PHONE: &str = r"^(1[3-9][0-9]{9}|\+861[3-9][0-9]{9}|\+([1-79][0-9]|8[0-57-9])[0-9]{6,13})$";

impl ContactRequest {
    /// The contact, with the language of the hosted page for one that names none.
    ///
    /// # Errors
    /// The field that can't be used.
    pub fn parse(&self, of_page: Option<&str>) -> Result<Contact, Failure> {
        let wrong =
            |pointer: &str, reason: &str| Failure::field(pointer, Code::InvalidInput, reason);
        let email = self.email.as_deref().map(EmailAddress::parse).transpose();
        let email = email.map_err(|_| wrong("/contact/email", "address"))?;
        let phone = self.phone.as_deref().map(PhoneNumber::parse).transpose();
        let phone = phone.map_err(|_| wrong("/contact/phone", "address"))?;
        let language = match self.language.as_deref() {
            None => of_page.and_then(Language::of_tag).unwrap_or(Language::ZhCn),
            Some(tag) => {
                Language::of_tag(tag).ok_or_else(|| wrong("/contact/language", "unknown"))?
            }
        };
        Contact::new(email, phone, language).map_err(|_| wrong("/contact", "empty"))
    }

    fn with(required: &str) -> Object {
        let text = |pattern: &str, meaning: &str| {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .pattern(Some(pattern))
                .description(Some(meaning))
        };
        ObjectBuilder::new()
            .property("email", text(EMAIL, "A mail address in ASCII."))
            .property(
                "phone",
                text(
                    PHONE,
                    "A phone number with its country's code, or a mobile number of mainland China.",
                ),
            )
            .property("language", LanguageName::schema())
            .required(required)
            .additional_properties(Some(
                utoipa::openapi::schema::AdditionalProperties::<Schema>::FreeForm(false),
            ))
            .build()
    }
}

impl PartialSchema for ContactRequest {
    fn schema() -> RefOr<Schema> {
        AnyOfBuilder::new()
            .description(Some(
                "Where the account's owner is told: the mail address if there is one and mail is sent, else the phone. In the \
                 language named here; that of the hosted page if there is none, else Chinese.",
            ))
            .item(Self::with("email"))
            .item(Self::with("phone"))
            .into()
    }
}

impl ToSchema for ContactRequest {}

#[cfg(test)]
mod tests {
    use regex_lite::Regex;

    use super::*;

    #[test]
    fn the_document_s_patterns_let_nothing_through_that_the_server_refuses() {
        let (email, phone) = (Regex::new(EMAIL).unwrap(), Regex::new(PHONE).unwrap());
        for (text, fits) in [
            ("a@b.cn", true),
            ("a.b+c@mail.example.com.cn", true),
            ("A_-1@x-y.example", true),
            ("a..b@example.cn", false),
            (".a@example.cn", false),
            ("a@example", false),
            ("a@-x.cn", false),
            ("a b@example.cn", false),
        ] {
            assert_eq!(email.is_match(text), fits, "{text}");
            assert_eq!(EmailAddress::parse(text).is_ok(), fits, "{text}");
        }
        for (text, fits) in [
            ("13800138000", true),
            ("+8613800138000", true),
            ("+85261234567", true),
            ("+8412345678", true),
            ("+14155550100", true),
            ("12800138000", false),
            ("+8612800138000", false),
            ("+0123456789", false),
            ("+1234567", false),
        ] {
            assert_eq!(phone.is_match(text), fits, "{text}");
            assert_eq!(PhoneNumber::parse(text).is_ok(), fits, "{text}");
        }
    }
}
