//! Messages to people.

use confique::Config as Configuration;
use serde::{Deserialize, Serialize};
use shiming_verification::notification::{NotificationPolicy, Ways};

use super::Secret;

/// Messages to people, by mail and SMS: the link for a legal representative who is elsewhere, outcomes, due dates. Off until a
/// mail server or an SMS hook is named. Links begin with `server.public_url`, which has to be set then.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct NotificationsSection {
    /// Whether the demonstration sends messages, too. Anybody may use it, and so send mail to anybody: for tries only, with a mail
    /// server that keeps what it gets.
    #[config(env = "SHIMING_NOTIFICATIONS_DEMO", default = false)]
    pub demo: bool,

    /// Minutes for which a link can be opened that was sent to a legal representative. The QR code on the screen lives as long then.
    #[config(env = "SHIMING_NOTIFICATIONS_HAND_OFF_MINUTES", default = 60, validate(*hand_off_minutes >= 1, "at least one minute"))]
    pub hand_off_minutes: u32,

    /// Days before the end of the grace at which the account's owner is reminded that a verification is due; 0 never.
    #[config(env = "SHIMING_NOTIFICATIONS_REMINDER_DAYS", default = 7)]
    pub reminder_days: u32,

    /// Links that one verification may send within 24 hours.
    #[config(env = "SHIMING_NOTIFICATIONS_PER_CASE", default = 5, validate(*per_case >= 1, "at least one"))]
    pub per_case: u32,

    /// Messages that one address gets within 24 hours, whoever causes them. Links beyond that are refused, notices wait.
    #[config(env = "SHIMING_NOTIFICATIONS_PER_ADDRESS", default = 10, validate(*per_address >= 1, "at least one"))]
    pub per_address: u32,

    /// Messages that the accounts of one platform cause within 24 hours. Links beyond that are refused, notices wait.
    #[config(env = "SHIMING_NOTIFICATIONS_PER_PLATFORM", default = 2000, validate(*per_platform >= 1, "at least one"))]
    pub per_platform: u32,

    /// The mail server.
    #[config(nested)]
    pub mail: MailSection,

    /// The SMS gateway, reached through an address of yours.
    #[config(nested)]
    pub sms: SmsSection,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailSecurity {
    /// TLS after a greeting in the clear.
    Starttls,
    /// TLS from the first byte.
    Implicit,
    /// None.
    None,
}

/// The mail server.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct MailSection {
    /// Host name of the mail server that takes our mail (a submission server); no mail is sent without it.
    #[config(env = "SHIMING_MAIL_HOST")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,

    /// Its port; 587 with `starttls`, 465 with `implicit` and 25 with `none` if not set.
    #[config(env = "SHIMING_MAIL_PORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,

    /// `starttls`: TLS after a greeting in the clear, never without. `implicit`: TLS from the first byte. `none`: neither, for a
    /// mail server on this machine only. Certificates are checked against the public authorities and `outbound.extra_roots`.
    #[config(env = "SHIMING_MAIL_SECURITY", default = "starttls")]
    pub security: MailSecurity,

    /// Name at the mail server, if it wants one.
    #[config(env = "SHIMING_MAIL_USER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,

    /// Password at the mail server; meant for the environment only.
    #[config(env = "SHIMING_MAIL_PASSWORD")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,

    /// The sender, such as `实名认证 <no-reply@example.cn>`; its domain has to allow the mail server (SPF, DKIM).
    #[config(env = "SHIMING_MAIL_FROM")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,

    /// Where answers go, if somebody reads them.
    #[config(env = "SHIMING_MAIL_REPLY_TO")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,

    /// Seconds that handing over one mail may take.
    #[config(env = "SHIMING_MAIL_SECONDS", default = 15, validate((1..=30).contains(seconds), "1 to 30 seconds"))]
    pub seconds: u64,
}

/// The SMS gateway.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct SmsSection {
    /// Address that is sent each short message as JSON, by POST; no SMS is sent without it. https, or a host of
    /// `outbound.trusted_hosts`.
    #[config(env = "SHIMING_SMS_URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,

    /// Secret by which it knows that it is us, `whsec_` and base64 (Standard Webhooks); meant for the environment only.
    #[config(env = "SHIMING_SMS_SECRET")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<Secret>,
}

impl NotificationsSection {
    /// The limits as the domain reads them.
    #[must_use]
    pub const fn to_policy(&self) -> NotificationPolicy {
        NotificationPolicy {
            ways: Ways {
                mail: self.mail.host.is_some(),
                sms: self.sms.url.is_some(),
                demo: self.demo,
            },
            hand_off_minutes: self.hand_off_minutes,
            reminder_days: self.reminder_days,
            per_case: self.per_case,
            per_address: self.per_address,
            per_platform: self.per_platform,
        }
    }

    /// Whether any message leaves.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.mail.host.is_some() || self.sms.url.is_some()
    }
}

#[cfg(test)]
mod tests {
    use confique::{Config as _, Layer as _};
    use shiming_verification::notification::NotificationPolicy;

    use super::NotificationsSection;

    #[test]
    fn an_empty_section_is_the_domains_own_default_and_sends_nothing() {
        let defaults = <NotificationsSection as confique::Config>::Layer::default_values();
        let section =
            NotificationsSection::from_layer(defaults).expect("every field has a default");
        assert_eq!(section.to_policy(), NotificationPolicy::default());
        assert!(!section.is_on());
    }
}
