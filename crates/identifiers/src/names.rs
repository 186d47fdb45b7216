//! Names of people and enterprises: kept as typed, compared by a key.

mod characters;
mod distance;
mod enterprise;
mod enterprise_key;
mod error;
mod person;
mod person_key;
mod plain;
mod private_use;

pub use distance::edit_distance_is_one;
pub use enterprise::{EnterpriseName, EnterpriseNameWarning};
pub use enterprise_key::EnterpriseNameKey;
pub use error::NameError;
pub use person::{PersonName, PersonNameWarning};
pub use person_key::PersonNameKey;
