//! Who carries messages to people, from the configuration.

use std::{net::IpAddr, time::Duration};

use anyhow::Result;
use shiming_notify::{
    HookError, Login, Post as Carrier, Security, SmsHook, Smtp, SmtpError, SmtpServer,
};
use shiming_service::notifications::Post;
use shiming_verification::ports::federation::SecretText;

use super::{outbound::roots, outbound_client};
use crate::config::{Config, MailSection, MailSecurity, Secret};

/// The settings of messages can't be used.
#[derive(Debug, thiserror::Error)]
pub enum NotificationsError {
    /// A setting that is needed.
    #[error("messages are on: set `{0}`")]
    Missing(&'static str),
    /// A name without its password, or the other way round.
    #[error("set both `notifications.mail.user` and SHIMING_MAIL_PASSWORD, or neither")]
    HalfLogin,
    /// Mail in the clear to another machine.
    #[error(
        "notifications.mail.security is `none`: that is for a mail server on this machine only"
    )]
    InTheClear,
    /// The mail server.
    #[error("notifications.mail: {0}")]
    Mail(#[from] SmtpError),
    /// The gateway.
    #[error("notifications.sms: {0}")]
    Sms(#[from] HookError),
}

/// Who carries messages, and where their links begin; `None` if none leave.
///
/// # Errors
/// [`NotificationsError`] names the setting; also if the certificate authorities can't be read.
pub fn post(config: &Config) -> Result<Option<Post>> {
    let Some(carrier) = carrier(config)? else {
        return Ok(None);
    };
    let url = config.server.public_url.as_ref();
    let origin = url.ok_or(NotificationsError::Missing("server.public_url"))?;
    Ok(Some(Post {
        messenger: std::sync::Arc::new(carrier),
        phone_origin: origin.to_string(),
        portal_origin: origin.to_string(),
    }))
}

/// The channels that are configured; `None` if none is.
///
/// # Errors
/// [`NotificationsError`]; also if the certificate authorities can't be read.
pub fn carrier(config: &Config) -> Result<Option<Carrier>> {
    if !config.notifications.is_on() {
        return Ok(None);
    }
    Ok(Some(Carrier {
        mail: mail(config)?,
        sms: sms(config)?,
    }))
}

fn mail(config: &Config) -> Result<Option<Smtp>> {
    let mail = &config.notifications.mail;
    let Some(host) = mail.host.clone() else {
        return Ok(None);
    };
    let from = mail.from.clone();
    let server = SmtpServer {
        port: mail.port.unwrap_or(usual_port(mail.security)),
        security: security(mail.security, &host)?,
        login: login(mail)?,
        from: from.ok_or(NotificationsError::Missing("notifications.mail.from"))?,
        reply_to: mail.reply_to.clone(),
        patience: Duration::from_secs(mail.seconds),
        roots: roots(&config.outbound)?,
        host,
    };
    let smtp = Smtp::new(&server).map_err(NotificationsError::from)?;
    Ok(Some(smtp))
}

/// RFC 6409, RFC 8314, and what a mail server on the same machine listens on.
const fn usual_port(security: MailSecurity) -> u16 {
    match security {
        MailSecurity::Starttls => 587,
        MailSecurity::Implicit => 465,
        MailSecurity::None => 25,
    }
}

fn security(security: MailSecurity, host: &str) -> Result<Security, NotificationsError> {
    match security {
        MailSecurity::Starttls => Ok(Security::Starttls),
        MailSecurity::Implicit => Ok(Security::Implicit),
        MailSecurity::None if is_here(host) => Ok(Security::None),
        MailSecurity::None => Err(NotificationsError::InTheClear),
    }
}

fn is_here(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

fn login(mail: &MailSection) -> Result<Option<Login>, NotificationsError> {
    match (&mail.user, &mail.password) {
        (None, None) => Ok(None),
        (Some(user), Some(password)) => Ok(Some(Login {
            user: user.clone(),
            password: SecretText::new(password.expose().to_owned()),
        })),
        _ => Err(NotificationsError::HalfLogin),
    }
}

fn sms(config: &Config) -> Result<Option<SmsHook>> {
    let sms = &config.notifications.sms;
    let Some(url) = &sms.url else {
        return Ok(None);
    };
    let secret = sms.secret.as_ref().map(Secret::expose);
    let secret = secret.ok_or(NotificationsError::Missing("SHIMING_SMS_SECRET"))?;
    let client = outbound_client(&config.outbound)?;
    let hook = SmsHook::new(url, secret, client).map_err(NotificationsError::from)?;
    Ok(Some(hook))
}

#[cfg(test)]
mod tests {
    use confique::{Config as _, Layer as _};

    use super::{Config, post};

    fn told(toml: &str) -> Result<bool, String> {
        let written: <Config as confique::Config>::Layer = toml::from_str(toml).expect("a layer");
        let defaults = <Config as confique::Config>::Layer::default_values();
        let config = Config::from_layer(written.with_fallback(defaults)).expect("a configuration");
        let post = post(&config).map_err(|error| error.to_string())?;
        Ok(post.is_some())
    }

    #[test]
    fn what_is_half_set_is_refused_by_name() {
        assert_eq!(told(""), Ok(false));
        let public = "[server]\npublic_url = \"https://kyb.example\"\n";
        let mail = "[notifications.mail]\nhost = \"mail.example.cn\"\n";
        let from = "from = \"no-reply@example.cn\"\n";
        let sms = "[notifications.sms]\nurl = \"https://sms.example.cn/send\"\n";
        for (toml, named) in [
            (format!("{mail}{from}"), "server.public_url"),
            (format!("{public}{mail}"), "notifications.mail.from"),
            (format!("{public}{mail}from = \"nobody\"\n"), "no mailbox"),
            (
                format!("{public}{mail}{from}user = \"u\"\n"),
                "SHIMING_MAIL_PASSWORD",
            ),
            (
                format!("{public}{mail}{from}security = \"none\"\n"),
                "on this machine only",
            ),
            (format!("{public}{sms}"), "SHIMING_SMS_SECRET"),
            (format!("{public}{sms}secret = \"hush\"\n"), "whsec_"),
            (
                format!(
                    "{public}[notifications.sms]\nurl = \"http://10.0.0.7/sms\"\nsecret = \"whsec_aGk=\"\n"
                ),
                "https",
            ),
        ] {
            let error = told(&toml).expect_err(&toml);
            assert!(error.contains(named) && !error.contains("hush"), "{error}");
        }
        assert_eq!(told(&format!("{public}{mail}{from}")), Ok(true));
        let whole = format!("{public}{sms}secret = \"whsec_aGk=\"\n");
        assert_eq!(told(&whole), Ok(true));
    }
}
