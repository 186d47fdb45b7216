//! The certificate of a verified enterprise: one A4 page with what was verified, a link and a QR code under which anybody
//! can see whether it still holds. Pure: texts, font and time come in, PDF bytes go out, the same for the same input.

mod face;
mod layout;
mod qr;

pub use face::{Typeface, TypefaceError};
pub use layout::render;

/// What stands on a certificate, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// BCP 47 tag of the language, for readers of the file.
    pub language: &'static str,
    /// Heading.
    pub title: String,
    /// The enterprise's name, in large letters.
    pub enterprise: String,
    /// The sentence that says what the certificate means.
    pub statement: String,
    /// What was verified: name and value of each line.
    pub facts: Vec<(String, String)>,
    /// What qualifies it, such as that the data are invented; empty if nothing does.
    pub caution: String,
    /// Where anybody can check it.
    pub link: String,
    /// What to do with the link and the code.
    pub link_note: String,
    /// Who issued it and when.
    pub issued: String,
}

/// The certificate could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The link does not fit into a QR code.
    #[error("the link is too long for a QR code")]
    Link,
    /// The library could not write the file.
    #[error("the PDF document can't be written: {0}")]
    Document(String),
}
