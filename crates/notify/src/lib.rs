//! Messages to people: what they say in both languages, and how they leave.
//!
//! [`mail`] and [`sms`] put a [`Letter`] into words; both are pure. [`Smtp`] hands mail to the operator's mail server,
//! [`SmsHook`] hands SMS to the operator's gateway, signed as our webhooks are. A [`Post`] is both.

mod mail;
mod sms;
mod sms_hook;
mod smtp;
mod texts;

use async_trait::async_trait;
use shiming_verification::{
    notification::Channel,
    ports::notifications::{Letter, Messenger, SendError},
};

pub use mail::{Mail, mail};
pub use sms::{Sms, sms};
pub use sms_hook::{HookError, SmsHook};
pub use smtp::{Login, Security, Smtp, SmtpError, SmtpServer};

/// The channels that are there.
#[derive(Default)]
pub struct Post {
    /// Mail.
    pub mail: Option<Smtp>,
    /// SMS.
    pub sms: Option<SmsHook>,
}

#[async_trait]
impl Messenger for Post {
    async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let absent = || SendError::NotNow("this server has no such channel any more".to_owned());
        match letter.to.address.channel() {
            Channel::Mail => self.mail.as_ref().ok_or_else(absent)?.send(letter).await,
            Channel::Sms => self.sms.as_ref().ok_or_else(absent)?.send(letter).await,
        }
    }
}
