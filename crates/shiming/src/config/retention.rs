//! For how long personal data are kept.

use chrono::Duration;
use confique::Config as Configuration;
use serde::Serialize;
use shiming_service::privacy::Retention;

/// For how long personal data are kept; 0 keeps them until somebody erases them. Consents, stories of cases and the audit
/// trail hold none and stay.
#[expect(
    clippy::struct_field_names,
    reason = "the unit belongs to a setting's name"
)]
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct RetentionSection {
    /// Days for which a verification that passed is kept, from its pass: elements, scan records, notes. Its credential has a
    /// life of its own.
    #[config(env = "SHIMING_RETENTION_VERIFIED_DAYS", default = 1095)]
    pub verified_days: u32,

    /// Days for which any other verification is kept, from its end.
    #[config(env = "SHIMING_RETENTION_OTHER_DAYS", default = 180)]
    pub other_days: u32,

    /// Days for which a reference photo is kept, from its last import.
    #[config(env = "SHIMING_RETENTION_PHOTO_DAYS", default = 0)]
    pub photo_days: u32,
}

impl RetentionSection {
    /// As the use cases read it.
    #[must_use]
    pub fn to_retention(&self) -> Retention {
        let keep = |days: u32| (days > 0).then(|| Duration::days(days.into()));
        Retention {
            verified_cases: keep(self.verified_days),
            other_cases: keep(self.other_days),
            reference_photos: keep(self.photo_days),
        }
    }
}
