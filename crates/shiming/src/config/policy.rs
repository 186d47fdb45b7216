//! The business's limits, as configuration: the same fields as the domain's policy, with documentation and names in
//! the environment.

use confique::Config as Configuration;
use serde::Serialize;
use shiming_verification::{
    notification::NotificationPolicy,
    policy::Policy,
    words::{BankDirection, Method},
};

use super::{Config, risk::RiskSection};

/// Limits and lifetimes.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct PolicySection {
    /// Days that a case stays open.
    #[config(env = "SHIMING_POLICY_CASE_DAYS", default = 10)]
    pub case_days: u32,

    /// Element mismatches within `lock_hours` before an account, a credit code or an ID number is locked.
    #[config(env = "SHIMING_POLICY_ELEMENT_MISMATCHES", default = 5)]
    pub element_mismatches: u32,

    /// Hours for which mismatches and failed face tries count, and for which a lock holds.
    #[config(env = "SHIMING_POLICY_LOCK_HOURS", default = 24)]
    pub lock_hours: u32,

    /// Hours for which a passed element check stays good.
    #[config(env = "SHIMING_POLICY_ELEMENT_CHECK_HOURS", default = 24)]
    pub element_check_hours: u32,

    /// Minutes that a QR code lives.
    #[config(env = "SHIMING_POLICY_QR_MINUTES", default = 5)]
    pub qr_minutes: u32,

    /// Minutes that a phone may take from opening the link to the end of the scan.
    #[config(env = "SHIMING_POLICY_SCAN_MINUTES", default = 15)]
    pub scan_minutes: u32,

    /// Failed face tries in one scan session.
    #[config(env = "SHIMING_POLICY_FACE_TRIES", default = 3)]
    pub face_tries: u32,

    /// Failed face tries for one ID number within `lock_hours`.
    #[config(env = "SHIMING_POLICY_FACE_TRIES_PER_ID", default = 10)]
    pub face_tries_per_id: u32,

    /// Hours between two looks at a registry that had no record.
    #[config(env = "SHIMING_POLICY_REGISTRY_RECHECK_HOURS", default = 24)]
    pub registry_recheck_hours: u32,

    /// Seconds after which a job asks the registry if the submitting request has not done so (it died).
    #[config(env = "SHIMING_POLICY_REGISTRY_JOB_SECONDS", default = 15)]
    pub registry_job_seconds: u32,

    /// Days for which a missing record is looked for again.
    #[config(env = "SHIMING_POLICY_REGISTRY_PENDING_DAYS", default = 10)]
    pub registry_pending_days: u32,

    /// Accounts that one licence may verify.
    #[config(env = "SHIMING_POLICY_ACCOUNTS_PER_LICENCE", default = 6)]
    pub accounts_per_licence: u32,

    /// Least age of a legal representative, in years; people under 14 are refused whatever this says.
    #[config(env = "SHIMING_POLICY_MINIMUM_AGE", default = 16)]
    pub minimum_age: u32,

    /// Days from a pass until the account may change what its credential says.
    #[config(env = "SHIMING_POLICY_CHANGE_COOLING_DAYS", default = 30)]
    pub change_cooling_days: u32,

    /// Days after which the enterprise has to verify again; 0 never.
    #[config(env = "SHIMING_POLICY_CREDENTIAL_DAYS", default = 365)]
    pub credential_days: u32,

    /// Days for which a credential stays valid after that.
    #[config(env = "SHIMING_POLICY_REVERIFY_GRACE_DAYS", default = 30)]
    pub reverify_grace_days: u32,

    /// Days between two looks at the registry for an enterprise that has passed; 0 never.
    #[config(env = "SHIMING_POLICY_CREDENTIAL_RECHECK_DAYS", default = 7)]
    pub credential_recheck_days: u32,

    /// Minutes that a visit to a sister platform may take.
    #[config(env = "SHIMING_POLICY_SYNC_MINUTES", default = 10)]
    pub sync_minutes: u32,

    /// Days after which a status imported from a sister platform ends by itself, if its source sets no earlier end.
    #[config(env = "SHIMING_POLICY_SYNCED_DAYS", default = 365)]
    pub synced_days: u32,

    /// Methods that applicants may choose: `face`, `bank`. In the environment separated by commas. The bank method is offered
    /// only where a bank is connected.
    #[config(env = "SHIMING_POLICY_METHODS", parse_env = methods_from_env, default = ["face", "bank"])]
    pub methods: Vec<Method>,

    /// Whether a face between reject and accept goes to a person for review instead of failing.
    #[config(env = "SHIMING_POLICY_REVIEW_UNCLEAR_FACES", default = false)]
    pub review_unclear_faces: bool,

    /// Who pays whom in the bank method: `forward` (we pay a random amount, the applicant types it) or `reverse` (the
    /// enterprise pays a token amount with a one-time reference).
    #[config(env = "SHIMING_POLICY_BANK_DIRECTION", default = "forward")]
    pub bank_direction: BankDirection,

    /// Transfers that one case may use.
    #[config(env = "SHIMING_POLICY_BANK_TRANSFERS", default = 3)]
    pub bank_transfers: u32,

    /// Minutes in which a transfer usually arrives; told to the applicant, nothing hangs on it.
    #[config(env = "SHIMING_POLICY_TRANSFER_MINUTES", default = 30)]
    pub transfer_minutes: u32,

    /// Seconds from a transfer's arrival, or a reference's issue, for which its amount or payment is accepted: 7 days.
    #[config(env = "SHIMING_POLICY_AMOUNT_LIFE_SECONDS", default = 604_800)]
    pub amount_life_seconds: u32,

    /// Wrong amounts in a row before the entry is frozen.
    #[config(env = "SHIMING_POLICY_AMOUNT_TRIES", default = 5)]
    pub amount_tries: u32,

    /// Seconds for which the entry is frozen: 2 hours.
    #[config(env = "SHIMING_POLICY_AMOUNT_FREEZE_SECONDS", default = 7200)]
    pub amount_freeze_seconds: u32,

    /// How often the entry of one transfer may be frozen; at the next wrong amounts the transfer is void.
    #[config(env = "SHIMING_POLICY_AMOUNT_FREEZES", default = 2)]
    pub amount_freezes: u32,

    /// Days for which an amount is not sent to the same account again.
    #[config(env = "SHIMING_POLICY_AMOUNT_RECENT_DAYS", default = 90)]
    pub amount_recent_days: u32,

    /// Fen that the enterprise is asked to pay in a reverse transfer.
    #[config(env = "SHIMING_POLICY_REVERSE_FEN", default = 1)]
    pub reverse_fen: u32,

    /// Whether an approval in review needs a second reviewer.
    #[config(env = "SHIMING_POLICY_REVIEW_FOUR_EYES", default = false)]
    pub review_four_eyes: bool,

    /// Days that an applicant has to answer a reviewer's question; then the case goes back to review without an answer.
    #[config(env = "SHIMING_POLICY_INFO_DAYS", default = 7)]
    pub info_days: u32,

    /// What is counted beside plain failures, and what follows when it is too much.
    #[config(nested)]
    pub risk: RiskSection,
}

fn methods_from_env(text: &str) -> Result<Vec<Method>, serde::de::value::Error> {
    super::load::words_from_env(text)
}

impl PolicySection {
    /// The policy as the domain reads it.
    #[must_use]
    pub fn to_policy(&self) -> Policy {
        Policy {
            case_days: self.case_days,
            element_mismatches: self.element_mismatches,
            lock_hours: self.lock_hours,
            element_check_hours: self.element_check_hours,
            qr_minutes: self.qr_minutes,
            scan_minutes: self.scan_minutes,
            face_tries: self.face_tries,
            face_tries_per_id: self.face_tries_per_id,
            registry_recheck_hours: self.registry_recheck_hours,
            registry_job_seconds: self.registry_job_seconds,
            registry_pending_days: self.registry_pending_days,
            accounts_per_licence: self.accounts_per_licence,
            minimum_age: self.minimum_age,
            change_cooling_days: self.change_cooling_days,
            credential_days: self.credential_days,
            reverify_grace_days: self.reverify_grace_days,
            credential_recheck_days: self.credential_recheck_days,
            sync_minutes: self.sync_minutes,
            synced_days: self.synced_days,
            methods: self.methods.clone(),
            review_unclear_faces: self.review_unclear_faces,
            bank_direction: self.bank_direction,
            bank_transfers: self.bank_transfers,
            transfer_minutes: self.transfer_minutes,
            amount_life_seconds: self.amount_life_seconds,
            amount_tries: self.amount_tries,
            amount_freeze_seconds: self.amount_freeze_seconds,
            amount_freezes: self.amount_freezes,
            amount_recent_days: self.amount_recent_days,
            reverse_fen: self.reverse_fen,
            review_four_eyes: self.review_four_eyes,
            info_days: self.info_days,
            risk: self.risk.to_policy(),
            notification: NotificationPolicy::default(),
        }
    }
}

impl Config {
    /// The limits in force, those of messages included.
    #[must_use]
    pub fn to_policy(&self) -> Policy {
        Policy {
            notification: self.notifications.to_policy(),
            ..self.policy.to_policy()
        }
    }
}

#[cfg(test)]
mod tests {
    use confique::{Config as _, Layer as _};
    use shiming_verification::policy::Policy;

    use super::PolicySection;

    #[test]
    fn an_empty_section_is_the_domains_own_default() {
        let defaults = <PolicySection as confique::Config>::Layer::default_values();
        let section = PolicySection::from_layer(defaults).expect("every field has a default");
        assert_eq!(section.to_policy(), Policy::default());
    }
}
