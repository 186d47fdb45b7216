//! The plumbing that every validated string shares, written once.

/// Conversions from and to text for a newtype over `String` with a `parse(&str) -> Result<Self,
/// Error>`.
///
/// With `#[serde(try_from = "String", into = "String")]` on the type, reading one back checks it
/// again.
macro_rules! validated_string {
    ($type:ident, $error:ty, $parse:expr) => {
        impl $type {
            /// The text, in its normal form.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_ref()
            }
        }

        impl std::str::FromStr for $type {
            type Err = $error;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                $parse(value)
            }
        }

        impl TryFrom<String> for $type {
            type Error = $error;

            fn try_from(value: String) -> Result<Self, Self::Error> {
                $parse(&value)
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.0
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
    };
}

/// `Display` for identifiers that are public and may be printed anywhere.
macro_rules! public_display {
    ($type:ident) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// `Debug` for personal data: the type's name and its mask, never the value.
macro_rules! masked_debug {
    ($type:ident) => {
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self.masked())
            }
        }
    };
}

pub(crate) use {masked_debug, public_display, validated_string};
