//! Travel and identity documents that only need to be recognised: no authority compares a face with
//! them, so a form takes them for manual review.
//!
//! All of them are personal data: `Debug` shows a mask and there is no `Display`.

mod hong_kong_id;
mod passport;
mod taiwan_id;
mod travel_permit;

use thiserror::Error;

pub use hong_kong_id::HongKongId;
pub use passport::{ForeignPassport, PrcPassport, mrz_check_digit};
pub use taiwan_id::TaiwanId;
pub use travel_permit::{HkMacauTravelPermit, TaiwanTravelPermit};

/// Why text is no number of a document. Holds nothing of the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DocumentError {
    /// Nothing was entered.
    #[error("enter the number of the document")]
    Empty,
    /// The text does not have the shape of this document's numbers.
    #[error("this is not the number of such a document; compare it with the original")]
    Shape,
    /// The check digit does not fit: a character is wrong or two are swapped.
    #[error("the document number has a typing error; compare it with the original")]
    CheckDigit,
}

impl DocumentError {
    /// Stable code of the API: always `id_number_invalid`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        "id_number_invalid"
    }

    /// Finer slug: `empty`, `shape` or `check_digit`.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Shape => "shape",
            Self::CheckDigit => "check_digit",
        }
    }
}

/// Normalises a number and holds it against its shape.
fn shaped(value: &str, shape: &regex_lite::Regex) -> Result<String, DocumentError> {
    let number = crate::normalise(value);
    if number.is_empty() {
        return Err(DocumentError::Empty);
    }
    if shape.is_match(&number) {
        Ok(number)
    } else {
        Err(DocumentError::Shape)
    }
}

/// Defines a document whose number is known by its shape alone.
macro_rules! shape_only_document {
    ($(#[$doc:meta])* $type:ident, $pattern:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        $crate::validated::validated_string!($type, $crate::documents::DocumentError, $type::parse);
        $crate::validated::masked_debug!($type);

        impl $type {
            /// Reads a number as typed; see [`normalise`](crate::normalise) for what is forgiven.
            ///
            /// # Errors
            /// [`DocumentError::Empty`](crate::documents::DocumentError::Empty) and
            /// [`DocumentError::Shape`](crate::documents::DocumentError::Shape).
            pub fn parse(value: &str) -> Result<Self, $crate::documents::DocumentError> {
                use std::sync::LazyLock;

                use regex_lite::Regex;

                static SHAPE: LazyLock<Regex> =
                    LazyLock::new(|| Regex::new($pattern).expect("a literal"));
                $crate::documents::shaped(value, &SHAPE).map(Self)
            }

            /// The number with only its last four characters shown.
            #[must_use]
            pub fn masked(&self) -> String {
                $crate::mask::mask_short_number(&self.0)
            }
        }
    };
}
use shape_only_document;
