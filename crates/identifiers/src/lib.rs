//! Identifiers and names of Chinese enterprises and their legal representatives: parse, check, fold
//! to a compare key.
//!
//! Every type in this crate can only hold a value that passed the **hard** rules of its standard,
//! so code that receives a [`Uscc`] or an [`IdNumber`] never checks it again. Rules that real
//! registers break now and then are **soft**: they come back from a `warnings` method and refuse
//! nothing.
//!
//! The crate is pure. It knows no clock; whatever depends on the day takes the day as a parameter.
//!
//! # What is here
//!
//! | type | what | standard |
//! |---|---|---|
//! | [`Uscc`] | unified social credit code of an organisation, 18 characters | GB 32100-2015 |
//! | [`RegistrationNumber`] | its predecessor, 15 or 13 digits | GS 15-2006 |
//! | [`IdNumber`] | a legal representative's ID, permit or card | GB 11643-1999 |
//! | [`PersonName`], [`EnterpriseName`] | a name and its compare key | GB 18030-2022 |
//! | [`Cnaps`], [`Lei`] | bank code, legal entity identifier | ISO 7064, ISO 17442 |
//! | [`documents`] | passports, permits, Hong Kong and Taiwan cards | ICAO 9303 |
//! | [`check`] | one report for any of the form's fields | |
//!
//! ```
//! use shiming_identifiers::{EnterpriseName, IdNumber, Uscc};
//!
//! // People paste full-width and lower-case text; it is normalised before it is judged.
//! let code = Uscc::parse("９１３５０１００ｍ０００１００ｙ４３")?;
//! assert_eq!(code.as_str(), "91350100M000100Y43");
//!
//! // A number from an old licence is recognised in order to be refused with its own message.
//! let refusal = Uscc::parse("110108000000016").unwrap_err();
//! assert_eq!(refusal.code(), "licence_type_unsupported");
//!
//! // Different spellings of a registered name share one key.
//! let typed = EnterpriseName::parse("示例科技(北京)有限公司")?;
//! let registered = EnterpriseName::parse("示例科技（北京）有限公司")?;
//! assert_eq!(typed.key(), registered.key());
//!
//! // Personal data stay out of logs: Debug shows the mask only.
//! let today = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
//! let id = IdNumber::parse("11010519491231002x", today)?;
//! assert_eq!(format!("{id:?}"), "IdNumber(110***********002X)");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Errors
//!
//! Each error answers two questions for a program: `code()` is the stable code that the API and the
//! pages use (`uscc_invalid`, `licence_type_unsupported`, `id_number_invalid`,
//! `name_char_unsupported`, `invalid_input`), and `reason()` is a finer slug such as `length` or
//! `check_digit`. Its `Display` text is for a person and repeats no personal data.
//!
//! # Storing
//!
//! All types serialise as their text and check it again when they are read back. Personal ID
//! numbers come from a small number space: index them by a keyed hash of [`IdNumber::as_str`],
//! never by a plain hash.
//!
//! The test vectors live in `vectors/` as JSON, so that the pages' own checks are held to the same
//! ones.

pub mod check;
mod check_digit;
mod cnaps;
mod code_error;
pub mod documents;
mod id_number;
mod lei;
mod mask;
mod names;
mod normalise;
mod region;
mod registration_number;
mod uscc;
mod validated;

pub use cnaps::{Cnaps, CnapsWarning};
pub use code_error::CodeError;
pub use id_number::{IdKind, IdNumber, IdNumberError, IdWarning};
pub use lei::Lei;
pub use names::{
    EnterpriseName, EnterpriseNameKey, EnterpriseNameWarning, NameError, PersonName, PersonNameKey,
    PersonNameWarning, edit_distance_is_one,
};
pub use normalise::normalise;
pub use registration_number::{RegistrationNumber, RegistrationOwner, RegistrationWarning};
pub use uscc::{Authority, SubjectKind, Uscc, UsccError, UsccWarning};
