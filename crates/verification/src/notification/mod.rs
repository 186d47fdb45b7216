//! Messages to people, by mail or SMS: the link for the legal representative, outcomes, due dates. Pure: who is told what, and
//! when. What a message says is its sender's affair.

mod address;
mod plan;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use address::{
    Address, AddressError, Channel, Contact, EmailAddress, NoAddress, PhoneNumber, Recipient,
};
pub use plan::Notice;
pub(crate) use plan::{of_case, of_life};

use crate::{
    fact::Tally,
    ids::{CaseId, CredentialId, PlatformId},
    words::Realm,
};

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The applicant sends the legal representative the link to the scan.
    HandOff,
    /// A verification passed.
    Verified,
    /// A verification was refused for good.
    Rejected,
    /// A reviewer waits for an answer.
    InfoWanted,
    /// A transfer has arrived, and its amount is to be typed.
    AmountWanted,
    /// A transfer failed, and the account is to be mended.
    AccountWanted,
    /// A credential is not valid for the time being.
    Suspended,
    /// A credential is valid again.
    Reinstated,
    /// A credential ended for good.
    Revoked,
    /// A credential has to be verified again.
    ReverifyDue,
    /// The time for that is nearly over.
    GraceEnds,
}

impl Occasion {
    /// Every occasion.
    pub const ALL: [Self; 11] = [
        Self::HandOff,
        Self::Verified,
        Self::Rejected,
        Self::InfoWanted,
        Self::AmountWanted,
        Self::AccountWanted,
        Self::Suspended,
        Self::Reinstated,
        Self::Revoked,
        Self::ReverifyDue,
        Self::GraceEnds,
    ];

    /// The word used in storage and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HandOff => "hand_off",
            Self::Verified => "verified",
            Self::Rejected => "rejected",
            Self::InfoWanted => "info_wanted",
            Self::AmountWanted => "amount_wanted",
            Self::AccountWanted => "account_wanted",
            Self::Suspended => "suspended",
            Self::Reinstated => "reinstated",
            Self::Revoked => "revoked",
            Self::ReverifyDue => "reverify_due",
            Self::GraceEnds => "grace_ends",
        }
    }

    /// Whether somebody asked for just this message to be sent to just this person. Such a message has no place in a list that one
    /// could leave; whoever gets it by mistake can refuse more of the same.
    #[must_use]
    pub const fn is_transactional(self) -> bool {
        matches!(self, Self::HandOff)
    }
}

/// A message that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What it is about.
    pub occasion: Occasion,
    /// Whom it goes to.
    pub to: Recipient,
    /// The number of the QR code whose link it carries.
    pub invitation: Option<u32>,
    /// The credential that it is about.
    pub credential: Option<CredentialId>,
    /// The day that it speaks of: until when something has to be done.
    pub until: Option<DateTime<Utc>>,
    /// Not to be sent before.
    pub not_before: DateTime<Utc>,
}

/// By which channels messages leave, and whether the demonstration's do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ways {
    /// Mail is sent.
    pub mail: bool,
    /// SMS are sent.
    pub sms: bool,
    /// The demonstration, which anybody may use, sends too.
    pub demo: bool,
}

impl Ways {
    /// Whether messages of a realm leave by a channel. Nothing leaves the test mode.
    #[must_use]
    pub const fn serve(self, channel: Channel, realm: Realm) -> bool {
        let there = match channel {
            Channel::Mail => self.mail,
            Channel::Sms => self.sms,
        };
        match realm {
            Realm::Live => there,
            Realm::Demo => there && self.demo,
            Realm::Test => false,
        }
    }

    /// The channels by which messages of a realm leave.
    #[must_use]
    pub fn of(self, realm: Realm) -> Vec<Channel> {
        let mut channels = vec![Channel::Mail, Channel::Sms];
        channels.retain(|channel| self.serve(*channel, realm));
        channels
    }
}

/// Limits of messages. Days are of 24 hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NotificationPolicy {
    /// By which channels messages leave.
    pub ways: Ways,
    /// Minutes for which a link can be opened that was sent to somebody.
    pub hand_off_minutes: u32,
    /// Days before the end of the grace at which it is told again; 0 never.
    pub reminder_days: u32,
    /// Links that one case may send within a day.
    pub per_case: u32,
    /// Messages that one address gets within a day.
    pub per_address: u32,
    /// Messages that one platform's accounts cause within a day.
    pub per_platform: u32,
}

impl Default for NotificationPolicy {
    fn default() -> Self {
        Self {
            ways: Ways::default(),
            hand_off_minutes: 60,
            reminder_days: 7,
            per_case: 5,
            per_address: 10,
            per_platform: 2_000,
        }
    }
}

impl NotificationPolicy {
    /// For how long a message counts against the limits.
    pub const DAY: chrono::Duration = chrono::Duration::hours(24);

    /// How long a link can be opened that was sent to somebody.
    #[must_use]
    pub fn hand_off_life(&self) -> chrono::Duration {
        chrono::Duration::minutes(i64::from(self.hand_off_minutes))
    }

    /// When a message may leave that its limits hold up; `None` if now.
    #[must_use]
    pub fn opens_at(&self, sent: &SentTallies) -> Option<DateTime<Utc>> {
        let full = [
            (sent.address, self.per_address),
            (sent.platform, self.per_platform),
        ];
        latest(full)
    }
}

/// The latest end among tallies that have reached their limits.
pub(crate) fn latest<const N: usize>(tallies: [(Tally, u32); N]) -> Option<DateTime<Utc>> {
    let full = tallies
        .into_iter()
        .filter(|(tally, limit)| tally.count >= *limit);
    full.filter_map(|(tally, _)| tally.until).max()
}

/// What counts against a link that is to be sent to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HandOffTallies {
    /// Links that the case has sent.
    pub case: Tally,
    /// Messages for the address.
    pub address: Tally,
    /// Messages of the platform.
    pub platform: Tally,
    /// Whether the address's owner wants no more of them.
    pub blocked: bool,
}

/// Messages that were sent within a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SentTallies {
    /// To the address.
    pub address: Tally,
    /// For the platform.
    pub platform: Tally,
}

/// What the owner of an address wants no more of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Block {
    /// Anything about one verification.
    Case(CaseId),
    /// A platform's notices of outcomes and due dates.
    Notices(PlatformId),
    /// Anything for a platform.
    Platform(PlatformId),
}

impl Block {
    /// The blocks that a message would run into.
    #[must_use]
    pub fn against(occasion: Occasion, platform: PlatformId, case: CaseId) -> Vec<Self> {
        let mut blocks = vec![Self::Case(case), Self::Platform(platform)];
        if !occasion.is_transactional() {
            blocks.push(Self::Notices(platform));
        }
        blocks
    }

    /// What a reader refuses who only says "no more of this": a list's notices, or everything about a verification that is none
    /// of the reader's.
    #[must_use]
    pub const fn of_one_click(occasion: Occasion, platform: PlatformId, case: CaseId) -> Self {
        if occasion.is_transactional() {
            Self::Case(case)
        } else {
            Self::Notices(platform)
        }
    }

    /// The text used in storage.
    #[must_use]
    pub fn scope(&self) -> String {
        match self {
            Self::Case(case) => case.to_string(),
            Self::Notices(platform) => format!("notices:{platform}"),
            Self::Platform(platform) => platform.to_string(),
        }
    }
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// To be sent.
    Pending,
    /// Given to the mail server or the gateway.
    Sent,
    /// The mail server or the gateway refuses the address.
    Refused,
    /// Not sent: it was no longer true, or its receiver wants none.
    Dropped,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn words_are_those_of_the_wire() {
        for occasion in Occasion::ALL {
            assert_eq!(
                serde_json::to_value(occasion).unwrap(),
                occasion.as_str(),
                "{occasion:?}"
            );
        }
        for channel in [Channel::Mail, Channel::Sms] {
            assert_eq!(serde_json::to_value(channel).unwrap(), channel.as_str());
        }
    }

    #[test]
    fn nothing_leaves_the_test_mode_and_the_demonstration_only_where_it_may() {
        let quiet = Ways {
            mail: true,
            sms: false,
            demo: false,
        };
        assert_eq!(quiet.of(Realm::Live), [Channel::Mail]);
        assert!(quiet.of(Realm::Demo).is_empty());
        let open = Ways {
            demo: true,
            ..quiet
        };
        assert_eq!(open.of(Realm::Demo), [Channel::Mail]);
        assert!(open.of(Realm::Test).is_empty());
    }

    #[test]
    fn who_leaves_the_list_still_gets_a_link_but_not_who_refuses_everything() {
        let (platform, case) = (
            PlatformId::new(Uuid::from_u128(1)),
            CaseId::new(Uuid::from_u128(2)),
        );
        let against = |occasion| Block::against(occasion, platform, case);
        let left = Block::of_one_click(Occasion::GraceEnds, platform, case);
        assert_eq!(left, Block::Notices(platform));
        assert!(against(Occasion::Verified).contains(&left));
        assert!(!against(Occasion::HandOff).contains(&left));
        let stranger = Block::of_one_click(Occasion::HandOff, platform, case);
        assert_eq!(stranger, Block::Case(case));
        for occasion in Occasion::ALL {
            assert!(against(occasion).contains(&stranger));
            assert!(against(occasion).contains(&Block::Platform(platform)));
        }
    }

    #[test]
    fn a_full_limit_says_when_it_opens() {
        let at = |hour: i64| DateTime::from_timestamp(hour * 3_600, 0).unwrap();
        let tally = |count, hour| Tally {
            count,
            until: Some(at(hour)),
        };
        let policy = NotificationPolicy::default();
        let sent = |address, platform| SentTallies { address, platform };
        assert_eq!(policy.opens_at(&sent(tally(9, 5), tally(9, 9))), None);
        let full = sent(tally(10, 5), tally(2_000, 9));
        assert_eq!(policy.opens_at(&full), Some(at(9)));
    }
}
