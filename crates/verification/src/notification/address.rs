//! Where a message goes: addresses that can be written to, and what a platform names for an account.

use std::{fmt, str::FromStr};

use email_address::{EmailAddress as Parsed, Options};
use serde::{Deserialize, Serialize};
use shiming_identifiers::normalise;

use crate::words::Language;

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Electronic mail.
    Mail,
    /// A short message to a phone.
    Sms,
}

impl Channel {
    /// The word used in storage and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Sms => "sms",
        }
    }
}

/// A mail address: RFC 5321's, in ASCII, at a domain with a dot, without quotes or comments. Prints masked.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// A phone number as of E.164, with its `+`. Prints masked.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// The text can't be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no mail address.
    #[error("not a mail address such as name@example.cn")]
    Email,
    /// It is no phone number.
    #[error(
        "not a phone number: a Chinese mobile number, or one with its country's code as in +852 6123 4567"
    )]
    Phone,
}

/// Digits of an E.164 number, the country's code included.
const E164_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// Digits of a mobile number in mainland China.
const MOBILE_DIGITS: usize = 11;

impl EmailAddress {
    /// Reads an address; full-width letters, as Chinese input methods make them, become plain ones.
    ///
    /// # Errors
    /// [`AddressError::Email`].
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text: String = text.trim().chars().map(narrow).collect();
        let plain = text.is_ascii() && !text.contains(['"', '(', ')', '\\']);
        let options = Options::default()
            .with_required_tld()
            .without_domain_literal()
            .without_display_text();
        match Parsed::parse_with_options(&text, options) {
            Ok(_) if plain => Ok(Self(text)),
            _ => Err(AddressError::Email),
        }
    }

    /// The address itself; for the envelope, and for sealing.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The first letter and the domain, the rest hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or_default();
        let first = local.chars().next().unwrap_or('*');
        format!("{first}***@{domain}")
    }
}

impl PhoneNumber {
    /// Reads a number as people type it: with spaces, hyphens, dots, brackets or full-width digits. Without a country's code it
    /// is a mobile number of mainland China.
    ///
    /// # Errors
    /// [`AddressError::Phone`].
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let number = normalise(text).replace(['-', '(', ')', '.'], "");
        let international = number
            .strip_prefix('+')
            .or_else(|| number.strip_prefix("00"));
        let whole = match international {
            Some(digits) => digits.to_owned(),
            None if is_mobile(&number) => format!("86{number}"),
            None => return Err(AddressError::Phone),
        };
        let digits = whole.bytes().all(|byte| byte.is_ascii_digit());
        let fits = digits && E164_DIGITS.contains(&whole.len()) && !whole.starts_with('0');
        let domestic = whole.strip_prefix("86");
        if fits && domestic.is_none_or(is_mobile) {
            Ok(Self(format!("+{whole}")))
        } else {
            Err(AddressError::Phone)
        }
    }

    /// The number itself; for the gateway, and for sealing.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The last four digits and what stands more than four before them.
    #[must_use]
    pub fn masked(&self) -> String {
        let (head, rest) = self.0.split_at(self.0.len() - 8);
        format!("{head}****{}", &rest[4..])
    }
}

/// The ASCII character that a full-width one (U+FF01 to U+FF5E) stands for.
fn narrow(wide: char) -> char {
    let offset = u32::from(wide).wrapping_sub(0xFF01);
    let plain = u8::try_from(offset).ok().filter(|offset| *offset <= 0x5D);
    plain.map_or(wide, |offset| char::from(b'!' + offset))
}

fn is_mobile(number: &str) -> bool {
    let bytes = number.as_bytes();
    bytes.len() == MOBILE_DIGITS
        && bytes[0] == b'1'
        && (b'3'..=b'9').contains(&bytes[1])
        && bytes.iter().all(u8::is_ascii_digit)
}

macro_rules! guarded_text {
    ($type:ident) => {
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self.masked())
            }
        }

        impl TryFrom<String> for $type {
            type Error = AddressError;
            fn try_from(text: String) -> Result<Self, AddressError> {
                Self::parse(&text)
            }
        }

        impl From<$type> for String {
            fn from(address: $type) -> Self {
                address.0
            }
        }

        impl FromStr for $type {
            type Err = AddressError;
            fn from_str(text: &str) -> Result<Self, AddressError> {
                Self::parse(text)
            }
        }
    };
}
guarded_text!(EmailAddress);
guarded_text!(PhoneNumber);

/// One address that a message goes to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "channel", content = "address", rename_all = "snake_case")]
pub enum Address {
    /// By mail.
    Mail(EmailAddress),
    /// By SMS.
    Sms(PhoneNumber),
}

impl Address {
    /// Reads an address of a channel.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn parse(channel: Channel, text: &str) -> Result<Self, AddressError> {
        match channel {
            Channel::Mail => EmailAddress::parse(text).map(Self::Mail),
            Channel::Sms => PhoneNumber::parse(text).map(Self::Sms),
        }
    }

    /// By which channel it is reached.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        match self {
            Self::Mail(_) => Channel::Mail,
            Self::Sms(_) => Channel::Sms,
        }
    }

    /// The text by which two spellings of one address are known to be one. Nobody keeps two mailboxes apart by capitals.
    #[must_use]
    pub fn canonical(&self) -> String {
        match self {
            Self::Mail(email) => email.0.to_ascii_lowercase(),
            Self::Sms(phone) => phone.0.clone(),
        }
    }

    /// The address itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        match self {
            Self::Mail(email) => email.expose(),
            Self::Sms(phone) => phone.expose(),
        }
    }

    /// Enough for its owner to know it by.
    #[must_use]
    pub fn masked(&self) -> String {
        match self {
            Self::Mail(email) => email.masked(),
            Self::Sms(phone) => phone.masked(),
        }
    }
}

/// Whom a message goes to, and in which language.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Recipient {
    /// Where.
    pub address: Address,
    /// In which language.
    pub language: Language,
}

/// Where an account's owner is told of outcomes and due dates. At least one address is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ContactParts", into = "ContactParts")]
pub struct Contact(ContactParts);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ContactParts {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<EmailAddress>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<PhoneNumber>,
    language: Language,
}

/// A contact without an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a contact needs a mail address or a phone number")]
pub struct NoAddress;

impl Contact {
    /// A contact.
    ///
    /// # Errors
    /// [`NoAddress`].
    pub fn new(
        email: Option<EmailAddress>,
        phone: Option<PhoneNumber>,
        language: Language,
    ) -> Result<Self, NoAddress> {
        Self::try_from(ContactParts {
            email,
            phone,
            language,
        })
    }

    /// The mail address.
    #[must_use]
    pub const fn email(&self) -> Option<&EmailAddress> {
        self.0.email.as_ref()
    }

    /// The phone number.
    #[must_use]
    pub const fn phone(&self) -> Option<&PhoneNumber> {
        self.0.phone.as_ref()
    }

    /// The address that is written to: the mail address where mail is sent, else the phone where SMS is sent.
    #[must_use]
    pub fn reached_by(&self, served: impl Fn(Channel) -> bool) -> Option<Recipient> {
        let mail = self.0.email.clone().map(Address::Mail);
        let sms = self.0.phone.clone().map(Address::Sms);
        let address = [mail, sms]
            .into_iter()
            .flatten()
            .find(|address| served(address.channel()))?;
        Some(Recipient {
            address,
            language: self.0.language,
        })
    }
}

impl TryFrom<ContactParts> for Contact {
    type Error = NoAddress;

    fn try_from(parts: ContactParts) -> Result<Self, NoAddress> {
        if parts.email.is_none() && parts.phone.is_none() {
            return Err(NoAddress);
        }
        Ok(Self(parts))
    }
}

impl From<Contact> for ContactParts {
    fn from(contact: Contact) -> Self {
        contact.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_address_is_one_that_servers_take() {
        for good in [
            "zhang.san@example.cn",
            "Zhang+kyb@mail.example.com.cn",
            " ｚ＠ｅｘａｍｐｌｅ．ｃｎ ",
            "o'neil@example.ie",
        ] {
            assert!(EmailAddress::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "zhang",
            "zhang@localhost",
            "zhang@[192.0.2.1]",
            "张三@example.cn",
            "zhang@例子.cn",
            "Zhang San <zhang@example.cn>",
            "\"a b\"@example.cn",
            "a@b@example.cn",
            "zhang@example.cn\r\nBcc: all@example.cn",
            "a,b@example.cn",
            "a b@example.cn",
        ] {
            assert_eq!(EmailAddress::parse(bad), Err(AddressError::Email), "{bad}");
        }
    }

    #[test]
    fn a_phone_number_gets_its_country() {
        for (typed, number) in [
            ("13800138000", "+8613800138000"),
            ("138 0013-8000", "+8613800138000"),
            ("１３８００１３８０００", "+8613800138000"),
            ("+86 138 0013 8000", "+8613800138000"),
            ("008613800138000", "+8613800138000"),
            ("+852 6123 4567", "+85261234567"),
            ("+1 (415) 555-0100", "+14155550100"),
        ] {
            let parsed = PhoneNumber::parse(typed).map(String::from);
            assert_eq!(parsed.as_deref(), Ok(number), "{typed}");
        }
        for bad in [
            "",
            "12345",
            "010-88889999",
            "12800138000",
            "+8612800138000",
            "+0123456789",
            "+1234567",
            "+1234567890123456",
            "138001380ab",
        ] {
            assert_eq!(PhoneNumber::parse(bad), Err(AddressError::Phone), "{bad}");
        }
    }

    #[test]
    fn neither_prints_itself() {
        let email = EmailAddress::parse("zhang.san@example.cn").unwrap();
        let phone = PhoneNumber::parse("13812345678").unwrap();
        assert_eq!(format!("{email:?}"), "EmailAddress(z***@example.cn)");
        assert_eq!(format!("{phone:?}"), "PhoneNumber(+86138****5678)");
        let short = PhoneNumber::parse("+12345678").unwrap();
        assert_eq!(short.masked(), "+****5678");
    }

    #[test]
    fn spellings_of_one_address_are_one() {
        let canonical = |text: &str| Address::parse(Channel::Mail, text).unwrap().canonical();
        assert_eq!(canonical("Zhang@Example.cn"), canonical("zhang@example.cn"));
    }

    #[test]
    fn a_contact_has_an_address_and_mail_comes_first() {
        let email = EmailAddress::parse("a@example.cn").ok();
        let phone = PhoneNumber::parse("13800138000").ok();
        assert_eq!(Contact::new(None, None, Language::En), Err(NoAddress));
        assert!(serde_json::from_str::<Contact>(r#"{"language":"en"}"#).is_err());
        let both = Contact::new(email, phone, Language::En).unwrap();
        let by = |served: &[Channel]| {
            let found = both.reached_by(|channel| served.contains(&channel));
            found.map(|recipient| recipient.address.channel())
        };
        assert_eq!(by(&[Channel::Mail, Channel::Sms]), Some(Channel::Mail));
        assert_eq!(by(&[Channel::Sms]), Some(Channel::Sms));
        assert_eq!(by(&[]), None);
        let text = serde_json::to_string(&both).unwrap();
        assert_eq!(serde_json::from_str::<Contact>(&text).unwrap(), both);
    }
}
