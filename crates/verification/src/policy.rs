//! Every limit of the business, with its default. Nothing in the rules is a constant.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::{
    bank::Fen,
    notification::NotificationPolicy,
    risk::RiskPolicy,
    words::{BankDirection, Method},
};

/// Limits and lifetimes. Durations are in the unit their name says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Days that a case stays open.
    pub case_days: u32,
    /// Element mismatches within 24 hours before an account, a credit code or an ID number is locked.
    pub element_mismatches: u32,
    /// Hours for which mismatches and failed face tries count, and for which a lock holds.
    pub lock_hours: u32,
    /// Hours for which a passed element check stays good.
    pub element_check_hours: u32,
    /// Minutes that a QR code lives.
    pub qr_minutes: u32,
    /// Minutes that a phone may take from opening the link to the end of the scan.
    pub scan_minutes: u32,
    /// Failed face tries in one scan session.
    pub face_tries: u32,
    /// Failed face tries for one ID number within `lock_hours`.
    pub face_tries_per_id: u32,
    /// Seconds after which a job asks the registry if the submitting request has not done so (it died).
    pub registry_job_seconds: u32,
    /// Hours between two looks at a registry that had no record.
    pub registry_recheck_hours: u32,
    /// Days for which a missing record is looked for again.
    pub registry_pending_days: u32,
    /// Accounts that one licence may verify.
    pub accounts_per_licence: u32,
    /// Least age of a legal representative, in years; people under 14 are refused whatever this says.
    pub minimum_age: u32,
    /// Days from a pass until the account may change what its credential says.
    pub change_cooling_days: u32,
    /// Days after which the enterprise has to verify again; 0 never.
    pub credential_days: u32,
    /// Days for which a credential stays valid after that.
    pub reverify_grace_days: u32,
    /// Days between two looks at the registry for an enterprise that has passed; 0 never.
    pub credential_recheck_days: u32,
    /// Minutes that a visit to a sister platform may take.
    pub sync_minutes: u32,
    /// Days after which an imported status ends by itself, if its source sets no earlier end.
    pub synced_days: u32,
    /// Methods that applicants may choose.
    pub methods: Vec<Method>,
    /// Whether a face in the band between reject and accept goes to a person instead of failing.
    pub review_unclear_faces: bool,
    /// Who pays whom in the bank method.
    pub bank_direction: BankDirection,
    /// Transfers that one case may use.
    pub bank_transfers: u32,
    /// Minutes in which a transfer usually arrives; told to the applicant, nothing hangs on it.
    pub transfer_minutes: u32,
    /// Seconds from a transfer's arrival (or a reference's issue) for which its amount (or payment) is accepted.
    pub amount_life_seconds: u32,
    /// Wrong amounts in a row before the entry is frozen.
    pub amount_tries: u32,
    /// Seconds for which the entry is frozen.
    pub amount_freeze_seconds: u32,
    /// How often the entry of one transfer may be frozen; at the next wrong amounts the transfer is void.
    pub amount_freezes: u32,
    /// Days for which an amount is not sent to the same account again.
    pub amount_recent_days: u32,
    /// Fen that the enterprise is asked to pay in a reverse transfer.
    pub reverse_fen: u32,
    /// Whether an approval in review needs a second reviewer.
    pub review_four_eyes: bool,
    /// Days that an applicant has to answer a reviewer.
    pub info_days: u32,
    /// What is counted, and what follows when it is too much.
    pub risk: RiskPolicy,
    /// Messages to people.
    pub notification: NotificationPolicy,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            case_days: 10,
            element_mismatches: 5,
            lock_hours: 24,
            element_check_hours: 24,
            qr_minutes: 5,
            scan_minutes: 15,
            face_tries: 3,
            face_tries_per_id: 10,
            registry_job_seconds: 15,
            registry_recheck_hours: 24,
            registry_pending_days: 10,
            accounts_per_licence: 6,
            minimum_age: 16,
            change_cooling_days: 30,
            credential_days: 365,
            reverify_grace_days: 30,
            credential_recheck_days: 7,
            sync_minutes: 10,
            synced_days: 365,
            methods: vec![Method::Face, Method::Bank],
            review_unclear_faces: false,
            bank_direction: BankDirection::Forward,
            bank_transfers: 3,
            transfer_minutes: 30,
            amount_life_seconds: 7 * 24 * 60 * 60,
            amount_tries: 5,
            amount_freeze_seconds: 2 * 60 * 60,
            amount_freezes: 2,
            amount_recent_days: 90,
            reverse_fen: 1,
            review_four_eyes: false,
            info_days: 7,
            risk: RiskPolicy::default(),
            notification: NotificationPolicy::default(),
        }
    }
}

impl Policy {
    /// Lifetime of a case.
    #[must_use]
    pub fn case_life(&self) -> Duration {
        Duration::days(i64::from(self.case_days))
    }

    /// How long a lock holds and a counted failure counts.
    #[must_use]
    pub fn lock_time(&self) -> Duration {
        Duration::hours(i64::from(self.lock_hours))
    }

    /// How long a passed element check stays good.
    #[must_use]
    pub fn element_check_life(&self) -> Duration {
        Duration::hours(i64::from(self.element_check_hours))
    }

    /// How long an applicant has to answer a reviewer.
    #[must_use]
    pub fn info_life(&self) -> Duration {
        Duration::days(i64::from(self.info_days))
    }

    /// Lifetime of a QR code.
    #[must_use]
    pub fn qr_life(&self) -> Duration {
        Duration::minutes(i64::from(self.qr_minutes))
    }

    /// Time for one scan session, from claim to end.
    #[must_use]
    pub fn scan_life(&self) -> Duration {
        Duration::minutes(i64::from(self.scan_minutes))
    }

    /// Head start of the submitting request before a job asks the registry.
    #[must_use]
    pub fn registry_job_delay(&self) -> Duration {
        Duration::seconds(i64::from(self.registry_job_seconds))
    }

    /// Time between two looks at a registry without a record.
    #[must_use]
    pub fn registry_recheck(&self) -> Duration {
        Duration::hours(i64::from(self.registry_recheck_hours))
    }

    /// Time for which a missing record is looked for again.
    #[must_use]
    pub fn registry_pending_life(&self) -> Duration {
        Duration::days(i64::from(self.registry_pending_days))
    }

    /// How long a visit to a sister platform may take.
    #[must_use]
    pub fn sync_life(&self) -> Duration {
        Duration::minutes(i64::from(self.sync_minutes))
    }

    /// How long an imported status holds at most.
    #[must_use]
    pub fn synced_life(&self) -> Duration {
        Duration::days(i64::from(self.synced_days))
    }

    /// Least age in years that is really applied (never below 14).
    #[must_use]
    pub fn least_age(&self) -> u32 {
        self.minimum_age.max(14)
    }
    /// Time from a pass until a change may begin.
    #[must_use]
    pub fn change_cooling(&self) -> Duration {
        Duration::days(i64::from(self.change_cooling_days))
    }

    /// Time after which the enterprise has to verify again, if ever.
    #[must_use]
    pub fn credential_life(&self) -> Option<Duration> {
        (self.credential_days > 0).then(|| Duration::days(i64::from(self.credential_days)))
    }

    /// How long a credential stays valid after that.
    #[must_use]
    pub fn reverify_grace(&self) -> Duration {
        Duration::days(i64::from(self.reverify_grace_days))
    }

    /// Time between two looks at the registry for an enterprise that has passed, if any.
    #[must_use]
    pub fn credential_recheck(&self) -> Option<Duration> {
        let days = self.credential_recheck_days;
        (days > 0).then(|| Duration::days(i64::from(days)))
    }

    /// Time until the next such look when the registry could not be asked.
    #[must_use]
    pub fn credential_recheck_retry(&self) -> Duration {
        Duration::hours(i64::from(self.registry_recheck_hours))
    }

    /// How long a typed amount, or a payment with a reference, is accepted.
    #[must_use]
    pub fn amount_life(&self) -> Duration {
        Duration::seconds(i64::from(self.amount_life_seconds))
    }

    /// How long the entry of amounts stays frozen.
    #[must_use]
    pub fn amount_freeze(&self) -> Duration {
        Duration::seconds(i64::from(self.amount_freeze_seconds))
    }

    /// How long an amount is recent.
    #[must_use]
    pub fn amount_recent(&self) -> Duration {
        Duration::days(i64::from(self.amount_recent_days))
    }

    /// What the enterprise is asked to pay in a reverse transfer.
    #[must_use]
    pub const fn reverse_amount(&self) -> Fen {
        Fen::new(self.reverse_fen as u64)
    }
}
